//! Monte Carlo histories: what was measured, in order, on one or more replicas.
//!
//! Every observable is measured at the same steps of the same chains, so that correlations between
//! observables are seen.  A replica is an independent chain; replicas may have different lengths.

use crate::error::{Error, Result};
use crate::num::compensated_sum;

/// The measurements of `k` observables on `R` replicas.
#[derive(Clone, Debug)]
pub struct Histories<'a> {
    /// `[observable][replica][step]`.
    series: Vec<Vec<&'a [f64]>>,
}

impl<'a> Histories<'a> {
    /// Histories of several observables on several replicas.
    ///
    /// # Shapes  `series: [observable][replica](steps of that replica,)`.
    /// # Errors  `Error::ShapeMismatch` where an observable lacks measurements that another has;
    ///   `Error::Domain` for no observable, no replica, a replica with fewer than two measurements, and a
    ///   measurement that is not finite.
    pub fn new(series: &[Vec<&'a [f64]>]) -> Result<Self> {
        let lengths = |replicas: &[&[f64]]| replicas.iter().map(|r| r.len()).collect::<Vec<_>>();
        let Some(first) = series.first() else {
            return Err(domain("number of observables", 0.0, "at least one"));
        };
        let expected = lengths(first);
        for observable in series {
            let found = lengths(observable);
            if found != expected {
                return Err(Error::ShapeMismatch {
                    op: "Histories::new",
                    lhs: found,
                    rhs: expected,
                });
            }
        }
        let Some(shortest) = expected.iter().min() else {
            return Err(domain("number of replicas", 0.0, "at least one"));
        };
        if *shortest < 2 {
            let expected = "at least two measurements, since one has no spread";
            return Err(domain("length of a replica", *shortest as f64, expected));
        }
        let all = series.iter().flatten().flat_map(|r| r.iter());
        if let Some(bad) = all.copied().find(|x| !x.is_finite()) {
            return Err(domain("measurement", bad, "a finite number"));
        }
        let series = series.to_vec();
        Ok(Self { series })
    }

    /// One observable on one chain.
    ///
    /// # Errors  as [`Histories::new`].
    pub fn of_chain(chain: &'a [f64]) -> Result<Self> {
        Self::new(&[vec![chain]])
    }

    /// The number of observables.
    #[must_use]
    pub const fn observables(&self) -> usize {
        self.series.len()
    }

    /// The number of replicas.
    #[must_use]
    pub fn replicas(&self) -> usize {
        self.series[0].len()
    }

    /// The length of every replica.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        self.series[0].iter().map(|r| r.len())
    }

    /// The number of measurements of one observable on all replicas.
    #[must_use]
    pub fn total(&self) -> usize {
        self.lengths().sum()
    }

    /// One observable on one replica.
    pub(super) fn series(&self, observable: usize, replica: usize) -> &'a [f64] {
        self.series[observable][replica]
    }

    /// The mean of every observable over all measurements: a replica counts by its length.
    ///
    /// # Shapes  `(observables,)`.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let n = self.total() as f64;
        let sum =
            |replicas: &Vec<&[f64]>| compensated_sum(replicas.iter().copied().flatten().copied());
        self.series
            .iter()
            .map(|replicas| sum(replicas) / n)
            .collect()
    }

    /// The mean of every observable over one replica.
    ///
    /// # Shapes  `(observables,)`.
    #[must_use]
    pub fn replica_means(&self, replica: usize) -> Vec<f64> {
        let mean = |x: &[f64]| compensated_sum(x.iter().copied()) / x.len() as f64;
        self.series
            .iter()
            .map(|replicas| mean(replicas[replica]))
            .collect()
    }

    /// `∂f_a/∂⟨A_k⟩` at the means, by central differences over one naive standard error of `⟨A_k⟩`.
    ///
    /// # Shapes  `f`: `(observables,)` → `(quantities,)`; → `[quantity](observables,)`.
    /// # Errors  `Error::Domain` where `f` is not finite that close to the means.
    pub(super) fn gradients(&self, f: impl Fn(&[f64]) -> Vec<f64>) -> Result<Vec<Vec<f64>>> {
        let (mut means, n) = (self.means(), self.total() as f64);
        let mut gradients = vec![vec![0.0; means.len()]; f(&means).len()];
        for (k, replicas) in self.series.iter().enumerate() {
            let centre = means[k];
            let squares = replicas
                .iter()
                .copied()
                .flatten()
                .map(|x| (x - centre) * (x - centre));
            let step = compensated_sum(squares).sqrt() / n;
            means[k] = centre + step;
            let (up, above) = (means[k], f(&means));
            means[k] = centre - step;
            let (down, below) = (means[k], f(&means));
            means[k] = centre;
            if up == down {
                continue;
            }
            for (gradient, (above, below)) in gradients.iter_mut().zip(above.iter().zip(&below)) {
                gradient[k] = (above - below) / (up - down);
                if !gradient[k].is_finite() {
                    let expected = "a function that is finite within one error of the means";
                    return Err(domain("slope of a derived quantity", gradient[k], expected));
                }
            }
        }
        Ok(gradients)
    }

    /// `Σ_k g_k (a_k(t) − ā_k)`, replica by replica.
    ///
    /// # Errors  `Error::Domain` where it does not fluctuate beyond rounding.
    pub(super) fn projected(&self, means: &[f64], gradient: &[f64]) -> Result<Vec<Vec<f64>>> {
        let mut projection: Vec<Vec<f64>> = self.lengths().map(|n| vec![0.0; n]).collect();
        let mut scale = 0.0;
        for ((replicas, mean), slope) in self.series.iter().zip(means).zip(gradient) {
            for (out, x) in projection.iter_mut().zip(replicas) {
                for (out, x) in out.iter_mut().zip(*x) {
                    *out += slope * (x - mean);
                    scale = f64::max(scale, (slope * x).abs());
                }
            }
        }
        let largest = projection
            .iter()
            .flatten()
            .fold(0.0, |m, x| f64::max(m, x.abs()));
        let rounding = 8.0 * f64::EPSILON * self.observables() as f64;
        if largest <= rounding * scale {
            let expected = "measurements that differ: a constant chain has no error of its own";
            return Err(domain("largest fluctuation", largest, expected));
        }
        Ok(projection)
    }
}

pub(super) fn domain(what: &'static str, value: f64, expected: &str) -> Error {
    Error::Domain {
        what,
        value,
        expected: expected.to_owned(),
    }
}
