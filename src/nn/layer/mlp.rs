//! The multi-layer perceptron.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::under;
use crate::error::{Error, Result};
use crate::nn::activation::Activation;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// Affine maps `hidden.0`, `hidden.1`, … with an activation after each, then the affine map `output`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mlp {
    /// Extents after each affine map; the last is that of the result. The input's own comes from the value.
    pub widths: Vec<usize>,
    /// The function after each hidden layer.
    pub activation: Activation,
    /// How the weights start.
    pub weight: Initialisation,
    /// How the biases start.
    pub bias: Initialisation,
}

impl Mlp {
    /// LeCun-normal weights, zero biases.
    #[must_use]
    pub fn new(widths: &[usize], activation: Activation) -> Self {
        Self {
            widths: widths.to_vec(),
            activation,
            weight: Initialisation::LecunNormal,
            bias: Initialisation::Zeros,
        }
    }

    pub(super) fn apply(
        &self,
        n: &mut Network,
        name: &str,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        let Some((&outputs, hidden)) = self.widths.split_last() else {
            return Err(Error::argument(
                "widths",
                "none",
                "at least that of the result",
            ));
        };
        let affine = |outputs| Affine {
            outputs,
            weight: self.weight,
            bias: Some(self.bias),
        };
        let mut x = x;
        for (i, &width) in hidden.iter().enumerate() {
            let z = affine(width).apply(n, &under(name, &format!("hidden.{i}")), x, given)?;
            x = self.activation.apply(&mut n.graph, z)?;
        }
        affine(outputs).apply(n, &under(name, "output"), x, given)
    }
}
