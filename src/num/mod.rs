//! Comparison that fails on NaN, tolerances that carry their reason, compensated sums.

pub mod json;
mod sum;
mod tol;

pub use sum::{CompensatedSum, compensated_sum};
pub use tol::{Comparison, Tol, TolNoReason, Worst};
