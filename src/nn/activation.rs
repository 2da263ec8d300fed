//! Activation functions by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::tensor::{Graph, Var};

/// A function applied entry by entry.
///
/// ```
/// use fieldassay::nn::Activation;
/// assert_eq!("silu".parse::<Activation>()?, Activation::Silu);
/// assert!("softpls".parse::<Activation>().unwrap_err().to_string().contains("`softplus`"));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Activation {
    /// `x`.
    Identity,
    /// `ln(1 + eˣ)`.
    Softplus,
    /// `max(x, 0)`, slope 0 at zero.
    Relu,
    /// `x` above zero, `0.01·x` elsewhere.
    LeakyRelu,
    /// `x` above zero, `eˣ − 1` elsewhere.
    Elu,
    /// `x/(1 + e⁻ˣ)`.
    Silu,
    /// `tanh x`.
    Tanh,
    /// `1/(1 + e⁻ˣ)`.
    Sigmoid,
    /// `sin x`.
    Sin,
    /// `cos x`.
    Cos,
}

const NAMES: [(&str, Activation); 10] = [
    ("identity", Activation::Identity),
    ("softplus", Activation::Softplus),
    ("relu", Activation::Relu),
    ("leaky_relu", Activation::LeakyRelu),
    ("elu", Activation::Elu),
    ("silu", Activation::Silu),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("sin", Activation::Sin),
    ("cos", Activation::Cos),
];

impl Activation {
    /// Every activation.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(_, activation)| *activation)
    }

    /// Appends the function of `x`; NaN stays NaN.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn apply(self, g: &mut Graph, x: Var) -> Result<Var> {
        match self {
            Self::Identity => Ok(x),
            Self::Softplus => g.softplus(x),
            Self::Relu => g.relu(x),
            Self::LeakyRelu => {
                let small = g.scale(x, 0.01)?;
                g.select(x, x, small)
            }
            Self::Elu => {
                // The exponential never sees a large number: its slope, times zero, would be NaN.
                let zero = g.scalar(0.0)?;
                let below = g.select(x, zero, x)?;
                let below = g.expm1(below)?;
                g.select(x, x, below)
            }
            Self::Silu => {
                let gate = g.sigmoid(x)?;
                g.mul(x, gate)
            }
            Self::Tanh => g.tanh(x),
            Self::Sigmoid => g.sigmoid(x),
            Self::Sin => g.sin(x),
            Self::Cos => g.cos(x),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = NAMES.iter().find(|(_, activation)| activation == self);
        f.write_str(row.map_or("", |(name, _)| name))
    }
}

impl FromStr for Activation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let row = NAMES.iter().find(|(name, _)| *name == text);
        row.map(|(_, activation)| *activation).ok_or_else(|| {
            let known = NAMES.iter().map(|(name, _)| *name);
            Error::unknown("activation", text, known)
        })
    }
}

impl TryFrom<String> for Activation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Activation> for String {
    fn from(activation: Activation) -> Self {
        activation.to_string()
    }
}
