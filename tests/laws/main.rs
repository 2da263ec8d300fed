//! Laws: properties that hold whatever the numbers are.

mod io;
mod linalg;
mod num;
mod rng;
mod stats;
mod stencil;
mod units;
mod verdict;
mod zeta;
