//! The S-wave quantisation condition of two particles in any frame: `k cot δ` on the trajectory of a level.
//!
//! `k cot δ = 2 Z^d_00(1; q²)/(γ√π L)` with `q = kL/2π`. In a moving frame `q²`, `γ` and, for unequal
//! masses, `α` are functions of the energy, and the derivative goes through all three.
//!
//! Neglected: waves that mix in by the symmetry of the box (`l ≥ 4` at rest, `l ≥ 2` in motion, and for
//! unequal masses in motion already `l = 1`), and what falls off as `e^{−m_πL}`.

use std::f64::consts::PI;

use super::box_frame::BoxFrame;
use super::shifted_zeta::ShiftedZeta;
use super::two_body::TwoBody;
use super::zeta::{z00, z00_derivative};
use crate::error::{Error, Result};

/// Two particles in a box.
#[derive(Clone, Copy, Debug)]
pub struct SWave {
    pair: TwoBody,
    frame: BoxFrame,
}

/// What the box says of the S wave at one energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxPoint {
    /// Energy in the centre-of-mass frame.
    pub e_cm: f64,
    /// `k²`, negative below threshold.
    pub k2: f64,
    /// `dk²/dE_cm`.
    pub k2_slope: f64,
    /// `q² = (kL/2π)²`.
    pub q2: f64,
    /// `E/E_cm`.
    pub gamma: f64,
    /// `k cot δ` that makes this energy a level.
    pub k_cot_delta: f64,
    /// `d(k cot δ)/dE_cm` along the trajectory.
    pub k_cot_delta_slope: f64,
}

impl BoxPoint {
    /// `δ` in `[0, π)`, or none below threshold.
    #[must_use]
    pub fn phase(&self) -> Option<f64> {
        (self.k2 > 0.0).then(|| {
            let delta = self.k2.sqrt().atan2(self.k_cot_delta);
            if delta >= PI { 0.0 } else { delta }
        })
    }

    /// `dδ/dE_cm` along the trajectory, or none below threshold.
    #[must_use]
    pub fn phase_slope(&self) -> Option<f64> {
        (self.k2 > 0.0).then(|| {
            let k = self.k2.sqrt();
            let k_slope = self.k2_slope / (2.0 * k);
            let cot = self.k_cot_delta;
            (k_slope * cot - k * self.k_cot_delta_slope) / cot.mul_add(cot, self.k2)
        })
    }
}

impl SWave {
    /// The pair in the box.
    #[must_use]
    pub const fn new(pair: TwoBody, frame: BoxFrame) -> Self {
        Self { pair, frame }
    }

    /// The pair.
    #[must_use]
    pub const fn pair(&self) -> &TwoBody {
        &self.pair
    }

    /// The box.
    #[must_use]
    pub const fn frame(&self) -> &BoxFrame {
        &self.frame
    }

    /// What the box says at centre-of-mass energy `e_cm`.
    ///
    /// # Errors    `Error::Domain` at a non-interacting level (there `δ = 0 mod π`), beyond the range of the
    /// zeta function (`q² ≤ 256` at rest; `q² ≤ 64`, `γ ≤ 4` in motion), or unless `e_cm` is positive.
    /// # Accuracy  `k cot δ` relative 1e-12, absolute `1e-12 · 2/(√π L)` next to its zeros.
    /// # Source    M. Lüscher, Nucl. Phys. B 354 (1991) 531; Rummukainen & Gottlieb (1995); for unequal masses
    /// Davoudi & Savage (2011), Fu (2012) (equation numbers not checked).
    /// # Witness   `reference::shifted_zeta`.
    pub fn at(&self, e_cm: f64) -> Result<BoxPoint> {
        if !(e_cm > 0.0 && e_cm.is_finite()) {
            let expected = "a positive energy".to_owned();
            return Err(Error::Domain {
                what: "E_cm",
                value: e_cm,
                expected,
            });
        }
        let (k2, k2_slope) = (self.pair.momentum2(e_cm), self.pair.momentum2_slope(e_cm));
        let to_q2 = self.frame.unit().powi(-2);
        let q2 = k2 * to_q2;
        let (gamma, zeta, zeta_slope) = self.zeta(e_cm, q2, k2_slope * to_q2)?;
        let factor = 2.0 / (PI.sqrt() * self.frame.length());
        // d(Z/γ)/dE with γ² = 1 + P²/E².
        let gamma_slope = gamma_slope(gamma, e_cm);
        let slope = (zeta_slope - zeta * gamma_slope / gamma) / gamma;
        Ok(BoxPoint {
            e_cm,
            k2,
            k2_slope,
            q2,
            gamma,
            k_cot_delta: factor * zeta / gamma,
            k_cot_delta_slope: factor * slope,
        })
    }

    /// `γ`, `Z^d_00` and its derivative along the trajectory.
    fn zeta(&self, e_cm: f64, q2: f64, q2_slope: f64) -> Result<(f64, f64, f64)> {
        let Some(moving) = self.frame.moving() else {
            return Ok((1.0, z00(q2)?, q2_slope * z00_derivative(q2)?));
        };
        let gamma = self.frame.gamma(e_cm);
        let ShiftedZeta {
            value,
            d_q2,
            d_gamma,
            d_alpha,
        } = moving.shifted_zeta(gamma, self.pair.shift(e_cm), q2)?;
        let by_gamma = d_gamma * gamma_slope(gamma, e_cm);
        let slope = d_q2 * q2_slope + by_gamma + d_alpha * self.pair.shift_slope(e_cm);
        Ok((gamma, value, slope))
    }

    /// The centre-of-mass energies up to `e_max` of the levels without interaction, ascending, each once.
    ///
    /// # Errors  `Error::Domain` if `e_max` is so high that they cannot be counted (`|n| > 64`).
    pub fn free_levels(&self, e_max: f64) -> Result<Vec<f64>> {
        let unit = self.frame.unit();
        let [m1, m2] = self.pair.masses();
        let lab_max = self.frame.lab_energy(e_max);
        let largest = (lab_max * lab_max - m1 * m1).max(0.0).sqrt() / unit;
        if !(largest <= 64.0) {
            return Err(Error::Domain {
                what: "highest energy",
                value: e_max,
                expected: "one with momenta of at most 64 · 2π/L".to_owned(),
            });
        }
        let reach = largest as i32 + 1;
        let squares = |n: [i32; 3]| -> f64 { n.iter().map(|c| f64::from(c * c)).sum() };
        let d = self.frame.d();
        let mut energies = Vec::new();
        for x in -reach..=reach {
            for y in -reach..=reach {
                for z in -reach..=reach {
                    let (first, second) = ([x, y, z], [d[0] - x, d[1] - y, d[2] - z]);
                    let lab = m1.hypot(unit * squares(first).sqrt())
                        + m2.hypot(unit * squares(second).sqrt());
                    if lab <= lab_max {
                        energies.extend(self.frame.cm_energy(lab).ok());
                    }
                }
            }
        }
        energies.retain(|e| *e <= e_max);
        energies.sort_unstable_by(f64::total_cmp);
        energies.dedup_by(|later, earlier| *later - *earlier <= SAME * *earlier);
        Ok(energies)
    }
}

/// Free levels nearer to each other than this share of their energy are one.
const SAME: f64 = 1e-12;

/// `dγ/dE_cm` at fixed total momentum: `γ² = 1 + P²/E²`.
fn gamma_slope(gamma: f64, e_cm: f64) -> f64 {
    -(gamma - 1.0) * (gamma + 1.0) / (gamma * e_cm)
}
