//! The block of a U-Net: norm, activation, convolution, twice, added to the input; a given vector shifts the channels
//! in between.
//!
//! Parameters: `norm.0`, `conv.0`, `norm.1`, `conv.1`; where something is given, `given.weight: [channels, its length]`.
//! Source: J. Ho et al., arXiv:2006.11239, whose block it is up to drop-out.

use serde::{Deserialize, Serialize};

use super::{Affine, Convolution, GroupNorm, field, misfit, under};
use crate::error::Result;
use crate::nn::activation::Activation;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// `x + conv(σ(norm(conv(σ(norm(x))) + T·given)))` on a periodic lattice, channels kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualBlock {
    /// Extents of the lattice.
    pub extents: Vec<usize>,
    /// Sites of the kernel along every axis.
    pub kernel: usize,
    /// Groups of channels that are normalised together.
    pub groups: usize,
    /// `σ`.
    pub activation: Activation,
    /// How the weights start; biases start at zero.
    pub weight: Initialisation,
}

impl ResidualBlock {
    pub(super) fn apply(
        &self,
        n: &mut Network,
        name: &str,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        let channels = field::channels("residual_block", n, x, &self.extents)?;
        let mut h = self.half(n, name, 0, channels, x)?;
        if let Some(given) = given {
            let shift = self.shift(n, name, channels, given)?;
            h = n.graph.add(h, shift)?;
        }
        let h = self.half(n, name, 1, channels, h)?;
        n.graph.add(x, h)
    }

    /// `conv(σ(norm(x)))`.
    fn half(&self, n: &mut Network, name: &str, i: usize, channels: usize, x: Var) -> Result<Var> {
        let norm = under(name, &format!("norm.{i}"));
        let h = GroupNorm::new(self.groups).apply(n, &norm, x, None)?;
        let h = self.activation.apply(&mut n.graph, h)?;
        let convolution = Convolution {
            weight: self.weight,
            ..Convolution::periodic(&self.extents, self.kernel, channels)
        };
        convolution.apply(n, &under(name, &format!("conv.{i}")), h, None)
    }

    /// A number for each channel.
    fn shift(&self, n: &mut Network, name: &str, channels: usize, given: Var) -> Result<Var> {
        if n.graph.shape(given).rank() != 1 {
            return misfit("residual_block", n, given, "a vector [n] to be given");
        }
        let linear = Affine {
            outputs: channels,
            weight: self.weight,
            bias: None,
        };
        linear.apply(n, &under(name, "given"), given, None)
    }
}
