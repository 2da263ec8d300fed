//! The parameters of a network: names, extents, starts, and their places in one flat array.

use std::ops::Range;

use super::initialisation::Initialisation;
use crate::error::{Error, Result, shown};
use crate::rng::Seed;
use crate::tensor::{Real, Var};

/// One parameter of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub(super) name: String,
    pub(super) dims: Vec<usize>,
    pub(super) initialisation: Initialisation,
    pub(super) offset: usize,
    pub(super) var: Var,
}

impl Parameter {
    /// Its name, such as `hidden.0.weight`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its extents.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// How it starts.
    #[must_use]
    pub const fn initialisation(&self) -> Initialisation {
        self.initialisation
    }

    /// Its place in the flat array.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.dims.iter().product::<usize>()
    }

    /// Its node in the graph.
    #[must_use]
    pub const fn var(&self) -> Var {
        self.var
    }
}

/// The parameters of a network in the order of their declaration, which is that of the flat array.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    list: Vec<Parameter>,
}

impl Parameters {
    /// Adds a parameter at the end.
    pub(super) fn push(&mut self, name: &str, dims: &[usize], start: Initialisation, var: Var) {
        self.list.push(Parameter {
            name: name.to_owned(),
            dims: dims.to_vec(),
            initialisation: start,
            offset: self.count(),
            var,
        });
    }

    /// The parameters in order.
    #[must_use]
    pub fn list(&self) -> &[Parameter] {
        &self.list
    }

    /// How many numbers they are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.last().map_or(0, |last| last.range().end)
    }

    /// Their nodes, in order: what the gradient of a loss is asked for.
    #[must_use]
    pub fn vars(&self) -> Vec<Var> {
        self.list.iter().map(Parameter::var).collect()
    }

    /// The parameter called `name`.
    ///
    /// # Errors  `Error::UnknownName`.
    pub fn get(&self, name: &str) -> Result<&Parameter> {
        let found = self.list.iter().find(|parameter| parameter.name == name);
        found.ok_or_else(|| {
            let known = self.list.iter().map(Parameter::name);
            Error::unknown("parameter", name, known)
        })
    }

    /// Starting values, each parameter from its own stream `nn/<name>`: what other parameters there are changes
    /// nothing. Drawn in `f64` and rounded, so that both number types start alike.
    ///
    /// # Errors  `Error::Domain` for an initialisation without sense.
    pub fn initial<T: Real>(&self, seed: Seed) -> Result<Vec<T>> {
        let mut flat = Vec::with_capacity(self.count());
        for parameter in &self.list {
            let mut r = seed.stream(&format!("nn/{}", parameter.name));
            let values = parameter.initialisation.draw(&parameter.dims, &mut r)?;
            flat.extend(values.into_iter().map(T::of));
        }
        Ok(flat)
    }
}

/// Passes a name that a checkpoint can hold.
pub(super) fn check_name(name: &str) -> Result<()> {
    // `/` separates the optimiser's arrays from the parameters' in a checkpoint.
    let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !name.is_empty() && name.chars().all(sound) {
        return Ok(());
    }
    let expected = "letters, digits, `.`, `_` and `-`";
    Err(Error::argument(
        "name of a parameter",
        shown(name),
        expected,
    ))
}
