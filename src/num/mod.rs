//! Comparison that fails on NaN, tolerances that carry their reason, compensated sums, zeros of functions, and the
//! run-time choice of the instruction set.

mod exact;
pub mod json;
pub(crate) mod pack;
mod root;
pub mod simd;
mod sum;
mod tol;
mod vector;

pub use exact::{two_product, two_sum};
pub use root::{Bracket, Sample, rising_zero};
pub use sum::{CompensatedSum, compensated_sum};
pub use tol::{Comparison, Tol, TolNoReason, Worst};
pub use vector::{axpy, axpy_at, axpy_into, axpy_into_at};
