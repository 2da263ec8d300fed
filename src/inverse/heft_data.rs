//! Phase shifts and levels of many models, computed in parallel and kept in one `.npz`.
//!
//! | array | shape | |
//! |---|---|---|
//! | `energy` | `(energies,)` | MeV, equidistant from threshold |
//! | `delta` | `(curves, energies)` | rad, continuous, zero at threshold |
//! | `length` | `(lengths,)` | fm |
//! | `level` | `(curves, lengths, levels)` | MeV, without a cut |
//! | `truncation_error` | `(curves, lengths, levels)` | MeV |
//! | `parameter` | `(curves, 5)` | `m_σ` (MeV), `g`, `c` (fm), `G`, `d` (fm) |
//! | `draws` | `(curves,)` | draws until a model was accepted |
//! | `spec` | `(bytes,)` | the [`HeftSpec`], seed and law included, as JSON |
//!
//! The first index is the curve: a split into training and test sets divides it, never rows of one curve.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::heft_law::{Drawn, HeftLaw};
use crate::error::{Error, Result};
use crate::finite_volume::HeftBox;
use crate::io::{Array, Limits, NamedArrays, npz};
use crate::rng::Seed;
use crate::scattering::{FormFactor, PhaseShift};
use crate::units::{Fm, Mev};

/// What a data set is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeftSpec {
    /// The root of all randomness.
    pub seed: u64,
    /// Its name, such as `train` or `test`: sets of different names share no model.
    pub set: String,
    /// The letter of the form factor.
    pub form_factor: String,
    /// How many models.
    pub curves: usize,
    /// How many energies, the first on threshold.
    pub energies: usize,
    /// The last energy in MeV.
    pub e_max: f64,
    /// Sides of the boxes in fm.
    pub lengths: Vec<f64>,
    /// How many levels of each box.
    pub levels: usize,
    /// The law of the parameters.
    pub law: HeftLaw,
}

impl HeftSpec {
    /// The talk's set: 100 energies up to 1 GeV, ten levels; boxes of 5 to 13 fm.
    #[must_use]
    pub fn talk(seed: Seed, set: &str, form_factor: FormFactor, curves: usize) -> Self {
        Self {
            seed: seed.0,
            set: set.to_owned(),
            form_factor: form_factor.id().to_owned(),
            curves,
            energies: 100,
            e_max: 1000.0,
            lengths: (5..=13).map(f64::from).collect(),
            levels: 10,
            law: HeftLaw::default(),
        }
    }

    /// The energies, in MeV.
    #[must_use]
    pub fn grid(&self) -> Vec<f64> {
        let threshold = 2.0 * self.law.m_pi;
        let step = (self.e_max - threshold) / (self.energies - 1) as f64;
        let inner = (0..self.energies - 1).map(|i| step.mul_add(i as f64, threshold));
        inner.chain([self.e_max]).collect()
    }

    pub(super) fn check(&self) -> Result<FormFactor> {
        let wrong = |field: &str, found: String, expected: &str| {
            Err(Error::argument(field, found, expected))
        };
        if self.energies < 2 {
            return wrong("energies", self.energies.to_string(), "at least 2");
        }
        if !(self.e_max > 2.0 * self.law.m_pi && self.e_max.is_finite()) {
            return wrong("e_max", self.e_max.to_string(), "an energy above threshold");
        }
        if self.lengths.is_empty() || self.levels == 0 {
            let found = format!("{} boxes, {} levels", self.lengths.len(), self.levels);
            return wrong("lengths, levels", found, "at least one of each");
        }
        FormFactor::from_id(&self.form_factor)
    }
}

/// A data set.
#[derive(Clone, Debug, PartialEq)]
pub struct HeftData {
    /// What it is made of.
    pub spec: HeftSpec,
    /// `(curves, 5)`: `m_σ`, `g`, `c`, `G`, `d`.
    pub parameters: Vec<f64>,
    /// `(curves, energies)`, rad.
    pub delta: Vec<f64>,
    /// `(curves, lengths, levels)`, MeV.
    pub levels: Vec<f64>,
    /// As `levels`: how far a doubled cut moves each.
    pub truncation_error: Vec<f64>,
    /// `(curves,)`: draws until a model was accepted.
    pub draws: Vec<i64>,
}

/// The numbers of one curve.
struct Row {
    parameters: [f64; 5],
    delta: Vec<f64>,
    levels: Vec<f64>,
    truncation_error: Vec<f64>,
    draws: i64,
}

