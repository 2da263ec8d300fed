//! Have several chains met: rank-normalised split R̂, folded R̂, bulk effective sample size.
//!
//! Convention: every chain is cut in two, draws are replaced by `Φ⁻¹((rank − ⅜)/(S + ¼))`, ties by their mean
//! rank, so that nothing needs a finite variance.  Witness: `reference::convergence`.

use super::history::{Histories, domain};
use super::{autocovariance, normal_quantile};
use crate::error::Result;

/// Several chains of one quantity, judged together.
///
/// # Source  A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner, Bayesian Analysis 16
///   (2021) 667, secs. 3 and 4; the sums as in their package `posterior`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainDiagnostics {
    /// Split R̂ of the rank-normalised draws: sees chains at different places.
    pub rank_rhat: f64,
    /// The same of `|x − median|`: sees chains of different widths.
    pub folded_rhat: f64,
    /// The effective sample size of the rank-normalised split chains.
    pub bulk_ess: f64,
    /// The number of halves.
    pub halves: usize,
}

impl ChainDiagnostics {
    /// Above this R̂ the chains have not met.
    pub const LARGEST_RHAT: f64 = 1.01;
    /// Fewer effective draws than this a half chain make R̂ itself unreliable.
    pub const FEWEST_EACH: f64 = 50.0;

    /// Chains of equal or different length, each cut to the shortest.
    ///
    /// # Shapes  `chains: [chain](steps,)`.
    /// # Errors  `Error::Domain` for no chain, fewer than eight steps, a draw that is not finite, and chains that
    ///   never move.
    pub fn new(chains: &[&[f64]]) -> Result<Self> {
        let data = Histories::new(&[chains.to_vec()])?;
        let shortest = data.lengths().min().unwrap_or(0);
        if shortest < 8 {
            return Err(domain(
                "steps of a chain",
                shortest as f64,
                "at least eight",
            ));
        }
        let half = shortest / 2;
        let halves: Vec<&[f64]> = chains
            .iter()
            .flat_map(|chain| [&chain[..half], &chain[shortest - half..shortest]])
            .collect();
        let ranked = rank_normalised(&halves.concat(), half);
        let mut draws = halves.concat();
        draws.sort_unstable_by(f64::total_cmp);
        let middle = draws.len() / 2;
        let median = 0.5 * (draws[middle - 1] + draws[middle]);
        if draws[0] == draws[draws.len() - 1] {
            let expected = "draws that differ: constant chains show nothing";
            return Err(domain("spread of all chains", 0.0, expected));
        }
        let distance = |x: &f64| (x - median).abs();
        let folded: Vec<f64> = halves.iter().copied().flatten().map(distance).collect();
        Ok(Self {
            rank_rhat: rhat(&ranked),
            folded_rhat: rhat(&rank_normalised(&folded, half)),
            bulk_ess: ess(&ranked),
            halves: halves.len(),
        })
    }

    /// The larger of the two: what is quoted as R̂.
    #[must_use]
    pub const fn rhat(&self) -> f64 {
        // Not `f64::max`, which would hide a NaN.
        if self.rank_rhat > self.folded_rhat || self.rank_rhat.is_nan() {
            self.rank_rhat
        } else {
            self.folded_rhat
        }
    }

    /// R̂ below 1.01, and enough effective draws for that to mean something.
    #[must_use]
    pub fn converged(&self) -> bool {
        let enough = self.bulk_ess >= Self::FEWEST_EACH * self.halves as f64;
        self.rhat() < Self::LARGEST_RHAT && enough
    }
}

/// Normal scores of all draws, cut again into chains of `length`.
fn rank_normalised(draws: &[f64], length: usize) -> Vec<Vec<f64>> {
    let mut order: Vec<usize> = (0..draws.len()).collect();
    order.sort_unstable_by(|&a, &b| draws[a].total_cmp(&draws[b]));
    let mut scores = vec![0.0; draws.len()];
    let mut first = 0;
    for tied in order.chunk_by(|&a, &b| draws[a] == draws[b]) {
        let rank = first as f64 + 0.5 * (tied.len() + 1) as f64;
        let score = normal_quantile((rank - 0.375) / (draws.len() as f64 + 0.25));
        tied.iter().for_each(|&place| scores[place] = score);
        first += tied.len();
    }
    scores.chunks_exact(length).map(<[f64]>::to_vec).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn variance(x: &[f64]) -> f64 {
    let middle = mean(x);
    x.iter().map(|x| (x - middle) * (x - middle)).sum::<f64>() / (x.len() as f64 - 1.0)
}

/// `√[(W (n − 1)/n + Var(chain means))/W]`.
fn rhat(chains: &[Vec<f64>]) -> f64 {
    let n = chains[0].len() as f64;
    let means: Vec<f64> = chains.iter().map(|c| mean(c)).collect();
    let within = chains.iter().map(|c| variance(c)).sum::<f64>() / chains.len() as f64;
    ((within * (n - 1.0) / n + variance(&means)) / within).sqrt()
}

/// `S/τ` with `τ = −1 + 2 Σ ρ(t)` over Geyer's initial monotone sequence of pairs.
fn ess(chains: &[Vec<f64>]) -> f64 {
    let (count, n) = (chains.len() as f64, chains[0].len());
    let means: Vec<f64> = chains.iter().map(|c| mean(c)).collect();
    let mut acov = vec![0.0; n];
    for (chain, mean) in chains.iter().zip(&means) {
        let centred = vec![chain.iter().map(|x| x - mean).collect()];
        for (t, (sum, g)) in acov.iter_mut().zip(autocovariance(&centred, n)).enumerate() {
            // Divided by n, not n − t: long lags are noise.
            *sum += g * (n - t) as f64 / n as f64 / count;
        }
    }
    let within = acov[0] * n as f64 / (n as f64 - 1.0);
    let total = acov[0] + variance(&means);
    let rho = |t: usize| 1.0 - (within - acov[t]) / total;
    let (mut pairs, mut last_even, mut t, mut ended) = (vec![1.0 + rho(1)], 0.0, 0, false);
    while t + 5 < n && !ended {
        t += 2;
        let (even, odd) = (rho(t), rho(t + 1));
        last_even = even.max(0.0);
        // NaN ends it too.
        ended = !(even + odd > 0.0);
        if !ended {
            pairs.push(even + odd);
        }
    }
    if !ended {
        // Of a sequence that never ended the last pair counts by its first member only.
        pairs.pop();
    }
    let mut smallest = f64::INFINITY;
    let mut sum = 0.0;
    for pair in pairs {
        smallest = smallest.min(pair);
        sum += smallest;
    }
    let draws = count * n as f64;
    // Antithetic chains beyond S·log₁₀S would be noise.
    let tau = (-1.0 + 2.0 * sum + last_even).max(1.0 / draws.log10());
    draws / tau
}
