//! `φ(q²)` learned from levels: a network of one number, tabulated.

use std::f64::consts::PI;

use super::box_phase::BoxPhase;
use super::phases::Phases;
use super::regression::{Regressor, Rows};
use crate::error::Result;
use crate::finite_volume::{Curve, poles};

/// Free levels that the network tells apart; the last ones lie beyond every box.
const FREE: usize = 24;
/// Knots of the table between two free levels.
const KNOTS: usize = 64;
/// The training set reaches so far: ten levels, none of them beyond.
const FURTHEST: usize = 18;

/// Where `q²` lies between the free levels, in numbers that a network can use: hat functions on them.
#[derive(Clone, Debug)]
pub(super) struct Hats {
    free: Vec<f64>,
}

impl Hats {
    pub(super) fn new() -> Self {
        let mut free = poles(2 * FREE);
        free.truncate(FREE + 1);
        Self { free }
    }

    /// `count` numbers between zero and one; two neighbours of them add up to one, the others are zero.
    pub(super) fn append(&self, count: usize, q2: f64, row: &mut Vec<f32>) {
        row.extend((0..count).map(|j| self.hat(j, q2) as f32));
    }

    /// π times the number of free levels below, linear between them: what a phase is measured from.
    pub(super) fn turns(&self, q2: f64) -> f64 {
        (0..FREE).map(|j| PI * j as f64 * self.hat(j, q2)).sum()
    }

    fn hat(&self, j: usize, q2: f64) -> f64 {
        let free = &self.free;
        if q2 > free[j] {
            return ((free[j + 1] - q2) / (free[j + 1] - free[j])).max(0.0);
        }
        match j.checked_sub(1) {
            None => 1.0,
            Some(i) => ((q2 - free[i]) / (free[j] - free[i])).max(0.0),
        }
    }
}

/// A learned function of the box.
///
/// The network's input says where `q²` lies between the free levels, and its target is how far the phase is from a
/// straight line between them. It has never seen Lüscher's zeta function.
#[derive(Clone, Debug)]
pub struct LearnedPhase {
    network: Regressor,
    table: Curve,
}

impl LearnedPhase {
    /// Numbers of an input.
    pub(super) const INPUTS: usize = FREE;

    /// Appends what level `n` at `energy` in a box says: `φ(q²) = nπ − δ(E)`.
    pub(super) fn teach(
        rows: &mut Rows,
        hats: &Hats,
        phases: &Phases,
        curve: &Curve,
        [length, energy]: [f64; 2],
        n: usize,
    ) {
        let q2 = phases.q2(energy, length);
        hats.append(FREE, q2, &mut rows.x);
        let phase = PI * n as f64 - curve.value(phases.momentum(energy));
        rows.y.push((phase - hats.turns(q2)) as f32);
        rows.weight.push(1.0);
    }

    /// Tabulates a network that was fitted to such rows.
    ///
    /// # Errors  those of the network.
    pub(super) fn new(network: Regressor) -> Result<Self> {
        let hats = Hats::new();
        let (mut q2s, mut rows) = (Vec::new(), Vec::new());
        for pair in hats.free.windows(2).take(FURTHEST) {
            for i in 0..KNOTS {
                let q2 = (pair[1] - pair[0]).mul_add(i as f64 / KNOTS as f64, pair[0]);
                hats.append(FREE, q2, &mut rows);
                q2s.push(q2);
            }
        }
        let lines = network.at(&rows)?;
        let phase = |(q2, above): (&f64, &f32)| hats.turns(*q2) + f64::from(*above);
        let phases = q2s.iter().zip(&lines).map(phase).collect();
        Ok(Self {
            table: Curve::new(q2s, phases)?,
            network,
        })
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &Regressor {
        &self.network
    }

    /// The largest `q²` that it was asked for; beyond, it stays what it is there.
    #[must_use]
    pub fn largest_q2(&self) -> f64 {
        self.table.knots()[self.table.knots().len() - 1]
    }
}

impl BoxPhase for LearnedPhase {
    fn at(&self, q2: f64) -> Result<f64> {
        Ok(self.table.value(q2))
    }
}
