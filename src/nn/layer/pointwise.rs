//! One affine map of the channels, the same for all sites: a convolution whose kernel is the site itself.
//!
//! Parameters: `weight: [out, in]` and, with a bias, `bias: [out]`, as PyTorch stores them.

use serde::{Deserialize, Serialize};

use super::{misfit, under};
use crate::error::Result;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::op::Geometry;
use crate::tensor::{Boundary, Stencil, Var};

/// `y[s, o] = Σ_i W[o, i] x[s, i] + b[o]`; [`super::Affine`] maps the first axis instead of the last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointwise {
    /// Channels of the result.
    pub channels: usize,
    /// How the weight starts.
    pub weight: Initialisation,
    /// How the bias starts; `None` for a linear map.
    pub bias: Option<Initialisation>,
}

impl Pointwise {
    /// LeCun-normal weight, zero bias.
    #[must_use]
    pub const fn new(channels: usize) -> Self {
        Self {
            channels,
            weight: Initialisation::LecunNormal,
            bias: Some(Initialisation::Zeros),
        }
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let &[sites, channels] = n.graph.shape(x).dims() else {
            return misfit("pointwise", n, x, "a field [sites, channels]");
        };
        let dims = [self.channels, channels];
        let weight = n.parameter(&under(name, "weight"), &dims, self.weight)?;
        let weight = n.graph.transpose(weight)?;
        let weight = n.graph.reshape(weight, &[1, channels, self.channels])?;
        let own = Stencil::convolution(&[sites], &[1], &[1], &[Boundary::Zero])?;
        let y = n.graph.convolution(&Geometry::new(own), weight, x)?;
        let Some(start) = self.bias else {
            return Ok(y);
        };
        let bias = n.parameter(&under(name, "bias"), &[self.channels], start)?;
        n.graph.add(y, bias)
    }
}
