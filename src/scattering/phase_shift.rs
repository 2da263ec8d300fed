//! The continuous phase `δ(E)`, zero at threshold.

use std::f64::consts::PI;

use super::heft::Heft;
use crate::error::{Error, Result};
use crate::linalg::Complex64;
use crate::units::Mev;

/// The largest step of the phase between two energies of the table.
const STEP: f64 = 0.35;
/// The widest step, in MeV, where there are bare states, before any is halved: two resonances in one step would
/// turn the phase by 2π, which looks like nothing.
const WIDEST: f64 = 10.0;
/// Below this part of the energy an interval is not halved: a resonance narrower than that is a jump.
const NARROWEST: f64 = 4e-14;
/// A fall by more than this in one unresolved step is the rise of a resonance, seen modulo 2π.
const RISE: f64 = -2.0;

/// `δ(E) = −arg D(E)`, followed from the lowest threshold in steps below 0.35 rad; with several channels, the sum of
/// the eigenphases.
///
/// By Levinson's theorem `δ(∞) = (n_bare − n_bound)π`.
#[derive(Clone, Debug)]
pub struct PhaseShift<'a> {
    heft: &'a Heft,
    /// The sign of `D` on threshold, where it is real and the phase starts.
    sign: f64,
    energies: Vec<f64>,
    phases: Vec<f64>,
}

/// Where the phase is looked at first: ever wider steps from threshold on, all bare masses, and `top`.
fn first_energies(heft: &Heft, threshold: f64, top: f64) -> Vec<f64> {
    let masses: Vec<f64> = heft.bare_masses().map(|mass| mass.0).collect();
    // Beyond the bare states and the thresholds the phase varies on the scale of the energy.
    let thresholds = heft.channels().map(|channel| channel.threshold().0);
    let busy = thresholds.chain(masses.clone()).fold(threshold, f64::max) + 500.0;
    let mut energies: Vec<f64> = masses
        .into_iter()
        .filter(|mass| *mass > threshold)
        .collect();
    let mut energy = threshold;
    while energy < top {
        let step = (0.25 * (energy - threshold)).clamp(0.05, WIDEST);
        energy += step.max(0.05 * (energy - busy));
        energies.push(energy);
    }
    energies.retain(|energy| *energy < top);
    energies.push(top);
    energies.sort_by(f64::total_cmp);
    energies.dedup();
    energies
}

impl<'a> PhaseShift<'a> {
    /// Follows the phase up to the energy `top`.
    ///
    /// # Errors    `Error::Domain` unless `top` lies above the lowest threshold, and as [`Heft::jost`].
    /// # Accuracy  absolute 1e-12 away from resonances narrower than 1e-8 MeV.
    /// # Source    the branch that Levinson's theorem needs; `arctan` of `−πρK` jumps at every pole of `K`.
    /// # Witness   `reference::heft::phase_shift` modulo π; `golden/highprec/heft.json` with its branch.
    pub fn follow(heft: &'a Heft, top: Mev) -> Result<Self> {
        let threshold = heft.threshold().0;
        if !(top.0 > threshold && top.0.is_finite()) {
            let expected = format!("above the lowest threshold, {threshold} MeV");
            return Err(Error::Domain {
                what: "top of the phase shift",
                value: top.0,
                expected,
            });
        }
        let sign = heft.jost(Mev(threshold))?.re.signum();
        let mut curve = Self {
            heft,
            sign,
            energies: vec![threshold],
            phases: vec![0.0],
        };
        let mut last = Complex64::new(sign, 0.0);
        for energy in first_energies(heft, threshold, top.0) {
            let jost = heft.jost(Mev(energy))?;
            curve.extend(&mut last, energy, jost)?;
        }
        Ok(curve)
    }

    /// Follows the phase to `energy`, where `D` is `jost`; `last` is `D` where the table ends.
    fn extend(&mut self, last: &mut Complex64, energy: f64, jost: Complex64) -> Result<()> {
        let start = self.energies[self.energies.len() - 1];
        let mut turn = -(jost * last.conj()).arg();
        if turn.abs() > STEP {
            let middle = 0.5 * (start + energy);
            if energy - start > NARROWEST * energy && middle > start && middle < energy {
                let between = self.heft.jost(Mev(middle))?;
                self.extend(last, middle, between)?;
                return self.extend(last, energy, jost);
            }
            if turn < RISE {
                turn += 2.0 * PI;
            }
        }
        self.energies.push(energy);
        self.phases.push(self.phases[self.phases.len() - 1] + turn);
        *last = jost;
        Ok(())
    }

    /// `δ` at one energy.
    ///
    /// # Errors  `Error::Domain` outside the energies that were followed.
    pub fn at(&self, energy: Mev) -> Result<f64> {
        let (low, high) = (self.energies[0], self.energies[self.energies.len() - 1]);
        if !(energy.0 >= low && energy.0 <= high) {
            return Err(Error::Domain {
                what: "energy",
                value: energy.0,
                expected: format!("between {low} and {high} MeV, where the phase was followed"),
            });
        }
        let next = self.energies.partition_point(|e| *e <= energy.0);
        let (start, phase) = (self.energies[next - 1], self.phases[next - 1]);
        if start == energy.0 || next == self.energies.len() {
            return Ok(phase);
        }
        let part = (energy.0 - start) / (self.energies[next] - start);
        let guess = (self.phases[next] - phase).mul_add(part, phase);
        let principal = -(self.heft.jost(energy)? * self.sign).arg();
        let turns = ((guess - principal) / (2.0 * PI)).round();
        Ok((2.0 * PI).mul_add(turns, principal))
    }

    /// The energies of the table, ascending: between two of them the phase moves by less than 0.35 rad.
    pub fn energies(&self) -> impl ExactSizeIterator<Item = Mev> {
        self.energies.iter().map(|energy| Mev(*energy))
    }

    /// The phases of the table.
    #[must_use]
    pub fn phases(&self) -> &[f64] {
        &self.phases
    }
}
