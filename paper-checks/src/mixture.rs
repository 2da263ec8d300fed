//! A mixture of Gaussians around zero, for the claims on diffusion models as stochastic quantisation: its score is known at every time
//! of a diffusion without drift.

use fieldassay::rng::Rng;
use fieldassay_reference::importance::Mixture;

/// Weights and variances of the two components: `q` is narrow on a broad foot, so that `q` and `q²` differ.
pub const COMPONENTS: [[f64; 2]; 2] = [[0.5, 2.25], [0.5, 0.25]];

/// The reference's density of the same mixture.
pub fn reference() -> Mixture {
    Mixture(
        COMPONENTS
            .map(|[weight, variance]| [weight, 0.0, variance.sqrt()])
            .to_vec(),
    )
}

/// `d ln q/dx` after noise of variance `added`.
pub fn score(x: f64, added: f64) -> f64 {
    let mut sums = [0.0; 2];
    for [weight, variance] in COMPONENTS {
        let variance = variance + added;
        let density = weight / variance.sqrt() * (-0.5 * x * x / variance).exp();
        sums[0] += density;
        sums[1] -= density * x / variance;
    }
    sums[1] / sums[0]
}

/// A draw from `q` with noise of variance `added`.
pub fn draw(added: f64, rng: &mut Rng) -> f64 {
    let [_, variance] = COMPONENTS[usize::from(rng.uniform() >= COMPONENTS[0][0])];
    (variance + added).sqrt() * rng.normal()
}
