//! The talk's network: it reads a sampled phase shift and the side of the box, and names the lowest levels.
//!
//! Nothing of the quantisation condition is built in. Levels are learned as they are, or as distances from the free levels of
//! the same box, each scaled to mean zero and variance one over the training set.
//!
//! Laws: `tests/laws/inverse/`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::HeftData;
use super::phases::Phases;
use super::predictor::{LevelPredictor, each_curve};
use super::regression::{Fit, Regressor, Report, Rows};
use super::training::{self, Training};
use crate::error::{Error, Result};
use crate::finite_volume::poles;
use crate::io::{Array, NamedArrays};
use crate::nn::Activation;
use crate::rng::Seed;

/// Boxes are of this order, in fm.
const LENGTH: [f64; 2] = [9.0, 2.6];

/// What the network's outputs mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelTarget {
    /// The levels `E_n`.
    Energy,
    /// Their distances `E_n − E_n^free` from the levels of free particles.
    Shift,
}

impl fmt::Display for LevelTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Energy => "energy",
            Self::Shift => "shift",
        })
    }
}

impl FromStr for LevelTarget {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "energy" => Ok(Self::Energy),
            "shift" => Ok(Self::Shift),
            _ => Err(Error::argument("target", name, "energy or shift")),
        }
    }
}

/// How a network is made: everything but its training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRecipe {
    /// The network.
    pub fit: Fit,
    /// What it learns.
    pub target: LevelTarget,
    /// The root of all randomness.
    pub seed: u64,
}

impl LevelRecipe {
    /// The talk's, where it says how: softplus, mean squared error of all ten levels. Widths and optimiser are ours, and for 2500
    /// phase shifts of two models there are about as many steps as the talk's, of smaller batches.
    #[must_use]
    pub fn talk(seed: u64) -> Self {
        Self {
            fit: Fit {
                hidden: vec![128; 3],
                activation: Activation::Softplus,
                linear_beyond: None,
                epochs: 4800.0,
                batch: 1000,
                rate: [1e-3, 1e-5],
            },
            target: LevelTarget::Shift,
            seed,
        }
    }
}

/// The trained network.
#[derive(Debug)]
pub struct LevelNetwork {
    recipe: LevelRecipe,
    training: Training,
    network: Regressor,
    /// Mean and standard deviation of each level's target.
    scale: Vec<[f64; 2]>,
}

impl LevelNetwork {
    /// What its files call themselves.
    pub(super) const FORMAT: &'static str = "fieldassay level network 1";

    /// Trains on all levels of `sets`, in the input range or not; the same recipe gives the same network whatever the number of
    /// `threads`.
    ///
    /// # Errors  `Error::Argument` for no set, sets of different energies or levels, or a setting that cannot be met.
    pub fn train(
        recipe: &LevelRecipe,
        sets: &[HeftData],
        threads: usize,
        report: &mut dyn FnMut(Report<'_>),
    ) -> Result<Self> {
        let phases: Vec<Phases> = sets.iter().map(Phases::of).collect::<Result<_>>()?;
        let training = Training::of(sets, &phases)?;
        let levels = phases[0].levels();
        if phases.iter().any(|set| set.levels() != levels) {
            let found = format!("{} sets", sets.len());
            return Err(Error::argument("sets", found, "as many levels in all"));
        }
        let targets = |(data, phases): (&HeftData, &Phases)| -> Result<Vec<f64>> {
            let zeros = zeros(recipe.target, phases)?;
            let zeros = zeros.iter().cycle();
            Ok(data
                .levels
                .iter()
                .zip(zeros)
                .map(|(e, zero)| e - zero)
                .collect())
        };
        let targets: Vec<Vec<f64>> = sets
            .iter()
            .zip(&phases)
            .map(targets)
            .collect::<Result<_>>()?;
        let scale = scale(levels, &targets);
        let mut rows = Rows {
            inputs: training.energies() + 1,
            outputs: levels,
            ..Rows::default()
        };
        for (phases, targets) in phases.iter().zip(&targets) {
            for i in 0..phases.curves() {
                append_inputs(&training, phases, i, &mut rows.x);
            }
            let scaled = targets.iter().zip(scale.iter().cycle());
            rows.y
                .extend(scaled.map(|(y, [mean, deviation])| ((y - mean) / deviation) as f32));
        }
        rows.weight = vec![1.0; rows.y.len()];
        let seed = Seed(recipe.seed);
        let network = Regressor::fit(&recipe.fit, &rows, seed, threads, "levels", report)?;
        Ok(Self {
            recipe: recipe.clone(),
            training,
            network,
            scale,
        })
    }

    /// The recipe.
    #[must_use]
    pub const fn recipe(&self) -> &LevelRecipe {
        &self.recipe
    }

    /// What it was trained on.
    #[must_use]
    pub const fn training(&self) -> &Training {
        &self.training
    }

    /// Writes the network, its recipe and what it has seen, atomically; Python's safetensors package reads it.
    ///
    /// # Errors  `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut arrays = NamedArrays::new();
        self.network.store("levels.", &mut arrays)?;
        let scale: Vec<f64> = self.scale.iter().flatten().copied().collect();
        arrays.insert(
            "output.scale",
            Array::new(vec![self.scale.len(), 2], scale)?,
        )?;
        training::write(path, Self::FORMAT, &self.recipe, &self.training, arrays)
    }

