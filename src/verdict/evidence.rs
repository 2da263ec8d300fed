//! Several checks, one verdict, and the error budget of all of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Check, Outcome};

/// What an audit says of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Every check passed, with its declared power.
    Supported,
    /// At least one check failed.
    Refuted,
    /// True under a condition that the statement does not name.
    Qualified,
    /// Nothing failed, but the power was missing.
    Inconclusive,
    /// No computation decides it; the record says why.
    NotCheckable,
    /// In the ledger, without a decider yet.
    NotImplemented,
    /// The decider panicked or could not run.
    Broken,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Supported => "Supported",
            Self::Refuted => "Refuted",
            Self::Qualified => "Qualified",
            Self::Inconclusive => "Inconclusive",
            Self::NotCheckable => "NotCheckable",
            Self::NotImplemented => "NotImplemented",
            Self::Broken => "Broken",
        })
    }
}

/// The checks behind a verdict.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Evidence {
    checks: Vec<Check>,
}

impl Evidence {
    /// No check yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { checks: Vec::new() }
    }

    /// Adds a check.
    pub fn push(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// The checks, in the order in which they were made.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Fail if any check failed, else inconclusive if any was, else pass; inconclusive if empty.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        if any(Outcome::Fail) {
            Outcome::Fail
        } else if self.checks.is_empty() || any(Outcome::Inconclusive) {
            Outcome::Inconclusive
        } else {
            Outcome::Pass
        }
    }

    /// The verdict on an unqualified statement.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.outcome() {
            Outcome::Pass => Verdict::Supported,
            Outcome::Fail => Verdict::Refuted,
            Outcome::Inconclusive => Verdict::Inconclusive,
        }
    }

    /// Probability, at most, that a right program fails one of these checks (union bound).
    #[must_use]
    pub fn false_fail(&self) -> f64 {
        self.checks.iter().map(|check| check.false_fail).sum()
    }
}

impl Extend<Check> for Evidence {
    fn extend<I: IntoIterator<Item = Check>>(&mut self, iter: I) {
        self.checks.extend(iter);
    }
}

impl FromIterator<Check> for Evidence {
    fn from_iter<I: IntoIterator<Item = Check>>(iter: I) -> Self {
        Self {
            checks: iter.into_iter().collect(),
        }
    }
}
