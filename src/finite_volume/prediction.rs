//! The level that an amplitude puts between two free levels, and how it moves with the parameters.
//!
//! `ϑ − ϑ_box` (see [`super::Amplitude`]) rises from below zero to above it between one free level and the
//! next, so that a bracket is there before anything is computed; Newton's steps stay inside it.

use super::amplitude_model::AmplitudeModel;
use super::s_wave::SWave;
use crate::error::{Error, Result};

/// Where the `n`-th level of a channel lies: between two free levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Its number in its box and frame, from 0.
    pub n: usize,
    /// The free level below it; for `n = 0` the lowest energy that is searched.
    pub low: f64,
    /// The free level above it.
    pub high: f64,
}

/// A predicted level.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Its centre-of-mass energy.
    pub e_cm: f64,
    /// Its derivatives with respect to the parameters.
    pub gradient: Vec<f64>,
}

impl SWave {
    /// The slots from the lowest up to the one that holds `e_max`, and one more.
    ///
    /// # Errors  as [`SWave::free_levels`]; `Error::Domain` if the free level above `e_max` is not found.
    pub fn slots(&self, e_max: f64) -> Result<Vec<Slot>> {
        // The gap between free levels is at most of the order of 2π/L in momentum.
        let margin = self
            .pair()
            .energy(self.pair().momentum2(e_max).max(0.0) + 9.0 * self.frame().unit().powi(2))?;
        let free = self.free_levels(margin.max(e_max))?;
        let mut low = self.bottom()?;
        let mut slots = Vec::with_capacity(free.len());
        for (n, high) in free.into_iter().enumerate() {
            slots.push(Slot { n, low, high });
            low = high;
        }
        let holding = slots.iter().position(|slot| slot.high > e_max);
        match holding {
            Some(i) => {
                slots.truncate(i + 2);
                Ok(slots)
            }
            None => Err(Error::Domain {
                what: "E_cm",
                value: e_max,
                expected: "an energy with a free level above it in range".to_owned(),
            }),
        }
    }

    /// The lowest energy at which the zeta function is evaluated for bound states.
    fn bottom(&self) -> Result<f64> {
        let [m1, m2] = self.pair().masses();
        let lightest = m1.min(m2);
        let energy = self.pair().energy(-0.98 * lightest * lightest)?;
        let by_boost = (self.frame().momentum2() / 14.9).sqrt();
        let by_shift = (0.26 * ((m1 - m2) * (m1 + m2)).abs()).sqrt();
        Ok(energy.max(by_boost).max(by_shift))
    }

    /// The level in `slot`, or none if the amplitude binds it below the lowest energy of the search.
    ///
    /// # Errors    as [`SWave::at`].
    /// # Accuracy  relative 1e-14 in `E_cm`.
    pub fn predict(
        &self,
        model: AmplitudeModel,
        theta: &[f64],
        slot: &Slot,
        guess: f64,
    ) -> Result<Option<Prediction>> {
        let scale = self.frame().unit();
        let (mut low, mut high) = (slot.low, slot.high);
        let mut e = 0.5 * (low + high);
        if guess > low && guess < high {
            e = guess;
        }
        let mut width = high - low;
        for _ in 0..200 {
            let (mismatch, slope, stiffness, gradient) = self.step(model, theta, e, scale)?;
            if mismatch < 0.0 {
                low = e
            } else {
                high = e
            }
            let newton = e - mismatch / slope;
            let shrinking = high - low < 0.5 * width;
            width = high - low;
            let next = if newton > low
                && newton < high
                && (shrinking || (newton - e).abs() < 0.25 * width)
            {
                newton
            } else {
                0.5 * (low + high)
            };
            let arrived = (next - e).abs() <= 4.0 * f64::EPSILON * e;
            if arrived || next <= low || next >= high || mismatch == 0.0 {
                let sunk = slot.n == 0 && e - slot.low <= 1e-9 * slot.low;
                let gradient = gradient.into_iter().map(|g| g / stiffness).collect();
                let e_cm = if arrived { next } else { e };
                return Ok((!sunk).then_some(Prediction { e_cm, gradient }));
            }
            e = next;
        }
        Ok(None)
    }

    /// `ϑ − ϑ_box` and its slope, the slope of `k cot δ_box − k cot δ`, and the gradient of `k cot δ`.
    fn step(
        &self,
        model: AmplitudeModel,
        theta: &[f64],
        e: f64,
        scale: f64,
    ) -> Result<(f64, f64, f64, Vec<f64>)> {
        let in_box = self.at(e)?;
        let amplitude = model.at(self.pair(), theta, e);
        let (a, b) = (amplitude.k_cot_delta, in_box.k_cot_delta);
        let falls = |cot: f64, slope: f64| -scale * slope / cot.mul_add(cot, scale * scale);
        let mismatch = scale.atan2(a) - in_box.angle(scale);
        let slope = falls(a, amplitude.slope) - falls(b, in_box.k_cot_delta_slope);
        let stiffness = in_box.k_cot_delta_slope - amplitude.slope;
        Ok((mismatch, slope, stiffness, amplitude.gradient))
    }
}
