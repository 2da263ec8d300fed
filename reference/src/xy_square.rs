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
    let (mut z, mut h1, mut h2, mut m2) = (0.0, 0.0, 0.0, 0.0);
    // Sites 0, 1, 2, 3 around the only four pairs of neighbours.
    for one in 0..POINTS {
        for two in 0..POINTS {
            for three in 0..POINTS {
                let around = cos(one, 0) + cos(one, two) + cos(two, three) + cos(three, 0);
                let h = -2.0 * around;
                let weight = (-beta * (h + 8.0)).exp();
                let across = cos(two, 0) + cos(one, three);
                z += weight;
                h1 += weight * h;
                h2 += weight * h * h;
                m2 += weight * (4.0 + 2.0 * (around + across)) / 16.0;
            }
        }
    }
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
