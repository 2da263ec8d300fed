//! From a measurement to an answer.

use fieldassay::stats::{Estimate, normal_quantile};
use fieldassay::verdict::{self, Outcome};

use super::{Check, FALSE_FAIL, Kind};

/// What a run has for a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// One number a chain, and what their mean should be.
    Chains(Vec<f64>, f64),
    /// The chance of a distance as large as was found.
    Chance(f64),
    /// Whether the statement holds.
    Fact(bool),
    /// The check does not apply to this row.
    Nothing,
}

/// What a check says of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// A statistical check.
    Pull {
        /// How many of its errors it is off.
        pull: f64,
        /// What it concludes.
        outcome: Outcome,
        /// The smallest bias that it could have seen.
        seen: f64,
    },
    /// A statement that holds or not.
    Fact(bool),
    /// Nothing was asked.
    Nothing,
}

impl Said {
    /// Whether the check says no.
    #[must_use]
    pub fn fails(self) -> bool {
        matches!(
            self,
            Self::Fact(false)
                | Self::Pull {
                    outcome: Outcome::Fail,
                    ..
                }
        )
    }

    /// Whether the check could not have seen the bias that it declares.
    #[must_use]
    pub fn is_blind(self) -> bool {
        matches!(
            self,
            Self::Pull {
                outcome: Outcome::Inconclusive,
                ..
            }
        )
    }
}

impl Measured {
    /// What `check` says of it. Numbers that are not finite fail, and so do equal ones off the truth.
    ///
    /// # Panics  if the measurement is of another kind than the check.
    #[must_use]
    pub fn judge(self, check: &Check) -> Said {
        match (self, check.kind) {
            (Self::Nothing, _) => Said::Nothing,
            (Self::Fact(holds), Kind::Fact) => Said::Fact(holds),
            (Self::Chance(p), Kind::Law) => {
                let outcome = if p > FALSE_FAIL {
                    Outcome::Pass
                } else {
                    Outcome::Fail
                };
                // Large where the distance is large.
                let pull = if p > 0.0 && p < 1.0 {
                    -normal_quantile(p)
                } else {
                    f64::INFINITY.copysign(0.5 - p)
                };
                Said::Pull {
                    pull,
                    outcome,
                    seen: 0.0,
                }
            }
            (Self::Chains(values, truth), Kind::Mean { resolves }) => {
                let Ok(estimate) = Estimate::from_independent(&values) else {
                    return Said::Pull {
                        pull: f64::NAN,
                        outcome: Outcome::Fail,
                        seen: f64::INFINITY,
                    };
                };
                let found = verdict::check(check.name, estimate)
                    .false_fail(FALSE_FAIL)
                    .resolves(resolves)
                    .against(truth);
                Said::Pull {
                    pull: (found.value - truth) / found.error,
                    outcome: found.outcome,
                    seen: found.seen.unwrap_or(f64::INFINITY),
                }
            }
            (measured, kind) => panic!("{}: {measured:?} for a check {kind:?}", check.name),
        }
    }
}
