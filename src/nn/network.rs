//! A network under construction: graph, parameters, and what it is in words.

use serde_json::{Map, Value};

use super::initialisation::Initialisation;
use super::layer::Layer;
use super::parameters::{Parameters, check_name};
use crate::error::{Error, Result};
use crate::tensor::op::Role;
use crate::tensor::{Graph, Shape, Var};

/// A graph with named parameters.
///
/// ```
/// use fieldassay::nn::{Activation, Layer, Network, layer::Mlp};
/// use fieldassay::tensor::Shape;
/// let mut n = Network::new();
/// let x = n.graph.input("x", Shape::batched(&[2]))?;
/// let mlp = Layer::Mlp(Mlp::new(&[16, 1], Activation::Softplus));
/// let y = n.add("net", &mlp, x)?;
/// assert_eq!(n.graph.shape(y), &Shape::batched(&[1]));
/// assert_eq!(n.parameters().count(), 2 * 16 + 16 + 16 + 1);
/// assert_eq!(n.parameters().list()[0].name(), "net.hidden.0.weight");
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The graph. Shared inputs that are not parameters are declared after the last parameter.
    pub graph: Graph,
    parameters: Parameters,
    architecture: Map<String, Value>,
}

impl Network {
    /// A network without anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies `layer` under `name` (which may be empty) and writes it into the architecture.
    ///
    /// # Errors  those of the layer; `Error::Argument` if the name is taken.
    pub fn add(&mut self, name: &str, layer: &Layer, x: Var) -> Result<Var> {
        self.add_function(name, layer, x, None)
    }

    /// As [`Network::add`], for a function of `x` that depends on `given` too, such as the embedding of a time.
    ///
    /// # Errors  as [`Network::add`].
    pub fn add_given(&mut self, name: &str, layer: &Layer, x: Var, given: Var) -> Result<Var> {
        self.add_function(name, layer, x, Some(given))
    }

    fn add_function(
        &mut self,
        name: &str,
        layer: &Layer,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        let written = serde_json::to_value(layer).map_err(|e| {
            let expected = "a layer that JSON can express";
            Error::argument("layer", e.to_string(), expected)
        })?;
        self.note(&format!("layer/{name}"), written)?;
        layer.apply_given(self, name, x, given)
    }

    /// Writes something else into the architecture that a checkpoint has to agree with, such as the loss.
    ///
    /// # Errors  `Error::Argument` if the key is taken.
    pub fn note(&mut self, key: &str, value: impl Into<Value>) -> Result<()> {
        if self.architecture.contains_key(key) {
            return Err(Error::argument("key", key, "a key that nothing else has"));
        }
        self.architecture.insert(key.to_owned(), value.into());
        Ok(())
    }

    /// Declares a parameter: a shared input of the graph.
    ///
    /// # Errors  `Error::Argument` if the name is taken or has other characters than letters, digits, `.`, `_`
    /// and `-`, or after a shared input that is no parameter.
    pub fn parameter(&mut self, name: &str, dims: &[usize], start: Initialisation) -> Result<Var> {
        check_name(name)?;
        if self.shared_inputs().count() != self.parameters.list().len() {
            let found = format!(
                "declared after {} shared inputs",
                self.shared_inputs().count()
            );
            let expected = "parameters before any other shared input";
            return Err(Error::argument(
                format!("parameter `{name}`"),
                found,
                expected,
            ));
        }
        let var = self.graph.input(name, Shape::shared(dims))?;
        self.parameters.push(name, dims, start, var);
        Ok(var)
    }

    /// The parameters.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The network in words: every layer that [`Network::add`] applied, and notes.
    #[must_use]
    pub const fn architecture(&self) -> &Map<String, Value> {
        &self.architecture
    }

    /// The batched inputs in order: name and numbers of a sample.
    #[must_use]
    pub fn batched_inputs(&self) -> Vec<(String, usize)> {
        let inputs = self.graph.inputs().iter();
        let batched = inputs.filter(|&&var| self.graph.shape(var).is_batched());
        let named = batched.filter_map(|&var| {
            let name = self.graph.input_name(var)?.to_owned();
            Some((name, self.graph.shape(var).size()))
        });
        named.collect()
    }

    fn shared_inputs(&self) -> impl Iterator<Item = Var> {
        let inputs = self.graph.inputs().iter().copied();
        inputs.filter(|&var| match self.graph.node(var).op().role() {
            Role::Input(_) => !self.graph.shape(var).is_batched(),
            _ => false,
        })
    }

    /// Passes if parameters are the only shared inputs: then the flat array is the whole shared feed.
    pub(super) fn check_fed_by_parameters(&self) -> Result<()> {
        let vars = self.parameters.vars();
        let mut inputs = self.shared_inputs().enumerate();
        match inputs.find(|(i, var)| vars.get(*i) != Some(var)) {
            None => Ok(()),
            Some((_, var)) => {
                let name = self.graph.input_name(var).unwrap_or_default();
                let expected = "parameters and batched inputs only";
                Err(Error::argument(
                    format!("input `{name}`"),
                    "a shared input",
                    expected,
                ))
            }
        }
    }
}
