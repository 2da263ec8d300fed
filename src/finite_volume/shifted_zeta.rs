//! The S-wave zeta function of two particles of unequal mass in a moving frame, with its derivatives.
//!
//! `Z^d_00(1; q²) = (4π)^{-1/2} Σ_{r∈P_d} 1/(r² − q²)`, `P_d = {γ̂⁻¹(n − αd/2)}`, with
//! `α = 1 + (m₁² − m₂²)/E_cm²`; `α = 1` for equal masses. In the dual sum the shift becomes a phase:
//! `(−1)^{m·d}` turns into `e^{iπα m·d}`, of which the cosine is left after `m → −m`.
//!
//! # Design
//!
//! Along a level's trajectory `q²`, `γ` and `α` all move with the energy, so the three partial
//! derivatives are summed beside the value: an error of an energy goes through them to `k cot δ`.
//! Unequal masses lose the symmetry `r → −r` of the set, so that odd waves mix in; only `l = 0` is offered.
//!
//! Witness: `reference::shifted_zeta`.  Laws: `tests/laws/luscher/zeta.rs` (poles at the free levels,
//! exchange of the particles, equal masses, derivatives).  Source: Z. Davoudi, M. J. Savage, Phys. Rev. D
//! 84 (2011) 114502; Z. Fu, Phys. Rev. D 85 (2012) 014506 (equation numbers not checked).

use std::f64::consts::PI;

use super::heat_kernel::{REACH, image_reach, zero_mode, zero_mode_derivative};
use super::layers::Split;
use super::moving_frame::{LayerGap, MovingFrame, moving_domain};
use super::zeta::{IMAGES_BELOW, off_pole};
use crate::error::{Error, Result};
use crate::num::{two_product, two_sum};

/// `√4π`.
const SQRT_4PI: f64 = 3.544_907_701_811_032;

/// The largest `|α − 1|`: a pair bound to less than half of `√|m₁² − m₂²|` is beyond any use.
const MAX_SHIFT: f64 = 4.0;

/// `Z^d_00` and its partial derivatives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShiftedZeta {
    /// `Z^d_00(1; q²)`.
    pub value: f64,
    /// `∂Z/∂q²`.
    pub d_q2: f64,
    /// `∂Z/∂γ`.
    pub d_gamma: f64,
    /// `∂Z/∂α`.
    pub d_alpha: f64,
}

impl ShiftedZeta {
    const fn parts(self) -> [f64; 4] {
        [self.value, self.d_q2, self.d_gamma, self.d_alpha]
    }

    fn plus(self, factor: f64, other: [f64; 4]) -> Self {
        Self {
            value: factor.mul_add(other[0], self.value),
            d_q2: factor.mul_add(other[1], self.d_q2),
            d_gamma: factor.mul_add(other[2], self.d_gamma),
            d_alpha: factor.mul_add(other[3], self.d_alpha),
        }
    }
}

impl MovingFrame {
    /// `Z^d_00(1; q²)` for the shift `α`, with its derivatives.
    ///
    /// ```
    /// use fieldassay::finite_volume::MovingFrame;
    /// let frame = MovingFrame::new([0, 0, 1])?;
    /// let (equal, pion_kaon) = (frame.shifted_zeta(1.1, 1.0, 0.31)?, frame.shifted_zeta(1.1, 0.6, 0.31)?);
    /// assert!((equal.value - frame.zeta(0, 1.1, 0.31)?).abs() < 1e-12);
    /// assert!((pion_kaon.value - equal.value).abs() > 0.1);
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Errors    `Error::Domain` unless `1 ≤ γ ≤ 4`, `|α − 1| ≤ 4` and `q² ≤ 64`, or on a pole.
    /// # Accuracy  value: relative 1e-12, absolute `1e-12 γ` next to zeros; derivatives: relative 1e-11 of
    /// the largest of them; for −10 < q² < 60, γ ≤ 1.5.
    /// # Source    Davoudi & Savage (2011), Fu (2012): the set `P_d` (equation numbers not checked).
    /// # Witness   `reference::shifted_zeta`.
    pub fn shifted_zeta(&self, gamma: f64, alpha: f64, q2: f64) -> Result<ShiftedZeta> {
        if !((alpha - 1.0).abs() <= MAX_SHIFT) {
            return Err(Error::Domain {
                what: "alpha",
                value: alpha,
                expected: format!("|alpha − 1| ≤ {MAX_SHIFT}"),
            });
        }
        let q2 = moving_domain(gamma, q2)?;
        let zeta = if q2 <= IMAGES_BELOW {
            self.shifted_images(gamma, alpha, (-q2).sqrt())
        } else {
            let split = self.split(q2);
            let direct = self.shifted_direct(gamma, alpha, q2, split);
            let dual = self.shifted_dual(gamma, alpha, q2, split);
            direct.plus(1.0, dual.parts())
        };
        off_pole(q2, zeta.value)?;
        Ok(zeta)
    }

    /// `Σ_r e^{−Λ(r²−q²)}/(r² − q²)/√4π`, layer by layer outwards from the shifted origin.
    fn shifted_direct(&self, gamma: f64, alpha: f64, q2: f64, split: &Split) -> ShiftedZeta {
        let centre = (0.5 * alpha * f64::from(self.lattice.d2)).round() as i32;
        let layer = |s: i32| self.shifted_layer(s, gamma, alpha, q2, split);
        let mut sum = layer(centre).unwrap_or_default();
        for step in 1.. {
            let pair = [layer(centre + step), layer(centre - step)];
            if pair == [None, None] {
                break;
            }
            for one in pair.into_iter().flatten() {
                sum = sum.plus(1.0, one.parts());
            }
        }
        sum
    }

