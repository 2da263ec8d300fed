//! The secular equation `det A(E) = 0`, by counting its roots.
//!
//! # Design
//!
//! Roots between poles are not hunted. By Sylvester's law of inertia
//! `#levels below E = #{ω_N < E} + #positive eigenvalues of A(E) − #{λ_s > 0}`,
//! and *on* a pole the same count follows from the rest of `A` on the space orthogonal to the pole's residue
//! (`poles`). So it is known before any search how many levels lie between two free ones; there the eigenvalues
//! of `A` rise monotonically, and each level is the zero of one of them. None is lost or found twice, however
//! near to a free level it lies. Where there is one only, `det A` is used: it does not bend where eigenvalues nearly meet.

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

/// A free level, and the eigenvalues of `A` that stay finite there, descending.
#[derive(Debug)]
struct Wall {
    group: PoleGroup,
    outside: Vec<f64>,
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
            return Ok(self.counts_at(&self.wall(group)?).0);
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
        let (mut start, mut below, mut index) = (None::<Wall>, 0, 0);
        while found.len() < count {
            let group = self.group_at(index);
            let Some(group) = group else {
                let all = below + self.above_all(below)?;
                self.between([start.as_ref(), None], all, count, &mut found)?;
                break;
            };
            index = group.end;
            let wall = self.wall(group)?;
            let (strictly, up_to) = self.counts_at(&wall);
            self.between([start.as_ref(), Some(&wall)], strictly, count, &mut found)?;
            while found.len() < up_to.min(count) {
                found.push(Mev(wall.group.energy));
            }
            (start, below) = (Some(wall), up_to);
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
                let bracket = Bracket {
                    low: bracket.0,
                    high: bracket.1,
                    poles: (low, high),
                    ends: (f64::NEG_INFINITY, f64::INFINITY),
                };
                return self.zero(bracket, self.needed(free, level)).map(Some);
            }
            Ok(None)
        });
        let refined: Vec<Option<Mev>> = refined.collect::<Result<_>>()?;
        if refined.iter().all(Option::is_some) {
            return Ok(refined.into_iter().flatten().collect());
        }
        self.levels(guesses.len())
    }

    /// Levels that are still missing between two free ones, up to the number `strictly`.
    fn between(
        &self,
        walls: [Option<&Wall>; 2],
        strictly: usize,
        count: usize,
        found: &mut Vec<Mev>,
    ) -> Result<()> {
        let [from, to] = walls;
        let free = from.map_or(0, |wall| wall.group.end);
        let single = strictly == found.len() + 1;
        while found.len() < strictly.min(count) {
            let low = match from {
                Some(from) => from.group.energy,
                None => self.below_all()?,
            };
            let high = match to {
                Some(to) => to.group.energy,
                None => self.over_all()?,
            };
            let needed = self.needed(free, found.len());
            found.push(if single {
                self.only_zero(walls, (low, high), needed)?
            } else {
                self.zero(self.bracket(walls, (low, high), needed), needed)?
            });
        }
        Ok(())
    }

    /// The one level between two free ones: the zero of `det A`, which is smoother than its eigenvalues, times the
    /// distances to both.
    fn only_zero(
        &self,
        walls: [Option<&Wall>; 2],
        (low, high): (f64, f64),
        needed: usize,
    ) -> Result<Mev> {
        let poles = walls.map(|wall| {
            let wall = wall.filter(|wall| wall.group.rank() > 0)?;
            Some(wall.group.energy)
        });
        let distances = poles.iter().flatten().count().saturating_sub(1);
        let end = |wall: Option<&Wall>, pole: Option<f64>| -> Option<f64> {
            let wall = wall?;
            let residue = match pole {
                Some(_) => wall.group.strength()? * (high - low).powi(distances as i32),
                None => (high - low).powi(poles.iter().flatten().count() as i32),
            };
            let outside: f64 = wall.outside.iter().product();
            Some((residue * outside).abs()).filter(|x| *x > 0.0)
        };
        let bracket = Bracket {
            low,
            high,
            poles: (poles[0], poles[1]),
            ends: (
                -end(walls[0], poles[0]).unwrap_or(f64::INFINITY),
                end(walls[1], poles[1]).unwrap_or(f64::INFINITY),
            ),
        };
        // So many eigenvalues are negative just below the level.
        let negative = self.heft.rank() + 1 - needed;
        let sign = if negative % 2 == 1 { 1.0 } else { -1.0 };
        let root = rising_zero(bracket, |energy| {
            let matrix = self.a_matrix(energy);
            let determinant = matrix.determinant();
            if determinant.is_normal() {
                return Ok(sign * determinant);
            }
            // Out of range, or on the zero: the eigenvalue has the same sign.
            matrix.eigenvalue(needed - 1)
        })?;
        Ok(Mev(root))
    }

    /// Where eigenvalue number `needed` (from 1, the largest) of `A` passes through zero between two free levels: next to
    /// each it either diverges like the residue's square over the distance, or has one of the values outside of it.
    fn bracket(
        &self,
        walls: [Option<&Wall>; 2],
        (low, high): (f64, f64),
        needed: usize,
    ) -> Bracket {
        let (rank, index) = (self.heft.rank(), needed - 1);
        let [from, to] = walls;
        let from_pole = from.filter(|wall| index >= wall.outside.len());
        let to_pole = to.filter(|wall| index < rank - wall.outside.len());
        let factor = |pole: Option<&Wall>| pole.map_or(1.0, |_| high - low);
        let known = |limit: Option<f64>, sign: f64| {
            limit
                .filter(|x| sign * x > 0.0)
                .unwrap_or(sign * f64::INFINITY)
        };
        let at_low = from.and_then(|wall| match from_pole {
            Some(_) => wall.group.strength().map(|strength| -strength),
            None => Some(wall.outside[index]),
        });
        let at_high = to.and_then(|wall| match to_pole {
            Some(_) => wall.group.strength(),
            None => Some(wall.outside[index + wall.outside.len() - rank]),
        });
        Bracket {
            low,
            high,
            poles: (from_pole.map(|_| low), to_pole.map(|_| high)),
            ends: (
                known(at_low.map(|x| x * factor(to_pole)), -1.0),
                known(at_high.map(|x| x * factor(from_pole)), 1.0),
            ),
        }
    }

    /// How many positive eigenvalues of `A` the level number `level` (from 0) needs, with `free` free levels below.
    fn needed(&self, free: usize, level: usize) -> usize {
        let needed = (level + 1 + self.heft.repulsive()).saturating_sub(free);
        needed.clamp(1, self.heft.rank())
    }

    /// The zero of the eigenvalue number `needed` of `A`, from 1, the largest.
    fn zero(&self, bracket: Bracket, needed: usize) -> Result<Mev> {
        let root = rising_zero(bracket, |energy| {
            self.a_matrix(energy).eigenvalue(needed - 1)
        })?;
        Ok(Mev(root))
    }

    /// The rest of `A` on the poles of `group`.
    fn wall(&self, group: PoleGroup) -> Result<Wall> {
        let outside = group.outside(&self.a_matrix(group.energy))?;
        Ok(Wall { group, outside })
    }

    fn group_at(&self, index: usize) -> Option<PoleGroup> {
        PoleGroup::at(&self.poles, index)
    }

    /// How many levels lie below the pole, and how many below or on it.
    fn counts_at(&self, wall: &Wall) -> (usize, usize) {
        let group = &wall.group;
        let positive = wall.outside.iter().filter(|x| **x > 0.0).count();
        let strictly = group.start + group.rank() + positive;
        let strictly = strictly.saturating_sub(self.heft.repulsive());
        (strictly, strictly + group.end - group.start - group.rank())
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
