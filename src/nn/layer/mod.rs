//! Layers, one file each: data that declare parameters and append operations.
//!
//! A new layer is a file that defines a struct with `apply`, and two lines below: the row makes it a variant of
//! [`Layer`], named in JSON by its module (`{"layer": "affine", …}`).
//!
//! Fields on a lattice are `[sites, channels]`, sites in row-major order; a layer that needs the lattice's extents has
//! them in its description. A network may depend on a second value, such as the time of a diffusion: it is *given*
//! ([`Network::add_given`]) and reaches every layer inside; those that have a use for it say so.

use serde::{Deserialize, Serialize};

use super::network::Network;
use crate::error::{Error, Result};
use crate::tensor::Var;

mod activate;
mod affine;
mod attention;
mod convolution;
mod field;
mod group_norm;
mod layer_norm;
mod mlp;
mod pointwise;
mod residual;
mod residual_block;
mod sequence;
mod sinusoidal;
mod unet;
mod upsample;

pub use attention::Weighting;
pub use convolution::Taps;

macro_rules! layers {
    ($($module:ident: $layer:ident, $meaning:literal;)*) => {
        $(pub use $module::$layer;)*

        /// Any layer: how networks are described in files.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "layer", rename_all = "snake_case")]
        pub enum Layer {
            $(#[doc = $meaning] $layer($layer),)*
        }

        impl Layer {
            /// Declares the layer's parameters, whose names begin with `name`, and appends its function of `x`.
            ///
            /// # Errors  `Error::Operands` if `x` does not fit, `Error::Argument` if a parameter's name is taken.
            pub fn apply(&self, n: &mut Network, name: &str, x: Var) -> Result<Var> {
                self.apply_given(n, name, x, None)
            }

            /// As [`Layer::apply`], for a function of `x` and of what is given.
            ///
            /// # Errors  as [`Layer::apply`]; `Error::Operands` if what is given is missing or does not fit.
            pub fn apply_given(&self, n: &mut Network, name: &str, x: Var, given: Option<Var>) -> Result<Var> {
                match self {
                    $(Self::$layer(layer) => layer.apply(n, name, x, given),)*
                }
            }
        }

        $(impl From<$layer> for Layer {
            fn from(layer: $layer) -> Self {
                Self::$layer(layer)
            }
        })*
    };
}

layers! {
    activate: Activate, "A function entry by entry.";
    affine: Affine, "`W·x + b`.";
    attention: Attention, "Every site looks at every other.";
    convolution: Convolution, "A lattice convolution.";
    group_norm: GroupNorm, "Mean zero and variance one, group of channels by group.";
    layer_norm: LayerNorm, "Mean zero and variance one over the last axes.";
    mlp: Mlp, "Affine maps with activations between them.";
    pointwise: Pointwise, "One affine map of the channels for all sites.";
    residual: Residual, "`x + f(x)`.";
    residual_block: ResidualBlock, "Norm, activation, convolution, twice, and the input.";
    sequence: Sequence, "Layers one after the other.";
    sinusoidal: Sinusoidal, "Sines and cosines of a number.";
    unet: Unet, "Convolutions on coarser and coarser lattices, and back.";
    upsample: Upsample, "Each site repeated on a finer lattice.";
}

/// `name.part`, or `part` under no name.
fn under(name: &str, part: &str) -> String {
    if name.is_empty() {
        part.to_owned()
    } else {
        format!("{name}.{part}")
    }
}

/// The error of a layer whose operand does not fit.
fn misfit<T>(layer: &'static str, n: &Network, x: Var, expected: impl Into<String>) -> Result<T> {
    Err(Error::Operands {
        op: layer,
        found: vec![n.graph.shape(x).to_string()],
        expected: expected.into(),
    })
}
