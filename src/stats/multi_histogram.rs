//! Several runs at different couplings, reweighted together.
//!
//! Runs with `p_k ∝ e^{−β_k E}` give the weights `w(E) = e^{−βE}/Σ_k n_k e^{f_k − β_k E}` of all measurements, with `e^{−f_k} = Z_k`
//! from the same sums; `n_k = N_k/2τ_k` are the independent ones.  Laws: `tests/laws/stats/` (Gaussians in closed
//! form, pulls).
//!
//! # Design
//!
//! A block left out changes the free energies a little. The shares of the runs in every measurement are
//! tabulated once; without the block they are these times one factor a run, so that the jackknife takes no exponential.

use std::ops::Range;

use super::cholesky::Cholesky;
use super::history::{Histories, domain};
use super::{Estimate, ImportanceWeights, Resampling, Reweighted};
use crate::error::{Error, Result};

/// One run at `p ∝ e^{−βE}`.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// `β`.
    pub beta: f64,
    /// `E`, measurement by measurement.
    pub energy: &'a [f64],
    /// `τ_int` of `E`: ½ for independent measurements.
    pub tau_int: f64,
}

/// Several runs, their free energies solved for.
///
/// # Source  A. M. Ferrenberg, R. H. Swendsen, Phys. Rev. Lett. 63 (1989) 1195, without bins: M. R. Shirts,
///   J. D. Chodera, J. Chem. Phys. 129 (2008) 124105. Newton's method on the convex function of its sec. II C.
/// # Witness  `reference::reweighting`.
#[derive(Clone, Debug)]
pub struct MultiHistogram<'a> {
    runs: Vec<Run<'a>>,
    blocks: usize,
    /// `n_k e^{f_k − β_k E}/Σ_j n_j e^{f_j − β_j E}`, `(measurements, runs)`.
    shares: Vec<f64>,
    /// `ln Σ_j n_j e^{f_j − β_j E}`, `(measurements,)`.
    ln_mixture: Vec<f64>,
    left_out: Vec<LeftOut>,
    converged: bool,
}

/// A block that is left out: its measurements among all, and what it does to the free energies.
#[derive(Clone, Debug)]
struct LeftOut {
    gap: Range<usize>,
    /// `n'_k e^{f'_k}/n_k e^{f_k}`: the shares without the block are the old ones times these, normalised.
    factors: Vec<f64>,
}

