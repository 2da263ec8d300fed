//! The zero of a function that rises between two poles.

use crate::error::Result;

/// Where the zero is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The poles around it, where there are any: −∞ at the lower, +∞ at the upper one, or finite values.
    pub(super) poles: (Option<f64>, Option<f64>),
    /// Limits of `f` times the distances to `poles` at the lower and the upper end: −∞ and ∞ where they are not known.
    pub(super) ends: (f64, f64),
}

/// Steps before giving up on secants: bisection alone needs about 60.
const SECANTS: usize = 60;
/// The last secant step may be no longer, in parts of the energy.
const NEAR: f64 = 1e-12;

/// The zero of an `f` that is negative at the lower end and positive at the upper one, neither of which is
/// evaluated: secants of `f` times the distances to its poles while they contract, else chords and bisection of the bracket.
///
/// # Accuracy  2 ulp of the energy, if `f` is smooth on the scale of the last two steps: the last point is not closed in from
/// both sides.
pub(super) fn rising_zero(bracket: Bracket, f: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let Bracket {
        mut low,
        mut high,
        poles: (from, to),
        ends: (mut at_low, mut at_high),
    } = bracket;
    let tame = |x: f64, value: f64| {
        value * from.map_or(1.0, |from| x - from) * to.map_or(1.0, |to| to - x)
    };
    let mut before: Option<(f64, f64)> = None;
    let mut next = chord((low, at_low), (high, at_high)).unwrap_or(0.5 * (low + high));
    for step in 0.. {
        if !(next > low && next < high) {
            next = 0.5 * (low + high);
        }
        if next <= low || next >= high || high - low <= 2.0 * f64::EPSILON * next.abs() {
            break;
        }
        let untamed = f(next)?;
        if untamed == 0.0 {
            return Ok(next);
        }
        // The side by `f` itself: its product with two short distances may underflow.
        let (value, width) = (tame(next, untamed), high - low);
        if untamed < 0.0 {
            (low, at_low) = (next, value);
        } else {
            (high, at_high) = (next, value);
        }
        let secant = before.and_then(|last| Some((chord(last, (next, value))?, last.0)));
        before = Some((next, value));
        next = match secant {
            Some((zero, last)) if zero >= low && zero <= high && step < SECANTS => {
                let (step, previous) = ((zero - next).abs(), (next - last).abs());
                if step <= NEAR * zero.abs() && step * step <= f64::EPSILON * zero.abs() * previous
                {
                    return Ok(zero);
                }
                if step < 0.5 * previous {
                    zero
                } else {
                    0.5 * (low + high)
                }
            }
            _ => match chord((low, at_low), (high, at_high)) {
                Some(zero) if high - low <= 0.5 * width && step < SECANTS => zero,
                _ => 0.5 * (low + high),
            },
        };
    }
    Ok(0.5 * (low + high))
}

/// Where the line through two points is zero.
fn chord((x, at_x): (f64, f64), (y, at_y): (f64, f64)) -> Option<f64> {
    let zero = y - at_y * (y - x) / (at_y - at_x);
    zero.is_finite().then_some(zero)
}
