//! Effective masses of Euclidean correlators, lattice units.
//!
//! `C(t) = Σ_n A_n e^{−E_n t}`, or `Σ_n A_n (e^{−E_n t} + e^{−E_n (T−t)})` in a periodic box; every form below goes to `E_0`.
//! The generalised eigenvalue problem needs an eigensolver, which lies in the same layer (`linalg`).
//! Laws: `tests/laws/stats/` (golden three-state correlators, exact single states, pulls).

use super::{Blocks, Estimate};
use crate::error::Result;

/// A definition of the effective mass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectiveMass {
    /// `ln C(t)/C(t+1)`.
    Log,
    /// `arcosh [(C(t−1) + C(t+1))/2C(t)]`: exact for one state with its image, at any period.
    Arcosh,
    /// The `m` with `C(t)/C(t+1) = cosh m(T/2−t)/cosh m(T/2−t−1)`, for `t + 1 ≤ T/2`.
    CoshRatio {
        /// `T`.
        period: usize,
    },
}

impl EffectiveMass {
    /// The effective mass at `t`; `None` where it needs times that are not there, or where noise has
    /// taken the correlator out of its domain (a ratio that is not positive, an arcosh below one).
    ///
    /// # Shapes    `correlator: (times,)` from `t = 0`.
    /// # Accuracy  `8ε C/(C(t) − C(t+1))`, of the arcosh twice the digits lost by `m²`.
    #[must_use]
    pub fn at(self, correlator: &[f64], t: usize) -> Option<f64> {
        let (now, next) = (*correlator.get(t)?, *correlator.get(t + 1)?);
        let ratio = now / next;
        let mass = match self {
            Self::Log => (ratio > 0.0).then(|| ratio.ln())?,
            Self::Arcosh => {
                let before = *correlator.get(t.checked_sub(1)?)?;
                let mean = (before + next) / (2.0 * now);
                (mean >= 1.0).then(|| mean.acosh())?
            }
            Self::CoshRatio { period } => {
                let half = 0.5 * period as f64 - t as f64;
                (ratio >= 1.0 && half >= 1.0).then(|| cosh_ratio(ratio, half))?
            }
        };
        mass.is_finite().then_some(mass)
    }

    /// The effective mass at every time with its jackknife error; `None` where it is undefined on the
    /// mean or on a sample, since the samples that are left would not be a fair choice.
    ///
    /// # Shapes  `blocks`: the observables are `C(0), C(1), …` → `(times,)`.
    /// # Errors  none for blocks that were accepted.
    pub fn of_blocks(self, blocks: &Blocks) -> Result<Vec<Option<Estimate>>> {
        let times = blocks.grand_means().len();
        let of_time = |t: usize| {
            // An undefined sample is a NaN to the jackknife, which refuses it.
            let mass = |correlator: &[f64]| self.at(correlator, t).unwrap_or(f64::NAN);
            blocks.jackknife(mass).ok().map(|found| found.estimate)
        };
        Ok((0..times).map(of_time).collect())
    }
}

/// The `m ≥ 0` with `cosh(m a)/cosh(m (a − 1)) = ratio`, `a ≥ 1`.
fn cosh_ratio(ratio: f64, a: f64) -> f64 {
    // The left side grows with m and with a; it is e^m for an endless box and cosh m for a = 1.
    let (mut low, mut high) = (ratio.ln(), ratio.acosh());
    let left = |m: f64| {
        let image = |a: f64| (-2.0 * a * m).exp();
        m.exp() * (1.0 + image(a)) / (1.0 + image(a - 1.0))
    };
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if left(middle) < ratio {
            low = middle;
        } else {
            high = middle;
        }
    }
}