impl<'a> MultiHistogram<'a> {
    /// Solves for the free energies: once for all measurements, and once for every block left out.
    ///
    /// # Errors  `Error::Domain` for no runs, fewer than two blocks or measurements a run, numbers that are
    ///   not finite and `τ_int ≤ 0`; `Error::Matrix` for runs without overlap.
    pub fn new(runs: &[Run<'a>], blocks: usize) -> Result<Self> {
        if runs.is_empty() || blocks < 2 {
            let expected = "at least one run and two blocks";
            return Err(domain("blocks of a run", blocks as f64, expected));
        }
        for run in runs {
            Histories::of_chain(run.energy)?;
            if run.energy.len() < blocks {
                let expected = "at least one measurement a block";
                return Err(domain("length of a run", run.energy.len() as f64, expected));
            }
            if !(run.beta.is_finite() && run.tau_int > 0.0 && run.tau_int.is_finite()) {
                let expected = "a positive τ_int and a finite β";
                return Err(domain("τ_int of a run", run.tau_int, expected));
            }
        }
        let mut all = Self {
            runs: runs.to_vec(),
            blocks,
            shares: Vec::new(),
            ln_mixture: Vec::new(),
            left_out: Vec::with_capacity(runs.len() * blocks),
            converged: false,
        };
        all.solve()?;
        let mut first = 0;
        for (k, run) in runs.iter().enumerate() {
            let size = run.energy.len() / blocks;
            for block in 0..blocks {
                let start = first + block * size;
                all.leave_out(k, start..start + size)?;
            }
            first += run.energy.len();
        }
        Ok(all)
    }

    /// Whether Newton's method has found all free energies to 1e-12.
    #[must_use]
    pub const fn converged(&self) -> bool {
        self.converged
    }

    /// `ln Z(β)/Z(β_0)`, `β_0` that of the first run.
    ///
    /// # Errors  `Error::Domain` where it is not finite.
    pub fn ln_z(&self, beta: f64) -> Result<Estimate> {
        let (largest, weights) = self.weights(beta);
        self.estimate(|sample| {
            let sum: f64 = self.of_sample(sample, &weights).map(|(_, w)| w).sum();
            largest + sum.ln()
        })
    }

    /// `⟨O⟩` at `β`, `O` measured beside `E`.
    ///
    /// # Shapes  `observable: [run](measurements of that run,)`.
    /// # Errors  `Error::ShapeMismatch`; `Error::Domain` where it is not finite.
    pub fn mean(&self, beta: f64, observable: &[&[f64]]) -> Result<Reweighted> {
        let found: Vec<usize> = observable.iter().map(|o| o.len()).collect();
        let expected: Vec<usize> = self.runs.iter().map(|run| run.energy.len()).collect();
        if found != expected {
            return Err(Error::ShapeMismatch {
                op: "MultiHistogram::mean",
                lhs: found,
                rhs: expected,
            });
        }
        let observable = observable.concat();
        let (_, weights) = self.weights(beta);
        let estimate = self.estimate(|sample| {
            let (mut sum, mut norm) = (0.0, 0.0);
            for (i, w) in self.of_sample(sample, &weights) {
                sum += w * observable[i];
                norm += w;
            }
            sum / norm
        })?;
        let ln_w: Vec<f64> = weights.iter().map(|w| w.ln()).collect();
        let weights = ImportanceWeights::from_logarithms(&ln_w)?;
        Ok(Reweighted {
            estimate,
            ess: weights.ess(),
            ess_is_floor: weights.ess_is_floor(),
        })
    }

    /// The largest `ln w` at `β`, and all weights relative to it, the factor `1/2τ_k` of their run included.
    fn weights(&self, beta: f64) -> (f64, Vec<f64>) {
        let energies = self
            .runs
            .iter()
            .flat_map(|run| run.energy.iter().map(|e| (e, run.tau_int)));
        let ln_w: Vec<f64> = energies
            .zip(&self.ln_mixture)
            .map(|((e, tau), below)| -beta * e - below - (2.0 * tau).ln())
            .collect();
        let largest = ln_w.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = ln_w.iter().map(|l| (l - largest).exp()).collect();
        (largest, weights)
    }

    /// Number and weight of every measurement of a sample: all, or those outside a block.
    fn of_sample<'s>(
        &'s self,
        sample: Option<&'s LeftOut>,
        weights: &'s [f64],
    ) -> impl Iterator<Item = (usize, f64)> + 's {
        let count = self.runs.len();
        weights
            .iter()
            .enumerate()
            .filter_map(move |(i, w)| match sample {
                None => Some((i, *w)),
                Some(out) if out.gap.contains(&i) => None,
                Some(out) => {
                    let shares = &self.shares[i * count..(i + 1) * count];
                    let change: f64 = shares.iter().zip(&out.factors).map(|(s, r)| s * r).sum();
                    Some((i, w / change))
                }
            })
    }

    fn estimate(&self, value: impl Fn(Option<&LeftOut>) -> f64) -> Result<Estimate> {
        let samples: Vec<f64> = self.left_out.iter().map(|out| value(Some(out))).collect();
        let mut variance = 0.0;
        // Runs are independent: their variances add.
        for run in samples.chunks_exact(self.blocks) {
            variance += Resampling::Jackknife.covariance(run, run)?;
        }
        Estimate::new(value(None), variance.sqrt(), Some(samples.len() as f64))
    }

    /// `N_k/2τ_k`.
    fn counts(&self) -> Vec<f64> {
        let count = |run: &Run| run.energy.len() as f64 / (2.0 * run.tau_int);
        self.runs.iter().map(count).collect()
    }

    /// Shares and mixtures at the free energies `f`.
    fn tabulate(&mut self, f: &[f64], counts: &[f64]) {
        self.shares.clear();
        self.ln_mixture.clear();
        for energy in self.runs.iter().flat_map(|run| run.energy) {
            let first = self.shares.len();
            let terms = self.runs.iter().zip(counts).zip(f);
            self.shares
                .extend(terms.map(|((run, n), f)| n.ln() + f - run.beta * energy));
            let terms = &mut self.shares[first..];
            let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            terms
                .iter_mut()
                .for_each(|term| *term = (*term - largest).exp());
            let sum: f64 = terms.iter().sum();
            terms.iter_mut().for_each(|term| *term /= sum);
            self.ln_mixture.push(largest + sum.ln());
        }
    }

    /// `f_k − f_0 = ∫ ⟨E⟩ dβ` by the trapezoidal rule: an action is extensive, and from free energies that are
    /// off by more than a few, runs seem not to overlap.
    fn integrated(&self) -> Vec<f64> {
        let mean = |run: &Run| run.energy.iter().sum::<f64>() / run.energy.len() as f64;
        let mut order: Vec<usize> = (0..self.runs.len()).collect();
        order.sort_by(|&a, &b| self.runs[a].beta.total_cmp(&self.runs[b].beta));
        let mut f = vec![0.0; self.runs.len()];
        for pair in order.windows(2) {
            let (a, b) = (&self.runs[pair[0]], &self.runs[pair[1]]);
            f[pair[1]] = f[pair[0]] + 0.5 * (mean(a) + mean(b)) * (b.beta - a.beta);
        }
        let first = f[0];
        f.iter_mut().for_each(|f| *f -= first);
        f
    }

    fn solve(&mut self) -> Result<()> {
        let counts = self.counts();
        let (mut f, ones) = (self.integrated(), vec![1.0; self.runs.len()]);
        self.converged = false;
        for _ in 0..STEPS {
            self.tabulate(&f, &counts);
            if self.converged {
                return Ok(());
            }
            self.converged = descend(&mut f, &self.step(&counts, &ones, &(0..0))?);
        }
        Ok(())
    }

    fn leave_out(&mut self, run: usize, gap: Range<usize>) -> Result<()> {
        let (counts, mut left) = (self.counts(), self.counts());
        left[run] -= gap.len() as f64 / (2.0 * self.runs[run].tau_int);
        let (mut shift, mut converged) = (vec![0.0; left.len()], false);
        let factors = |shift: &[f64]| -> Vec<f64> {
            let ratio = |((s, n), m): ((&f64, &f64), &f64)| s.exp() * n / m;
            shift.iter().zip(&left).zip(&counts).map(ratio).collect()
        };
        for _ in 0..STEPS {
            let step = self.step(&left, &factors(&shift), &gap)?;
            converged = descend(&mut shift, &step);
            if converged {
                break;
            }
        }
        self.converged &= converged;
        let factors = factors(&shift);
        self.left_out.push(LeftOut { gap, factors });
        Ok(())
    }

    /// Newton's step of `f_1, f_2, …` on `Σ_n (1/2τ) ln Σ_k n_k e^{f_k − β_k E_n} − Σ_k n_k f_k`.
    fn step(&self, counts: &[f64], factors: &[f64], gap: &Range<usize>) -> Result<Vec<f64>> {
        let (size, free) = (counts.len(), counts.len() - 1);
        let mut slope: Vec<f64> = counts[1..].iter().map(|n| -n).collect();
        let mut curvature = vec![0.0; free * free];
        let mut shares = vec![0.0; size];
        let taus = self
            .runs
            .iter()
            .flat_map(|run| run.energy.iter().map(|_| run.tau_int));
        for ((i, old), tau) in self.shares.chunks_exact(size).enumerate().zip(taus) {
            if gap.contains(&i) {
                continue;
            }
            let mut sum = 0.0;
            for ((share, old), factor) in shares.iter_mut().zip(old).zip(factors) {
                *share = old * factor;
                sum += *share;
            }
            let weight = 0.5 / tau;
            for a in 0..free {
                let share = shares[a + 1] / sum;
                slope[a] += weight * share;
                curvature[a * free + a] += weight * share;
                for b in 0..=a {
                    curvature[a * free + b] -= weight * share * shares[b + 1] / sum;
                }
            }
        }
        for a in 0..free {
            // What a run shares with others, of its own measurements.
            let overlap = curvature[a * free + a] / counts[a + 1];
            if !(overlap > 1e-10) {
                return Err(Error::Matrix {
                    op: "MultiHistogram::new",
                    expected: "of runs that overlap",
                    detail: format!("run {}: {overlap:e}", a + 1),
                });
            }
        }
        Cholesky::new("MultiHistogram::new", &curvature, free)?.solve(&mut slope);
        Ok(slope)
    }
}

/// Newton's method needs a handful of steps; this many have lost their way.
const STEPS: usize = 100;

/// One step of all but the first; whether it was too small to matter.
fn descend(f: &mut [f64], step: &[f64]) -> bool {
    let largest = |x: &[f64]| x.iter().fold(0.0, |m, x| f64::max(m, x.abs()));
    let length = largest(step);
    // Far from the minimum a full step may leave the region where runs still overlap.
    let damping = if length > 1.0 { 1.0 / length } else { 1.0 };
    for (f, step) in f[1..].iter_mut().zip(step) {
        *f -= damping * step;
    }
    length <= 1e-12 * (1.0 + largest(f))
}
