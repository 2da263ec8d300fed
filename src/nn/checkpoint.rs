//! Checkpoints: one `.safetensors` file with everything that the next step of a training depends on.
//!
//! | name | content |
//! |---|---|
//! | `hidden.0.weight`, … | the parameters, under their names and with their extents |
//! | `optimizer/adam.mean/hidden.0.weight`, … | the optimiser's vectors, cut like the parameters |
//! | `history/loss` | the loss of every step |
//! | `source/order`, `source/lanes` | the permutation of the epoch, or the states of lane generators |
//!
//! The metadata hold `spec` (what is trained, how, on what), `state` (counters and stream) and `sha256` (of all the
//! rest). Python's safetensors package reads the file as it is:
//!
//! ```python
//! import json, numpy
//! from safetensors import safe_open
//! with safe_open("run.safetensors", framework="numpy") as file:
//!     arrays = {name: file.get_tensor(name) for name in file.keys()}
//!     spec = json.loads(file.metadata()["spec"])
//! for parameter in spec["parameters"]:  # in the order of the flat array
//!     print(parameter["name"], arrays[parameter["name"]].shape)
//! print("loss", arrays["history/loss"][-1], "after", len(arrays["history/loss"]), "steps")
//! ```
//!
//! # Design
//!
//! The schedule is a function of the step, and every array is a bit pattern, so that a resumed training repeats the
//! uninterrupted one to the bit. Writing is atomic ([`crate::io::write_atomically`]). The format has no
//! checksum of its own: ours makes a flipped bit an error instead of another training.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::parameters::{Parameter, Parameters};
use super::source::Position;
use super::train::Divergence;
use crate::error::{Error, Result, shown};
use crate::io::{Array, ArrayData, Limits, NamedArrays, safetensors};
use crate::optimize::OptimizerState;
use crate::rng::RngState;
use crate::tensor::Real;

const FORMAT: &str = "fieldassay checkpoint 1";
const HISTORY: &str = "history/loss";
/// The metadata that says what the rest adds up to.
const DIGEST: &str = "sha256";

/// A number type that files hold.
pub trait Element: Real {
    /// Numbers as a file holds them.
    fn stored(numbers: Vec<Self>) -> ArrayData;
    /// The numbers of an array.
    ///
    /// # Errors  `Error::Argument` if it has another type.
    fn loaded(array: &Array) -> Result<&[Self]>;
}

impl Element for f32 {
    fn stored(numbers: Vec<Self>) -> ArrayData {
        numbers.into()
    }

    fn loaded(array: &Array) -> Result<&[Self]> {
        array.as_f32()
    }
}

impl Element for f64 {
    fn stored(numbers: Vec<Self>) -> ArrayData {
        numbers.into()
    }

    fn loaded(array: &Array) -> Result<&[Self]> {
        array.as_f64()
    }
}

/// What a training saves.
#[derive(Clone, Debug)]
pub(super) struct Saved<T> {
    pub(super) spec: Value,
    pub(super) theta: Vec<T>,
    pub(super) optimizer: OptimizerState<T>,
    pub(super) position: Position,
    pub(super) losses: Vec<f64>,
    pub(super) stopped: Option<Divergence>,
}

/// The part of it that is neither an array nor the description.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    optimizer_steps: u64,
    stream: Option<RngState>,
    counters: BTreeMap<String, u64>,
    stopped: Option<Divergence>,
}

/// Names and extents, as a description has them.
pub(super) fn layout(parameters: &Parameters) -> Value {
    let row = |p: &Parameter| json!({"name": p.name(), "dims": p.dims()});
    parameters.list().iter().map(row).collect()
}

/// Writes the parameters alone to the file at `path`, for other programs and for [`load_parameters`].
///
/// # Errors  `Error::ShapeMismatch` if `theta` has another length; `Error::Io`.
pub fn save_parameters<T: Element>(path: &Path, p: &Parameters, theta: &[T]) -> Result<()> {
    let mut arrays = NamedArrays::new();
    insert_cut(&mut arrays, "", p, theta)?;
    safetensors::write(path, &arrays)
}

/// The parameters in a checkpoint, or in any `.safetensors` file that has them under their names.
///
/// # Errors  `Error::Io`; `Error::Format` naming the parameter that is missing, has another shape or type, or a
/// checksum that is wrong.
pub fn load_parameters<T: Element>(path: &Path, p: &Parameters, limits: &Limits) -> Result<Vec<T>> {
    let arrays = safetensors::read(path, limits)?;
    if arrays.metadata().contains_key(DIGEST) {
        check_digest(path, &arrays)?;
    }
    joined(path, &arrays, "", p)
}

/// Writes a checkpoint.
pub(super) fn write<T: Element>(path: &Path, p: &Parameters, saved: &Saved<T>) -> Result<()> {
    let mut arrays = NamedArrays::new();
    insert_cut(&mut arrays, "", p, &saved.theta)?;
    for (name, vector) in &saved.optimizer.vectors {
        insert_cut(&mut arrays, &format!("optimizer/{name}/"), p, vector)?;
    }
    let losses = Array::new(vec![saved.losses.len()], saved.losses.clone())?;
    arrays.insert(HISTORY, losses)?;
    for (name, array) in &saved.position.arrays {
        arrays.insert(format!("source/{name}"), array.clone())?;
    }
    let state = State {
        optimizer_steps: saved.optimizer.steps,
        stream: saved.position.stream.clone(),
        counters: saved.position.counters.clone(),
        stopped: saved.stopped,
    };
    let state = serde_json::to_string(&state).map_err(|e| {
        Error::format(
            path,
            "state",
            e.to_string(),
            "a state that JSON can express",
        )
    })?;
    arrays.insert_metadata("format", FORMAT);
    arrays.insert_metadata("spec", saved.spec.to_string());
    arrays.insert_metadata("state", state);
    arrays.insert_metadata(DIGEST, arrays.sha256(DIGEST));
    safetensors::write(path, &arrays)
}

