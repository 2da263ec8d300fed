//! Blocks of successive measurements: blocked errors, jackknife and bootstrap of functions of means.
//!
//! All observables of a block stay together, so that numerator and denominator of a ratio are
//! resampled together.  Blocks must be longer than a few `τ_int`; measurements behind the last whole
//! block are dropped.  Laws: `tests/laws/stats/` (golden series, pulls of a ratio, coverage of the bootstrap).

use super::history::{Histories, domain};
use super::{Estimate, Resampling};
use crate::error::{Error, Result};
use crate::num::compensated_sum;
use crate::rng::Rng;

/// The block means of `k` observables.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    /// `(blocks, observables)`, row by row.
    means: Vec<f64>,
    observables: usize,
    size: usize,
}

/// A function of means with its jackknife error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jackknife {
    /// `f` of the means of all blocks, with `√[(B−1)/B Σ_b (f_b − f̄)²]`.
    pub estimate: Estimate,
    /// `f̄`, the mean over samples with one block left out.
    pub mean: f64,
    /// `B f − (B − 1) f̄`: without the bias of order `1/N`.
    pub bias_corrected: f64,
}

/// A function of means with its bootstrap error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// `f` of the means of all blocks, with the standard deviation of the samples.
    pub estimate: Estimate,
    /// Distances down and up to the 15.87 % and 84.13 % points.
    pub interval: (f64, f64),
}

/// Several functions of means with their covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockCovariance {
    /// Each function of the means of all blocks.
    pub estimates: Vec<Estimate>,
    /// `(quantities, quantities)`, row by row.
    pub covariance: Vec<f64>,
}

impl Blocks {
    /// Blocks of `size` measurements; none reaches over the end of a replica.
    ///
    /// # Errors  `Error::Domain` for `size = 0` and for fewer than two blocks.
    pub fn new(data: &Histories, size: usize) -> Result<Self> {
        if size == 0 {
            return Err(domain("size of a block", 0.0, "at least one measurement"));
        }
        let observables = data.observables();
        let mut means = Vec::with_capacity(data.total() / size * observables);
        for replica in 0..data.replicas() {
            let series: Vec<&[f64]> = (0..observables).map(|k| data.series(k, replica)).collect();
            for start in (0..series[0].len() / size).map(|block| block * size) {
                let block = |x: &&[f64]| {
                    compensated_sum(x[start..start + size].iter().copied()) / size as f64
                };
                means.extend(series.iter().map(block));
            }
        }
        let count = means.len() / observables;
        if count < 2 {
            let expected = "at least two, since one has no spread";
            return Err(domain("number of blocks", count as f64, expected));
        }
        Ok(Self {
            means,
            observables,
            size,
        })
    }

