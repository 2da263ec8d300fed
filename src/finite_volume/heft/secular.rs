//! The secular equation `det A(E) = 0`, by counting its roots.
//!
//! # Design
//!
//! Roots between poles are not hunted. By Sylvester's law of inertia
//! `#levels below E = #{ω_N < E} + #positive eigenvalues of A(E) − #{λ_s > 0}`,
//! and *on* a pole the same count follows from the rest of `A` on the space orthogonal to the pole's residue
//! (`poles`). So it is known before any search how many levels lie between two free ones; where they are several, the count
//! at points between parts them. The one level of an interval is the zero of `det A`, and what `det A` and `det A'` are at
//! the ends says where to begin. None is lost or found twice, however near to a free level it lies.

use super::poles::{PoleGroup, Poles};
use super::shells::{add_continuum, shells};
use super::terms::Terms;
use super::{HeftBox, Smoothing};
use crate::error::{Error, Result};
use crate::num::{Bracket, Sample, rising_zero};
use crate::scattering::{Heft, Symmetric};
use crate::special::erfc;
use crate::units::Mev;

/// `A(E)` of an effective Hamiltonian in a box.
#[derive(Clone, Debug)]
pub struct Secular<'a> {
    heft: &'a Heft,
    terms: Terms,
    poles: Poles,
    /// Levels are sought below this energy.
    top: f64,
    complete: bool,
}

/// An end of an interval in which levels are sought.
#[derive(Clone, Copy, Debug)]
struct Edge {
    energy: f64,
    /// Free levels below or on it.
    free: usize,
    /// Levels below it.
    below: usize,
    /// Levels below or on it.
    up_to: usize,
    /// Whether `A` has a pole here.
    pole: bool,
    /// `det A`, times the distance above the pole if it has one, where it is known.
    determinant: Option<Sample>,
}

/// Room for `A` and `A'` at an energy; on a pole, without that pole.
struct Room {
    value: Symmetric,
    slope: Symmetric,
}

/// The levels of a search, up to number `count`.
struct Search {
    room: Room,
    count: usize,
    found: Vec<Mev>,
}

impl Search {
    /// Adds `energy` until there are `levels`, or enough.
    fn fill(&mut self, levels: usize, energy: f64) {
        while self.found.len() < levels.min(self.count) {
            self.found.push(Mev(energy));
        }
    }
}

