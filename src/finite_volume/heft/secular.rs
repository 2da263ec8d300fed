//! The secular equation `det A(E) = 0`, by counting its roots.
//!
//! # Design
//!
//! Roots between poles are not hunted. By Sylvester's law of inertia
//! `#levels below E = #{ω_N < E} + #positive eigenvalues of A(E) − #{λ_s > 0}`,
//! and *on* a pole the same count follows from the rest of `A` on the space orthogonal to the pole's residue
//! (`poles`). So it is known before any search how many levels lie between two free ones; there the eigenvalues
//! of `A` rise monotonically, and each level is the zero of one of them. None is lost or found twice, however
//! near to a free level it lies.

use super::poles::PoleGroup;
use super::root::{Bracket, rising_zero};
use super::terms::{Pole, Terms, add_continuum, add_shells};
use super::{HeftBox, Smoothing};
use crate::error::{Error, Result};
use crate::num::simd::Isa;
use crate::scattering::{Heft, Symmetric};
use crate::simd_kernel;
use crate::special::erfc;
use crate::units::Mev;

/// `A(E)` of an effective Hamiltonian in a box.
#[derive(Clone, Debug)]
pub struct Secular<'a> {
    heft: &'a Heft,
    terms: Terms,
    poles: Vec<Pole>,
    /// Levels are sought below this energy.
    top: f64,
    complete: bool,
}

impl<'a> Secular<'a> {
    pub(super) fn truncated(system: HeftBox<'a>, n2_max: usize) -> Result<Self> {
        let mut terms = Terms::new(system.heft.rank());
        let poles = add_shells(&system, n2_max as f64, |_| 1.0, &mut terms)?;
        Ok(Self {
            heft: system.heft,
            terms,
            poles,
            top: f64::INFINITY,
            complete: true,
        })
    }

    pub(super) fn smooth(system: HeftBox<'a>, cut: Smoothing) -> Result<Self> {
        if !(cut.width > 0.0 && cut.untouched() > 0.0 && cut.end().is_finite()) {
            return Err(Error::Domain {
                what: "n0 of the smooth cut",
                value: cut.n0,
                expected: "more than six widths, which are positive".to_owned(),
            });
        }
        let mut terms = Terms::new(system.heft.rank());
        let weight = |n: f64| 0.5 * erfc((n - cut.n0) / cut.width);
        let poles = add_shells(&system, cut.end().powi(2), weight, &mut terms)?;
        add_continuum(&system, cut, &mut terms);
        let edge = (cut.untouched() * system.unit()).powi(2);
        let tops = system.heft.channels().map(|channel| channel.energy(edge).0);
        Ok(Self {
            heft: system.heft,
            terms,
            poles,
            top: tops.fold(f64::INFINITY, f64::min),
            complete: false,
        })
    }

    /// `A(E)`; on a pole, without that pole.
    fn a_matrix(&self, energy: f64) -> Symmetric {
        let mut sums = vec![0.0; self.terms.entries];
        propagate(energy, &self.terms.energy, &self.terms.weight, &mut sums);
        let integrals = Symmetric::from_upper(self.heft.rank(), sums);
        self.heft.inverse_propagator(Mev(energy), integrals)
    }

    /// How many levels lie below `energy`, by Sylvester's law.
    ///
    /// # Errors  `Error::Domain` for NaN, and above the energies that a smooth cut leaves untouched.
    pub fn levels_below(&self, energy: Mev) -> Result<usize> {
        if !(energy.0 < self.top) {
            return Err(self.too_high(energy.0));
        }
        let group = self.group_at(self.poles.partition_point(|pole| pole.energy < energy.0));
        if let Some(group) = group.filter(|group| group.energy == energy.0) {
            return Ok(self.counts_at(&group)?.0);
        }
        let free = self.poles.partition_point(|pole| pole.energy < energy.0);
        let eigenvalues = self.a_matrix(energy.0).eigenvalues()?;
        let positive = eigenvalues.iter().filter(|x| **x > 0.0).count();
        Ok((free + positive).saturating_sub(self.heft.repulsive()))
    }

