//! The U-Net: convolutions on coarser and coarser lattices and back, each level joined to its counterpart by addition.
//!
//! Parameters: `in`, `down.1`, … (convolutions), `encode.0`, … (blocks; the last one at the bottom), `up.n`, …, `up.0`
//! (convolutions), `decode.n`, …, `decode.0` (blocks), `norm`, `out`.
//! Source: O. Ronneberger et al., arXiv:1505.04597, with the blocks of J. Ho et al., arXiv:2006.11239, and sums in
//! place of concatenations.

use serde::{Deserialize, Serialize};

use super::{Convolution, GroupNorm, ResidualBlock, Upsample, field, under};
use crate::error::{Error, Result};
use crate::nn::activation::Activation;
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// A U-Net on a periodic lattice; what is given shifts the channels of every block.
///
/// ```
/// use fieldassay::nn::{Network, layer::Unet};
/// use fieldassay::tensor::Shape;
/// let mut n = Network::new();
/// let x = n.graph.input("field", Shape::batched(&[16 * 16, 1]))?;
/// let t = n.graph.input("embedding", Shape::batched(&[12]))?;
/// let y = n.add_given("net", &Unet::new(&[16, 16], &[8, 16], 1).into(), x, t)?;
/// assert_eq!(n.graph.shape(y), &Shape::batched(&[16 * 16, 1]));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unet {
    /// Extents of the finest lattice, each a multiple of `2^(levels − 1)`.
    pub extents: Vec<usize>,
    /// Channels of every level, the finest first.
    pub channels: Vec<usize>,
    /// Channels of the result.
    pub outputs: usize,
    /// Sites of all kernels along every axis.
    pub kernel: usize,
    /// Groups of channels that are normalised together.
    pub groups: usize,
    /// The function between norm and convolution.
    pub activation: Activation,
    /// How the weights start; biases start at zero.
    pub weight: Initialisation,
}

impl Unet {
    /// Kernels of 3 sites, 8 groups, SiLU, LeCun-normal weights.
    #[must_use]
    pub fn new(extents: &[usize], channels: &[usize], outputs: usize) -> Self {
        Self {
            extents: extents.to_vec(),
            channels: channels.to_vec(),
            outputs,
            kernel: 3,
            groups: 8,
            activation: Activation::Silu,
            weight: Initialisation::LecunNormal,
        }
    }

    pub(super) fn apply(
        &self,
        n: &mut Network,
        name: &str,
        x: Var,
        given: Option<Var>,
    ) -> Result<Var> {
        self.check()?;
        field::channels("unet", n, x, &self.extents)?;
        let bottom = self.channels.len() - 1;
        let mut levels = Vec::with_capacity(bottom + 1);
        let mut h = self
            .convolution(0, self.channels[0])
            .apply(n, &under(name, "in"), x, None)?;
        for level in 0..=bottom {
            if level > 0 {
                let down = self
                    .convolution(level - 1, self.channels[level])
                    .with_stride(2);
                h = down.apply(n, &under(name, &format!("down.{level}")), h, None)?;
            }
            let encode = under(name, &format!("encode.{level}"));
            h = self.block(level).apply(n, &encode, h, given)?;
            levels.push(h);
        }
        for level in (0..bottom).rev() {
            let part = |part: &str| under(name, &format!("{part}.{level}"));
            let coarse = self.extents_at(level + 1);
            let fine = Upsample {
                extents: coarse,
                factor: 2,
            }
            .apply(n, "", h, None)?;
            let up = self.convolution(level, self.channels[level]);
            let up = up.apply(n, &part("up"), fine, None)?;
            let joined = n.graph.add(up, levels[level])?;
            h = self.block(level).apply(n, &part("decode"), joined, given)?;
        }
        let h = GroupNorm::new(self.groups).apply(n, &under(name, "norm"), h, None)?;
        let h = self.activation.apply(&mut n.graph, h)?;
        self.convolution(0, self.outputs)
            .apply(n, &under(name, "out"), h, None)
    }

    fn check(&self) -> Result<()> {
        let Some(halvings) = self.channels.len().checked_sub(1) else {
            return Err(Error::argument(
                "channels",
                "none",
                "those of one level or more",
            ));
        };
        let divisor = u32::try_from(halvings)
            .ok()
            .and_then(|halvings| 1_usize.checked_shl(halvings));
        let fits = |extent: &usize| divisor.is_some_and(|divisor| extent.is_multiple_of(divisor));
        match self.extents.iter().find(|extent| !fits(extent)) {
            None => Ok(()),
            Some(extent) => {
                let expected = format!("a multiple of 2^{halvings}, for {} levels", halvings + 1);
                Err(Error::argument("extents", extent.to_string(), expected))
            }
        }
    }

    fn extents_at(&self, level: usize) -> Vec<usize> {
        self.extents.iter().map(|extent| extent >> level).collect()
    }

    /// A convolution of a field on the lattice of a level.
    fn convolution(&self, level: usize, channels: usize) -> Convolution {
        Convolution {
            weight: self.weight,
            ..Convolution::periodic(&self.extents_at(level), self.kernel, channels)
        }
    }

    fn block(&self, level: usize) -> ResidualBlock {
        ResidualBlock {
            extents: self.extents_at(level),
            kernel: self.kernel,
            groups: self.groups,
            activation: self.activation,
            weight: self.weight,
        }
    }
}
