//! A network that finds the levels in a box from a sampled phase shift, and on the way Lüscher's function.
//!
//! Two steps, both learned from the levels of Hamiltonians alone:
//!
//! 1. a network of `q²` learns `φ(q²) = nπ − δ(E_n)` from the large boxes, where nothing but `q²` matters
//!    ([`LearnedPhase`]); it is what Lüscher calculated, and no formula goes into it;
//! 2. the roots of `φ + δ = nπ` with that function miss the levels of small boxes, by terms that fall exponentially
//!    with the box and depend on the interaction. A second network sees the whole phase shift, the box and
//!    the root, and learns `Δ = nπ − φ(q_n²) − δ(E_n)` at the true level; the level is the root of `φ + δ + Δ = nπ`.
//!
//! Deviations are weighted with `1/(dφ/dE + dδ/dE)`, so that both networks are judged in MeV.
//!
//! Laws: `tests/laws/inverse/`.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::HeftData;
use super::box_phase::{BoxPhase, Condition};
use super::encoding::LevelInput;
use super::learned_phase::{Hats, LearnedPhase};
use super::phases::Phases;
use super::predictor::{LevelPredictor, each_curve};
use super::regression::{Fit, Regressor, Report, Rows};
use super::training::{self, Training};
use crate::error::Result;
use crate::finite_volume::Curve;
use crate::io::NamedArrays;
use crate::nn::Activation;
use crate::rng::Seed;

/// Hat functions among the inputs of the second network: the ten levels, and one more.
const HATS: usize = 12;
/// The other inputs of the second network besides the phase shift.
const OTHERS: usize = 6;
/// Levels nearer to threshold than this are not learned from, in MeV.
const NEAR_THRESHOLD: f64 = 0.01;
/// Nor are levels where the phase shift moves further between two samples: it is not known there. In rad.
const KNOWN: f64 = 0.3;
/// No weight exceeds this, in MeV/rad.
const LARGEST_WEIGHT: f64 = 60.0;
/// Energies and momenta of the inputs are of this order, in MeV.
const MOMENTUM: [f64; 2] = [280.0, 130.0];
/// Boxes are of this order, in fm.
const LENGTH: [f64; 2] = [9.0, 2.6];
/// What falls like the leading correction, `e^{−L/fm/2}`, times this: of order one in the smallest boxes.
const SMALL_BOX: f64 = 50.0;

/// How a network is made: everything but its training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LuscherRecipe {
    /// The network of `q²`.
    pub phase: Fit,
    /// It learns from boxes of this side and larger, in fm.
    pub phase_from: f64,
    /// The network of the whole phase shift; none: `φ` alone.
    pub correction: Option<Fit>,
    /// The root of all randomness.
    pub seed: u64,
}

impl LuscherRecipe {
    /// The one whose networks are stored.
    #[must_use]
    pub fn standard(seed: u64) -> Self {
        Self {
            phase: Fit {
                hidden: vec![64, 64],
                activation: Activation::Softplus,
                linear_beyond: Some(0.003),
                epochs: 40.0,
                batch: 1000,
                rate: [3e-3, 1e-6],
            },
            phase_from: 9.0,
            correction: Some(Fit {
                hidden: vec![128; 3],
                activation: Activation::Softplus,
                linear_beyond: Some(1.0),
                epochs: 40.0,
                batch: 1000,
                rate: [2e-3, 1e-6],
            }),
            seed,
        }
    }
}

/// The trained network.
#[derive(Debug)]
pub struct LuscherNetwork {
    recipe: LuscherRecipe,
    training: Training,
    hats: Hats,
    phase: LearnedPhase,
    correction: Option<Regressor>,
}

/// What the second network looks at.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    training: &'a Training,
    hats: &'a Hats,
}

impl Inputs<'_> {
    fn width(&self) -> usize {
        self.training.inputs() + OTHERS + HATS
    }

    /// A row for level `n` of a box, expected at `root`.
    fn row(
        &self,
        phases: &Phases,
        samples: &[f64],
        curve: &Curve,
        [length, root]: [f64; 2],
        n: usize,
    ) -> Vec<f32> {
        let mut row: Vec<f32> = self.training.scaled(samples).collect();
        let momentum = phases.momentum(root);
        let slope = MOMENTUM[1] * curve.derivative(momentum.max(0.01 * MOMENTUM[1]));
        row.extend([
            ((length - LENGTH[0]) / LENGTH[1]) as f32,
            ((momentum - MOMENTUM[0]) / MOMENTUM[1]) as f32,
            (SMALL_BOX * (-0.5 * length).exp()) as f32,
            (n as f64 / 3.0 - 1.0) as f32,
            (curve.value(momentum) - 1.0) as f32,
            // A resonance may be as narrow as it likes.
            (slope / (1.0 + slope.abs()).sqrt()) as f32,
        ]);
        self.hats.append(HATS, phases.q2(root, length), &mut row);
        row
    }
}