    /// The lowest `count` levels; all of them if the basis has fewer.
    ///
    /// # Shapes    `(count,)`, ascending.
    /// # Errors    `Error::Domain` if they reach the energies that a smooth cut alters.
    /// # Accuracy  1e-11 MeV next to the free levels and wherever `A` is well conditioned.
    pub fn levels(&self, count: usize) -> Result<Vec<Mev>> {
        let mut found = Vec::with_capacity(count);
        let (mut start, mut below, mut index) = (None, 0, 0);
        while found.len() < count {
            let group = self.group_at(index);
            let Some(group) = group else {
                self.between(
                    start,
                    None,
                    below + self.above_all(below)?,
                    count,
                    &mut found,
                )?;
                break;
            };
            let (strictly, up_to) = self.counts_at(&group)?;
            self.between(start, Some(group.energy), strictly, count, &mut found)?;
            while found.len() < up_to.min(count) {
                found.push(Mev(group.energy));
            }
            (start, below) = (Some(group.energy), up_to);
            index = group.end;
        }
        match found.last() {
            Some(last) if !(last.0 < self.top) => Err(self.too_high(last.0)),
            _ => Ok(found),
        }
    }

    /// The same levels as `guesses`, which another cut gave.
    pub(super) fn levels_near(&self, guesses: &[Mev]) -> Result<Vec<Mev>> {
        let refined = guesses.iter().enumerate().map(|(level, guess)| {
            let free = self.poles.partition_point(|pole| pole.energy <= guess.0);
            let low = free.checked_sub(1).map(|i| self.poles[i].energy);
            let high = self.poles.get(free).map(|pole| pole.energy);
            let near = 1e-6;
            let bracket = (
                low.map_or(guess.0 - near, |low| low.max(guess.0 - near)),
                high.map_or(guess.0 + near, |high| high.min(guess.0 + near)),
            );
            let holds = self.levels_below(Mev(bracket.0))? <= level
                && self.levels_below(Mev(bracket.1))? > level
                && low != Some(guess.0);
            if holds {
                return self.one(low, high, bracket, free, level).map(Some);
            }
            Ok(None)
        });
        let refined: Vec<Option<Mev>> = refined.collect::<Result<_>>()?;
        if refined.iter().all(Option::is_some) {
            return Ok(refined.into_iter().flatten().collect());
        }
        self.levels(guesses.len())
    }

    /// Levels that are still missing below `to`, of which there are `strictly`.
    fn between(
        &self,
        from: Option<f64>,
        to: Option<f64>,
        strictly: usize,
        count: usize,
        found: &mut Vec<Mev>,
    ) -> Result<()> {
        let free = self
            .poles
            .partition_point(|pole| from.is_some_and(|from| pole.energy <= from));
        while found.len() < strictly.min(count) {
            let level = found.len();
            let low = match from {
                Some(from) => from,
                None => self.below_all()?,
            };
            let high = match to {
                Some(to) => to,
                None => self.over_all()?,
            };
            let level = self.one(from, to, (low, high), free, level)?;
            found.push(level);
        }
        Ok(())
    }

    /// The level number `level` (from 0) between two poles: the zero of one eigenvalue of `A`.
    fn one(
        &self,
        from: Option<f64>,
        to: Option<f64>,
        bracket: (f64, f64),
        free: usize,
        level: usize,
    ) -> Result<Mev> {
        // So many positive eigenvalues are needed for `level + 1` levels.
        let needed = (level + 1 + self.heft.repulsive()).saturating_sub(free);
        let needed = needed.clamp(1, self.heft.rank());
        let bracket = Bracket {
            low: bracket.0,
            high: bracket.1,
            poles: (from, to),
        };
        let root = rising_zero(bracket, |energy| {
            self.a_matrix(energy).eigenvalue(needed - 1)
        })?;
        Ok(Mev(root))
    }

