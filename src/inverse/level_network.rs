//! The talk's network: it reads a sampled phase shift and the side of the box, and names the lowest levels.
//!
//! Nothing of the quantisation condition is built in, but what [`LevelInput`] and [`LevelTarget`] say. Inputs and targets are scaled
//! to mean zero and variance one over the training set.
//!
//! Laws: `tests/laws/inverse/`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::HeftData;
use super::encoding::{FreeLevel, LevelInput, LevelTarget};
use super::phases::Phases;
use super::predictor::{LevelPredictor, each_curve};
use super::regression::{Fit, Regressor, Report, Rows};
use super::training::{self, Training};
use crate::error::{Error, Result};
use crate::io::{Array, NamedArrays};
use crate::nn::Activation;
use crate::rng::Seed;

/// Boxes are of this order, in fm.
const LENGTH: [f64; 2] = [9.0, 2.6];

/// How a network is made: everything but its training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRecipe {
    /// The network.
    pub fit: Fit,
    /// How it is shown the phase shift.
    #[serde(default)]
    pub input: LevelInput,
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
            input: LevelInput::Energy,
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
        let training = Training::of(sets, &phases, recipe.input)?;
        let levels = phases[0].levels();
        if phases.iter().any(|set| set.levels() != levels) {
            let found = format!("{} sets", sets.len());
            return Err(Error::argument("sets", found, "as many levels in all"));
        }
        let targets = |(data, phases): (&HeftData, &Phases)| -> Result<Vec<f64>> {
            let free = FreeLevel::all(phases)?;
            let levels = data.levels.iter().zip(free.iter().cycle());
            let target = levels.map(|(e, free)| recipe.target.of(phases, *free, *e));
            Ok(target.collect())
        };
        let targets: Vec<Vec<f64>> = sets
            .iter()
            .zip(&phases)
            .map(targets)
            .collect::<Result<_>>()?;
        let scale = scale(levels, &targets);
        let mut rows = Rows {
            inputs: training.inputs() + 1,
            outputs: levels,
            ..Rows::default()
        };
        for (phases, targets) in phases.iter().zip(&targets) {
            for i in 0..phases.curves() {
                let shown = recipe.input.of(phases, i)?;
                append_inputs(&training, &shown, phases, &mut rows.x);
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
        let input = |recipe: &LevelRecipe| recipe.input;
        let (recipe, training) = training::describe(path, Self::FORMAT, arrays, input)?;
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
        let sizes = [training.inputs() + 1, pairs.len()];
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
        let free = FreeLevel::all(phases)?;
        let Self { recipe, scale, .. } = self;
        let rows: Vec<f32> = each_curve(phases, |i| {
            let mut rows = Vec::new();
            let shown = recipe.input.of(phases, i)?;
            append_inputs(&self.training, &shown, phases, &mut rows);
            Ok(rows)
        })?;
        let outputs = self.network.at(&rows)?;
        let places = scale.iter().cycle().zip(free.iter().cycle());
        let level = |(y, ([mean, deviation], free)): (&f32, (&[f64; 2], &FreeLevel))| {
            let number = f64::from(*y).mul_add(*deviation, *mean);
            recipe.target.level(phases, *free, number)
        };
        Ok(outputs.iter().zip(places).map(level).collect())
    }
}

/// A row for every box: the scaled phase shift, and the box.
fn append_inputs(training: &Training, shown: &[f64], phases: &Phases, rows: &mut Vec<f32>) {
    for length in phases.lengths() {
        rows.extend(training.scaled(shown));
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
