//! The audit: one file per claim of the five talks, each with its decider and its negative control.
//!
//! ```text
//! ledger.json ─► claims/ (Claim) ─► runner ─► ClaimReport ─► report (HTML, JSON) and exit code
//! ```

pub mod claim;
pub mod claims;
pub mod gate;
