//! Axes: the range that the data need, round ticks, tick labels; linear or decimal logarithm.
//!
//! A logarithmic axis is drawn linearly in `log10 x`, so that one coordinate type serves both.

use super::number::{number, power_of_ten};
use crate::error::{Error, Result};

/// One axis of a plot, as the caller declared it.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub label: String,
    pub log: bool,
    pub range: Option<(f64, f64)>,
}

/// A tick: where it stands on the drawn axis, and its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub at: f64,
    pub label: String,
}

/// Around this many ticks a side: room for labels at the width of a phone.
const TICKS: f64 = 6.0;
/// Room beyond the outermost data, as a fraction of their spread.
const PAD: f64 = 0.04;

impl Axis {
    /// The coordinate on the drawn axis; `None` for what a logarithm does not take.
    pub fn place(&self, x: f64) -> Option<f64> {
        match self.log {
            false => Some(x),
            true => (x > 0.0).then(|| x.log10()),
        }
    }

    /// The drawn range: the declared one, or that of `data` with some room.
    ///
    /// # Errors  `Error::Argument` for a declared range that is empty, not finite, or not positive on
    /// a logarithmic axis, and when there is nothing to take a range from.
    pub fn drawn_range(&self, name: &str, data: impl Iterator<Item = f64>) -> Result<(f64, f64)> {
        if let Some((low, high)) = self.range {
            let placed = self.place(low).zip(self.place(high));
            return placed
                .filter(|(a, b)| a.is_finite() && b.is_finite() && a < b)
                .ok_or_else(|| {
                    let expected = if self.log {
                        "0 < low < high"
                    } else {
                        "low < high"
                    };
                    Error::argument(name, format!("the range {low}..{high}"), expected)
                });
        }
        let (low, high) = data
            .filter_map(|x| self.place(x))
            .filter(|x| x.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
                (a.min(x), b.max(x))
            });
        if low > high {
            let expected = "at least one finite point to take a range from";
            return Err(Error::argument(name, "no data", expected));
        }
        let pad = match high - low {
            0.0 => 0.5 * low.abs().max(1.0),
            spread => PAD * spread,
        };
        Ok((low - pad, high + pad))
    }

    /// Round ticks within the drawn range `low..high`.
    pub fn ticks(&self, (low, high): (f64, f64)) -> Vec<Tick> {
        if self.log && high - low >= 1.0 {
            decades(low, high)
        } else if self.log {
            // Less than a decade: round numbers, placed at their logarithms.
            linear_ticks(10f64.powf(low), 10f64.powf(high))
                .into_iter()
                .map(|tick| Tick {
                    at: tick.at.log10(),
                    ..tick
                })
                .collect()
        } else {
            linear_ticks(low, high)
        }
    }
}

fn decades(low: f64, high: f64) -> Vec<Tick> {
    let (first, last) = (low.ceil() as i32, high.floor() as i32);
    let stride = (f64::from(last - first) / TICKS).ceil().max(1.0) as i32;
    // Multiples of the stride, so that 10⁰ is among them when it is in range.
    (first..=last)
        .filter(|exponent| exponent % stride == 0)
        .map(|exponent| Tick {
            at: f64::from(exponent),
            label: power_of_ten(exponent),
        })
        .collect()
}

fn linear_ticks(low: f64, high: f64) -> Vec<Tick> {
    let step = round_step((high - low) / TICKS);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let digits = significant(low.abs().max(high.abs()), step);
    (first..=last)
        .map(|k| k as f64 * step)
        .map(|at| Tick {
            at,
            label: number(at, digits),
        })
        .collect()
}

/// The smallest of 1, 2, 5 × 10ᵏ that is not below `raw`.
fn round_step(raw: f64) -> f64 {
    let decade = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|m| m * decade >= raw * (1.0 - 1e-12));
    step.unwrap_or(10.0) * decade
}

/// Significant digits that tell multiples of `step` apart up to `largest`.
fn significant(largest: f64, step: f64) -> usize {
    ((largest / step).log10().floor().max(0.0) as usize + 2).min(15)
}
