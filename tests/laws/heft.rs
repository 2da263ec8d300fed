//! Laws of effective Hamiltonians in infinite volume and in a periodic box.

mod box_levels;
mod models;
mod scattering;
