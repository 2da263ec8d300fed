//! An activation as a layer of its own.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::nn::activation::Activation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// An activation between layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// The function.
    pub activation: Activation,
}

impl Activate {
    pub(super) fn apply(&self, n: &mut Network, _: &str, x: Var, _: Option<Var>) -> Result<Var> {
        self.activation.apply(&mut n.graph, x)
    }
}
