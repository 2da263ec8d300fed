//! A Metropolis chain on the circle as its transition matrix: averages, autocorrelations and the
//! variance of a sample mean without a random number.
//!
//! The proposal `θ' = θ + u`, `u` uniform in `[−w, w]`, is integrated by the trapezoid rule on a
//! grid that has a point at `±w`, so the error falls as the square of the grid's step.

use std::f64::consts::{PI, TAU};

/// A reversible chain on a grid of angles.
#[derive(Clone, Debug)]
pub struct Chain {
    angles: Vec<f64>,
    stationary: Vec<f64>,
    /// One row per state: (state, probability) of every possible step.
    rows: Vec<Vec<(usize, f64)>>,
}

impl Chain {
    /// Metropolis steps of half width `2π·reach/points` (`reach` grid points to either side) under the density `e^{ln_weight(θ)}`.
    ///
    /// # Panics  unless `0 < reach` and `2·reach < points`.
    #[must_use]
    pub fn metropolis(ln_weight: impl Fn(f64) -> f64, points: usize, reach: usize) -> Self {
        assert!(
            reach > 0 && 2 * reach < points,
            "a reach of {reach} in {points} points"
        );
        let angles: Vec<f64> = (0..points)
            .map(|k| TAU * k as f64 / points as f64 - PI)
            .collect();
        let ln_w: Vec<f64> = angles.iter().map(|&angle| ln_weight(angle)).collect();
        let total: f64 = ln_w.iter().map(|l| l.exp()).sum();
        let stationary = ln_w.iter().map(|l| l.exp() / total).collect();
        let row = |from: usize| {
            let mut stay = 1.0;
            let mut row = Vec::with_capacity(2 * reach + 1);
            for offset in (1..=reach).flat_map(|k| [k, points - k]) {
                let to = (from + offset) % points;
                let end = offset == reach || offset == points - reach;
                let proposed = if end { 0.25 } else { 0.5 } / reach as f64;
                let moved = proposed * (ln_w[to] - ln_w[from]).exp().min(1.0);
                stay -= moved;
                row.push((to, moved));
            }
            row.push((from, stay));
            row
        };
        let rows = (0..points).map(row).collect();
        Self {
            angles,
            stationary,
            rows,
        }
    }

    /// The largest violation of `π_i T_ij = π_j T_ji`, and of `Σ_j T_ij = 1`.
    #[must_use]
    pub fn detailed_balance_violation(&self) -> f64 {
        let backward = |i: usize, j: usize| {
            self.rows[j]
                .iter()
                .find(|(to, _)| *to == i)
                .map_or(f64::NAN, |(_, p)| self.stationary[j] * p)
        };
        let mut worst = 0.0;
        for (i, row) in self.rows.iter().enumerate() {
            let sum: f64 = row.iter().map(|(_, p)| p).sum();
            worst = f64::max(worst, (sum - 1.0).abs());
            for &(j, p) in row {
                worst = f64::max(worst, (self.stationary[i] * p - backward(i, j)).abs());
            }
        }
        worst
    }

    /// The stationary average of `f`.
    #[must_use]
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        let terms = self.angles.iter().zip(&self.stationary);
        terms.map(|(&angle, weight)| weight * f(angle)).sum()
    }

    /// `⟨f(θ_0) f(θ_t)⟩ − ⟨f⟩²` for `t = 0, 1, …` until it is below 1e-15 of its start.
    ///
    /// # Panics  if that takes more than 100 000 steps: the chain is not ergodic on this grid.
    #[must_use]
    pub fn autocovariance(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let mean = self.mean(&f);
        let start: Vec<f64> = self.angles.iter().map(|&angle| f(angle) - mean).collect();
        let mut now = start.clone();
        let mut covariance: Vec<f64> = Vec::new();
        loop {
            let gamma: f64 = (self.stationary.iter().zip(&start).zip(&now))
                .map(|((weight, a), b)| weight * a * b)
                .sum();
            covariance.push(gamma);
            if gamma.abs() <= 1e-15 * covariance[0] {
                return covariance;
            }
            assert!(covariance.len() < 100_000, "no end of the autocorrelation");
            now = (self.rows.iter())
                .map(|row| row.iter().map(|&(to, p)| p * now[to]).sum())
                .collect();
        }
    }

    /// `τ_int = ½ + Σ_{t≥1} ρ(t)`.
    #[must_use]
    pub fn tau_int(&self, f: impl Fn(f64) -> f64) -> f64 {
        let gamma = self.autocovariance(f);
        gamma.iter().sum::<f64>() / gamma[0] - 0.5
    }

    /// The variance of the mean of `steps` successive states of the stationary chain:
    /// `[Γ(0) + 2 Σ_t (1 − t/N) Γ(t)]/N`.
    #[must_use]
    pub fn variance_of_mean(&self, f: impl Fn(f64) -> f64, steps: usize) -> f64 {
        let n = steps as f64;
        let gamma = self.autocovariance(f);
        let pairs: f64 = (gamma.iter().enumerate().take(steps).skip(1))
            .map(|(t, g)| 2.0 * (1.0 - t as f64 / n) * g)
            .sum();
        (gamma[0] + pairs) / n
    }
}
