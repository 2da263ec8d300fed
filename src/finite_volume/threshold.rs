//! The expansion of the lowest level in `a₀/L`.
//!
//! `√4π Z00 = −1/q² + I + J q² + K q⁴ + …` turns `k cot δ = −1/a₀ + ½ r k²` into a series in
//! `x = a₀/L`: `k²L² = 4πx [1 + c₁x + c₂x² + c₃x³ + …]`, with `c₁ = −I/π = 2.837297…`,
//! `c₂ = (I² − J)/π² = 6.375183…`. The energy of two particles of mass `m` is `2m + k²/m` up to
//! `O(L⁻⁶)`.
//!
//! Source: K. Huang, C. N. Yang, Phys. Rev. 105 (1957) 767; M. Lüscher, Commun. Math. Phys. 105 (1986)
//! 153.  Law: the exact lowest root for `|x| ≤ 0.02` (`tests/laws/zeta.rs`).

use std::f64::consts::PI;

use crate::error::{Error, Result};
use crate::units::{Fm, NuclearA0};

/// `I`: the constant term of `√4π Z00 + 1/q²` at `q² = 0`.
///
/// This and the next two from `reference::zeta::z00` by extrapolation in double-double arithmetic.
pub const THRESHOLD_I: f64 = -8.913_632_917_585_15;
/// `J`: the coefficient of `q²`, `Σ' 1/n⁴`.
pub const THRESHOLD_J: f64 = 16.532_315_959_761_67;
/// `K`: the coefficient of `q⁴`, `Σ' 1/n⁶`.
pub const THRESHOLD_K: f64 = 8.401_923_974_827_54;

/// `q²` of the lowest level from the first four orders in `a₀/L`, effective range included.
///
/// # Units     `a0`, `r_eff`, `box_length` in fm.
/// # Errors    `Error::Domain` unless `|a₀/L| ≤ 0.1` and `|r_eff/L| ≤ 1`, where the series is useful.
/// # Accuracy  relative `30 |a₀/L|⁴`, at zero range.
pub fn threshold_q2(a0: NuclearA0, r_eff: Fm, box_length: Fm) -> Result<f64> {
    let x = a0.0.0 / box_length.0;
    if !(x.abs() <= 0.1) {
        let expected = "|a0/L| ≤ 0.1, where the expansion holds".to_owned();
        return Err(Error::Domain {
            what: "a0/L",
            value: x,
            expected,
        });
    }
    let range = r_eff.0 / box_length.0;
    if !(range.abs() <= 1.0) {
        let expected = "|r_eff/L| ≤ 1, where the expansion holds".to_owned();
        return Err(Error::Domain {
            what: "r_eff/L",
            value: range,
            expected,
        });
    }
    let y = x / PI;
    // The range term ½ r k² L enters as a shift of J.
    let (i, k) = (THRESHOLD_I, THRESHOLD_K);
    let j = THRESHOLD_J - 2.0 * PI.powi(3) * range;
    let series = 1.0 + y * (-i + y * (i * i - j + y * (3.0 * i * j - k - i.powi(3))));
    Ok(y * series)
}
