//! The fast path against the independent witnesses of `reference/` and the golden truths.

mod heft;
mod hmc;
mod linalg;
mod luscher;
mod zeta;
