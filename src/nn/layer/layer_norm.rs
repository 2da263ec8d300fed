//! Layer normalisation: statistics of one sample, over its last axes.
//!
//! Parameters: `weight` (scale, from 1) and `bias` (shift, from 0), of the extents of these axes, as PyTorch stores
//! them.

use serde::{Deserialize, Serialize};

use super::{misfit, under};
use crate::error::Result;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// `(x − ⟨x⟩)/√(⟨(x − ⟨x⟩)²⟩ + ε)` over the last `axes` axes, scaled and shifted entry by entry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerNorm {
    /// How many axes: 1 normalises the channels of every site of a field apart.
    pub axes: usize,
    /// `ε`, under the root.
    pub eps: f64,
}

impl LayerNorm {
    /// `ε = 1e-5`.
    #[must_use]
    pub const fn new(axes: usize) -> Self {
        Self { axes, eps: 1e-5 }
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let dims = n.graph.shape(x).dims().to_vec();
        if self.axes == 0 || self.axes > dims.len() {
            let expected = format!("a value of at least {} axes, one or more", self.axes);
            return misfit("layer_norm", n, x, expected);
        }
        let first = dims.len() - self.axes;
        let (own, axes) = (&dims[first..], Vec::from_iter(first..dims.len()));
        let scale = n.parameter(&under(name, "weight"), own, Initialisation::Ones)?;
        let shift = n.parameter(&under(name, "bias"), own, Initialisation::Zeros)?;
        n.graph
            .layer_norm_affine(x, &axes, self.eps, [scale, shift])
    }
}
