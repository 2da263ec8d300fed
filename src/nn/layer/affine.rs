//! The affine map `y = W·x + b`.
//!
//! Parameters: `weight: [out, in]` and, with a bias, `bias: [out]`, as PyTorch stores them.

use serde::{Deserialize, Serialize};

use super::under;
use crate::error::{Error, Result};
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// `y[o, ..] = Σ_i W[o, i] x[i, ..] + b[o]`: the first axis is mapped, further axes are carried along.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
    /// The extent of the first axis of the result.
    pub outputs: usize,
    /// How the weight starts.
    pub weight: Initialisation,
    /// How the bias starts; `None` for a linear map.
    pub bias: Option<Initialisation>,
}

impl Affine {
    /// LeCun-normal weight, zero bias.
    #[must_use]
    pub const fn new(outputs: usize) -> Self {
        Self {
            outputs,
            weight: Initialisation::LecunNormal,
            bias: Some(Initialisation::Zeros),
        }
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let shape = n.graph.shape(x).clone();
        let &[inputs, ref carried @ ..] = shape.dims() else {
            return Err(Error::Operands {
                op: "affine",
                found: vec![shape.to_string()],
                expected: "a value [in, ..]".to_owned(),
            });
        };
        let dims = [self.outputs, inputs];
        let weight = n.parameter(&under(name, "weight"), &dims, self.weight)?;
        let product = n.graph.linear(weight, x)?;
        let Some(start) = self.bias else {
            return Ok(product);
        };
        let bias = n.parameter(&under(name, "bias"), &[self.outputs], start)?;
        let column = [&[self.outputs][..], &vec![1; carried.len()]].concat();
        let bias = n.graph.reshape(bias, &column)?;
        n.graph.add(product, bias)
    }
}
