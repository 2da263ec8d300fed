//! Lüscher's zeta functions of a box at rest, `Z_lm(1; q²) = Σ_{n∈Z³} 𝒴_lm(n)/(n² − q²)` continued.
//!
//! The sum diverges as printed and stands for its analytic continuation from `Re s > (l+3)/2` to
//! `s = 1`. For `q² ≤ −1` it is a sum over images; above, a heat-kernel split whose tables are built
//! once per split point, so that a call is a loop over shells.
//!
//! Witness: `reference::zeta` (smoothed direct sums in double-double).  Goldens:
//! `golden/highprec/luscher_zeta.json`.  Source: M. Lüscher, Nucl. Phys. B 354 (1991) 531.

use std::f64::consts::PI;
use std::sync::OnceLock;

use super::cubic::shell_sums;
use super::harmonic::Harmonic;
use super::heat_kernel::{DualRule, REACH, image, image_reach, zero_mode, zero_mode_derivative};
use crate::error::{Error, Result};

/// The largest `q²` for which tables are kept.
pub const MAX_Q2: f64 = 256.0;

/// `√4π`.
const SQRT_4PI: f64 = 3.544_907_701_811_032;

/// `Z00(1; q²)` of a cubic box at rest; poles at the sums of three squares.
///
/// # Errors    `Error::Domain` on a non-interacting level (pole), for NaN, and above [`MAX_Q2`].
/// # Accuracy  relative 1e-12, absolute 1e-12 next to its zeros, for −10 < q² < 60; also next to poles.
/// # Source    M. Lüscher, Nucl. Phys. B 354 (1991) 531; slide form: the divergent sum.
/// # Witness   `reference::zeta::z00`.
pub fn z00(q2: f64) -> Result<f64> {
    off_pole(q2, rest(Harmonic::Y00).value(domain(q2)?))
}

/// `dZ00/dq²`, positive everywhere.
///
/// # Errors    as [`z00`].
/// # Accuracy  relative 1e-12 for −10 < q² < 60.
/// # Witness   `reference::zeta::z00_derivative`.
pub fn z00_derivative(q2: f64) -> Result<f64> {
    off_pole(q2, rest(Harmonic::Y00).derivative(domain(q2)?))
}

/// `√4π Z00(1; q²) + 1/q²`: the zeta function without its pole at threshold, analytic for `q² < 1`.
///
/// # Errors    as [`z00`], but `q² = 0` is allowed.
/// # Accuracy  absolute 1e-13 for −10 < q² < 0.9.
pub fn z00_regular(q2: f64) -> Result<f64> {
    let q2 = domain(q2)?;
    if q2 <= IMAGES_BELOW {
        return Ok(SQRT_4PI * rest(Harmonic::Y00).value(q2) + 1.0 / q2);
    }
    let split = rest(Harmonic::Y00).split(q2);
    // The n = 0 term is −e^{Λq²}/q²; with 1/q² it leaves −(e^{Λq²} − 1)/q².
    let exponent = split.lambda * q2;
    let threshold = if q2 == 0.0 {
        -split.lambda
    } else {
        -exponent.exp_m1() / q2
    };
    let shells = &split.shells;
    let others = exponent.exp() * pole_sum(&shells.n2[1..], &shells.weight[1..], q2);
    let regular =
        SQRT_4PI * (others + split.dual_sum(q2)) + PI.powf(1.5) * zero_mode(q2, split.lambda);
    off_pole(q2, threshold + regular)
}

/// `Z_lm(1; q²)` of a cubic box at rest: (l, m) = (0,0), (2,0) (zero by symmetry), (4,0), (4,4),
/// (6,0), (6,4), with z along a lattice axis (Condon–Shortley; `m = 4`: real part).
///
/// # Errors    `Error::Unsupported` for other (l, m); `Error::Domain` as [`z00`].
/// # Accuracy  relative 1e-12, absolute 1e-12 next to zeros, for −10 < q² < 60 (l = 6, q² > 20: 1e-11).
/// # Source    M. Lüscher, Nucl. Phys. B 354 (1991) 531.
/// # Witness   `reference::zeta::zlm`.
pub fn zlm(l: u32, m: u32, q2: f64) -> Result<f64> {
    let harmonic = Harmonic::new(l, m)?;
    off_pole(q2, rest(harmonic).value(domain(q2)?))
}

