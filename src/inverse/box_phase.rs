//! The quantisation condition `φ(q²) + δ(E) = nπ` with any function `φ` of the box, solved for all its levels.

use std::f64::consts::PI;
use std::fmt::Debug;

use super::phases::Phases;
use crate::error::Result;
use crate::finite_volume::{Curve, poles, quantization_phase};

/// Steps between two free levels, besides the energies of the samples.
const STEPS: usize = 8;
/// Halvings of a bracket: 7 MeV shrink to 1e-10 MeV.
const HALVINGS: usize = 36;
/// The first energy lies so far above threshold, in MeV.
const ABOVE: f64 = 1e-6;

/// A function of the box alone that turns phase shifts into levels.
pub trait BoxPhase: Debug + Sync {
    /// `φ(q²)` in rad, continuous, zero at `q² = 0`, nπ near the free levels.
    ///
    /// # Errors  those of the function.
    fn at(&self, q2: f64) -> Result<f64>;
}

/// Lüscher's: `tan φ = −π^{3/2} q/Z00(1; q²)`.
#[derive(Clone, Copy, Debug)]
pub struct LuscherPhase;

impl BoxPhase for LuscherPhase {
    fn at(&self, q2: f64) -> Result<f64> {
        quantization_phase(q2)
    }
}

/// The condition for one phase shift in one box, on a grid that shows every turn of either.
#[derive(Debug)]
pub(super) struct Condition<'a> {
    phases: &'a Phases,
    curve: &'a Curve,
    phi: &'a dyn BoxPhase,
    length: f64,
    grid: Vec<(f64, f64)>,
}

impl<'a> Condition<'a> {
    pub(super) fn new(
        phases: &'a Phases,
        curve: &'a Curve,
        phi: &'a dyn BoxPhase,
        length: f64,
    ) -> Result<Self> {
        let (threshold, e_max) = (phases.threshold(), phases.e_max());
        let mut energies = vec![threshold + ABOVE];
        energies.extend(phases.energies().iter().filter(|e| **e > threshold));
        let reach = phases.q2(e_max, length);
        let free = poles(reach as usize + 2);
        for pair in free.windows(2).take_while(|pair| pair[0] < reach) {
            let at = |i: usize| (pair[1] - pair[0]).mul_add(i as f64 / STEPS as f64, pair[0]);
            energies.extend((0..STEPS).map(|i| phases.energy(at(i), length)));
        }
        energies.retain(|e| *e > threshold && *e <= e_max);
        energies.sort_by(f64::total_cmp);
        energies.dedup();
        let mut condition = Self {
            phases,
            curve,
            phi,
            length,
            grid: Vec::new(),
        };
        let value = |energy: f64| Ok((energy, condition.total(energy)?));
        condition.grid = energies.into_iter().map(value).collect::<Result<_>>()?;
        Ok(condition)
    }

    /// `φ + δ` at an energy above threshold.
    pub(super) fn total(&self, energy: f64) -> Result<f64> {
        let momentum = self.phases.momentum(energy);
        Ok(self.phi.at(self.phases.q2(energy, self.length))? + self.curve.value(momentum))
    }

    /// `d(φ + δ)/dE` over 1 MeV, in rad/MeV.
    pub(super) fn slope(&self, energy: f64) -> Result<f64> {
        let low = (energy - 0.5).max(self.phases.threshold() + ABOVE);
        let high = (energy + 0.5).min(self.phases.e_max());
        Ok((self.total(high)? - self.total(low)?) / (high - low))
    }

    /// The energy with `φ + δ = target`, the one next to `near` if there are several (the lowest without it).
    ///
    /// Where there is none between threshold and the last energy: the one of the two beyond which it lies.
    pub(super) fn root(&self, target: f64, near: Option<f64>) -> Result<f64> {
        let mut best: Option<f64> = None;
        for pair in self.grid.windows(2) {
            let [(low, from), (high, to)] = [pair[0], pair[1]];
            if (from - target) * (to - target) > 0.0 || from == to {
                continue;
            }
            let root = self.bisect([low, high], target, to > from)?;
            let Some(near) = near else { return Ok(root) };
            if best.is_none_or(|best| (root - near).abs() < (best - near).abs()) {
                best = Some(root);
            }
        }
        Ok(best.unwrap_or(if self.grid[0].1 > target {
            self.phases.threshold()
        } else {
            self.phases.e_max()
        }))
    }

    /// The energy of level `n`, counted from zero at threshold, with `shift` on the left-hand side.
    pub(super) fn level(&self, n: usize, shift: f64, near: Option<f64>) -> Result<f64> {
        self.root(PI.mul_add(n as f64, -shift), near)
    }

    fn bisect(&self, [mut low, mut high]: [f64; 2], target: f64, rising: bool) -> Result<f64> {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if (self.total(middle)? > target) == rising {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(0.5 * (low + high))
    }
}
