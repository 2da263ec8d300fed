//! Lüscher's quantisation condition at rest, S wave: `φ(q²) + δ(q²) = nπ`.
//!
//! `φ = atan2(π^{3/2}q, −Z00) + jπ`, `j` the number of poles below `q²` (the one at zero not counted),
//! is continuous and increasing with `φ(0) = 0` and equals `jπ` *on* pole number `j`. So a bracket may
//! end on a pole, and no root finder ever sees one.

use std::f64::consts::PI;

use super::cubic::{poles, poles_up_to};
use super::zeta::{MAX_Q2, domain, z00, z00_regular};
use crate::error::{Error, Result};
use crate::units::{Fm, InvFm};

/// The phase `φ(q²)` of the box: continuous, increasing, `φ(0) = 0`.
///
/// # Units     radians; `q² = (kL/2π)²`.
/// # Errors    `Error::Domain` unless `0 ≤ q² ≤ MAX_Q2`.
/// # Accuracy  absolute 1e-14 for q² < 60.
/// # Source    M. Lüscher, Nucl. Phys. B 354 (1991) 531, with its `tan φ` unwrapped (equation number not checked).
pub fn quantization_phase(q2: f64) -> Result<f64> {
    if !(q2 >= 0.0) {
        let expected = "zero or positive (a level above threshold)".to_owned();
        return Err(Error::Domain {
            what: "q²",
            value: q2,
            expected,
        });
    }
    let turns = poles_up_to(domain(q2)?) - 1;
    let start = turns as f64 * PI;
    // On a pole, and so near to the one at zero that Z00 overflows, the phase is that of the pole.
    Ok(z00(q2).map_or(start, |z| start + (PI.powf(1.5) * q2.sqrt()).atan2(-z)))
}

/// The phase shift modulo π that puts a level at `q²`, in `[0, π)`: `tan δ = π^{3/2} q/Z00`.
///
/// # Errors  as [`quantization_phase`]; a level on a pole has `δ = 0`, which is no error.
pub fn phase_shift(q2: f64) -> Result<f64> {
    let delta = (-quantization_phase(q2)?).rem_euclid(PI);
    Ok(if delta >= PI { 0.0 } else { delta })
}

/// `k cot δ = 2 Z00(1; q²)/(√π L)` for a level at `q²`, of either sign.
///
/// # Units   `box_length` fm, the result fm⁻¹.
/// # Errors  `Error::Domain` on a pole, where `δ = 0 mod π`.
pub fn k_cot_delta(q2: f64, box_length: Fm) -> Result<InvFm> {
    Ok(InvFm(2.0 * z00(q2)? / (PI.sqrt() * box_length.0)))
}

/// The `q²` of the first `count` levels above threshold for a constant phase shift.
///
/// Exactly one lies between two successive poles, whatever `L`; `δ` counts modulo π.
///
/// # Shapes    `(count,)`, ascending.
/// # Errors    `Error::Domain` for a `delta` that is not finite or a multiple of π (the levels are the
/// poles), or if the levels run beyond `MAX_Q2`.
/// # Accuracy  relative 1e-14.
/// # Witness   `reference::zeta::levels_constant_delta`; `golden/highprec/luscher_levels.json`.
pub fn levels_constant_delta(delta: f64, count: usize) -> Result<Vec<f64>> {
    let principal = delta.rem_euclid(PI);
    if !(principal > 0.0 && principal < PI) {
        let expected = "a finite phase that is no multiple of π".to_owned();
        return Err(Error::Domain {
            what: "delta",
            value: delta,
            expected,
        });
    }
    let edges = poles(count + 1);
    if let Some(&last) = edges.last()
        && last > MAX_Q2
    {
        let expected = format!("fewer: the last of them lies below q² = {MAX_Q2}");
        return Err(Error::Domain {
            what: "number of levels",
            value: count as f64,
            expected,
        });
    }
    let level = |(n, edge): (usize, &[f64])| {
        let target = (n + 1) as f64 * PI - principal;
        bisect(edge[0], edge[1], |q2| Ok(quantization_phase(q2)? - target))
    };
    edges.windows(2).enumerate().map(level).collect()
}

/// How finely [`levels`] looks for sign changes between two poles.
const SAMPLES: usize = 64;

/// Where [`levels`] begins, in `q²` and in shares of a threshold. At zero both phases vanish, which is no level, while the
/// lowest level of a weak repulsion lies so near that only the sign of `φ + δ ≈ −ak` next to zero tells of it.
pub(super) const NEXT_TO_THRESHOLD: f64 = 1e-12;