/// `dZ_lm/dq²`.
///
/// # Errors    as [`zlm`].
/// # Accuracy  as [`zlm`].
pub fn zlm_derivative(l: u32, m: u32, q2: f64) -> Result<f64> {
    let harmonic = Harmonic::new(l, m)?;
    off_pole(q2, rest(harmonic).derivative(domain(q2)?))
}

pub(super) fn domain(q2: f64) -> Result<f64> {
    if q2 <= MAX_Q2 && q2.is_finite() {
        Ok(q2)
    } else {
        let expected = format!("a finite number, at most {MAX_Q2}");
        Err(Error::Domain {
            what: "q²",
            value: q2,
            expected,
        })
    }
}

pub(super) fn off_pole(q2: f64, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        let expected =
            "a value off the non-interacting levels (poles of the zeta function)".to_owned();
        Err(Error::Domain {
            what: "q²",
            value: q2,
            expected,
        })
    }
}

/// At and below this `q²` the sum over images is used.
pub(super) const IMAGES_BELOW: f64 = -1.0;

/// Split points `Λ = 1, ½, ¼, …`: the largest with `Λq² ≤ 2`, so that at most `e²` is lost.
const SPLITS: usize = 8;

/// The tables of one harmonic at rest.
struct RestSum {
    harmonic: Harmonic,
    splits: [OnceLock<Split>; SPLITS],
    images: OnceLock<Vec<(f64, f64)>>,
}

/// The sum over the lattice and its dual for one split point `Λ`.
struct Split {
    lambda: f64,
    shells: Shells,
    dual: Vec<(f64, f64)>,
}

/// Shell by shell: `n²`, and `e^{−Λn²} Σ 𝒴`.
struct Shells {
    n2: Vec<f64>,
    weight: Vec<f64>,
}

fn rest(harmonic: Harmonic) -> &'static RestSum {
    static Y00: RestSum = RestSum::new(Harmonic::Y00);
    static Y20: RestSum = RestSum::new(Harmonic::Y20);
    static Y40: RestSum = RestSum::new(Harmonic::Y40);
    static Y44: RestSum = RestSum::new(Harmonic::Y44);
    static Y60: RestSum = RestSum::new(Harmonic::Y60);
    static Y64: RestSum = RestSum::new(Harmonic::Y64);
    match harmonic {
        Harmonic::Y00 => &Y00,
        Harmonic::Y20 => &Y20,
        Harmonic::Y40 => &Y40,
        Harmonic::Y44 => &Y44,
        Harmonic::Y60 => &Y60,
        Harmonic::Y64 => &Y64,
    }
}

impl RestSum {
    const fn new(harmonic: Harmonic) -> Self {
        Self {
            harmonic,
            splits: [const { OnceLock::new() }; SPLITS],
            images: OnceLock::new(),
        }
    }

    fn value(&self, q2: f64) -> f64 {
        let l = self.harmonic.l();
        if q2 <= IMAGES_BELOW {
            let kappa = (-q2).sqrt();
            let zero = if l == 0 {
                -2.0 * PI * PI * kappa / SQRT_4PI
            } else {
                0.0
            };
            return zero + self.image_sum(kappa, |m| image(l, kappa, m));
        }
        let split = self.split(q2);
        let zero = if l == 0 {
            PI.powf(1.5) * zero_mode(q2, split.lambda) / SQRT_4PI
        } else {
            0.0
        };
        let shells = &split.shells;
        let direct = (split.lambda * q2).exp() * pole_sum(&shells.n2, &shells.weight, q2);
        direct + split.dual_sum(q2) + zero
    }

