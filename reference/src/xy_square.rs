//! XY model on a 2×2 torus in its angles: the trapezoid rule over three of them, the fourth is zero by symmetry.
//!
//! Witness of [`crate::xy_flux`], whose conventions hold: both bonds between two sites count.

use std::f64::consts::TAU;

use crate::xy_flux::Thermal;

/// Points an angle. Aliases are fluxes through a site that add up to this many: below `1e−15` up to `β = 3`.
const POINTS: usize = 48;

/// Thermodynamics, and `<m²>` with `m = |Σ e^{iθ}|/V`.
#[must_use]
pub fn square(beta: f64) -> (Thermal, f64) {
    let cosines: Vec<f64> = (0..POINTS)
        .map(|k| (TAU * k as f64 / POINTS as f64).cos())
        .collect();
    let cos = |i: usize, j: usize| cosines[(POINTS + i - j) % POINTS];
    // Weights of 1, H, H² and m²; sites 0, 1, 2, 3 around the only four pairs of neighbours.
    let terms = |one: usize, two: usize, three: usize| {
        let around = cos(one, 0) + cos(one, two) + cos(two, three) + cos(three, 0);
        let h = -2.0 * around;
        let weight = (-beta * (h + 8.0)).exp();
        let across = cos(two, 0) + cos(one, three);
        [1.0, h, h * h, (4.0 + 2.0 * (around + across)) / 16.0].map(|x| weight * x)
    };
    // Angle by angle, so that no sum has more than POINTS terms and rounding stays small.
    let [z, h1, h2, m2] = added(|one| added(|two| added(|three| terms(one, two, three))));
    let (h1, h2) = (h1 / z, h2 / z);
    let thermal = Thermal {
        ln_z_per_site: 0.25 * (8.0 * beta + (z / (POINTS as f64).powi(3)).ln()),
        energy: 0.25 * h1,
        specific_heat: 0.25 * beta * beta * (h2 - h1 * h1),
        // sin(θ_i − θ_j) + sin(θ_j − θ_i) = 0 on every pair: nothing but the cosines is left.
        helicity: -0.125 * h1,
    };
    (thermal, m2 / z)
}

fn added(terms: impl Fn(usize) -> [f64; 4]) -> [f64; 4] {
    (0..POINTS).map(terms).fold([0.0; 4], |sum, term| {
        std::array::from_fn(|i| sum[i] + term[i])
    })
}
