//! Replicas that report a value and an error, and the checks of both.

use fieldassay::stats::Estimate;

use super::Measured;
use super::estimator::{BLOCK, BLOCKS, REPLICAS};

/// What a replica reports.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Its estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

impl Report {
    /// From independent blocks.
    pub fn from_blocks(means: &[f64]) -> Self {
        let n = means.len() as f64;
        let value = means.iter().sum::<f64>() / n;
        let squares: f64 = means.iter().map(|m| (m - value) * (m - value)).sum();
        Self {
            value,
            error: (squares / (n * (n - 1.0))).sqrt(),
        }
    }

    /// An estimate of the library.
    pub fn of(estimate: &Estimate) -> Self {
        Self {
            value: estimate.value(),
            error: estimate.error(),
        }
    }

    /// From jackknife samples about `value`.
    pub fn from_jackknife(value: f64, samples: &[f64]) -> Self {
        let n = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / n;
        let squares: f64 = samples.iter().map(|s| (s - mean) * (s - mean)).sum();
        Self {
            value,
            error: (squares * (n - 1.0) / n).sqrt(),
        }
    }
}

/// The checks of reports about `truth`; the errors' only where pulls are Student's, wider by a factor whose square has
/// the logarithm `wider`.
pub fn judged(reports: &[Report], truth: f64, wider: Option<f64>) -> Vec<Measured> {
    let values = reports.iter().map(|report| report.value - truth).collect();
    let pull2 = |report: &Report| ((report.value - truth) / report.error).powi(2);
    let error = if let Some(wider) = wider {
        let logarithms = reports.iter().map(|report| pull2(report).ln()).collect();
        Measured::Chains(logarithms, mean_ln_t2(BLOCKS - 1) + wider)
    } else {
        Measured::Nothing
    };
    vec![Measured::Chains(values, 0.0), error, Measured::Nothing]
}

/// `⟨ln t²⟩ = ψ(½) − ψ(ν/2) + ln ν` of Student's distribution.
fn mean_ln_t2(nu: usize) -> f64 {
    digamma(0.5) - digamma(0.5 * nu as f64) + (nu as f64).ln()
}

/// `ψ(x)` by its recurrence and its asymptotic series, to 1e-13.
fn digamma(x: f64) -> f64 {
    const FAR: f64 = 20.0;
    if x < FAR {
        return digamma(x + 1.0) - 1.0 / x;
    }
    let y = 1.0 / (x * x);
    x.ln() - 0.5 / x - y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y / 240.0)))
}

/// Means of `f` over the blocks of every replica, `[replica][block]`; `f` sees the place of a sample.
pub fn block_means(f: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let mut means = vec![vec![0.0; BLOCKS]; REPLICAS];
    for block in 0..BLOCKS {
        let mut sums = [0.0; REPLICAS];
        for sample in block * BLOCK..(block + 1) * BLOCK {
            for (replica, sum) in sums.iter_mut().enumerate() {
                *sum += f(sample * REPLICAS + replica);
            }
        }
        for (means, sum) in means.iter_mut().zip(sums) {
            means[block] = sum / BLOCK as f64;
        }
    }
    means
}

/// The mean.
pub fn average(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}
