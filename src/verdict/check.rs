//! One comparison of a number with what it should be.

use serde::{Deserialize, Serialize};

use crate::num::{Tol, Worst};
use crate::stats::{
    Estimate, normal_quantile_two_sided, normal_two_sided_tail, student_t_quantile_two_sided,
};

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Agreement, with the power to have seen the declared bias.
    Pass,
    /// Disagreement beyond the declared false-fail rate or tolerance; NaN always ends here.
    Fail,
    /// No disagreement, but too little data to have seen the declared bias.
    Inconclusive,
}

/// How the number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sense {
    /// It should equal the expected value.
    Equal,
    /// It should not exceed the expected value.
    AtMost,
    /// It should not fall below the expected value.
    AtLeast,
}

/// Chance that a bias of exactly the resolvable size goes unseen.
const MISS: f64 = 1e-3;

/// A finished check: numbers, outcome and power.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// What was compared.
    pub name: String,
    /// The number under test.
    #[serde(with = "crate::num::json")]
    pub value: f64,
    /// Its standard error; zero for deterministic checks.
    #[serde(with = "crate::num::json")]
    pub error: f64,
    /// The value it should have, or its bound.
    #[serde(with = "crate::num::json")]
    pub expected: f64,
    /// How they are compared.
    pub sense: Sense,
    /// What came out.
    pub outcome: Outcome,
    /// The largest difference that passes, or that is not yet a failure for a statistical check.
    #[serde(with = "crate::num::json")]
    pub allowed: f64,
    /// Probability that a right program fails this check; zero for deterministic checks.
    #[serde(with = "crate::num::json")]
    pub false_fail: f64,
    /// The bias that the check undertakes to see; `None` for deterministic checks.
    #[serde(with = "crate::num::json::option")]
    pub resolves: Option<f64>,
    /// The smallest bias that the data could have shown with 99.9 % probability.
    #[serde(with = "crate::num::json::option")]
    pub seen: Option<f64>,
    /// Why the tolerance is what it is, or how much was looked at.
    pub note: String,
}

/// A statistical check that still owes its rates: `false_fail`, then `resolves`, then `against`.
#[derive(Clone, Debug)]
#[must_use = "a check does nothing before `.against(…)`"]
pub struct Pending {
    name: String,
    estimate: Estimate,
    false_fail: Option<f64>,
    resolves: Option<f64>,
    sense: Sense,
}

/// Begins a statistical check of `estimate`.
pub fn check(name: impl Into<String>, estimate: Estimate) -> Pending {
    Pending {
        name: name.into(),
        estimate,
        false_fail: None,
        resolves: None,
        sense: Sense::Equal,
    }
}

impl Pending {
    /// The probability that a right program fails this check (two-sided).
    pub const fn false_fail(mut self, rate: f64) -> Self {
        self.false_fail = Some(rate);
        self
    }

    /// The smallest bias worth catching; without the power to see it the check is inconclusive.
    pub const fn resolves(mut self, bias: f64) -> Self {
        self.resolves = Some(bias);
        self
    }

    /// The truth is a lower bound: fail when the estimate lies significantly below it.
    pub const fn at_least(mut self) -> Self {
        self.sense = Sense::AtLeast;
        self
    }

    /// The truth is an upper bound: fail when the estimate lies significantly above it.
    pub const fn at_most(mut self) -> Self {
        self.sense = Sense::AtMost;
        self
    }

    /// Compares with an exactly known `truth`.
    ///
    /// # Panics  without declared rates: the caller forgot `false_fail` or `resolves`, or declared
    /// a rate outside (0, 1) or a bias that is not positive.
    pub fn against(self, truth: f64) -> Check {
        let error = self.estimate.error();
        let n_eff = self.estimate.n_eff();
        self.compare(truth, error, n_eff)
    }

    /// Compares with an independent estimate; both errors count.
    ///
    /// # Panics  as [`Pending::against`].
    pub fn against_estimate(self, truth: &Estimate) -> Check {
        let difference = self.estimate.minus(truth);
        self.compare(truth.value(), difference.error(), difference.n_eff())
    }

    /// `sigma` is the error of the difference, `n_eff` the samples behind it.
    fn compare(self, truth: f64, sigma: f64, n_eff: Option<f64>) -> Check {
        let Some(false_fail) = self.false_fail else {
            panic!("check `{}` declares no false-fail rate", self.name)
        };
        let Some(resolves) = self.resolves else {
            panic!("check `{}` declares no resolvable bias", self.name)
        };
        assert!(
            resolves > 0.0,
            "check `{}` undertakes to see a bias of {resolves}",
            self.name
        );
        let quantile = |alpha| match n_eff {
            Some(n) => student_t_quantile_two_sided(alpha, n - 1.0),
            None => normal_quantile_two_sided(alpha),
        };
        let allowed = quantile(false_fail) * sigma;
        let seen = allowed + quantile(2.0 * MISS) * sigma;
        let difference = self.estimate.value() - truth;
        let excess = match self.sense {
            Sense::Equal => difference.abs(),
            Sense::AtMost => difference,
            Sense::AtLeast => -difference,
        };
        let agrees = excess <= allowed;
        let outcome = if !agrees {
            Outcome::Fail
        } else if seen <= resolves {
            Outcome::Pass
        } else {
            Outcome::Inconclusive
        };
        let pull = difference / sigma;
        Check {
            name: self.name,
            value: self.estimate.value(),
            error: self.estimate.error(),
            expected: truth,
            sense: self.sense,
            outcome,
            allowed,
            false_fail,
            resolves: Some(resolves),
            seen: Some(seen),
            note: format!(
                "pull {pull:+.2} (p = {:.2e})",
                normal_two_sided_tail(pull.abs())
            ),
        }
    }
}

/// A deterministic check under a tolerance; NaN fails.
#[must_use]
pub fn exact(name: impl Into<String>, value: f64, expected: f64, tol: Tol) -> Check {
    let comparison = tol.compare(value, expected);
    Check {
        name: name.into(),
        value,
        error: 0.0,
        expected,
        sense: Sense::Equal,
        outcome: if comparison.passed {
            Outcome::Pass
        } else {
            Outcome::Fail
        },
        allowed: comparison.allowed,
        false_fail: 0.0,
        resolves: None,
        seen: None,
        note: tol.reason().to_owned(),
    }
}

/// A yes-or-no statement, as a check of 1 (it holds) against 1.
#[must_use]
pub fn fact(name: impl Into<String>, holds: bool, note: impl Into<String>) -> Check {
    let mut check = exact(name, f64::from(u8::from(holds)), 1.0, Tol::EXACT);
    check.note = note.into();
    check
}

impl Worst {
    /// The worst of at least `minimum` comparisons as one check; fewer comparisons fail.
    #[must_use]
    pub fn into_check(self, name: impl Into<String>, minimum: usize) -> Check {
        let passed = self.all_passed(minimum);
        let note = self.place();
        let (value, expected, allowed) =
            self.worst().map_or((f64::NAN, f64::NAN, 0.0), |(_, c)| {
                (c.actual, c.expected, c.allowed)
            });
        Check {
            name: name.into(),
            value,
            error: 0.0,
            expected,
            sense: Sense::Equal,
            outcome: if passed { Outcome::Pass } else { Outcome::Fail },
            allowed,
            false_fail: 0.0,
            resolves: None,
            seen: None,
            note,
        }
    }
}
