//! Comparison that fails on NaN, tolerances that carry their reason, compensated sums.

mod exact;
pub mod json;
mod sum;
mod tol;

pub use exact::{two_product, two_sum};
pub use sum::{CompensatedSum, compensated_sum};
pub use tol::{Comparison, Tol, TolNoReason, Worst};
