//! Zeta functions of two particles of equal mass that move through the box with momentum `P = 2πd/L`.
//!
//! `Z^d_lm(1; q²) = Σ_{r∈P_d} 𝒴_lm(r)/(r² − q²)`, `P_d = {γ̂⁻¹(n − d/2)}`: the component along `d` is
//! divided by `γ = E/E_cm`; z stays the lattice axis. S wave: `tan δ = γ q π^{3/2}/Z^d_00(1; q²)`.
//!
//! # Design
//!
//! A lattice vector is its layer `s = n·d` and its part `n_⊥` across `d`; which `n_⊥` occur depends on
//! `s mod d²` only, and neither on `γ`. So each frame keeps, once, its shells of `n_⊥` with the moments
//! of their z components, and a call sums over layers and shells: a few hundred terms instead of
//! thousands of vectors.
//!
//! Witness: `reference::zeta::zlm`.  Source: K. Rummukainen, S. Gottlieb, Nucl. Phys. B 450 (1995) 397.

use std::f64::consts::PI;
use std::sync::OnceLock;

use super::harmonic::Harmonic;
use super::heat_kernel::{REACH, image, image_reach, zero_mode};
use super::layers::{Layers, MAX_Q2_MOVING, SPLITS, Split};
use super::zeta::{IMAGES_BELOW, domain, off_pole};
use crate::error::{Error, Result};
use crate::num::{two_product, two_sum};

/// `√4π`.
const SQRT_4PI: f64 = 3.544_907_701_811_032;

/// Total momentum of the pair, in units of `2π/L`.
///
/// ```
/// use fieldassay::finite_volume::MovingFrame;
/// let frame = MovingFrame::new([0, 0, 1])?;
/// assert!((frame.zeta(0, 1.1, 0.31)? + 6.982_865_450_480_954).abs() < 1e-12);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct MovingFrame {
    pub(super) lattice: &'static Layers,
}

/// Without the tables, which are long.
impl std::fmt::Debug for MovingFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let d2 = self.lattice.d2;
        f.debug_struct("MovingFrame")
            .field("d2", &d2)
            .finish_non_exhaustive()
    }
}

impl MovingFrame {
    /// The frame with momentum `d`: one of 001, 110, 111, 002 as written (the others follow by rotation).
    ///
    /// # Errors  `Error::Unsupported` for any other `d`.
    pub fn new(d: [i32; 3]) -> Result<Self> {
        static ALONG_001: OnceLock<Layers> = OnceLock::new();
        static ALONG_110: OnceLock<Layers> = OnceLock::new();
        static ALONG_111: OnceLock<Layers> = OnceLock::new();
        static ALONG_002: OnceLock<Layers> = OnceLock::new();
        let cell = match d {
            [0, 0, 1] => &ALONG_001,
            [1, 1, 0] => &ALONG_110,
            [1, 1, 1] => &ALONG_111,
            [0, 0, 2] => &ALONG_002,
            _ => {
                return Err(Error::Unsupported {
                    what: format!("the moving frame d = {d:?}"),
                    expected: "d is one of [0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 2]".to_owned(),
                });
            }
        };
        Ok(Self {
            lattice: cell.get_or_init(|| Layers::new(d)),
        })
    }

    /// `Z^d_l0(1; q²)` for `l` = 0, 2, 4.
    ///
    /// # Errors    `Error::Domain` unless `1 ≤ γ ≤ 4` and `q² ≤ 64`, or on a pole;
    /// `Error::Unsupported` for another `l`.
    /// # Accuracy  relative 1e-12, absolute `1e-12 γ max(1, |q|^l)` next to zeros, for −10 < q² < 60, γ ≤ 1.5.
    /// # Source    Rummukainen & Gottlieb (1995), with z fixed to the lattice (equation number not checked).
    /// # Witness   `reference::zeta::zlm`.
    pub fn zeta(&self, l: u32, gamma: f64, q2: f64) -> Result<f64> {
        let harmonic = match l {
            0 | 2 | 4 => Harmonic::new(l, 0)?,
            _ => {
                return Err(Error::Unsupported {
                    what: format!("Z^d_l0 with l = {l}"),
                    expected: "l is one of 0, 2, 4".to_owned(),
                });
            }
        };
        let q2 = moving_domain(gamma, q2)?;
        if l == 2 && self.lattice.d2 == 3 {
            return Ok(0.0); // x, y and z are alike along the diagonal: 3z² − r² sums to zero
        }
        let value = if q2 <= IMAGES_BELOW {
            self.image_sum(harmonic, gamma, (-q2).sqrt())
        } else {
            self.split_sum(harmonic, gamma, q2, self.split(q2))
        };
        off_pole(q2, value)
    }