impl HeftData {
    /// Draws and solves all models on the threads of the current pool; `finished` is called after each, from any thread.
    ///
    /// A curve is the same whatever the number of threads and of curves.
    ///
    /// # Errors    `Error::Argument` for a specification that cannot be met, `Error::UnknownName` for the letter, and
    /// the errors of [`HeftBox::levels`] and [`PhaseShift::follow`].
    /// # Accuracy  `delta` 1e-12 rad away from resonances narrower than 1e-8 MeV, `levels` 1e-9 MeV plus the truncation error.
    pub fn generate(spec: &HeftSpec, finished: impl Fn() + Sync) -> Result<Self> {
        let form_factor = spec.check()?;
        let grid = spec.grid();
        let rows = (0..spec.curves).into_par_iter().map(|index| {
            let drawn = spec
                .law
                .draw(Seed(spec.seed), &spec.set, form_factor, index)?;
            let row = Row::solve(spec, &grid, &drawn)?;
            finished();
            Ok(row)
        });
        let rows: Vec<Row> = rows.collect::<Result<_>>()?;
        Ok(Self {
            spec: spec.clone(),
            parameters: rows.iter().flat_map(|row| row.parameters).collect(),
            delta: rows
                .iter()
                .flat_map(|row| row.delta.iter().copied())
                .collect(),
            levels: rows
                .iter()
                .flat_map(|row| row.levels.iter().copied())
                .collect(),
            truncation_error: rows
                .iter()
                .flat_map(|row| row.truncation_error.iter().copied())
                .collect(),
            draws: rows.iter().map(|row| row.draws).collect(),
        })
    }

    /// Writes the set to an `.npz`, atomically.
    ///
    /// # Errors  `Error::Io`.
    pub fn write(&self, path: &Path) -> Result<()> {
        let spec = &self.spec;
        let (curves, boxes) = (spec.curves, spec.lengths.len());
        let json = serde_json::to_vec(spec).map_err(|why| {
            Error::format(path, "spec", why.to_string(), "numbers that JSON can hold")
        })?;
        let mut arrays = NamedArrays::new();
        arrays.insert("spec", Array::new(vec![json.len()], json)?)?;
        arrays.insert("energy", Array::new(vec![spec.energies], spec.grid())?)?;
        arrays.insert("length", Array::new(vec![boxes], spec.lengths.clone())?)?;
        arrays.insert(
            "parameter",
            Array::new(vec![curves, 5], self.parameters.clone())?,
        )?;
        arrays.insert(
            "delta",
            Array::new(vec![curves, spec.energies], self.delta.clone())?,
        )?;
        let shape = vec![curves, boxes, spec.levels];
        arrays.insert("level", Array::new(shape.clone(), self.levels.clone())?)?;
        arrays.insert(
            "truncation_error",
            Array::new(shape, self.truncation_error.clone())?,
        )?;
        arrays.insert("draws", Array::new(vec![curves], self.draws.clone())?)?;
        npz::write(path, &arrays)
    }

    /// Reads a set that [`HeftData::write`] wrote.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the array that is missing or of another shape than the specification says.
    pub fn read(path: &Path) -> Result<Self> {
        let arrays = npz::read(path, &Limits::default())?;
        let spec: HeftSpec = serde_json::from_slice(arrays.get("spec")?.as_u8()?)
            .map_err(|why| Error::format(path, "spec", why.to_string(), "a HeftSpec as JSON"))?;
        spec.check().map_err(|error| match error {
            Error::Argument {
                field,
                found,
                expected,
            } => Error::format(path, format!("spec, {field}"), found, expected),
            other => other,
        })?;
        let check_shape = |name: &str, found: &[usize], shape: &[usize]| {
            if found == shape {
                return Ok(());
            }
            let (found, expected) = (format!("{found:?}"), format!("shape {shape:?}"));
            Err(Error::format(
                path,
                format!("array `{name}`"),
                found,
                expected,
            ))
        };
        let numbers = |name: &str, shape: &[usize]| -> Result<Vec<f64>> {
            let (found, numbers) = arrays.f64(name)?;
            check_shape(name, found, shape)?;
            Ok(numbers)
        };
        let (curves, boxes) = (spec.curves, spec.lengths.len());
        let shape = [curves, boxes, spec.levels];
        let draws = arrays.get("draws")?;
        check_shape("draws", draws.shape(), &[curves])?;
        Ok(Self {
            parameters: numbers("parameter", &[curves, 5])?,
            delta: numbers("delta", &[curves, spec.energies])?,
            levels: numbers("level", &shape)?,
            truncation_error: numbers("truncation_error", &shape)?,
            draws: draws.as_i64()?.to_vec(),
            spec,
        })
    }
}

impl Row {
    fn solve(spec: &HeftSpec, grid: &[f64], drawn: &Drawn) -> Result<Self> {
        let phase = PhaseShift::follow(&drawn.heft, Mev(spec.e_max))?;
        let delta = grid.iter().map(|energy| phase.at(Mev(*energy)));
        let (mut levels, mut truncation_error) = (Vec::new(), Vec::new());
        for length in &spec.lengths {
            for level in HeftBox::new(&drawn.heft, Fm(*length))?.levels(spec.levels)? {
                levels.push(level.energy.0);
                truncation_error.push(level.truncation_error.0);
            }
        }
        let model = &drawn.model;
        Ok(Self {
            parameters: [
                model.m_sigma.0,
                model.g,
                model.c.0,
                model.contact,
                model.d.0,
            ],
            delta: delta.collect::<Result<_>>()?,
            levels,
            truncation_error,
            draws: drawn.draws as i64,
        })
    }
}
