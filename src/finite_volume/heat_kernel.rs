//! The heat-kernel split that makes the lattice sums converge, and the sum over images for `q² ≤ −1`.
//!
//! `1/(r² − q²) = ∫_0^∞ e^{−t(r²−q²)} dt` is summed over the lattice for `t > Λ` as it stands and for
//! `t < Λ` after Poisson's formula (`𝒴` harmonic of even degree `l`, `γ = 1` at rest, phases at `d ≠ 0`):
//!
//! `Z_lm = Σ_r 𝒴(r) e^{−Λ(r²−q²)}/(r²−q²) + δ_{l0} γπB/2
//!        + γ i^l Σ_{m≠0} (−1)^{m·d} 𝒴(γ̂m) ∫_0^Λ (π/t)^{3/2+l} e^{tq²−π²|γ̂m|²/t} dt`.
//!
//! The two halves cancel to a relative `e^{Λq²}`, so `Λ` falls with `q²`.

use std::f64::consts::PI;

use crate::special::{dawson, erf, gauss_legendre};

/// Terms below `e^{−40}` of the leading one are dropped from the sums over the lattice.
pub(super) const REACH: f64 = 40.0;

/// Dual terms below `e^{−60}` are dropped: `(π/t)^{15/2}` and the harmonic raise them by less than `e^{20}`.
const DUAL_CUT: f64 = 60.0;

/// Gauss points of the dual integral; its integrand is analytic away from `t = 0`, where it vanishes.
const DUAL_NODES: usize = 24;

/// The quadrature of the dual sum for one split point and degree: `∫_0^Λ (π/t)^{3/2+l} e^{−π²m²/t} … dt`.
#[derive(Debug)]
pub(super) struct DualRule {
    /// `(t, w (π/t)^{3/2+l})`.
    nodes: Vec<(f64, f64)>,
    /// The largest `|γ̂m|²` that still counts.
    pub(super) reach2: f64,
}

impl DualRule {
    pub(super) fn new(lambda: f64, l: i32) -> Self {
        let (lowest, reach2) = (PI * PI / (DUAL_CUT + 20.0), DUAL_CUT * lambda / (PI * PI));
        if reach2 < 1.0 {
            return Self {
                nodes: Vec::new(),
                reach2: 0.0,
            };
        }
        let kernel = |t: f64| (PI / t).powf(1.5 + f64::from(l));
        let rule = gauss_legendre(DUAL_NODES, lowest, lambda);
        Self {
            nodes: rule.into_iter().map(|(t, w)| (t, w * kernel(t))).collect(),
            reach2,
        }
    }

    /// The rule with `e^{−π²m²/t}` summed into its weights: `(t, weight)` for shells `(m², Σ 𝒴)`.
    pub(super) fn folded(&self, shells: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let theta = |t: f64| -> f64 {
            shells
                .iter()
                .map(|(m2, sum)| sum * (-PI * PI * m2 / t).exp())
                .sum()
        };
        self.nodes.iter().map(|&(t, w)| (t, w * theta(t))).collect()
    }

    /// [`DualRule::integral`] and its derivatives with respect to `q²` and `m²`.
    pub(super) fn integral_and_slopes(&self, q2: f64, m2: f64) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for &(t, w) in &self.nodes {
            let term = w * t.mul_add(q2, -PI * PI * m2 / t).exp();
            sums[0] += term;
            sums[1] += term * t;
            sums[2] -= term * PI * PI / t;
        }
        sums
    }

    /// `∫_0^Λ (π/t)^{3/2+l} e^{tq²−π²m²/t} dt`.
    pub(super) fn integral(&self, q2: f64, m2: f64) -> f64 {
        let exponent = |t: f64| t.mul_add(q2, -PI * PI * m2 / t);
        self.nodes.iter().map(|&(t, w)| w * exponent(t).exp()).sum()
    }
}

/// `B(q²)`: the zero mode of the dual sum, `∫_0^Λ t^{−3/2} e^{tq²} dt` continued to its end at `t = 0`.
pub(super) fn zero_mode(q2: f64, lambda: f64) -> f64 {
    let edge = -2.0 * (lambda * q2).exp() / lambda.sqrt();
    if q2 > 0.0 {
        let q = q2.sqrt();
        4.0 * q * (lambda * q2).exp() * dawson(q * lambda.sqrt()) + edge
    } else {
        let kappa = (-q2).sqrt();
        edge - 2.0 * PI.sqrt() * kappa * erf(kappa * lambda.sqrt())
    }
}

/// `dB/dq²` for `q² ≠ 0`, where `Z00` has its pole.
pub(super) fn zero_mode_derivative(q2: f64, lambda: f64) -> f64 {
    let root = lambda.sqrt();
    if q2 > 0.0 {
        let q = q2.sqrt();
        2.0 * (lambda * q2).exp() * dawson(q * root) / q
    } else {
        let kappa = (-q2).sqrt();
        PI.sqrt() / kappa * erf(kappa * root)
    }
}

/// `∫_0^∞ (π/t)^{3/2+l} e^{−κ²t−π²m²/t} dt = 2π^{3/2+l} (κ/πm)^{l+1/2} K_{l+1/2}(2πκm)`, `m = |γ̂m| > 0`.
///
/// The Bessel function of half-integer order is a finite sum.
pub(super) fn image(l: i32, kappa: f64, m: f64) -> f64 {
    let x = 2.0 * PI * kappa * m;
    let order = f64::from(l);
    let mut term = 1.0;
    let mut sum = 1.0;
    for j in 0..l {
        let j = f64::from(j);
        term *= (order + j + 1.0) * (order - j) / ((j + 1.0) * 2.0 * x);
        sum += term;
    }
    // 2 π^{3/2+l} (κ/πm)^{l+1/2} √(π/2x) e^{−x} = π (κ/m)^l e^{−x}/m · π^{…}: powers of π collect to π.
    PI * (kappa / m).powi(l) * (-x).exp() / m * sum
}

/// The largest `|γ̂m|²` whose image still counts beside the nearest one, at distance at least one.
pub(super) fn image_reach(kappa: f64) -> f64 {
    (1.0 + 50.0 / (2.0 * PI * kappa)).powi(2)
}
