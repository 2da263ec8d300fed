//! Laws of optimisers: trajectories against double-double, terminations that theory fixes, minima
//! that are known, and what happens to bad input.

mod batch;
mod directions;
mod first_order;
mod fits;
mod rates;