    /// The layer `n·d = s` of the direct sum; none if it lies out of reach.
    fn shifted_layer(
        &self,
        s: i32,
        gamma: f64,
        alpha: f64,
        q2: f64,
        split: &Split,
    ) -> Option<ShiftedZeta> {
        let d2 = f64::from(self.lattice.d2);
        // 2s − αd² in two words: next to a pole r² − q² is a small difference.
        let (shift, shift_carry) = two_product(alpha, d2);
        let (twice, twice_carry) = two_sum(f64::from(2 * s), -shift);
        let offset = 0.5 * twice / gamma;
        let along2 = offset * offset / d2;
        let reach2 = q2.max(0.0) + REACH / split.lambda;
        if along2 > reach2 {
            return None;
        }
        let gap = LayerGap::new((twice, twice_carry - shift_carry), gamma, d2, q2);
        let (mut value, mut slope) = (0.0, 0.0);
        for shell in &self.lattice.residues[s.rem_euclid(self.lattice.d2) as usize] {
            let distance = gap.to(shell.key) / d2; // r² − q²
            if q2 + distance > reach2 {
                break;
            }
            let term = shell.moments[0] * (-split.lambda * distance).exp() / distance;
            value += term;
            slope -= term * (split.lambda + 1.0 / distance);
        }
        let slopes = [
            -slope,
            -2.0 * along2 / gamma * slope,
            -offset / gamma * slope,
        ];
        let parts = [value, slopes[0], slopes[1], slopes[2]];
        Some(ShiftedZeta::default().plus(1.0 / SQRT_4PI, parts))
    }

    /// The zero mode, and `γ Σ_{m≠0} cos(πα m·d) ∫_0^Λ (π/t)^{3/2} e^{tq²−π²|γ̂m|²/t} dt/√4π`.
    fn shifted_dual(&self, gamma: f64, alpha: f64, q2: f64, split: &Split) -> ShiftedZeta {
        let rule = &split.dual[0];
        let scale = PI.powf(1.5);
        let mode = scale * zero_mode(q2, split.lambda);
        let mode_slope = match q2 {
            0.0 => 2.0 * split.lambda.sqrt(),
            _ => zero_mode_derivative(q2, split.lambda),
        };
        let start = [gamma * mode, gamma * scale * mode_slope, mode, 0.0];
        let mut sum = ShiftedZeta::default().plus(1.0 / SQRT_4PI, start);
        self.shifted_images_within(gamma, alpha, rule.reach2, |image| {
            let [value, d_q2, d_m2] = rule.integral_and_slopes(q2, image.m2);
            sum = sum.plus(1.0 / SQRT_4PI, image.parts(gamma, [value, d_q2, d_m2]));
        });
        sum
    }

    /// `γ [−2π²κ + Σ_{m≠0} cos(πα m·d) π e^{−2πκ|γ̂m|}/|γ̂m|]/√4π`.
    fn shifted_images(&self, gamma: f64, alpha: f64, kappa: f64) -> ShiftedZeta {
        let mode = -2.0 * PI * PI * kappa;
        let start = [gamma * mode, gamma * PI * PI / kappa, mode, 0.0];
        let mut sum = ShiftedZeta::default().plus(1.0 / SQRT_4PI, start);
        self.shifted_images_within(gamma, alpha, image_reach(kappa), |image| {
            let m = image.m2.sqrt();
            let decay = PI * (-2.0 * PI * kappa * m).exp();
            let value = decay / m;
            let d_m2 = -decay * (2.0 * PI * kappa + 1.0 / m) / (2.0 * image.m2);
            let parts = image.parts(gamma, [value, PI / kappa * decay, d_m2]);
            sum = sum.plus(1.0 / SQRT_4PI, parts);
        });
        sum
    }

    /// `add` for every shell of images `m ≠ 0` with `|γ̂m|² ≤ reach2`; `m` and `−m` together.
    fn shifted_images_within(
        &self,
        gamma: f64,
        alpha: f64,
        reach2: f64,
        mut add: impl FnMut(Image),
    ) {
        let d2 = f64::from(self.lattice.d2);
        for s in 0_i32.. {
            let layer = f64::from(s);
            let along2 = (gamma * layer).powi(2) / d2;
            if along2 > reach2 {
                break;
            }
            let twice = if s == 0 { 1.0 } else { 2.0 };
            let (sin, cos) = (PI * alpha * layer).sin_cos();
            for shell in &self.lattice.residues[s.rem_euclid(self.lattice.d2) as usize] {
                let m2 = shell.key / d2 + along2;
                if m2 > reach2 {
                    break;
                }
                if m2 > 0.0 {
                    let count = twice * shell.moments[0];
                    add(Image {
                        m2,
                        m2_slope: 2.0 * along2 / gamma,
                        weight: count * cos,
                        weight_slope: -count * PI * layer * sin,
                    });
                }
            }
        }
    }
}

/// The images of one length: `|γ̂m|²` with its derivative in `γ`, `Σ cos(πα m·d)` with that in `α`.
struct Image {
    m2: f64,
    m2_slope: f64,
    weight: f64,
    weight_slope: f64,
}

impl Image {
    /// Value and derivatives of `γ · weight · f(q², m²)` from `f`, `∂f/∂q²`, `∂f/∂m²`.
    fn parts(&self, gamma: f64, [value, d_q2, d_m2]: [f64; 3]) -> [f64; 4] {
        [
            gamma * self.weight * value,
            gamma * self.weight * d_q2,
            self.weight * (gamma * self.m2_slope).mul_add(d_m2, value),
            gamma * self.weight_slope * value,
        ]
    }
}