/// The `q²` of all levels with `0 < q² < q2_max` for a continuous phase shift `delta(q²)`.
///
/// `φ + δ` is followed in 64 steps between successive poles; a pair of levels closer than one step
/// (a resonance narrower than 1/64 of the spacing, with a phase that falls again) would be missed.
///
/// # Shapes    `(n,)`, ascending.
/// # Errors    `Error::Domain` unless `0 < q2_max ≤ MAX_Q2`, or where `delta` is not finite.
/// # Accuracy  relative 1e-14 for a smooth `delta`.
pub fn levels(delta: impl Fn(f64) -> f64, q2_max: f64) -> Result<Vec<f64>> {
    if !(q2_max > 0.0) {
        let expected = "a positive end of the search".to_owned();
        return Err(Error::Domain {
            what: "q2_max",
            value: q2_max,
            expected,
        });
    }
    let total = |q2: f64| -> Result<f64> {
        let phase = delta(q2);
        if !phase.is_finite() {
            let expected = format!("a finite phase shift at q² = {q2:?}");
            return Err(Error::Domain {
                what: "delta",
                value: phase,
                expected,
            });
        }
        Ok(quantization_phase(q2)? + phase)
    };
    let mut edges = poles(poles_up_to(domain(q2_max)?));
    edges[0] = NEXT_TO_THRESHOLD.min(0.5 * q2_max);
    edges.push(q2_max);
    let mut found = Vec::new();
    for edge in edges.windows(2) {
        let step = (edge[1] - edge[0]) / SAMPLES as f64;
        let at = |i: usize| {
            if i == SAMPLES {
                edge[1]
            } else {
                step.mul_add(i as f64, edge[0])
            }
        };
        for i in 0..SAMPLES {
            let (low, high) = (at(i), at(i + 1));
            let (from, to) = (total(low)?, total(high)?);
            for target in multiples_between(from, to) {
                found.push(bisect(low, high, |q2| {
                    Ok((total(q2)? - target) * if to > from { 1.0 } else { -1.0 })
                })?);
            }
        }
    }
    Ok(found)
}

/// The multiples of π in `(from, to]`, or `(to, from]` for a falling phase, in order of passage.
pub(super) fn multiples_between(from: f64, to: f64) -> Vec<f64> {
    let (low, high) = (from.min(to), from.max(to));
    let first = (low / PI).floor() as i64 + 1;
    let last = (high / PI).floor() as i64;
    let mut passed: Vec<f64> = (first..=last).map(|n| n as f64 * PI).collect();
    if to < from {
        passed.reverse();
    }
    passed
}

/// The `q²` in `(q2_min, 1)` of all levels, bound states (`q² < 0`) included, from `L k cot δ`.
///
/// Roots of `G = q² L k cot δ·π − q² √4π Z00`, which is analytic through threshold.
///
/// # Units     `l_k_cot_delta(q²)` is `L k cot δ`, dimensionless.
/// # Shapes    `(n,)`, ascending.
/// # Errors    `Error::Domain` unless `−100 ≤ q2_min < 0`, or where `l_k_cot_delta` is not finite.
/// # Accuracy  relative 1e-13.
pub fn levels_near_threshold(l_k_cot_delta: impl Fn(f64) -> f64, q2_min: f64) -> Result<Vec<f64>> {
    if !(-100.0..0.0).contains(&q2_min) {
        let expected = "between −100 and 0".to_owned();
        return Err(Error::Domain {
            what: "q2_min",
            value: q2_min,
            expected,
        });
    }
    let g = |q2: f64| -> Result<f64> {
        let k_cot = l_k_cot_delta(q2);
        if !k_cot.is_finite() {
            let expected = format!("a finite L k cot δ at q² = {q2:?}");
            return Err(Error::Domain {
                what: "L k cot δ",
                value: k_cot,
                expected,
            });
        }
        Ok(1.0 + q2 * (PI * k_cot - z00_regular(q2)?))
    };
    // The last interval stops short of the pole at one, where G → −∞.
    let top = 1.0 - 1e-9;
    let cells = (SAMPLES as f64 * (top - q2_min)).ceil() as usize;
    let at = |i: usize| {
        (top - q2_min)
            .mul_add(i as f64 / cells as f64, q2_min)
            .min(top)
    };
    let mut found = Vec::new();
    for i in 0..cells {
        let (low, high) = (at(i), at(i + 1));
        let (from, to) = (g(low)?, g(high)?);
        if (from > 0.0) != (to > 0.0) {
            found.push(bisect(low, high, |q2| {
                Ok(if to > from { g(q2)? } else { -g(q2)? })
            })?);
        }
    }
    Ok(found)
}

/// The root of an `f` that is negative at `low` and positive at `high`, to the last bit.
pub(super) fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Ok(middle);
        }
        if f(middle)? < 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
}
