//! Checks that state both error rates, and what they add up to.
//!
//! A statistical check has three outcomes. It *fails* when the estimate is further from the truth
//! than a right program gets with the declared false-fail rate; it *passes* only when it would also
//! have caught a bias of the declared size; otherwise it is *inconclusive*, which is never a pass.
//!
//! ```
//! use fieldassay::stats::Estimate;
//! use fieldassay::verdict::{Outcome, check};
//! let phi2 = Estimate::new(0.6240, 0.0002, None)?;
//! let strict = check("⟨φ²⟩", phi2).false_fail(1e-9).resolves(0.002).against(0.6239);
//! assert_eq!(strict.outcome, Outcome::Pass);
//! let blind = check("⟨φ²⟩", phi2).false_fail(1e-9).resolves(0.0005).against(0.6239);
//! assert_eq!(blind.outcome, Outcome::Inconclusive);
//! # Ok::<(), fieldassay::error::Error>(())
//! ```

mod check;
mod evidence;

pub use check::{Check, Outcome, Pending, Sense, check, exact, fact};
pub use evidence::{Evidence, Verdict};
