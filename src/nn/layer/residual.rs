//! The residual block `x + f(x)`.

use serde::{Deserialize, Serialize};

use super::Layer;
use crate::error::{Error, Result};
use crate::nn::network::Network;
use crate::tensor::Var;

/// `x + f(x)`, where `f` keeps the shape; its parameters have the block's own name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residual {
    /// `f`.
    pub inner: Box<Layer>,
}

impl Residual {
    /// `x + inner(x)`.
    #[must_use]
    pub fn new(inner: impl Into<Layer>) -> Self {
        Self {
            inner: Box::new(inner.into()),
        }
    }

    pub(super) fn apply(
        &self,
        n: &mut Network,
        name: &str,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        let change = self.inner.apply_given(n, name, x, given)?;
        let shapes = [n.graph.shape(x), n.graph.shape(change)];
        if shapes[0] != shapes[1] {
            return Err(Error::Operands {
                op: "residual",
                found: shapes.map(ToString::to_string).to_vec(),
                expected: "an inner layer that keeps the shape".to_owned(),
            });
        }
        n.graph.add(x, change)
    }
}