    fn derivative(&self, q2: f64) -> f64 {
        let l = self.harmonic.l();
        if q2 <= IMAGES_BELOW {
            let kappa = (-q2).sqrt();
            let zero = if l == 0 {
                PI * PI / kappa / SQRT_4PI
            } else {
                0.0
            };
            // d/dq² multiplies the integrand by t, which lowers l by one and gives π.
            return zero
                + self.image_sum(kappa, |m| match l {
                    0 => PI * PI * (-2.0 * PI * kappa * m).exp() / kappa,
                    _ => PI * image(l - 1, kappa, m),
                });
        }
        let split = self.split(q2);
        let zero = match l {
            0 => PI.powf(1.5) * zero_mode_derivative(q2, split.lambda) / SQRT_4PI,
            _ => 0.0,
        };
        let shells = &split.shells;
        let direct = pole_sum_squared(&shells.n2, &shells.weight, q2)
            + split.lambda * pole_sum(&shells.n2, &shells.weight, q2);
        let dual: f64 = split.dual.iter().map(|(t, w)| w * t * (t * q2).exp()).sum();
        (split.lambda * q2).exp() * direct + dual + zero
    }

    fn image_sum(&self, kappa: f64, image: impl Fn(f64) -> f64) -> f64 {
        let reach = image_reach(kappa);
        let images = self.images.get_or_init(|| {
            let mut shells = shell_sums(self.harmonic, image_reach(1.0) as usize);
            shells.retain(|(n2, _)| *n2 > 0.0);
            shells.iter().map(|(n2, sum)| (n2.sqrt(), *sum)).collect()
        });
        let counted = images.iter().take_while(|(m, _)| m * m <= reach);
        self.harmonic.i_to_l() * counted.map(|(m, sum)| sum * image(*m)).sum::<f64>()
    }

    fn split(&self, q2: f64) -> &Split {
        let halvings = (0..SPLITS - 1)
            .take_while(|k| q2 > f64::from(2 << k))
            .count();
        self.splits[halvings]
            .get_or_init(|| Split::new(self.harmonic, 0.5_f64.powi(halvings as i32)))
    }
}

impl Split {
    fn new(harmonic: Harmonic, lambda: f64) -> Self {
        let (n2, weight) = shell_sums(harmonic, ((REACH + 2.0) / lambda) as usize)
            .into_iter()
            .map(|(n2, sum)| (n2, sum * (-lambda * n2).exp()))
            .unzip();
        let rule = DualRule::new(lambda, harmonic.l());
        let mut images = shell_sums(harmonic, rule.reach2 as usize);
        images.retain(|(m2, _)| *m2 > 0.0);
        let mut dual = rule.folded(&images);
        for (_, weight) in &mut dual {
            *weight *= harmonic.i_to_l();
        }
        Self {
            lambda,
            shells: Shells { n2, weight },
            dual,
        }
    }

    fn dual_sum(&self, q2: f64) -> f64 {
        self.dual.iter().map(|(t, w)| w * (t * q2).exp()).sum()
    }
}

/// Independent partial sums, so that the divisions run side by side.
const LANES: usize = 8;

/// `Σ_n w_n/(n² − q²)`.
fn pole_sum(n2: &[f64], weight: &[f64], q2: f64) -> f64 {
    lane_sum(n2, weight, |n2, w| w / (n2 - q2))
}

/// `Σ_n w_n/(n² − q²)²`.
fn pole_sum_squared(n2: &[f64], weight: &[f64], q2: f64) -> f64 {
    lane_sum(n2, weight, |n2, w| w / ((n2 - q2) * (n2 - q2)))
}

fn lane_sum(n2: &[f64], weight: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut partial = [0.0; LANES];
    let (n2_chunks, n2_rest) = n2.as_chunks::<LANES>();
    let (w_chunks, w_rest) = weight.as_chunks::<LANES>();
    // From the far shells inwards: small terms first.
    let tail: f64 = n2_rest
        .iter()
        .zip(w_rest)
        .map(|(n2, w)| term(*n2, *w))
        .sum();
    for (n2, w) in n2_chunks.iter().zip(w_chunks).rev() {
        for lane in 0..LANES {
            partial[lane] += term(n2[lane], w[lane]);
        }
    }
    tail + partial.iter().sum::<f64>()
}
