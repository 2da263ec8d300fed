//! A network of affine layers by scalar loops, in dual numbers: its values, and its derivatives in forward mode.
//!
//! `u⁽⁰⁾ = x`, `z⁽ˡ⁾_i = Σ_j W⁽ˡ⁾_ij u⁽ˡ⁻¹⁾_j + b⁽ˡ⁾_i`, `u⁽ˡ⁾_i = σ⁽ˡ⁾(z⁽ˡ⁾_i)`.

use crate::dual::Dual;

/// The function applied to every number of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// None.
    Identity,
    /// `tanh z`.
    Tanh,
    /// `sin z`.
    Sin,
    /// `ln(1 + e^z)`.
    Softplus,
}

impl Activation {
    /// The function's value and slope.
    #[must_use]
    pub fn of(self, z: Dual) -> Dual {
        match self {
            Self::Identity => z,
            Self::Sin => z.sin(),
            Self::Tanh => {
                let value = z.value.tanh();
                Dual {
                    value,
                    slope: z.slope / z.value.cosh().powi(2),
                }
            }
            Self::Softplus => Dual {
                value: softplus(z.value),
                slope: z.slope / (1.0 + (-z.value).exp()),
            },
        }
    }
}

/// `ln(1 + e^z)`, the larger of both terms taken out of the logarithm.
fn softplus(z: f64) -> f64 {
    if z > 0.0 {
        z + (-z).exp().ln_1p()
    } else {
        z.exp().ln_1p()
    }
}

/// An affine map and the function behind it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// `W_ij`, one vector per output `i`.
    pub weight: Vec<Vec<Dual>>,
    /// `b_i`.
    pub bias: Vec<Dual>,
    /// `σ`.
    pub activation: Activation,
}

impl Layer {
    /// `σ(W u + b)`.
    #[must_use]
    pub fn of(&self, u: &[Dual]) -> Vec<Dual> {
        let mut out = Vec::new();
        for (i, row) in self.weight.iter().enumerate() {
            let mut z = self.bias[i];
            for j in 0..u.len() {
                z = z + row[j] * u[j];
            }
            out.push(self.activation.of(z));
        }
        out
    }
}

/// The network's output.
#[must_use]
pub fn forward(layers: &[Layer], x: &[Dual]) -> Vec<Dual> {
    let mut u = x.to_vec();
    for layer in layers {
        u = layer.of(&u);
    }
    u
}
