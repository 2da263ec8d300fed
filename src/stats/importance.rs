//! How far a set of importance weights can be trusted: effective sample size and Pareto k̂.
//!
//! Convention: weights come as logarithms `ln w = ln p − ln q`, each up to one common constant, and
//! the largest is subtracted before any exponential.  Both numbers are in [`ImportanceWeights`].
//! Witness: `reference::importance` (quadrature).  Laws: `tests/laws/stats.rs` (exact Pareto tails).

use super::history::domain;
use crate::error::Result;
use crate::num::compensated_sum;

/// Importance weights, normalised so that the largest is one.
#[derive(Clone, Debug)]
pub struct ImportanceWeights {
    weights: Vec<f64>,
}

impl ImportanceWeights {
    /// The k̂ above which importance sampling is practically useless at any sample size.
    ///
    /// # Source  A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry, "Pareto smoothed importance
    ///   sampling", J. Mach. Learn. Res. 25 (2024) 72.
    pub const UNRELIABLE: f64 = 0.7;

    /// Weights from their logarithms; `−∞` is a weight of zero.
    ///
    /// # Shapes  `ln_w: (n,)`.
    /// # Errors  `Error::Domain` for NaN, for `+∞`, and where no weight is positive.
    pub fn from_logarithms(ln_w: &[f64]) -> Result<Self> {
        if let Some(&bad) = ln_w.iter().find(|l| l.is_nan() || **l == f64::INFINITY) {
            return Err(domain("ln w", bad, "a finite number or −∞"));
        }
        let largest = ln_w.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if largest == f64::NEG_INFINITY {
            return Err(domain("largest ln w", largest, "a positive weight"));
        }
        let weights = ln_w.iter().map(|l| (l - largest).exp()).collect();
        Ok(Self { weights })
    }

    /// `w / max w`, in the order given.
    #[must_use]
    pub fn relative(&self) -> &[f64] {
        &self.weights
    }

    /// Kish's effective sample size `(Σw)² / Σw²`, between 1 and the number of samples.
    ///
    /// A reading of a few tens is a floor, not a value: with all the weight in one unseen sample it
    /// still reads what the seen ones give.
    #[must_use]
    pub fn ess(&self) -> f64 {
        let sum = compensated_sum(self.weights.iter().copied());
        let squares = compensated_sum(self.weights.iter().map(|w| w * w));
        sum * sum / squares
    }

    /// The largest weight as a part of their sum.
    #[must_use]
    pub fn largest_share(&self) -> f64 {
        1.0 / compensated_sum(self.weights.iter().copied())
    }

    /// Whether [`ImportanceWeights::ess`] is a floor and not a value: it can never read below 1, so that
    /// below fifty, or with a tenth of the sum in one weight, it says only that there is no overlap.
    #[must_use]
    pub fn ess_is_floor(&self) -> bool {
        let measured = self.ess() >= 50.0 && self.largest_share() <= 0.1;
        !measured
    }

    /// Pareto k̂: the shape of a generalised Pareto distribution fitted to the largest
    /// `min(n/5, 3√n)` weights. Weights have a finite variance only if the true shape is below ½.
    ///
    /// `−∞` where no weight exceeds the cut: equal largest weights have no tail.
    ///
    /// # Errors  `Error::Domain` for fewer than five weights above the cut.
    /// # Source  A. Vehtari et al., J. Mach. Learn. Res. 25 (2024) 72: the tail's length for
    ///   independent draws, and their weak prior, worth ten observations of ½.
    pub fn pareto_shape(&self) -> Result<f64> {
        const FEWEST: usize = 5;
        let n = self.weights.len();
        let wanted = (0.2 * n as f64).min(3.0 * (n as f64).sqrt()).ceil() as usize;
        let mut sorted = self.weights.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let Some(cut) = n.checked_sub(wanted + 1).map(|place| sorted[place]) else {
            return Err(domain("number of weights", n as f64, "at least ten"));
        };
        let excess: Vec<f64> = (sorted.iter())
            .map(|w| w - cut)
            .filter(|x| *x > 0.0)
            .collect();
        if excess.is_empty() {
            return Ok(f64::NEG_INFINITY);
        }
        if excess.len() < FEWEST {
            let expected = "at least five weights above the cut";
            return Err(domain("length of the tail", excess.len() as f64, expected));
        }
        let tail = excess.len() as f64;
        Ok((generalised_pareto_shape(&excess) * tail + 10.0 * 0.5) / (tail + 10.0))
    }
}

/// The shape `k` of a generalised Pareto distribution with location 0 from which `sorted` was drawn
/// (`k > 0`: a power-law tail `x^{−1/k}`), by the profile posterior mean of `θ = −k/σ`.
///
/// # Panics  if `sorted` is empty, not ascending, or not positive: the caller cuts the tail.
/// # Source   J. Zhang, M. A. Stephens, Technometrics 51 (2009) 316, with the opposite sign of `k`
///   and the grid of `30 + ⌊√n⌋` points that Vehtari et al. (as above) use in their package `loo`.
#[must_use]
pub fn generalised_pareto_shape(sorted: &[f64]) -> f64 {
    assert!(
        sorted.first().is_some_and(|x| *x > 0.0) && sorted.is_sorted(),
        "excesses come positive and ascending"
    );
    let n = sorted.len() as f64;
    let quartile = sorted[((n / 4.0 + 0.5).floor() as usize).max(1) - 1];
    let largest = sorted[sorted.len() - 1];
    let grid_points = 30 + n.sqrt().floor() as usize;
    let shape = |theta: f64| compensated_sum(sorted.iter().map(|x| (-theta * x).ln_1p())) / n;
    let grid: Vec<(f64, f64)> = (1..=grid_points)
        .map(|j| {
            let spread = 1.0 - (grid_points as f64 / (j as f64 - 0.5)).sqrt();
            let theta = 1.0 / largest + spread / (3.0 * quartile);
            let k = shape(theta);
            (theta, n * ((-theta / k).ln() - k - 1.0))
        })
        .collect();
    let best = grid
        .iter()
        .map(|(_, l)| *l)
        .fold(f64::NEG_INFINITY, f64::max);
    let (mut mean, mut norm) = (0.0, 0.0);
    for (theta, ln_likelihood) in grid {
        let weight = (ln_likelihood - best).exp();
        mean += weight * theta;
        norm += weight;
    }
    shape(mean / norm)
}
