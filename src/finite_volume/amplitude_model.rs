//! Parametrised S-wave amplitudes: the effective-range expansion and the Breit–Wigner resonance.
//!
//! Both give `k cot δ` as a function without poles, known through threshold:
//!
//! * effective range: `k cot δ = −1/a₀ + ½ r_eff k² + P k⁴` (the nuclear sign of `a₀`; `P` is the plain
//!   coefficient, in fm³), parameters `1/a₀`, `r_eff`, `P`;
//! * Breit–Wigner: `tan δ = E Γ(E)/(M² − E²)` with `Γ(E) = g² k/E²`, so `k cot δ = E (M² − E²)/g²`,
//!   parameters `M`, `g`; the width at the mass is `Γ = g² k_M/M²`.
//!
//! Parameters are in powers of the unit of energy.

use super::s_wave::BoxPoint;
use super::two_body::TwoBody;
use crate::error::Result;
use crate::linalg::{Matrix, Qr};

/// The form of an amplitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmplitudeModel {
    /// `k cot δ` as a polynomial in `k²` with this many terms: 1 (`a₀`), 2 (`r_eff` too) or 3 (`P` too).
    EffectiveRange(usize),
    /// One resonance.
    BreitWigner,
}

/// `k cot δ` at one energy, with its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct AmplitudePoint {
    /// `k cot δ`.
    pub k_cot_delta: f64,
    /// Its derivative with respect to `E_cm`.
    pub slope: f64,
    /// Its derivatives with respect to the parameters.
    pub gradient: Vec<f64>,
}

impl AmplitudeModel {
    /// The number of parameters.
    #[must_use]
    pub const fn parameters(self) -> usize {
        match self {
            Self::EffectiveRange(terms) => terms,
            Self::BreitWigner => 2,
        }
    }

    /// The names of the parameters.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::EffectiveRange(terms) => &["1/a0", "r_eff", "P"][..terms.min(3)],
            Self::BreitWigner => &["M", "g"],
        }
    }

    /// `k cot δ` and its derivatives.
    ///
    /// # Shapes  `theta: (parameters,)`.
    /// # Panics  if `theta` has another length.
    #[must_use]
    pub fn at(self, pair: &TwoBody, theta: &[f64], e_cm: f64) -> AmplitudePoint {
        assert_eq!(theta.len(), self.parameters(), "one number per parameter");
        match self {
            Self::EffectiveRange(terms) => {
                let (k2, k2_slope) = (pair.momentum2(e_cm), pair.momentum2_slope(e_cm));
                let powers = [-1.0, 0.5 * k2, k2 * k2];
                let slopes = [0.0, 0.5, 2.0 * k2];
                let sum = |weights: &[f64; 3]| -> f64 {
                    weights.iter().zip(theta).map(|(w, t)| w * t).sum()
                };
                AmplitudePoint {
                    k_cot_delta: sum(&powers),
                    slope: k2_slope * sum(&slopes),
                    gradient: powers[..terms].to_vec(),
                }
            }
            Self::BreitWigner => {
                let (mass, g) = (theta[0], theta[1]);
                let gap = (mass - e_cm) * (mass + e_cm);
                let cot = e_cm * gap / (g * g);
                AmplitudePoint {
                    k_cot_delta: cot,
                    slope: (gap - 2.0 * e_cm * e_cm) / (g * g),
                    gradient: vec![2.0 * e_cm * mass / (g * g), -2.0 * cot / g],
                }
            }
        }
    }

    /// `k cot δ` alone.
    #[must_use]
    pub fn k_cot_delta(self, pair: &TwoBody, theta: &[f64], e_cm: f64) -> f64 {
        self.at(pair, theta, e_cm).k_cot_delta
    }

    /// Parameters to start a fit from: least squares of `k cot δ` at the measured levels, each weighted by
    /// `1/(1 + |slope|·σ_E)` so that levels next to a pole say little.
    ///
    /// # Errors  `Error::Matrix` if the levels do not determine the parameters.
    pub fn start(self, points: &[(BoxPoint, f64)]) -> Result<Vec<f64>> {
        let weight = |point: &BoxPoint, error: f64| {
            let scale = point.k2.abs().sqrt().max(1e-3 * point.e_cm);
            1.0 / (scale + point.k_cot_delta.abs() + (point.k_cot_delta_slope * error).abs())
        };
        let basis = |point: &BoxPoint| -> (Vec<f64>, f64) {
            let (k2, e, cot) = (point.k2, point.e_cm, point.k_cot_delta);
            match self {
                Self::EffectiveRange(terms) => ([-1.0, 0.5 * k2, k2 * k2][..terms].to_vec(), cot),
                // k cot δ = A E − B E³ with A = M²/g², B = 1/g².
                Self::BreitWigner => (vec![e, -e * e * e], cot),
            }
        };
        let n = self.parameters();
        let rows: Vec<(Vec<f64>, f64)> = points.iter().map(|(point, _)| basis(point)).collect();
        let weights: Vec<f64> = points.iter().map(|(p, error)| weight(p, *error)).collect();
        let design = Matrix::from_fn(points.len(), n, |i, j| weights[i] * rows[i].0[j]);
        let right = Matrix::from_fn(points.len(), 1, |i, _| weights[i] * rows[i].1);
        let linear = Qr::new(&design)?.least_squares(&right)?.into_vec();
        Ok(match self {
            Self::EffectiveRange(_) => linear,
            Self::BreitWigner => resonance_from(linear[0], linear[1], points),
        })
    }
}

/// `M` and `g` from `A = M²/g²` and `B = 1/g²`; where these make no resonance, one in the middle of the data.
fn resonance_from(a: f64, b: f64, points: &[(BoxPoint, f64)]) -> Vec<f64> {
    if a > 0.0 && b > 0.0 {
        return vec![(a / b).sqrt(), b.powf(-0.5)];
    }
    let count = points.len() as f64;
    let middle = points.iter().map(|(p, _)| p.e_cm).sum::<f64>() / count;
    let spread = points
        .iter()
        .map(|(p, _)| (p.e_cm - middle).abs())
        .sum::<f64>()
        / count;
    vec![middle, (middle * spread.max(1e-3 * middle)).sqrt()]
}
