//! What a network was taught with: kept with it, so that it can say what it has seen.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::encoding::LevelInput;
use super::phases::Phases;
use super::{HeftData, HeftSpec};
use crate::error::{Error, Result};
use crate::io::{Array, Limits, NamedArrays, safetensors};

/// The training sets of a network, in short: their laws, digests of their phase shifts, and mean and standard deviation of each
/// input, by which inputs are scaled.
#[derive(Clone, Debug)]
pub struct Training {
    sets: Vec<HeftSpec>,
    seen: BTreeSet<i64>,
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Training {
    /// Of `sets` with these phase shifts, of which the network sees `input`.
    ///
    /// # Errors  `Error::Argument` for no curve, or sets of different energies.
    pub(super) fn of(sets: &[HeftData], phases: &[Phases], input: LevelInput) -> Result<Self> {
        let count: usize = phases.iter().map(Phases::curves).sum();
        let same = |set: &Phases| phases[0].energies() == set.energies();
        if count == 0 || !phases.iter().all(same) {
            let found = format!("{} sets of {count} curves", sets.len());
            return Err(Error::argument("sets", found, "some, of the same energies"));
        }
        let of_set = |set| (0..Phases::curves(set)).map(move |i| input.of(set, i));
        let shown: Vec<Vec<f64>> = phases.iter().flat_map(of_set).collect::<Result<_>>()?;
        let width = input.width(phases[0].energies().len());
        let average = |of: &dyn Fn(&[f64]) -> f64| {
            shown.iter().map(|row| of(row)).sum::<f64>() / count as f64
        };
        let mean: Vec<f64> = (0..width).map(|i| average(&|row| row[i])).collect();
        let variance = |i: usize| average(&|row| (row[i] - mean[i]).powi(2));
        // δ = 0 at threshold for all: that input says nothing.
        let spread = |i: usize| Some(variance(i).sqrt()).filter(|s| *s > 0.0).unwrap_or(1.0);
        let seen = phases
            .iter()
            .flat_map(|set| (0..set.curves()).map(|i| set.digest(i)));
        Ok(Self {
            sets: sets.iter().map(|set| set.spec.clone()).collect(),
            seen: seen.collect(),
            deviation: (0..width).map(spread).collect(),
            mean,
        })
    }

    /// The sets.
    #[must_use]
    pub fn sets(&self) -> &[HeftSpec] {
        &self.sets
    }

    /// Passes if no phase shift of `phases` was trained on: else errors are not those of fresh curves.
    ///
    /// # Errors  `Error::Argument` naming the set and the first such curve.
    pub fn check_fresh(&self, name: &str, phases: &Phases) -> Result<()> {
        match (0..phases.curves()).find(|i| self.seen.contains(&phases.digest(*i))) {
            None => Ok(()),
            Some(i) => Err(Error::argument(
                name,
                format!("curve {i}, which is in the training set"),
                "phase shifts that the network has not seen",
            )),
        }
    }

    /// How many numbers of a phase shift the network sees.
    pub(super) fn inputs(&self) -> usize {
        self.mean.len()
    }

    /// Passes if `phases` is sampled at as many energies as the training sets.
    pub(super) fn check_energies(&self, phases: &Phases) -> Result<()> {
        let known = self.sets[0].energies;
        if phases.energies().len() == known {
            return Ok(());
        }
        let found = format!("{} energies", phases.energies().len());
        let expected = format!("{known}, as in training");
        Err(Error::argument("delta", found, expected))
    }

    /// What the network sees of a phase shift, scaled.
    pub(super) fn scaled<'a>(&'a self, shown: &'a [f64]) -> impl Iterator<Item = f32> + 'a {
        let scales = self.mean.iter().zip(&self.deviation);
        let scaled = shown.iter().zip(scales);
        scaled.map(|(x, (mean, deviation))| ((x - mean) / deviation) as f32)
    }
}

/// What the metadata of a network's file say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description<R> {
    format: String,
    recipe: R,
    training: Vec<HeftSpec>,
}

/// The format that a network's file names, or nothing.
pub(super) fn format_of(arrays: &NamedArrays) -> String {
    #[derive(Deserialize)]
    struct Named {
        format: String,
    }
    let spec = arrays.metadata().get("spec").map_or("", String::as_str);
    serde_json::from_str(spec).map_or_else(|_| String::new(), |named: Named| named.format)
}

/// Writes a network: its arrays, and beside them recipe and training.
pub(super) fn write<R: Serialize>(
    path: &Path,
    format: &str,
    recipe: &R,
    training: &Training,
    mut arrays: NamedArrays,
) -> Result<()> {
    let seen: Vec<i64> = training.seen.iter().copied().collect();
    let (mean, deviation) = (&training.mean, &training.deviation);
    for (name, numbers) in [("input.mean", mean), ("input.deviation", deviation)] {
        arrays.insert(name, Array::new(vec![numbers.len()], numbers.clone())?)?;
    }
    arrays.insert("training.seen", Array::new(vec![seen.len()], seen)?)?;
    let description = Description {
        format: format.to_owned(),
        recipe,
        training: training.sets.clone(),
    };
    let description = serde_json::to_string(&description).map_err(|why| {
        Error::format(path, "spec", why.to_string(), "numbers that JSON can hold")
    })?;
    arrays.insert_metadata("spec", description);
    safetensors::write(path, &arrays)
}

/// Reads the arrays of a network's file.
pub(super) fn read(path: &Path) -> Result<NamedArrays> {
    safetensors::read(path, &Limits::default())
}

/// Recipe and training of a network's file, whose recipe says what it sees.
pub(super) fn describe<R: DeserializeOwned>(
    path: &Path,
    format: &str,
    arrays: &NamedArrays,
    input: impl FnOnce(&R) -> LevelInput,
) -> Result<(R, Training)> {
    let wrong =
        |field: &str, found: String, expected: &str| Error::format(path, field, found, expected);
    let found = format_of(arrays);
    if found != format {
        return Err(wrong("spec, format", format!("{found:?}"), format));
    }
    let spec = arrays.metadata().get("spec").map_or("", String::as_str);
    let description: Description<R> = serde_json::from_str(spec)
        .map_err(|why| wrong("spec", why.to_string(), "the recipe of a network as JSON"))?;
    let Some(first) = description.training.first() else {
        return Err(wrong(
            "spec, training",
            "nothing".to_owned(),
            "a training set",
        ));
    };
    let width = input(&description.recipe).width(first.energies);
    let (_, mean) = arrays.f64("input.mean")?;
    if mean.len() != width {
        let expected = format!("{width}, as the recipe and the training set say");
        let found = format!("{} numbers", mean.len());
        return Err(wrong("input.mean", found, &expected));
    }
    let (_, deviation) = arrays.f64("input.deviation")?;
    if mean.len() != deviation.len() || !deviation.iter().all(|s| *s > 0.0) {
        let found = format!("{} numbers", deviation.len());
        let expected = "a positive number for each mean";
        return Err(wrong("input.deviation", found, expected));
    }
    let training = Training {
        sets: description.training,
        seen: arrays
            .get("training.seen")?
            .as_i64()?
            .iter()
            .copied()
            .collect(),
        mean,
        deviation,
    };
    Ok((description.recipe, training))
}

/// An error of an argument as one of the file that it comes from.
pub(super) fn in_file(path: &Path) -> impl Fn(Error) -> Error + '_ {
    move |error| match error {
        Error::Argument {
            field,
            found,
            expected,
        } => Error::format(path, field, found, expected),
        other => other,
    }
}
