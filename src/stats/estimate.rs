//! A number with its statistical error: one cannot be had without the other.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result};

/// A value, its standard error, and the number of independent samples behind the error.
///
/// ```
/// use fieldassay::stats::Estimate;
/// let mean = Estimate::from_independent(&[1.0, 2.0, 3.0, 4.0]).unwrap();
/// assert_eq!(mean.value(), 2.5);
/// assert_eq!(format!("{mean}"), "2.50(65)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    value: f64,
    error: f64,
    n_eff: Option<f64>,
}

impl Estimate {
    /// An estimate whose error was obtained elsewhere (a fit, the Γ-method, a published table).
    ///
    /// `n_eff` is the number of independent samples behind the *error*; `None` when the error is
    /// known exactly.
    ///
    /// # Errors  `Error::Domain` unless `error` is finite and `≥ 0`, `value` is finite and
    /// `n_eff > 1`.
    pub fn new(value: f64, error: f64, n_eff: Option<f64>) -> Result<Self> {
        let domain = |what, value, expected: &str| Error::Domain {
            what,
            value,
            expected: expected.to_owned(),
        };
        if !value.is_finite() {
            return Err(domain("value of an estimate", value, "a finite number"));
        }
        if !(error.is_finite() && error >= 0.0) {
            return Err(domain(
                "error of an estimate",
                error,
                "a finite number, zero or positive",
            ));
        }
        if let Some(n) = n_eff
            && !(n.is_finite() && n > 1.0)
        {
            return Err(domain(
                "n_eff of an estimate",
                n,
                "more than one independent sample",
            ));
        }
        Ok(Self {
            value,
            error,
            n_eff,
        })
    }

    /// Mean and standard error of independent samples.
    ///
    /// # Errors  `Error::Domain` for fewer than two samples or a sample that is not finite.
    pub fn from_independent(samples: &[f64]) -> Result<Self> {
        let n = samples.len() as f64;
        if samples.len() < 2 {
            return Err(Error::Domain {
                what: "number of samples",
                value: n,
                expected: "at least two, since one has no spread".to_owned(),
            });
        }
        let mean = crate::num::compensated_sum(samples.iter().copied()) / n;
        let squares = samples.iter().map(|x| (x - mean) * (x - mean));
        let variance = crate::num::compensated_sum(squares) / (n - 1.0);
        Self::new(mean, (variance / n).sqrt(), Some(n))
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The standard error.
    #[must_use]
    pub const fn error(&self) -> f64 {
        self.error
    }

    /// The number of independent samples behind the error, if the error itself is an estimate.
    #[must_use]
    pub const fn n_eff(&self) -> Option<f64> {
        self.n_eff
    }

    /// `self − other` for independent estimates; the smaller `n_eff` is kept.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let n_eff = match (self.n_eff, other.n_eff) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            value: self.value - other.value,
            error: self.error.hypot(other.error),
            n_eff,
        }
    }

    /// The estimate of `factor · x`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            error: self.error * factor.abs(),
            n_eff: self.n_eff,
        }
    }
}

/// `1.234(56)`: the error in units of the last digits shown, two significant digits.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error == 0.0 {
            return write!(f, "{}", self.value);
        }
        let mut exponent = self.error.log10().floor() as i32;
        if (self.error * 10f64.powi(1 - exponent)).round() >= 100.0 {
            // 0.0996 is shown as 0.10, whose first digit is one place higher.
            exponent += 1;
        }
        let decimals = 1 - exponent;
        if (0..=15).contains(&decimals) {
            let digits = decimals as usize;
            let shown = self.error * 10f64.powi(decimals);
            if exponent >= 0 {
                write!(f, "{:.digits$}({:.digits$})", self.value, self.error)
            } else {
                write!(f, "{:.digits$}({shown:.0})", self.value)
            }
        } else {
            write!(f, "{:e} ± {:.1e}", self.value, self.error)
        }
    }
}
