//! The zero of a function that rises between two poles.

use crate::error::Result;

/// Where the zero is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The poles around it, where there are any: −∞ at the lower, +∞ at the upper one, or finite values.
    pub(super) poles: (Option<f64>, Option<f64>),
}

/// Steps before giving up on chords: bisection alone needs about 60.
const CHORDS: usize = 60;

/// The zero of an `f` that is negative at the lower end and positive at the upper one, neither of which is
/// evaluated: bisection, and chords of `f` times the distances to its poles.
///
/// # Accuracy  2 ulp of the energy.
pub(super) fn rising_zero(bracket: Bracket, f: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let Bracket {
        mut low,
        mut high,
        poles: (from, to),
    } = bracket;
    let tame = |x: f64, value: f64| {
        value * from.map_or(1.0, |from| x - from) * to.map_or(1.0, |to| to - x)
    };
    let (mut at_low, mut at_high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut last_side = 0;
    let mut next = 0.5 * (low + high);
    for step in 0.. {
        if !(next > low && next < high) {
            next = 0.5 * (low + high);
        }
        if next <= low || next >= high || high - low <= 2.0 * f64::EPSILON * next.abs() {
            break;
        }
        let value = f(next)?;
        if value == 0.0 {
            return Ok(next);
        }
        let value = tame(next, value);
        let side = if value < 0.0 { -1 } else { 1 };
        let (width, old) = (high - low, if side < 0 { at_low } else { at_high });
        if side < 0 {
            (low, at_low) = (next, value);
        } else {
            (high, at_high) = (next, value);
        }
        // An end that stays twice loses weight (Anderson and Björck).
        if side == last_side && old.is_finite() {
            let weight = 1.0 - value / old;
            let weight = if weight > 0.0 { weight } else { 0.5 };
            if side < 0 {
                at_high *= weight;
            } else {
                at_low *= weight;
            }
        }
        last_side = side;
        let chord = low - at_low * (high - low) / (at_high - at_low);
        let slow = step >= CHORDS || (high - low) > 0.5 * width && step % 3 == 2;
        next = if at_low.is_finite() && at_high.is_finite() && !slow {
            // Half an ulp of room, so that the zero is closed in from both sides.
            let room = f64::EPSILON * chord.abs();
            chord.max(low + room).min(high - room)
        } else {
            0.5 * (low + high)
        };
    }
    Ok(0.5 * (low + high))
}
