//! Laws: properties that hold whatever the numbers are.

mod action;
mod elementary;
mod heft;
mod inverse;
mod io;
mod lattice;
mod linalg;
mod luscher;
mod nn;
mod num;
mod observable;
mod ops;
mod optimize;
mod plan;
mod rng;
mod root;
mod sampler;
mod spins;
mod stats;
mod stencil;
mod units;
mod verdict;
mod zeta;
