//! Jackknife and bootstrap samples: errors, covariances and intervals of anything computed sample by sample.
//!
//! Row `b` of a set of samples is one value of every quantity, computed with bin `b` left out (jackknife)
//! or on resampled data (bootstrap); rows keep the correlations between columns.

use crate::error::{Error, Result};
use crate::num::compensated_sum;

/// How samples were drawn, and so what their spread means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// One bin left out in turn: `cov = (N−1)/N Σ_b (x_b − x̄)(y_b − ȳ)`.
    Jackknife,
    /// Drawn with replacement: `cov = 1/(N−1) Σ_b (x_b − x̄)(y_b − ȳ)`.
    Bootstrap,
}

impl Resampling {
    /// The factor in front of `Σ_b (x_b − x̄)(y_b − ȳ)` for `count` samples.
    fn weight(self, count: usize) -> f64 {
        let n = count as f64;
        match self {
            Self::Jackknife => (n - 1.0) / n,
            Self::Bootstrap => 1.0 / (n - 1.0),
        }
    }

    /// The covariance of two quantities.
    ///
    /// ```
    /// use fieldassay::stats::Resampling;
    /// // Means of {1, 2, 4} with one left out: the variance is that of the mean, 7/3/3.
    /// let samples = [3.0, 2.5, 1.5];
    /// let variance = Resampling::Jackknife.covariance(&samples, &samples)?;
    /// assert!((variance - 7.0 / 9.0).abs() < 1e-15);
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Shapes    `x`, `y`: `(samples,)`.
    /// # Errors    `Error::ShapeMismatch` for different lengths; `Error::Domain` for fewer than two samples or
    /// one that is not finite.
    /// # Accuracy  relative `4ε` times the ratio of mean to spread.
    /// # Witness   `reference::resampling`.
    pub fn covariance(self, x: &[f64], y: &[f64]) -> Result<f64> {
        if x.len() != y.len() {
            return Err(Error::ShapeMismatch {
                op: "Resampling::covariance",
                lhs: vec![x.len()],
                rhs: vec![y.len()],
            });
        }
        let refuse = |what, value, expected: &str| {
            let expected = expected.to_owned();
            Err(Error::Domain {
                what,
                value,
                expected,
            })
        };
        if x.len() < 2 {
            let count = x.len() as f64;
            return refuse(
                "number of samples",
                count,
                "at least two, since one has no spread",
            );
        }
        if let Some(bad) = x.iter().chain(y).find(|x| !x.is_finite()) {
            return refuse("sample", *bad, "a finite number");
        }
        let products = deviations(x)
            .into_iter()
            .zip(deviations(y))
            .map(|(a, b)| a * b);
        Ok(self.weight(x.len()) * compensated_sum(products))
    }

    /// The standard error of one quantity.
    ///
    /// # Errors  as [`Resampling::covariance`].
    pub fn error(self, samples: &[f64]) -> Result<f64> {
        Ok(self.covariance(samples, samples)?.sqrt())
    }

    /// What lies below and above `centre` within one standard error: `(down, up)`, each as a distance.
    ///
    /// Bootstrap: to the 15.87 % and 84.13 % points of the samples. Jackknife samples crowd around the
    /// centre and show no asymmetry of their own: both are the standard error.
    ///
    /// # Errors  as [`Resampling::covariance`].
    pub fn interval(self, centre: f64, samples: &[f64]) -> Result<(f64, f64)> {
        let error = self.error(samples)?;
        if self == Self::Jackknife {
            return Ok((error, error));
        }
        let mut sorted = samples.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let tail = 0.158_655_253_931_457_05;
        Ok((
            centre - quantile(&sorted, tail),
            quantile(&sorted, 1.0 - tail) - centre,
        ))
    }
}

/// `x − x̄`.
fn deviations(x: &[f64]) -> Vec<f64> {
    let mean = compensated_sum(x.iter().copied()) / x.len() as f64;
    x.iter().map(|x| x - mean).collect()
}

/// The `p` quantile of sorted numbers, linear between order statistics.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = (place.floor() as usize).min(sorted.len() - 1);
    let above = (below + 1).min(sorted.len() - 1);
    (sorted[above] - sorted[below]).mul_add(place - below as f64, sorted[below])
}