    /// The number of blocks.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.means.len() / self.observables
    }

    /// Measurements in a block.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The block means, `(blocks, observables)`.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.means.chunks_exact(self.observables)
    }

    /// The means over all blocks.
    ///
    /// # Shapes  `(observables,)`.
    #[must_use]
    pub fn grand_means(&self) -> Vec<f64> {
        let column = |k: usize| self.rows().map(move |row| row[k]);
        let count = self.count() as f64;
        (0..self.observables)
            .map(|k| compensated_sum(column(k)) / count)
            .collect()
    }

    /// The mean of one observable with its blocked error, `√[Σ_b (x_b − x̄)²/B(B − 1)]`.
    ///
    /// # Errors  none for data that were accepted.
    /// # Panics  if there is no such observable.
    pub fn mean(&self, observable: usize) -> Result<Estimate> {
        let means: Vec<f64> = self.rows().map(|row| row[observable]).collect();
        Estimate::from_independent(&means)
    }

    /// Means with one block left out, in turn, into `out`.
    fn without(&self, block: usize, grand: &[f64], out: &mut [f64]) {
        let count = self.count() as f64;
        let row = &self.means[block * self.observables..][..self.observables];
        for ((out, mean), x) in out.iter_mut().zip(grand).zip(row) {
            // Around the mean, not from sums, so that nothing large cancels.
            *out = mean + (mean - x) / (count - 1.0);
        }
    }

    /// `f` of the means with one block left out in turn.
    ///
    /// # Shapes  `f`: `(observables,)` → `(quantities,)`; → `[quantity](blocks,)`.
    pub fn jackknife_samples(&self, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<Vec<f64>> {
        let grand = self.grand_means();
        let mut means = grand.clone();
        let values = (0..self.count()).map(|block| {
            self.without(block, &grand, &mut means);
            f(&means)
        });
        columns(values)
    }

    /// `f` of the means over as many blocks drawn with replacement, `draws` times.
    ///
    /// # Shapes  as [`Blocks::jackknife_samples`], `draws` in place of blocks.
    pub fn bootstrap_samples(
        &self,
        f: impl Fn(&[f64]) -> Vec<f64>,
        draws: usize,
        rng: &mut Rng,
    ) -> Vec<Vec<f64>> {
        let (count, grand) = (self.count(), self.grand_means());
        let mut means = grand.clone();
        let values = (0..draws).map(|_| {
            means.fill(0.0);
            for _ in 0..count {
                let block = rng.below(count) * self.observables;
                let row = &self.means[block..block + self.observables];
                for ((sum, x), mean) in means.iter_mut().zip(row).zip(&grand) {
                    *sum += x - mean;
                }
            }
            for (x, mean) in means.iter_mut().zip(&grand) {
                *x = mean + *x / count as f64;
            }
            f(&means)
        });
        columns(values)
    }

    /// A function of the means with its jackknife error and without its bias.
    ///
    /// ```
    /// use fieldassay::stats::{Blocks, Histories};
    /// let (a, b) = ([1.0, 2.0, 3.0, 2.0], [2.0, 4.0, 6.0, 4.0]);
    /// let blocks = Blocks::new(&Histories::new(&[vec![&a], vec![&b]])?, 1)?;
    /// // Numerator and denominator move together: their ratio has no error at all.
    /// let ratio = blocks.jackknife(|m| m[1] / m[0])?;
    /// assert_eq!((ratio.estimate.value(), ratio.estimate.error()), (2.0, 0.0));
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Shapes  `f` sees the means, `(observables,)`.
    /// # Errors  `Error::Domain` where `f` is not finite on the means or on a sample.
    pub fn jackknife(&self, f: impl Fn(&[f64]) -> f64) -> Result<Jackknife> {
        let samples = self.jackknife_samples(|m| vec![f(m)]).swap_remove(0);
        let value = f(&self.grand_means());
        let (count, error) = (self.count() as f64, Resampling::Jackknife.error(&samples)?);
        let shift = compensated_sum(samples.iter().map(|x| x - value)) / count;
        Ok(Jackknife {
            estimate: Estimate::new(value, error, Some(count))?,
            mean: value + shift,
            bias_corrected: value - (count - 1.0) * shift,
        })
    }

    /// A function of the means with its bootstrap error and interval.
    ///
    /// # Errors  as [`Blocks::jackknife`], and `Error::Domain` for fewer than two draws.
    pub fn bootstrap(
        &self,
        f: impl Fn(&[f64]) -> f64,
        draws: usize,
        rng: &mut Rng,
    ) -> Result<Bootstrap> {
        let value = f(&self.grand_means());
        let mut columns = self.bootstrap_samples(|m| vec![f(m)], draws, rng);
        let samples = columns.pop().unwrap_or_default();
        let error = Resampling::Bootstrap.error(&samples)?;
        Ok(Bootstrap {
            estimate: Estimate::new(value, error, Some(self.count() as f64))?,
            interval: Resampling::Bootstrap.interval(value, &samples)?,
        })
    }

    /// Several functions of the means with their jackknife covariance. Singular for more quantities
    /// than blocks: [`ledoit_wolf`](super::ledoit_wolf) of the block means is not.
    ///
    /// # Shapes  `f`: `(observables,)` → `(quantities,)`; covariance `(quantities, quantities)`.
    /// # Errors  as [`Blocks::jackknife`]; `Error::ShapeMismatch` for an `f` that changes its length.
    pub fn covariance(&self, f: impl Fn(&[f64]) -> Vec<f64>) -> Result<BlockCovariance> {
        let values = f(&self.grand_means());
        let samples = self.jackknife_samples(f);
        let count = values.len();
        if samples.len() != count {
            return Err(Error::ShapeMismatch {
                op: "Blocks::covariance",
                lhs: vec![samples.len()],
                rhs: vec![count],
            });
        }
        let mut covariance = vec![0.0; count * count];
        for a in 0..count {
            for b in 0..=a {
                let c = Resampling::Jackknife.covariance(&samples[a], &samples[b])?;
                covariance[a * count + b] = c;
                covariance[b * count + a] = c;
            }
        }
        let n_eff = Some(self.count() as f64);
        let estimate =
            |(a, x): (usize, f64)| Estimate::new(x, covariance[a * count + a].sqrt(), n_eff);
        let estimates = values
            .into_iter()
            .enumerate()
            .map(estimate)
            .collect::<Result<_>>()?;
        Ok(BlockCovariance {
            estimates,
            covariance,
        })
    }
}

/// Rows of equal length as columns.
fn columns(rows: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let mut columns = Vec::new();
    for row in rows {
        columns.resize_with(row.len().max(columns.len()), Vec::new);
        for (column, x) in columns.iter_mut().zip(row) {
            column.push(x);
        }
    }
    columns
}
