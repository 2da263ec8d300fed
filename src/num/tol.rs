//! Tolerances with a reason, and a comparison in which NaN never passes.

/// How far two numbers may differ: `|a − b| ≤ abs + rel·|b|`, and why.
///
/// ```
/// use fieldassay::num::Tol;
/// const GRAD: Tol = Tol::rel(1e-7).because("central difference, h = 1e-5");
/// assert!(GRAD.compare(1.0, 1.0 + 5e-8).passed);
/// assert!(!GRAD.compare(f64::NAN, f64::NAN).passed);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tol {
    rel: f64,
    abs: f64,
    reason: &'static str,
}

/// A tolerance that still owes its reason: call [`TolNoReason::because`].
#[derive(Clone, Copy, Debug)]
#[must_use = "a tolerance without `.because(…)` compares nothing"]
pub struct TolNoReason {
    rel: f64,
    abs: f64,
}

impl Tol {
    /// `|a − b| ≤ rel·|b|`.
    pub const fn rel(rel: f64) -> TolNoReason {
        TolNoReason { rel, abs: 0.0 }
    }

    /// `|a − b| ≤ abs`.
    pub const fn abs(abs: f64) -> TolNoReason {
        TolNoReason { rel: 0.0, abs }
    }

    /// `|a − b| ≤ abs + rel·|b|`: relative, and absolute next to zeros.
    pub const fn rel_abs(rel: f64, abs: f64) -> TolNoReason {
        TolNoReason { rel, abs }
    }

    /// Bitwise agreement up to the sign of zero: for arithmetic that must not round.
    pub const EXACT: Self = Self {
        rel: 0.0,
        abs: 0.0,
        reason: "no rounding is allowed",
    };

    /// Why this tolerance and not a smaller one.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// The largest difference allowed from `expected`.
    #[must_use]
    pub fn allowed(&self, expected: f64) -> f64 {
        self.rel.mul_add(expected.abs(), self.abs)
    }

    /// Compares `actual` with `expected`; NaN on either side fails, equal infinities pass.
    #[must_use]
    pub fn compare(&self, actual: f64, expected: f64) -> Comparison {
        let allowed = self.allowed(expected);
        let diff = if actual == expected {
            0.0
        } else {
            (actual - expected).abs()
        };
        let passed = actual == expected || (expected.is_finite() && diff <= allowed);
        Comparison {
            actual,
            expected,
            diff,
            allowed,
            passed,
        }
    }
}

impl TolNoReason {
    /// Attaches the reason: the error estimate, the equation, or the measurement behind the number.
    pub const fn because(self, reason: &'static str) -> Tol {
        assert!(!reason.is_empty(), "a tolerance needs a reason");
        Tol {
            rel: self.rel,
            abs: self.abs,
            reason,
        }
    }
}

/// One comparison, with both numbers.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The number under test.
    pub actual: f64,
    /// The number it was compared with.
    pub expected: f64,
    /// `|actual − expected|`; NaN if either is.
    pub diff: f64,
    /// The difference that the tolerance allows.
    pub allowed: f64,
    /// Whether `diff ≤ allowed`; false for NaN.
    pub passed: bool,
}

impl Comparison {
    /// `diff / allowed`: 1 at the edge, infinite for NaN, 0 for exact agreement.
    #[must_use]
    pub fn severity(&self) -> f64 {
        if self.actual == self.expected {
            0.0
        } else if self.diff.is_nan() || self.allowed == 0.0 {
            f64::INFINITY
        } else {
            self.diff / self.allowed
        }
    }
}

/// The worst of many comparisons under one tolerance, with its input and the number looked at.
///
/// A loop over records ends in [`Worst::assert_at_least`], so that an empty loop fails.
#[derive(Clone, Debug)]
pub struct Worst {
    tol: Tol,
    seen: usize,
    failed: usize,
    worst: Option<(String, Comparison)>,
}

impl Worst {
    /// No comparison yet.
    #[must_use]
    pub const fn new(tol: Tol) -> Self {
        Self {
            tol,
            seen: 0,
            failed: 0,
            worst: None,
        }
    }

    /// Compares and remembers; `input` names the case if it is the worst so far.
    pub fn see(&mut self, actual: f64, expected: f64, input: impl FnOnce() -> String) {
        let comparison = self.tol.compare(actual, expected);
        self.seen += 1;
        self.failed += usize::from(!comparison.passed);
        let worse = self.worst.as_ref().is_none_or(|(_, old)| {
            (old.passed && !comparison.passed)
                || (old.passed == comparison.passed && comparison.severity() > old.severity())
        });
        if worse {
            self.worst = Some((input(), comparison));
        }
    }

    /// How many comparisons were made.
    #[must_use]
    pub const fn seen(&self) -> usize {
        self.seen
    }

    /// The worst comparison and its input.
    #[must_use]
    pub fn worst(&self) -> Option<(&str, Comparison)> {
        self.worst
            .as_ref()
            .map(|(input, comparison)| (input.as_str(), *comparison))
    }

    /// Whether at least `minimum` comparisons were made and all passed.
    #[must_use]
    pub fn all_passed(&self, minimum: usize) -> bool {
        self.seen >= minimum && self.failed == 0
    }

    /// Where the worst case is, how many failed, and why the tolerance is what it is; no numbers.
    #[must_use]
    pub fn place(&self) -> String {
        let reason = self.tol.reason;
        match &self.worst {
            None => "nothing was compared".to_owned(),
            Some((input, _)) => match self.failed {
                0 => format!("all {} within; worst at {input}; {reason}", self.seen),
                failed => format!(
                    "{failed} of {} beyond; worst at {input}; {reason}",
                    self.seen
                ),
            },
        }
    }

    /// One line: the worst case, its input, and how much was looked at.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.worst {
            None => "nothing was compared".to_owned(),
            Some((input, c)) => format!(
                "{} of {} failed; worst at {input}: {:.6e} against {:.6e}, difference {:.1e}, allowed {:.1e} ({})",
                self.failed, self.seen, c.actual, c.expected, c.diff, c.allowed, self.tol.reason
            ),
        }
    }

    /// Panics unless all of at least `minimum` comparisons passed.
    ///
    /// # Panics  with [`Worst::summary`], for use in tests.
    #[track_caller]
    pub fn assert_at_least(&self, minimum: usize) {
        assert!(
            self.seen >= minimum,
            "looked at {} cases, expected {minimum}",
            self.seen
        );
        assert!(self.failed == 0, "{}", self.summary());
    }
}
