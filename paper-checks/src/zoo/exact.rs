//! Exact laws that the checks compare with and that need no lattice: those of one Gaussian variable.

use std::f64::consts::FRAC_PI_4;

use fieldassay::stats::normal_two_sided_tail;

/// The distribution function of a Gaussian variable of this variance.
pub fn normal_cdf(x: f64, variance: f64) -> f64 {
    let tail = 0.5 * normal_two_sided_tail(x.abs() / variance.sqrt());
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// A trajectory of `steps` leapfrog steps of `e^{−kφ²/2}`, as a map of `(√k φ, p)`.
///
/// Leapfrog turns an ellipse: with `cos α = 1 − kε²/2` and `χ² = 1 − kε²/4`, `n` steps are
/// `x' = x cos nα + (p/χ) sin nα`, `p' = p cos nα − χ x sin nα`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeapfrogLaw {
    /// `k ε²`.
    pub k_step2: f64,
    /// `n`.
    pub steps: usize,
}

impl LeapfrogLaw {
    /// `⟨ΔH⟩ = ½ sin² nα (χ − 1/χ)²` from a start in equilibrium.
    pub fn delta_h(self) -> f64 {
        let chi2 = 1.0 - 0.25 * self.k_step2;
        let angle = self.steps as f64 * (1.0 - 0.5 * self.k_step2).acos();
        0.5 * angle.sin().powi(2) * (chi2 + 1.0 / chi2 - 2.0)
    }

    /// The acceptance of such a trajectory. The map has singular values `s` and `1/s`, `2⟨ΔH⟩ = (s − 1/s)²`, so `ΔH < 0`
    /// in a sector of angle `4 arctan 1/s` of the plane, and `⟨min(1, e^{−ΔH})⟩ = 2 P(ΔH < 0)`.
    pub fn acceptance(self) -> f64 {
        let difference = (2.0 * self.delta_h()).sqrt();
        // s − 1/s = d.
        let s = 0.5 * (difference + difference.mul_add(difference, 4.0).sqrt());
        (1.0 / s).atan() / FRAC_PI_4
    }
}
