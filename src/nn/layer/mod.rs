//! Layers, one file each: data that declare parameters and append operations.
//!
//! A new layer is a file that defines a struct with `apply`, and two lines below: the row makes it a variant of
//! [`Layer`], named in JSON by its module (`{"layer": "affine", …}`).

use serde::{Deserialize, Serialize};

use super::network::Network;
use crate::error::Result;
use crate::tensor::Var;

mod activate;
mod affine;
mod mlp;
mod residual;
mod sequence;

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
                match self {
                    $(Self::$layer(layer) => layer.apply(n, name, x),)*
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
    mlp: Mlp, "Affine maps with activations between them.";
    residual: Residual, "`x + f(x)`.";
    sequence: Sequence, "Layers one after the other.";
}

/// `name.part`, or `part` under no name.
fn under(name: &str, part: &str) -> String {
    if name.is_empty() {
        part.to_owned()
    } else {
        format!("{name}.{part}")
    }
}
