//! One bare state and one separable channel of two pions: the Lippmann–Schwinger equation by matrix inversion.
//!
//! `R(k,k') = V(k,k') + PV∫q²dq V(k,q) R(q,k')/(E − 2√(m²+q²))`, `V = g(k)g(k')/(E − m_σ) + v(k,k')`, on a grid that has the
//! on-shell momentum as its last point; `PV∫dq/(k0² − q²) = 0` takes the pole away there. `tan δ = −π(k0E/4) R(k0,k0)`.
//! The potential is never seen to be separable. Gauss points are eigenvalues of the Jacobi matrix.
//!
//! Source: M. I. Haftel, F. Tabakin, Nucl. Phys. A 158 (1970) 1, section 2 (the method; formulas derived here).

#![allow(
    clippy::needless_range_loop,
    reason = "index loops are the formulas as printed"
)]

use std::f64::consts::PI;

use crate::linalg::{Rows, solve, symmetric_eigen};

/// `g(k) = (g/√m_π) f(c,k)`, `v = (G/m_π²) f(d,k)² f(d,k')²`; energies in MeV, lengths in fm.
#[derive(Clone, Copy, Debug)]
pub struct SigmaModel {
    /// `A`: `1/(1+(ak)²)`, `B`: its square, `C`: `e^{−(ak)²}`.
    pub letter: char,
    /// Mass of the bare state.
    pub m_sigma: f64,
    /// `g`.
    pub g: f64,
    /// `c`.
    pub c: f64,
    /// `G`.
    pub contact: f64,
    /// `d`.
    pub d: f64,
    /// Mass of the pion.
    pub m_pi: f64,
    /// `ħc`.
    pub hbarc: f64,
}

impl SigmaModel {
    fn falloff(&self, range: f64, k: f64) -> f64 {
        let x = (range * k / self.hbarc).powi(2);
        match self.letter {
            'A' => (1.0 + x).recip(),
            'B' => (1.0 + x).powi(-2),
            'C' => (-x).exp(),
            other => panic!("no model {other}"),
        }
    }

    /// `g(k)`.
    #[must_use]
    pub fn coupling(&self, k: f64) -> f64 {
        self.g / self.m_pi.sqrt() * self.falloff(self.c, k)
    }

    /// `v(k, k')`.
    #[must_use]
    pub fn potential(&self, k: f64, other: f64) -> f64 {
        let leg = |k: f64| self.falloff(self.d, k).powi(2);
        self.contact / self.m_pi.powi(2) * leg(k) * leg(other)
    }

    /// `2√(m_π² + k²)`.
    #[must_use]
    pub fn free_energy(&self, k: f64) -> f64 {
        2.0 * self.m_pi.hypot(k)
    }

    fn momentum(&self, energy: f64) -> f64 {
        ((0.5 * energy - self.m_pi) * (0.5 * energy + self.m_pi)).sqrt()
    }
}

/// Nodes and weights of Gauss's rule on `[−1, 1]`: eigenvalues of the Jacobi matrix of the Legendre polynomials, and
/// twice the squares of the eigenvectors' first components.
#[must_use]
pub fn gauss_from_jacobi(order: usize) -> Vec<(f64, f64)> {
    let mut jacobi: Rows = vec![vec![0.0; order]; order];
    for i in 1..order {
        let i2 = (i * i) as f64;
        let beta = (i2 / (4.0 * i2 - 1.0)).sqrt();
        jacobi[i][i - 1] = beta;
        jacobi[i - 1][i] = beta;
    }
    let (nodes, vectors) = symmetric_eigen(&jacobi);
    let weight = |i: usize| 2.0 * vectors[0][i].powi(2);
    nodes
        .iter()
        .enumerate()
        .map(|(i, x)| (*x, weight(i)))
        .collect()
}

/// The rules for the momenta below and above the mass shell.
#[derive(Clone, Debug)]
pub struct Grid {
    below: Vec<(f64, f64)>,
    above: Vec<(f64, f64)>,
}

impl Grid {
    /// So many points below and twice as many above.
    #[must_use]
    pub fn new(points: usize) -> Self {
        Self {
            below: gauss_from_jacobi(points),
            above: gauss_from_jacobi(2 * points),
        }
    }

    /// `(k, weight)` on `[0, k0]`, and on `[k0, ∞)` by `k = k0 + s(1+x)/(1−x)`.
    fn momenta(&self, k0: f64, scale: f64) -> Vec<(f64, f64)> {
        let inside = self
            .below
            .iter()
            .map(|(x, w)| (0.5 * k0 * (1.0 + x), 0.5 * k0 * w));
        let outside = self.above.iter().map(|(x, w)| {
            let far = 1.0 - x;
            (k0 + scale * (1.0 + x) / far, 2.0 * scale * w / (far * far))
        });
        inside.chain(outside).collect()
    }
}

/// The on-shell `R` (MeV^{−2}).
#[must_use]
pub fn reaction_matrix(model: &SigmaModel, energy: f64, grid: &Grid) -> f64 {
    let k0 = model.momentum(energy);
    let scale = model.hbarc / model.c.min(model.d);
    let points = grid.momenta(k0, scale);
    let full = |k: f64, other: f64| {
        model.coupling(k) * model.coupling(other) / (energy - model.m_sigma)
            + model.potential(k, other)
    };
    let mut propagator: Vec<f64> = points
        .iter()
        .map(|(k, w)| w * k * k / (energy - model.free_energy(*k)))
        .collect();
    let at_pole = |&(k, w): &(f64, f64)| w / ((k0 - k) * (k0 + k));
    propagator.push(-0.5 * energy * k0 * k0 * points.iter().map(at_pole).sum::<f64>());
    let momenta: Vec<f64> = points.iter().map(|(k, _)| *k).chain([k0]).collect();
    let n = momenta.len();
    let mut matrix: Rows = vec![vec![0.0; n]; n];
    let mut right: Rows = Vec::new();
    for (i, k) in momenta.iter().enumerate() {
        for (j, q) in momenta.iter().enumerate() {
            matrix[i][j] = f64::from(u8::from(i == j)) - full(*k, *q) * propagator[j];
        }
        right.push(vec![full(*k, k0)]);
    }
    solve_real(matrix, right)[n - 1]
}

fn solve_real(matrix: Rows, right: Rows) -> Vec<f64> {
    let answer = solve(
        &crate::linalg::complexify(&matrix),
        &crate::linalg::complexify(&right),
    );
    answer.iter().map(|row| row[0].re).collect()
}

/// `δ` modulo π, in `(−π/2, π/2]`.
#[must_use]
pub fn phase_shift(model: &SigmaModel, energy: f64, grid: &Grid) -> f64 {
    let density = 0.25 * model.momentum(energy) * energy;
    (-PI * density * reaction_matrix(model, energy, grid)).atan()
}

/// `k cot δ` in MeV.
#[must_use]
pub fn k_cot_delta(model: &SigmaModel, energy: f64, grid: &Grid) -> f64 {
    -4.0 / (PI * energy * reaction_matrix(model, energy, grid))
}
