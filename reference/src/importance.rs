//! Importance sampling of a Gaussian mixture through a wider Gaussian, by quadrature: what the
//! estimator's mean, variance and effective sample size are without a random number.

use std::f64::consts::TAU;

use crate::quadrature::line;

/// `p(x) = Σ weight · N(x; mean, width²)`, components as (weight, mean, width).
#[derive(Clone, Debug)]
pub struct Mixture(pub Vec<[f64; 3]>);

/// The step of every integral here: below 1/6 of the narrowest width in use, where the trapezoid
/// rule on Gaussians errs by `e^{−2π²·36}`.
const STEP: f64 = 0.01;

impl Mixture {
    /// The density at `x`.
    #[must_use]
    pub fn density(&self, x: f64) -> f64 {
        (self.0.iter())
            .map(|&[weight, mean, width]| weight * gaussian(x, mean, width))
            .sum()
    }

    /// `E_p[x²]`, in closed form.
    #[must_use]
    pub fn second_moment(&self) -> f64 {
        (self.0.iter())
            .map(|[weight, mean, width]| weight * (mean * mean + width * width))
            .sum()
    }

    /// `∫ g(x, p(x), q(x)) dx` with `q = N(0, width²)`.
    #[must_use]
    pub fn integral_with(&self, width: f64, g: impl Fn(f64, f64, f64) -> f64) -> f64 {
        let cut = 12.0 * width.max(1.0);
        line(
            |x| g(x, self.density(x), gaussian(x, 0.0, width)),
            cut,
            STEP,
        )
    }

    /// The variance of one term `f p/q` under `q`: `∫ f² p²/q − (∫ f p)²`.
    #[must_use]
    pub fn weighted_variance(&self, width: f64, f: impl Fn(f64) -> f64) -> f64 {
        let square = self.integral_with(width, |x, p, q| (f(x) * p).powi(2) / q);
        let mean = self.integral_with(width, |x, p, _| f(x) * p);
        square - mean * mean
    }

    /// `ESS/N → 1 / ∫ p²/q` for many samples.
    #[must_use]
    pub fn ess_fraction(&self, width: f64) -> f64 {
        1.0 / self.integral_with(width, |_, p, q| p * p / q)
    }
}

fn gaussian(x: f64, mean: f64, width: f64) -> f64 {
    let z = (x - mean) / width;
    (-0.5 * z * z).exp() / (width * TAU.sqrt())
}
