//! Laws: properties that hold whatever the numbers are.

mod io;
mod linalg;
mod nn;
mod num;
mod ops;
mod optimize;
mod rng;
mod stats;
mod units;
mod verdict;
mod zeta;