/// Reads a checkpoint whose description passes `check_spec`.
pub(super) fn read<T: Element>(
    path: &Path,
    p: &Parameters,
    limits: &Limits,
    check_spec: impl FnOnce(&Value) -> Result<()>,
) -> Result<Saved<T>> {
    let arrays = safetensors::read(path, limits)?;
    match arrays.metadata().get("format") {
        Some(format) if format == FORMAT => {}
        other => {
            let found = other.map_or("nothing".to_owned(), |format| shown(format));
            return Err(Error::format(path, "metadata, format", found, FORMAT));
        }
    }
    check_digest(path, &arrays)?;
    let spec: Value = from_metadata(path, &arrays, "spec")?;
    check_spec(&spec)?;
    let state: State = from_metadata(path, &arrays, "state")?;
    let mut position = Position {
        stream: state.stream,
        counters: state.counters,
        arrays: BTreeMap::new(),
    };
    for (name, array) in arrays.iter() {
        if let Some(name) = name.strip_prefix("source/") {
            position.arrays.insert(name.to_owned(), array.clone());
        }
    }
    Ok(Saved {
        spec,
        theta: joined(path, &arrays, "", p)?,
        optimizer: OptimizerState {
            steps: state.optimizer_steps,
            vectors: optimizer_vectors(path, &arrays, p)?,
        },
        position,
        losses: arrays.f64(HISTORY)?.1,
        stopped: state.stopped,
    })
}

fn optimizer_vectors<T: Element>(
    path: &Path,
    arrays: &NamedArrays,
    p: &Parameters,
) -> Result<BTreeMap<String, Vec<T>>> {
    let mut vectors = BTreeMap::new();
    for name in arrays.names() {
        let rest = name.strip_prefix("optimizer/");
        if let Some((vector, _)) = rest.and_then(|rest| rest.split_once('/'))
            && !vectors.contains_key(vector)
        {
            let whole = joined(path, arrays, &format!("optimizer/{vector}/"), p)?;
            vectors.insert(vector.to_owned(), whole);
        }
    }
    Ok(vectors)
}

/// Inserts a flat array cut into parameters, each under `prefix` and its name.
fn insert_cut<T: Element>(
    arrays: &mut NamedArrays,
    prefix: &str,
    p: &Parameters,
    flat: &[T],
) -> Result<()> {
    if flat.len() != p.count() {
        return Err(Error::ShapeMismatch {
            op: "the parameters of a network",
            lhs: vec![flat.len()],
            rhs: vec![p.count()],
        });
    }
    for parameter in p.list() {
        let numbers = T::stored(flat[parameter.range()].to_vec());
        let array = Array::new(parameter.dims().to_vec(), numbers)?;
        arrays.insert(format!("{prefix}{}", parameter.name()), array)?;
    }
    Ok(())
}

/// The flat array that [`insert_cut`] cut.
fn joined<T: Element>(
    path: &Path,
    arrays: &NamedArrays,
    prefix: &str,
    p: &Parameters,
) -> Result<Vec<T>> {
    let mut flat = Vec::with_capacity(p.count());
    for parameter in p.list() {
        let name = format!("{prefix}{}", parameter.name());
        let array = arrays.get(&name)?;
        let wrong = |what: &str, found: String, expected: String| {
            Error::format(path, format!("array `{name}`: {what}"), found, expected)
        };
        if array.shape() != parameter.dims() {
            let [found, expected] = [array.shape(), parameter.dims()].map(|d| format!("{d:?}"));
            return Err(wrong("shape", found, expected));
        }
        let numbers = T::loaded(array)
            .map_err(|_| wrong("dtype", array.dtype().to_owned(), T::NAME.to_owned()))?;
        flat.extend_from_slice(numbers);
    }
    Ok(flat)
}

fn from_metadata<V: for<'a> Deserialize<'a>>(
    path: &Path,
    arrays: &NamedArrays,
    key: &str,
) -> Result<V> {
    let field = || format!("metadata, {key}");
    let text = arrays.metadata().get(key);
    let text = text.ok_or_else(|| Error::format(path, field(), "nothing", "JSON"))?;
    serde_json::from_str(text)
        .map_err(|e| Error::format(path, field(), shown(&e.to_string()), "JSON of a checkpoint"))
}

fn check_digest(path: &Path, arrays: &NamedArrays) -> Result<()> {
    let found = arrays.metadata().get(DIGEST).map_or("nothing", |text| text);
    let expected = arrays.sha256(DIGEST);
    if found == expected {
        return Ok(());
    }
    let expected = format!("{expected}, that of the content");
    Err(Error::format(
        path,
        "metadata, sha256",
        shown(found),
        expected,
    ))
}
