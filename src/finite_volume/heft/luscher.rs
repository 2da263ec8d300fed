//! The levels that Lüscher's quantisation condition predicts from a phase shift.
//!
//! Above threshold `φ(q²) + δ(E) = nπ` with both phases continuous: no pole is ever bracketed. Below,
//! `k cot δ = 2Z00/(√π L)` by continuation, multiplied by the denominator of `k cot δ` and by `q²`.

use std::f64::consts::PI;

use super::HeftBox;
use crate::error::{Error, Result};
use crate::finite_volume::cubic::poles;
use crate::finite_volume::quantization::{
    NEXT_TO_THRESHOLD, bisect, multiples_between, quantization_phase,
};
use crate::finite_volume::zeta::{MAX_Q2, z00_regular};
use crate::scattering::{Channel, PhaseShift};
use crate::units::{Fm, HbarC, Mev};

/// Steps between two free levels, besides the energies that come with the phase shift.
const STEPS: usize = 32;
/// Steps below threshold.
const STEPS_BELOW: usize = 512;

/// The energies above threshold and up to `e_max` with `φ(q²) + δ(E) = nπ`, all of them.
///
/// `energies` are those between which the continuous `delta` moves by less than about 0.35 rad and without turning
/// twice, such as [`PhaseShift::energies`]; 32 steps between any two free levels are added.
///
/// # Units     `delta(energy)` in radians.
/// # Shapes    `(n,)`, ascending.
/// # Errors    `Error::Domain` if `q²` exceeds [`MAX_Q2`], or where `delta` is not finite.
/// # Accuracy  1e-11 MeV for a `delta` good to 1e-12.
/// # Source    M. Lüscher, Nucl. Phys. B 354 (1991) 531; S wave, rest frame.
/// # Witness   `golden/highprec/heft.json`: `E_luscher_MeV`.
pub fn luscher_levels(
    channel: &Channel,
    hbarc: HbarC,
    length: Fm,
    delta: impl Fn(Mev) -> Result<f64>,
    energies: impl Iterator<Item = Mev>,
    e_max: Mev,
) -> Result<Vec<Mev>> {
    let unit2 = (2.0 * PI * hbarc.0 / length.0).powi(2);
    let threshold = channel.threshold().0;
    let total = |energy: f64| -> Result<f64> {
        let phase = delta(Mev(energy))?;
        if !phase.is_finite() {
            return Err(Error::Domain {
                what: "delta",
                value: phase,
                expected: format!("a finite phase shift at {energy} MeV"),
            });
        }
        let q2 = channel.momentum2(Mev(energy)) / unit2;
        Ok(quantization_phase(q2.max(0.0))? + phase)
    };
    let mut edges: Vec<f64> = energies.map(|energy| energy.0).collect();
    let reach = channel.momentum2(e_max) / unit2;
    let count = poles(MAX_Q2 as usize)
        .iter()
        .take_while(|pole| **pole < reach)
        .count();
    for pair in poles(count + 1).windows(2) {
        let at = |i: usize| (pair[1] - pair[0]).mul_add(i as f64 / STEPS as f64, pair[0]);
        edges.extend((0..STEPS).map(|i| channel.energy(unit2 * at(i)).0));
    }
    edges.push(e_max.0);
    let start = threshold * (1.0 + NEXT_TO_THRESHOLD);
    edges.retain(|energy| *energy > start && *energy <= e_max.0);
    edges.sort_by(f64::total_cmp);
    let mut found = Vec::new();
    let (mut low, mut from) = (start, total(start)?);
    for high in edges {
        let to = total(high)?;
        for target in multiples_between(from, to) {
            let rising = if to > from { 1.0 } else { -1.0 };
            let root = bisect(low, high, |energy| Ok((total(energy)? - target) * rising))?;
            found.push(Mev(root));
        }
        (low, from) = (high, to);
    }
    Ok(found)
}

impl HeftBox<'_> {
    /// The levels up to `e_max` that Lüscher's formula predicts from the exact phase shift in infinite volume,
    /// bound ones down to `e_min` included.
    ///
    /// They differ from [`HeftBox::levels`] by terms that fall exponentially with the box, and fail altogether
    /// where it is small: levels may be missing, and others double.
    ///
    /// # Shapes    `(n,)`, ascending.
    /// # Errors    `Error::Unsupported` with several channels; `Error::Domain` as [`luscher_levels`], or if
    /// `q² < −100` at `e_min`.
    /// # Accuracy  1e-9 MeV above threshold, 1e-8 below.
    pub fn luscher_levels(&self, e_min: Mev, e_max: Mev) -> Result<Vec<Mev>> {
        let phase = PhaseShift::follow(self.heft, e_max)?;
        let channel = self.heft.channels().next().copied();
        let channel = channel.filter(|_| self.heft.channels().len() == 1);
        let Some(channel) = channel else {
            return Err(Error::Unsupported {
                what: "Lüscher's formula with several channels".to_owned(),
                expected: "one channel".to_owned(),
            });
        };
        let mut found = self.bound_levels(&channel, e_min)?;
        found.extend(luscher_levels(
            &channel,
            self.heft.hbarc(),
            self.length(),
            |energy| phase.at(energy),
            phase.energies(),
            e_max,
        )?);
        Ok(found)
    }

    /// Roots of the continued condition between `e_min` and threshold.
    fn bound_levels(&self, channel: &Channel, e_min: Mev) -> Result<Vec<Mev>> {
        let threshold = channel.threshold().0;
        let scale = self.length / self.heft.hbarc().0;
        let condition = |energy: f64| -> Result<f64> {
            let q2 = channel.momentum2(Mev(energy)) / self.unit().powi(2);
            let (numerator, denominator) = self.heft.k_cot_delta_parts(Mev(energy))?;
            // q²√4π Z00 = q²·(its regular part) − 1.
            Ok(q2 * numerator * scale - denominator * (q2 * z00_regular(q2)? - 1.0) / PI)
        };
        let at = |i: usize| {
            let part = i as f64 / STEPS_BELOW as f64;
            // Finer towards threshold, where a level may be shallow.
            (threshold - e_min.0).mul_add(-(1.0 - part) * (1.0 - part), threshold)
        };
        let mut found = Vec::new();
        if !(e_min.0 < threshold) {
            return Ok(found);
        }
        let (mut low, mut from) = (e_min.0, condition(e_min.0)?);
        for i in 1..=STEPS_BELOW {
            let (high, to) = (at(i), condition(at(i))?);
            if (from > 0.0) != (to > 0.0) {
                let rising = if to > 0.0 { 1.0 } else { -1.0 };
                let root = bisect(low, high, |energy| Ok(condition(energy)? * rising))?;
                // A pole of a vertex changes the sign as well.
                if condition(root)?.abs() <= from.abs().max(to.abs()) {
                    found.push(Mev(root));
                }
            }
            (low, from) = (high, to);
        }
        Ok(found)
    }
}