    /// The split point for `q2`.
    pub(super) fn split(&self, q2: f64) -> &'static Split {
        let halvings = (1..SPLITS).take_while(|k| q2 > f64::from(5 << k)).count();
        &self.lattice.splits[halvings]
    }

    fn split_sum(&self, harmonic: Harmonic, gamma: f64, q2: f64, split: &Split) -> f64 {
        let l = harmonic.l();
        let rule = &split.dual[l as usize / 2];
        let mut dual = 0.0;
        self.lattice
            .dual_shells(harmonic, gamma, rule.reach2, &mut |m2, sum| {
                dual += sum * rule.integral(q2, m2);
            });
        let zero = match l {
            0 => PI.powf(1.5) * zero_mode(q2, split.lambda) / SQRT_4PI,
            _ => 0.0,
        };
        let direct = self.direct_sum(harmonic, gamma, q2, split);
        direct + gamma * (harmonic.i_to_l() * dual + zero)
    }

    fn direct_sum(&self, harmonic: Harmonic, gamma: f64, q2: f64, split: &Split) -> f64 {
        let Layers {
            d2,
            d_z,
            ref residues,
            ..
        } = *self.lattice;
        let scale = f64::from(d2);
        let reach2 = q2.max(0.0) + REACH / split.lambda;
        let mut sum = 0.0;
        // n → d − n maps layer s to d² − s and r to −r: only s ≥ d²/2, twice off the middle.
        for s in (d2 + 1) / 2.. {
            let offset = f64::from(2 * s - d2) / (2.0 * gamma);
            let along2 = offset * offset / scale;
            if along2 > reach2 {
                break;
            }
            let twice = if 2 * s == d2 { 1.0 } else { 2.0 };
            let shift = offset * d_z / scale;
            let gap = LayerGap::new((f64::from(2 * s - d2), 0.0), gamma, scale, q2);
            let residue = s.rem_euclid(d2) as usize;
            let mut layer = 0.0;
            for (shell, decay) in residues[residue].iter().zip(&split.decay[residue]) {
                let distance = gap.to(shell.key) / scale; // r² − q²
                let r2 = q2 + distance;
                if r2 > reach2 {
                    break;
                }
                layer += decay / distance * harmonic.of_moments(r2, shell.shifted(shift));
            }
            sum += twice * (split.lambda * (q2 - along2)).exp() * layer;
        }
        sum
    }

    fn image_sum(&self, harmonic: Harmonic, gamma: f64, kappa: f64) -> f64 {
        let l = harmonic.l();
        let mut sum = 0.0;
        self.lattice
            .dual_shells(harmonic, gamma, image_reach(kappa), &mut |m2, harmonics| {
                sum += harmonics * image(l, kappa, m2.sqrt());
            });
        let zero = if l == 0 {
            -2.0 * PI * PI * kappa / SQRT_4PI
        } else {
            0.0
        };
        gamma * (zero + harmonic.i_to_l() * sum)
    }
}

/// `q2`, if a moving frame takes it and `gamma`.
pub(super) fn moving_domain(gamma: f64, q2: f64) -> Result<f64> {
    if !(1.0..=4.0).contains(&gamma) {
        let expected = "a boost factor between 1 and 4".to_owned();
        return Err(Error::Domain {
            what: "gamma",
            value: gamma,
            expected,
        });
    }
    if q2 > MAX_Q2_MOVING {
        let expected = format!("at most {MAX_Q2_MOVING} in a moving frame");
        return Err(Error::Domain {
            what: "q²",
            value: q2,
            expected,
        });
    }
    domain(q2)
}

/// `d²(r² − q²) − d²n_⊥²` of one layer, `(2s − d²)²/4γ² − d²q²`, with the rounding errors carried:
/// next to a pole `r² − q²` is a small difference, and `γ` need not be a round number.
pub(super) struct LayerGap {
    value: f64,
    carry: f64,
}

impl LayerGap {
    /// `twice_offset` is `2s − d²` in two words.
    pub(super) fn new(twice_offset: (f64, f64), gamma: f64, d2: f64, q2: f64) -> Self {
        let (twice, twice_carry) = twice_offset;
        let (square, square_carry) = two_product(0.5 * twice, 0.5 * twice);
        let square_carry = square_carry + 0.5 * twice * twice_carry;
        let (gamma2, gamma2_carry) = two_product(gamma, gamma);
        let along = square / gamma2;
        let remainder = (-along).mul_add(gamma2, square) - along * gamma2_carry + square_carry;
        let along_carry = remainder / gamma2;
        let (level, level_carry) = two_product(d2, q2);
        let (value, carry) = two_sum(along, -level);
        Self {
            value,
            carry: carry + along_carry - level_carry,
        }
    }

    /// `d²(r² − q²)` for the shell with `d²n_⊥² = key`.
    pub(super) fn to(&self, key: f64) -> f64 {
        let (sum, carry) = two_sum(key, self.value);
        sum + (carry + self.carry)
    }
}