impl<'a> Secular<'a> {
    pub(super) fn truncated(system: HeftBox<'a>, n2_max: usize) -> Result<Self> {
        let (terms, poles) = shells(&system, n2_max as f64, |_| 1.0)?;
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
        let weight = |n: f64| 0.5 * erfc((n - cut.n0) / cut.width);
        let (mut terms, poles) = shells(&system, cut.end().powi(2), weight)?;
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

    fn room(&self) -> Room {
        Room {
            value: Symmetric::zeros(self.heft.rank()),
            slope: Symmetric::zeros(self.heft.rank()),
        }
    }

    fn evaluate(&self, energy: f64, room: &mut Room) {
        let free = self.heft.free_inverse_propagator(Mev(energy));
        room.value.set_diagonal(free);
        let bare = self.heft.bare_masses().map(|_| 1.0);
        room.slope.set_diagonal(bare);
        let Room { value, slope } = room;
        self.terms.subtract(energy, value, slope);
    }

    /// How many levels lie below `energy`, by Sylvester's law.
    ///
    /// # Errors  `Error::Domain` for NaN, and above the energies that a smooth cut leaves untouched.
    pub fn levels_below(&self, energy: Mev) -> Result<usize> {
        if !(energy.0 < self.top) {
            return Err(self.too_high(energy.0));
        }
        let free = self.poles.below(energy.0);
        let group = self.poles.group(free);
        let mut room = self.room();
        let edge = match group.filter(|group| group.energy == energy.0) {
            Some(group) => self.wall(&group, &mut room),
            None => self.edge(energy.0, free, &mut room),
        };
        Ok(edge?.below)
    }

    /// The lowest `count` levels; all of them if the basis has fewer.
    ///
    /// # Shapes    `(count,)`, ascending.
    /// # Errors    `Error::Domain` if they reach the energies that a smooth cut alters.
    /// # Accuracy  1e-11 MeV next to the free levels and wherever `A` is well conditioned.
    pub fn levels(&self, count: usize) -> Result<Vec<Mev>> {
        let mut search = Search {
            room: self.room(),
            count,
            found: Vec::with_capacity(count),
        };
        let mut low = None;
        while search.found.len() < count {
            let free = low.map_or(0, |low: Edge| low.free);
            let group = self.poles.group(free);
            let high = match &group {
                Some(group) => self.wall(group, &mut search.room)?,
                None if self.complete => self.over_all(),
                None => return Err(self.too_high(self.top)),
            };
            if high.below > search.found.len() {
                self.search(low.unwrap_or_else(|| self.under_all()), high, &mut search)?;
            }
            search.fill(high.up_to, high.energy);
            if group.is_none() {
                break;
            }
            low = Some(high);
        }
        let found = search.found;
        match found.last() {
            Some(last) if !(last.0 < self.top) => Err(self.too_high(last.0)),
            _ => Ok(found),
        }
    }

    /// How far the same levels are from `guesses`, which another cut gave.
    ///
    /// # Accuracy  a part of a thousand of the distance, if it is above 1e-11 MeV.
    pub(super) fn distances(&self, guesses: &[Mev]) -> Result<Vec<f64>> {
        let mut room = self.room();
        let steps = guesses.iter().enumerate();
        let steps = steps.map(|(level, guess)| self.step(level, guess.0, &mut room));
        let steps: Vec<Option<f64>> = steps.collect::<Result<_>>()?;
        if let Some(steps) = steps.into_iter().collect() {
            return Ok(steps);
        }
        let levels = self.levels(guesses.len())?;
        let pairs = levels.iter().zip(guesses);
        Ok(pairs.map(|(level, guess)| level.0 - guess.0).collect())
    }

    /// From `energy` to the level number `level`, if a Newton step leads there and is confirmed beyond.
    fn step(&self, level: usize, energy: f64, room: &mut Room) -> Result<Option<f64>> {
        /// In MeV: no longer steps, and none shorter.
        const NEAR: f64 = 1e-6;
        const ROUNDING: f64 = 1e-11;
        let free = self.poles.below(energy);
        let between = |energy: f64| self.poles.between(free, energy);
        if !between(energy) {
            return Ok(None);
        }
        let needed = self.needed(free, level);
        let here = self.eigenvalue(energy, needed, room)?;
        let step = -here.value / here.slope;
        let beyond = energy + 1.001 * step + ROUNDING.copysign(step);
        if !(step.abs() < NEAR && here.slope > 0.0 && between(beyond)) {
            return Ok(None);
        }
        let passed = self.eigenvalue(beyond, needed, room)?.value;
        Ok((passed == 0.0 || (passed > 0.0) == (step > 0.0)).then_some(step))
    }

    /// Finds the levels between two energies, no free level between them: halves the interval until it holds one.
    fn search(&self, low: Edge, high: Edge, search: &mut Search) -> Result<()> {
        let level = search.found.len();
        if level >= high.below.min(search.count) {
            return Ok(());
        }
        if high.below == level + 1 {
            let zero = self.only_zero(low, high, level, &mut search.room)?;
            search.found.push(Mev(zero));
            return Ok(());
        }
        let middle = 0.5 * (low.energy + high.energy);
        if !(middle > low.energy && middle < high.energy) {
            // They agree to the last bit.
            search.fill(high.below, middle);
            return Ok(());
        }
        let mut between = self.edge(middle, low.free, &mut search.room)?;
        // In case of a level on it, to rounding.
        between.below = between.below.clamp(low.up_to, high.below);
        between.up_to = between.below;
        self.search(low, between, search)?;
        self.search(between, high, search)
    }

    /// The one level, number `level` from 0, between two energies: the zero of `det A`, which is smoother than its eigenvalues,
    /// times the distances to both poles.
    fn only_zero(&self, low: Edge, high: Edge, level: usize, room: &mut Room) -> Result<f64> {
        let needed = self.needed(low.free, level);
        // So many eigenvalues are negative just below the level.
        let negative = self.heft.rank() + 1 - needed;
        let sign = if negative % 2 == 1 { 1.0 } else { -1.0 };
        let width = high.energy - low.energy;
        // The distance to the pole at the upper end falls, that to the lower one rises.
        let end = |edge: Edge, sign: f64, other: Option<f64>| {
            let Sample { value, slope } = edge.determinant?;
            let (value, slope) = (sign * value, sign * slope);
            Some(other.map_or(Sample { value, slope }, |rise| Sample {
                value: value * width,
                slope: slope * width + rise * value,
            }))
        };
        let above = if high.pole { -sign } else { sign };
        let from = end(low, sign, high.pole.then_some(-1.0));
        let to = end(high, above, low.pole.then_some(1.0));
        let bracket = Bracket {
            low: low.energy,
            high: high.energy,
            poles: [low.pole, high.pole],
            ends: [
                from.filter(|end| end.value < 0.0),
                to.filter(|end| end.value > 0.0),
            ],
        };
        rising_zero(bracket, |energy| {
            self.evaluate(energy, room);
            let determinant = room.value.determinant_rising(&room.slope);
            if determinant.value.is_normal() {
                return Ok(Sample {
                    value: sign * determinant.value,
                    slope: sign * determinant.slope,
                });
            }
            // Out of range, or on the zero: the eigenvalue has the same sign.
            room.value.eigenvalue_rising(&room.slope, needed - 1)
        })
    }

    /// How many positive eigenvalues of `A` the level number `level` (from 0) needs, with `free` free levels below.
    fn needed(&self, free: usize, level: usize) -> usize {
        let needed = (level + 1 + self.heft.repulsive()).saturating_sub(free);
        needed.clamp(1, self.heft.rank())
    }

    /// The eigenvalue number `needed` of `A`, from 1, the largest.
    fn eigenvalue(&self, energy: f64, needed: usize, room: &mut Room) -> Result<Sample> {
        self.evaluate(energy, room);
        room.value.eigenvalue_rising(&room.slope, needed - 1)
    }

    /// An energy between free levels, with `free` of them below.
    fn edge(&self, energy: f64, free: usize, room: &mut Room) -> Result<Edge> {
        self.evaluate(energy, room);
        let eigenvalues = room.value.eigenvalues()?;
        let below = self.count(free, &eigenvalues);
        Ok(Edge {
            energy,
            free,
            below,
            up_to: below,
            pole: false,
            determinant: Some(room.value.determinant_rising(&room.slope)),
        })
    }

    /// The energy of a group of free levels: those that do not couple are levels on it.
    fn wall(&self, group: &PoleGroup, room: &mut Room) -> Result<Edge> {
        self.evaluate(group.energy, room);
        let outside = group.outside(&room.value)?;
        let below = self.count(group.start + group.rank(), &outside);
        Ok(Edge {
            energy: group.energy,
            free: group.end,
            below,
            up_to: below + group.end - group.start - group.rank(),
            pole: group.rank() > 0,
            determinant: group.determinant(&room.value, &room.slope),
        })
    }

    /// Levels below, with `free` poles and these eigenvalues of `A`.
    fn count(&self, free: usize, eigenvalues: &[f64]) -> usize {
        let positive = eigenvalues.iter().filter(|x| **x > 0.0).count();
        (free + positive).saturating_sub(self.heft.repulsive())
    }

    /// Below all levels: the interaction moves none by more than its norm.
    fn under_all(&self) -> Edge {
        let attraction = self.shift(|strength| -strength);
        let bare = self.heft.bare_masses().map(|mass| mass.0);
        let lowest = bare.chain(self.poles.energies().first().copied());
        Edge {
            energy: lowest.fold(f64::INFINITY, f64::min) - attraction,
            free: 0,
            below: 0,
            up_to: 0,
            pole: false,
            determinant: None,
        }
    }

    /// Above all levels of a finite basis.
    fn over_all(&self) -> Edge {
        let repulsion = self.shift(|strength| strength);
        let bare = self.heft.bare_masses().map(|mass| mass.0);
        let highest = bare.chain(self.poles.energies().last().copied());
        let free = self.poles.energies().len();
        let all = free + self.heft.bare_masses().len();
        Edge {
            energy: highest.fold(f64::NEG_INFINITY, f64::max) + repulsion,
            free,
            below: all,
            up_to: all,
            pole: false,
            determinant: None,
        }
    }

    /// More than the norms of the couplings to bare states and of the separable terms where `size` is positive.
    fn shift(&self, size: impl Fn(f64) -> f64) -> f64 {
        let bare = self.heft.bare_masses().len();
        let mixing: f64 = (0..bare).map(|a| self.terms.norm2(a)).sum();
        let terms = self.heft.strengths().iter().enumerate();
        let terms =
            terms.map(|(s, strength)| size(*strength).max(0.0) * self.terms.norm2(bare + s));
        1.01 * (mixing.sqrt() + terms.sum::<f64>()) + 1.0
    }

    fn too_high(&self, energy: f64) -> Error {
        Error::Domain {
            what: "energy of a level",
            value: energy,
            expected: format!("below {} MeV, where the smooth cut begins", self.top),
        }
    }
}
