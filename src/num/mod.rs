//! Comparison that fails on NaN, tolerances that carry their reason, compensated sums, and the run-time
//! choice of the instruction set.

mod exact;
pub mod json;
pub mod simd;
mod sum;
mod tol;

pub use exact::{two_product, two_sum};
pub use sum::{CompensatedSum, compensated_sum};
pub use tol::{Comparison, Tol, TolNoReason, Worst};
