//! Checkpoints of ensembles: one `.safetensors` file with everything that the next step depends on.
//!
//! | name | shape | content |
//! |---|---|---|
//! | `state/field` | `(chains, numbers)` | configurations, sites in the lattice's order |
//! | `state/generators` | `(chains, 8, 4)` | the words of each chain's generators |
//! | `state/aux` | `(chains, numbers)` | auxiliary numbers of the density, where it has any |
//! | `state/tally` | `(chains, numbers)` | what has been counted since the last measurement |
//! | `record/plaquette`, … | as in the `.npz` | all that is recorded |
//!
//! The metadata hold `spec` (the density, the sampler, the seed), `state` (counters) and `sha256` (of all the rest).

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::run::{ChainState, Cost};
use crate::error::{Error, Result, shown};
use crate::io::{Array, Limits, NamedArrays, safetensors};

const FORMAT: &str = "fieldassay ensemble 1";
const DIGEST: &str = "sha256";

/// What an ensemble saves.
pub(super) struct Saved {
    pub(super) spec: Json,
    pub(super) step: u64,
    pub(super) cost: Cost,
    pub(super) states: Vec<ChainState>,
    pub(super) recorded: NamedArrays,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counters {
    step: u64,
    forces: u64,
    actions: u64,
}

pub(super) fn write(path: &Path, saved: &Saved) -> Result<()> {
    let (mut arrays, states) = (NamedArrays::new(), &saved.states);
    let rows = |part: fn(&ChainState) -> &Vec<f64>| {
        let all: Vec<f64> = states.iter().flat_map(part).copied().collect();
        Array::new(vec![states.len(), all.len() / states.len()], all)
    };
    arrays.insert("state/field", rows(|s| &s.field)?)?;
    arrays.insert("state/aux", rows(|s| &s.aux)?)?;
    arrays.insert("state/tally", rows(|s| &s.tally)?)?;
    let words: Vec<i64> = states.iter().flat_map(|s| &s.generators).copied().collect();
    let shape = vec![states.len(), words.len() / states.len() / 4, 4];
    arrays.insert("state/generators", Array::new(shape, words)?)?;
    for (name, array) in saved.recorded.iter() {
        arrays.insert(format!("record/{name}"), array.clone())?;
    }
    let counters = Counters {
        step: saved.step,
        forces: saved.cost.forces,
        actions: saved.cost.actions,
    };
    let counters = serde_json::to_string(&counters).map_err(|e| {
        let expected = "counters that JSON can express";
        Error::format(path, "state", e.to_string(), expected)
    })?;
    arrays.insert_metadata("format", FORMAT);
    arrays.insert_metadata("spec", saved.spec.to_string());
    arrays.insert_metadata("state", counters);
    arrays.insert_metadata(DIGEST, arrays.sha256(DIGEST));
    safetensors::write(path, &arrays)
}

/// Reads a checkpoint whose description passes `check_spec`.
pub(super) fn read(path: &Path, check_spec: impl FnOnce(&Json) -> Result<()>) -> Result<Saved> {
    let arrays = safetensors::read(path, &Limits::default())?;
    let metadata = |key: &str| arrays.metadata().get(key).map_or("nothing", |text| text);
    if metadata("format") != FORMAT {
        let found = shown(metadata("format"));
        return Err(Error::format(path, "metadata, format", found, FORMAT));
    }
    let (found, digest) = (metadata(DIGEST), arrays.sha256(DIGEST));
    if found != digest {
        let expected = format!("{digest}, that of the content");
        return Err(Error::format(
            path,
            "metadata, sha256",
            shown(found),
            expected,
        ));
    }
    let spec = from_metadata(path, "spec", metadata("spec"))?;
    check_spec(&spec)?;
    let counters: Counters = from_metadata(path, "state", metadata("state"))?;
    let mut recorded = NamedArrays::new();
    for (name, array) in arrays.iter() {
        if let Some(name) = name.strip_prefix("record/") {
            recorded.insert(name, array.clone())?;
        }
    }
    Ok(Saved {
        spec,
        step: counters.step,
        cost: Cost {
            forces: counters.forces,
            actions: counters.actions,
        },
        states: states(path, &arrays)?,
        recorded,
    })
}

fn states(path: &Path, arrays: &NamedArrays) -> Result<Vec<ChainState>> {
    let words = arrays.get("state/generators")?;
    let chains = words.shape().first().copied().unwrap_or(0);
    let rows = |name: &str| -> Result<Vec<Vec<f64>>> {
        let (shape, all) = arrays.f64(name)?;
        match *shape {
            [rows, each] if rows == chains => {
                let row = |chain: usize| all[chain * each..(chain + 1) * each].to_vec();
                Ok((0..chains).map(row).collect())
            }
            _ => {
                let expected = format!("({chains}, …)");
                let field = format!("array `{name}`: shape");
                Err(Error::format(path, field, format!("{shape:?}"), expected))
            }
        }
    };
    let [field, aux, tally] = ["state/field", "state/aux", "state/tally"].map(rows);
    let parts = field?.into_iter().zip(aux?).zip(tally?);
    let words = words.as_i64().map_err(|_| {
        let field = "array `state/generators`: dtype";
        Error::format(path, field, words.dtype(), "i64")
    })?;
    let generators = words.chunks((words.len() / chains.max(1)).max(1));
    let states = parts.zip(generators);
    Ok(states
        .map(|(((field, aux), tally), generators)| ChainState {
            field,
            generators: generators.to_vec(),
            aux,
            tally,
        })
        .collect())
}

fn from_metadata<V: for<'a> Deserialize<'a>>(path: &Path, key: &str, text: &str) -> Result<V> {
    serde_json::from_str(text).map_err(|e| {
        let found = shown(&e.to_string());
        Error::format(
            path,
            format!("metadata, {key}"),
            found,
            "JSON of a checkpoint",
        )
    })
}