    /// Reads what [`LevelNetwork::save`] wrote.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field that is missing or does not fit.
    pub fn load(path: &Path) -> Result<Self> {
        Self::of_file(path, &training::read(path)?)
    }

    pub(super) fn of_file(path: &Path, arrays: &NamedArrays) -> Result<Self> {
        let (recipe, training) = training::describe(path, Self::FORMAT, arrays)?;
        let recipe: LevelRecipe = recipe;
        let (shape, scale) = arrays.f64("output.scale")?;
        let (pairs, rest) = scale.as_chunks::<2>();
        if shape.len() != 2 || shape[1] != 2 || !rest.is_empty() {
            let found = format!("shape {shape:?}");
            return Err(Error::format(
                path,
                "output.scale",
                found,
                "mean and deviation of each level",
            ));
        }
        let sizes = [training.energies() + 1, pairs.len()];
        let network = Regressor::load(&recipe.fit, sizes, "levels.", arrays);
        Ok(Self {
            network: network.map_err(training::in_file(path))?,
            scale: pairs.to_vec(),
            recipe,
            training,
        })
    }
}

impl LevelPredictor for LevelNetwork {
    fn name(&self) -> &str {
        "level network"
    }

    /// As the network says: no level is moved to the edge of the input range.
    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        self.training.check_energies(phases)?;
        if phases.levels() != self.scale.len() {
            let found = format!("{} levels", phases.levels());
            let expected = format!("{}, as in training", self.scale.len());
            return Err(Error::argument("boxes", found, expected));
        }
        let zeros = zeros(self.recipe.target, phases)?;
        let rows: Vec<f32> = each_curve(phases, |i| {
            let mut rows = Vec::new();
            append_inputs(&self.training, phases, i, &mut rows);
            Ok(rows)
        })?;
        let outputs = self.network.at(&rows)?;
        let scales = self.scale.iter().cycle().zip(zeros.iter().cycle());
        let levels = outputs.iter().zip(scales);
        Ok(levels
            .map(|(y, ([mean, deviation], zero))| f64::from(*y).mul_add(*deviation, mean + zero))
            .collect())
    }
}

/// What a target is measured from: `(lengths, levels)`.
pub(super) fn zeros(target: LevelTarget, phases: &Phases) -> Result<Vec<f64>> {
    let (lengths, levels) = (phases.lengths(), phases.levels());
    match target {
        LevelTarget::Energy => Ok(vec![0.0; lengths.len() * levels]),
        LevelTarget::Shift => {
            let free = poles(2 * levels + 2);
            if free.len() < levels {
                return Err(Error::argument(
                    "levels",
                    levels.to_string(),
                    "fewer levels",
                ));
            }
            let of_box = |&length: &f64| free[..levels].iter().map(move |q2| (*q2, length));
            let places = lengths.iter().flat_map(of_box);
            Ok(places
                .map(|(q2, length)| phases.energy(q2, length))
                .collect())
        }
    }
}

/// A row for every box: the scaled phase shift, and the box.
fn append_inputs(training: &Training, phases: &Phases, curve: usize, rows: &mut Vec<f32>) {
    for length in phases.lengths() {
        rows.extend(training.scaled(phases.samples(curve)));
        rows.push(((length - LENGTH[0]) / LENGTH[1]) as f32);
    }
}

/// Mean and standard deviation of each level's targets.
fn scale(levels: usize, targets: &[Vec<f64>]) -> Vec<[f64; 2]> {
    let of_level = |n: usize| {
        let own = || {
            targets
                .iter()
                .flat_map(move |set| set.iter().skip(n).step_by(levels))
        };
        let count = own().count() as f64;
        let mean = own().sum::<f64>() / count;
        let variance = own().map(|y| (y - mean).powi(2)).sum::<f64>() / count;
        [
            mean,
            Some(variance.sqrt()).filter(|s| *s > 0.0).unwrap_or(1.0),
        ]
    };
    (0..levels).map(of_level).collect()
}