    fn group_at(&self, index: usize) -> Option<PoleGroup> {
        PoleGroup::at(&self.poles, index)
    }

    /// How many levels lie below the pole, and how many below or on it.
    fn counts_at(&self, group: &PoleGroup) -> Result<(usize, usize)> {
        let rest = self.a_matrix(group.energy);
        let positive = group.positive_outside(&rest)?;
        let strictly = group.start + group.rank() + positive;
        let strictly = strictly.saturating_sub(self.heft.repulsive());
        Ok((strictly, strictly + group.end - group.start - group.rank()))
    }

    /// An energy below all levels.
    fn below_all(&self) -> Result<f64> {
        let bare = self.heft.bare_masses().map(|mass| mass.0);
        let lowest = bare.fold(self.poles.first().map_or(0.0, |pole| pole.energy), f64::min);
        let mut depth = 64.0;
        while self.levels_below(Mev(lowest - depth))? > 0 {
            depth *= 2.0;
        }
        Ok(lowest - depth)
    }

    /// An energy above all levels of a finite basis.
    fn over_all(&self) -> Result<f64> {
        let highest = self.poles.last().map_or(0.0, |pole| pole.energy);
        let mut height = 64.0;
        while self.levels_below(Mev(highest + height))? < self.dimension() {
            height *= 2.0;
        }
        Ok(highest + height)
    }

    fn dimension(&self) -> usize {
        self.poles.len() + self.heft.bare_masses().len()
    }

    /// Levels above all poles: what the finite basis has left.
    fn above_all(&self, below: usize) -> Result<usize> {
        if self.complete {
            return Ok(self.dimension() - below);
        }
        Err(self.too_high(self.top))
    }

    fn too_high(&self, energy: f64) -> Error {
        Error::Domain {
            what: "energy of a level",
            value: energy,
            expected: format!("below {} MeV, where the smooth cut begins", self.top),
        }
    }
}

/// Terms that are worked on together, and partial sums.
const BLOCK: usize = 64;
const LANES: usize = 8;

#[inline(always)]
fn invert_body<I: Isa>(energy: f64, energies: &[f64], out: &mut [f64]) {
    for (out, at) in out.iter_mut().zip(energies) {
        let gap = energy - at;
        *out = if gap == 0.0 { 0.0 } else { 1.0 / gap };
    }
}

#[inline(always)]
fn dot_body<I: Isa>(x: &[f64], y: &[f64]) -> f64 {
    let mut partial = [0.0; LANES];
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let (y_blocks, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x_blocks.iter().zip(y_blocks) {
        for lane in 0..LANES {
            partial[lane] = I::mul_add(x[lane], y[lane], partial[lane]);
        }
    }
    for ((partial, x), y) in partial.iter_mut().zip(x_rest).zip(y_rest) {
        *partial = I::mul_add(*x, *y, *partial);
    }
    partial.iter().sum()
}

#[inline(always)]
fn propagate_body<I: Isa>(energy: f64, energies: &[f64], weights: &[Vec<f64>], sums: &mut [f64]) {
    let mut propagator = [0.0; BLOCK];
    for (block, energies) in energies.chunks(BLOCK).enumerate() {
        let propagator = &mut propagator[..energies.len()];
        invert_body::<I>(energy, energies, propagator);
        for (sum, weight) in sums.iter_mut().zip(weights) {
            let weight = &weight[block * BLOCK..][..energies.len()];
            *sum += dot_body::<I>(weight, propagator);
        }
    }
}

simd_kernel! {
    /// `sums ← Σ_j weight_j/(E − energy_j)`, without terms on `E` itself.
    fn propagate, propagate_at(
        energy: f64, energies: &[f64], weights: &[Vec<f64>], sums: &mut [f64]
    ) = propagate_body;
}