impl LuscherNetwork {
    /// What its files call themselves.
    pub(super) const FORMAT: &'static str = "fieldassay luscher network 1";

    /// Trains on all phase shifts and levels of `sets`; the same recipe gives the same network whatever the number of `threads`.
    ///
    /// # Errors  `Error::Argument` for no set, sets of different energies, or a setting that cannot be met.
    pub fn train(
        recipe: &LuscherRecipe,
        sets: &[HeftData],
        threads: usize,
        report: &mut dyn FnMut(Report<'_>),
    ) -> Result<Self> {
        let phases: Vec<Phases> = sets.iter().map(Phases::of).collect::<Result<_>>()?;
        let training = Training::of(sets, &phases, LevelInput::Energy)?;
        let hats = Hats::new();
        let inputs = Inputs {
            training: &training,
            hats: &hats,
        };
        let seed = Seed(recipe.seed);
        let rows = phase_rows(recipe, &hats, sets, &phases)?;
        let phase = Regressor::fit(&recipe.phase, &rows, seed, threads, "phase", report)?;
        let phase = LearnedPhase::new(phase)?;
        let correction = match &recipe.correction {
            None => None,
            Some(fit) => {
                let rows = correction_rows(inputs, &phase, sets, &phases)?;
                let stage = "correction";
                Some(Regressor::fit(fit, &rows, seed, threads, stage, report)?)
            }
        };
        Ok(Self {
            recipe: recipe.clone(),
            training,
            hats,
            phase,
            correction,
        })
    }

    /// The recipe.
    #[must_use]
    pub const fn recipe(&self) -> &LuscherRecipe {
        &self.recipe
    }

    /// What it was trained on.
    #[must_use]
    pub const fn training(&self) -> &Training {
        &self.training
    }

    /// The function of the box that it found.
    #[must_use]
    pub const fn phase(&self) -> &LearnedPhase {
        &self.phase
    }

    /// Writes the network, its recipe and what it has seen, atomically; Python's safetensors package reads it.
    ///
    /// # Errors  `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut arrays = NamedArrays::new();
        self.phase.network().store("phase.", &mut arrays)?;
        if let Some(correction) = &self.correction {
            correction.store("correction.", &mut arrays)?;
        }
        training::write(path, Self::FORMAT, &self.recipe, &self.training, arrays)
    }

    /// Reads what [`LuscherNetwork::save`] wrote.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field that is missing or does not fit.
    pub fn load(path: &Path) -> Result<Self> {
        Self::of_file(path, &training::read(path)?)
    }

    pub(super) fn of_file(path: &Path, arrays: &NamedArrays) -> Result<Self> {
        let energies = |_: &LuscherRecipe| LevelInput::Energy;
        let (recipe, training) = training::describe(path, Self::FORMAT, arrays, energies)?;
        let hats = Hats::new();
        let inputs = Inputs {
            training: &training,
            hats: &hats,
        };
        let load = |fit: &Fit, sizes, prefix: &str| {
            Regressor::load(fit, sizes, prefix, arrays).map_err(training::in_file(path))
        };
        let phase = load(&recipe.phase, [LearnedPhase::INPUTS, 1], "phase.")?;
        let correction = match &recipe.correction {
            None => None,
            Some(fit) => Some(load(fit, [inputs.width(), 1], "correction.")?),
        };
        Ok(Self {
            phase: LearnedPhase::new(phase)?,
            correction,
            recipe,
            training,
            hats,
        })
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            training: &self.training,
            hats: &self.hats,
        }
    }
}

