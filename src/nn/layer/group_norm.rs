//! Group normalisation of a field: statistics of one sample, over the sites and a group of channels.
//!
//! Parameters: `weight: [channels]` (scale, from 1) and `bias: [channels]` (shift, from 0), as PyTorch stores them.

use serde::{Deserialize, Serialize};

use super::{misfit, under};
use crate::error::Result;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// `(x − ⟨x⟩)/√(⟨(x − ⟨x⟩)²⟩ + ε)`, scaled and shifted channel by channel; channels of a group lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupNorm {
    /// Groups of channels.
    pub groups: usize,
    /// `ε`, under the root.
    pub eps: f64,
}

impl GroupNorm {
    /// `ε = 1e-5`.
    #[must_use]
    pub const fn new(groups: usize) -> Self {
        Self { groups, eps: 1e-5 }
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let &[_, channels] = n.graph.shape(x).dims() else {
            return misfit("group_norm", n, x, "a field [sites, channels]");
        };
        let scale = n.parameter(&under(name, "weight"), &[channels], Initialisation::Ones)?;
        let shift = n.parameter(&under(name, "bias"), &[channels], Initialisation::Zeros)?;
        n.graph
            .group_norm_affine(x, self.groups, 1, self.eps, [scale, shift])
    }
}
