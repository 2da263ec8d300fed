//! Layers one after the other.

use serde::{Deserialize, Serialize};

use super::{Layer, under};
use crate::error::Result;
use crate::nn::network::Network;
use crate::tensor::Var;

/// Layers one after the other, named by their place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The layers, the first one applied first.
    pub layers: Vec<Layer>,
}

impl Sequence {
    /// These layers.
    #[must_use]
    pub const fn new(layers: Vec<Layer>) -> Self {
        Self { layers }
    }

    pub(super) fn apply(
        &self,
        n: &mut Network,
        name: &str,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        let mut layers = self.layers.iter().enumerate();
        layers.try_fold(x, |x, (i, layer)| {
            layer.apply_given(n, &under(name, &i.to_string()), x, given)
        })
    }
}