impl LevelPredictor for LuscherNetwork {
    fn name(&self) -> &str {
        "network"
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        self.training.check_energies(phases)?;
        let inputs = self.inputs();
        let width = inputs.width();
        let found = each_curve(phases, |i| {
            let curve = phases.interpolated(i)?;
            let mut rows = Vec::new();
            for &length in phases.lengths() {
                let condition = Condition::new(phases, &curve, &self.phase, length)?;
                for n in 0..phases.levels() {
                    let root = condition.level(n, 0.0, None)?;
                    let samples = phases.samples(i);
                    let row = inputs.row(phases, samples, &curve, [length, root], n);
                    rows.push((root, row));
                }
            }
            Ok(rows)
        })?;
        let Some(correction) = &self.correction else {
            return Ok(found.into_iter().map(|(root, _)| root).collect());
        };
        let mut x = Vec::with_capacity(found.len() * width);
        found.iter().for_each(|(_, row)| x.extend_from_slice(row));
        let shifts = correction.at(&x)?;
        let [_, boxes, levels] = phases.shape();
        each_curve(phases, |i| {
            let curve = phases.interpolated(i)?;
            let mut corrected = Vec::new();
            for (b, &length) in phases.lengths().iter().enumerate() {
                let condition = Condition::new(phases, &curve, &self.phase, length)?;
                for n in 0..levels {
                    let at = (i * boxes + b) * levels + n;
                    let (root, shift) = (found[at].0, f64::from(shifts[at]));
                    corrected.push(condition.level(n, shift, Some(root))?);
                }
            }
            Ok(corrected)
        })
    }
}

/// Where a level of a training set lies.
struct Taught {
    curve: usize,
    length: f64,
    n: usize,
    energy: f64,
}

/// The levels that the samples determine, of each curve.
fn taught(data: &HeftData, phases: &Phases, curve: usize) -> Vec<Taught> {
    let [_, boxes, levels] = phases.shape();
    let inside = phases.threshold() + NEAR_THRESHOLD..phases.e_max();
    let mut found = Vec::new();
    for (b, &length) in phases.lengths().iter().enumerate() {
        for n in 0..levels {
            let energy = data.levels[(curve * boxes + b) * levels + n];
            if inside.contains(&energy) {
                found.push(Taught {
                    curve,
                    length,
                    n,
                    energy,
                });
            }
        }
    }
    found
}

fn phase_rows(
    recipe: &LuscherRecipe,
    hats: &Hats,
    sets: &[HeftData],
    phases: &[Phases],
) -> Result<Rows> {
    let mut rows = Rows {
        inputs: LearnedPhase::INPUTS,
        outputs: 1,
        ..Rows::default()
    };
    for (data, phases) in sets.iter().zip(phases) {
        for i in 0..phases.curves() {
            let curve = phases.interpolated(i)?;
            let samples = phases.samples(i);
            for level in taught(data, phases, i) {
                let after = phases.energies().partition_point(|e| *e <= level.energy);
                let after = after.clamp(1, samples.len() - 1);
                let known = (samples[after] - samples[after - 1]).abs() < KNOWN;
                if known && level.length >= recipe.phase_from {
                    let place = [level.length, level.energy];
                    LearnedPhase::teach(&mut rows, hats, phases, &curve, place, level.n);
                }
            }
        }
    }
    Ok(rows)
}

fn correction_rows(
    inputs: Inputs<'_>,
    phi: &dyn BoxPhase,
    sets: &[HeftData],
    phases: &[Phases],
) -> Result<Rows> {
    let curves = phases
        .iter()
        .enumerate()
        .flat_map(|(set, phases)| (0..phases.curves()).map(move |curve| (set, curve)));
    let curves: Vec<(usize, usize)> = curves.collect();
    let parts: Vec<Rows> = curves
        .into_par_iter()
        .map(|(set, i)| {
            rows_of_curve(
                inputs,
                phi,
                &phases[set],
                taught(&sets[set], &phases[set], i),
            )
        })
        .collect::<Result<_>>()?;
    let mut rows = Rows {
        inputs: inputs.width(),
        outputs: 1,
        ..Rows::default()
    };
    for part in parts {
        rows.x.extend(part.x);
        rows.y.extend(part.y);
        rows.weight.extend(part.weight);
    }
    Ok(rows)
}

fn rows_of_curve(
    inputs: Inputs<'_>,
    phi: &dyn BoxPhase,
    phases: &Phases,
    levels: Vec<Taught>,
) -> Result<Rows> {
    let mut rows = Rows::default();
    let Some(first) = levels.first() else {
        return Ok(rows);
    };
    let samples = phases.samples(first.curve);
    let curve = phases.interpolated(first.curve)?;
    for group in levels.chunk_by(|a, b| a.length == b.length) {
        let length = group[0].length;
        let condition = Condition::new(phases, &curve, phi, length)?;
        for level in group {
            let root = condition.level(level.n, 0.0, None)?;
            rows.x
                .extend(inputs.row(phases, samples, &curve, [length, root], level.n));
            let target = std::f64::consts::PI * level.n as f64 - condition.total(level.energy)?;
            rows.y.push(target as f32);
            let weight = condition.slope(level.energy)?.abs().recip();
            rows.weight.push(weight.min(LARGEST_WEIGHT) as f32);
        }
    }
    Ok(rows)
}
