//! The S-wave zeta function of unequal masses in a moving frame as a literal lattice sum.
//!
//! `√4π Z = Σ_n 1/(r² − q²)`, `r = γ̂⁻¹(n − αd/2)`, with the Riesz weight, the continuum taken off and the
//! division by the weight at the pole as in [`crate::zeta`]; here the sum goes over columns of `n`, and
//! any `d` is taken. A shift of the lattice changes the phase of the Fourier tail only, so that the
//! error is the same: below 1e-14.

use crate::dd::Dd;
use crate::zeta::{N, P, continuum};

/// Total momentum, boost and shift of the set `r = γ̂⁻¹(n − αd/2)`.
#[derive(Clone, Copy, Debug)]
pub struct ShiftedFrame {
    /// Integer momentum, not zero.
    pub d: [i32; 3],
    /// `γ = E/E_cm`.
    pub gamma: Dd,
    /// `α = 1 + (m₁² − m₂²)/E_cm²`.
    pub alpha: Dd,
}

impl ShiftedFrame {
    /// `|r|²` of one lattice vector: `|c|² − (1 − 1/γ²)(c·d)²/d²` with `c = n − αd/2`.
    fn length2(&self, n: [i32; 3]) -> Dd {
        let (mut square, mut along, mut d2) = (Dd::ZERO, Dd::ZERO, 0);
        for (n, d) in n.into_iter().zip(self.d) {
            let c = Dd::from(f64::from(n)) - self.alpha * Dd::from(0.5 * f64::from(d));
            square = square + c * c;
            along = along + c * Dd::from(f64::from(d));
            d2 += d * d;
        }
        let shortened = Dd::ONE - Dd::ONE / (self.gamma * self.gamma);
        square - shortened * along * along / Dd::from(f64::from(d2))
    }
}

/// `Z^d_00(1; q²)` for any total momentum, boost and shift, `|q²| < 100`.
#[must_use]
pub fn z00(q2: Dd, frame: &ShiftedFrame) -> Dd {
    let square = f64::from(N * N);
    let cut_off = Dd::from(square);
    let longest: i32 = frame.d.iter().map(|d| d.abs()).max().unwrap_or(0);
    let shift = (frame.alpha.to_f64().abs() * f64::from(longest)) as i32;
    let reach = (f64::from(N) * frame.gamma.to_f64()) as i32 + shift + 2;
    let mut sum = Dd::ZERO;
    for z in -reach..=reach {
        let mut plane = Dd::ZERO;
        for y in -reach..=reach {
            for x in -reach..=reach {
                let r2 = frame.length2([x, y, z]);
                if r2.to_f64() < square {
                    plane = plane + (Dd::ONE - r2 / cut_off).powi(P) / (r2 - q2);
                }
            }
        }
        sum = sum + plane;
    }
    let sigma = q2 / cut_off;
    let weighted = sum / (Dd::ONE - sigma).powi(P);
    let sphere = Dd::from(4.0) * Dd::PI;
    (weighted - frame.gamma * continuum(sigma, N, P)) / sphere.sqrt()
}
