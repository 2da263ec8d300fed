//! The levels that an S-wave amplitude puts into a box: every crossing, in any frame.
//!
//! With `ϑ_box = arccot(k cot δ_box/s)` and `ϑ = arccot(k cot δ/s)` a level is `ϑ − ϑ_box = 0 mod π`.
//! `ϑ_box` falls from π to 0 between one free level and the next, so no bracket ever sees a pole.
//! The scale `s` is `k` for a phase shift (then `ϑ = δ`), and `2π/L` for an amplitude that is known
//! through threshold.

use std::f64::consts::PI;

use super::quantization::{NEXT_TO_THRESHOLD, bisect, multiples_between};
use super::s_wave::{BoxPoint, SWave};
use crate::error::{Error, Result};

/// An S-wave amplitude as a function of the relative momentum.
pub enum Amplitude<'a> {
    /// A continuous phase `δ(k)` in radians, `k > 0`.
    Delta(&'a dyn Fn(f64) -> f64),
    /// `k cot δ` as a function of `k²` of either sign, without poles.
    KCotDelta(&'a dyn Fn(f64) -> f64),
}

/// Where levels are looked for.
#[derive(Clone, Debug)]
pub struct Window {
    /// Lowest and highest centre-of-mass energy, both included.
    pub e_cm: (f64, f64),
    /// Energies at which the amplitude may bend sharply, ascending; empty if it is smooth.
    pub knots: Vec<f64>,
}

/// How finely the trajectory is followed between two free levels, besides the knots.
const SAMPLES: usize = 64;

/// Nearer to a free level than this share of the energy, `ϑ_box` is its limit.
const ON_POLE: f64 = 8.0 * f64::EPSILON;

impl SWave {
    /// All levels in `window`, as centre-of-mass energies.
    ///
    /// `ϑ − ϑ_box` is followed in 64 steps between free levels, and from knot to knot; two levels within one
    /// step, where the phase falls faster than the box allows, would be missed.
    ///
    /// ```
    /// use fieldassay::finite_volume::{Amplitude, BoxFrame, SWave, TwoBody, Window};
    /// use fieldassay::units::{Fm, HbarC};
    /// let frame = BoxFrame::fm(Fm(4.0), HbarC::CODATA_2018, [0, 0, 1])?;
    /// let channel = SWave::new(TwoBody::new(139.57, 495.65)?, frame);
    /// let delta = 40_f64.to_radians();
    /// let window = Window { e_cm: (640.0, 1000.0), knots: Vec::new() };
    /// for e_cm in channel.levels(&Amplitude::Delta(&|_| delta), &window)? {
    ///     assert!((channel.at(e_cm)?.phase().unwrap() - delta).abs() < 1e-10);
    /// }
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Shapes    `(n,)`, ascending.
    /// # Units     energies in the inverse unit of the box length.
    /// # Errors    `Error::Domain` for an empty window, one below threshold for a phase shift, an amplitude
    /// that is not finite, or energies beyond [`SWave::at`].
    /// # Accuracy  relative 1e-14 in `E_cm`, for a smooth amplitude.
    pub fn levels(&self, amplitude: &Amplitude<'_>, window: &Window) -> Result<Vec<f64>> {
        let (low, high) = self.checked(amplitude, window)?;
        let free = self.free_levels(high)?;
        let mut found = Vec::new();
        let first = free.partition_point(|e| *e <= low);
        let mut from = (low, first.checked_sub(1).map(|i| free[i]));
        for &pole in &free[first..] {
            self.between(amplitude, window, from, (pole, Some(pole)), &mut found)?;
            from = (pole, Some(pole));
        }
        if from.0 < high {
            self.between(amplitude, window, from, (high, None), &mut found)?;
        }
        Ok(found)
    }

    fn checked(&self, amplitude: &Amplitude<'_>, window: &Window) -> Result<(f64, f64)> {
        let (low, high) = window.e_cm;
        let bottom = match amplitude {
            Amplitude::Delta(_) => self.pair().threshold(),
            Amplitude::KCotDelta(_) => 0.0,
        };
        if !(low >= bottom && low > 0.0) {
            return Err(Error::Domain {
                what: "lowest energy",
                value: low,
                expected: format!("at least {bottom:?}, where the amplitude is known"),
            });
        }
        if !(high > low && high.is_finite()) {
            return Err(Error::Domain {
                what: "highest energy",
                value: high,
                expected: format!("more than the lowest, {low:?}"),
            });
        }
        // At k = 0 every phase meets every box, δ = 0: a level only if it stays one at k > 0.
        let low = match amplitude {
            Amplitude::Delta(_) => low.max(bottom * (1.0 + NEXT_TO_THRESHOLD)),
            Amplitude::KCotDelta(_) => low,
        };
        Ok((low, high))
    }

    /// Adds the levels between `low` and `high`; beside each energy stands the free level next to it.
    fn between(
        &self,
        amplitude: &Amplitude<'_>,
        window: &Window,
        (low, below): (f64, Option<f64>),
        (high, above): (f64, Option<f64>),
        found: &mut Vec<f64>,
    ) -> Result<()> {
        let total = |e: f64| {
            let near = |pole: Option<f64>| pole.is_some_and(|p| (e - p).abs() <= ON_POLE * p);
            let limit = match (near(below), near(above)) {
                (true, _) => Some(PI),
                (_, true) => Some(0.0),
                _ => None,
            };
            self.mismatch(amplitude, e, limit)
        };
        let step = (high - low) / SAMPLES as f64;
        let mut edges: Vec<f64> = (0..SAMPLES)
            .map(|i| step.mul_add(i as f64, low))
            .chain(window.knots.iter().copied())
            .filter(|e| (low..high).contains(e))
            .collect();
        edges.push(high);
        edges.sort_unstable_by(f64::total_cmp);
        edges.dedup();
        let mut from = total(edges[0])?;
        for pair in edges.windows(2) {
            let to = total(pair[1])?;
            for target in multiples_between(from, to) {
                let rising = if to > from { 1.0 } else { -1.0 };
                found.push(bisect(pair[0], pair[1], |e| {
                    Ok((total(e)? - target) * rising)
                })?);
            }
            from = to;
        }
        Ok(())
    }

    /// `ϑ − ϑ_box`; on a free level `ϑ_box` is the `limit` from its side.
    fn mismatch(&self, amplitude: &Amplitude<'_>, e_cm: f64, limit: Option<f64>) -> Result<f64> {
        let k2 = self.pair().momentum2(e_cm);
        let (scale, theta) = match amplitude {
            Amplitude::Delta(delta) => {
                let k = k2.max(0.0).sqrt();
                (k, delta(k))
            }
            Amplitude::KCotDelta(k_cot) => {
                let scale = self.frame().unit();
                (scale, scale.atan2(k_cot(k2)))
            }
        };
        if !theta.is_finite() {
            return Err(Error::Domain {
                what: "amplitude",
                value: theta,
                expected: format!("a finite number at E_cm = {e_cm:?}"),
            });
        }
        let in_box = match limit {
            Some(limit) => limit,
            None => self.at(e_cm)?.angle(scale),
        };
        Ok(theta - in_box)
    }
}

impl BoxPoint {
    /// `arccot(k cot δ/scale)` in `[0, π]`.
    #[must_use]
    pub fn angle(&self, scale: f64) -> f64 {
        scale.atan2(self.k_cot_delta)
    }
}
