//! Networks of affine layers for the claims: the graph of the core, and the same numbers for the witness.

use fieldassay::Result;
use fieldassay::rng::Rng;
use fieldassay::tensor::{Graph, Shape, Var};
use fieldassay_reference::dual::Dual;
use fieldassay_reference::network::{Activation, Layer};

/// Widths, one activation per layer, and all numbers: `W⁽¹⁾, b⁽¹⁾, W⁽²⁾, …`, row-major.
#[derive(Clone, Debug)]
pub struct Mlp {
    /// Inputs, hidden layers, outputs.
    pub widths: Vec<usize>,
    /// One for each layer.
    pub activations: Vec<Activation>,
    /// Weights and biases.
    pub parameters: Vec<f64>,
}

impl Mlp {
    /// Weights from `N(0, σ_w²/fan-in)`, biases from `N(0, σ_b²)`.
    pub fn random(
        widths: &[usize],
        activations: &[Activation],
        [sigma_w, sigma_b]: [f64; 2],
        rng: &mut Rng,
    ) -> Self {
        let mut parameters = Vec::new();
        for pair in widths.windows(2) {
            let scale = sigma_w / (pair[0] as f64).sqrt();
            parameters.extend((0..pair[0] * pair[1]).map(|_| scale * rng.normal()));
            parameters.extend((0..pair[1]).map(|_| sigma_b * rng.normal()));
        }
        Self {
            widths: widths.to_vec(),
            activations: activations.to_vec(),
            parameters,
        }
    }

    /// The inputs `W⁽¹⁾, b⁽¹⁾, …` of a graph, in the order of the parameters.
    ///
    /// # Errors  those of [`Graph::input`].
    pub fn inputs(&self, g: &mut Graph) -> Result<Vec<Var>> {
        let mut vars = Vec::new();
        for (layer, pair) in self.widths.windows(2).enumerate() {
            vars.push(g.input(&format!("W{layer}"), Shape::shared(&[pair[1], pair[0]]))?);
            vars.push(g.input(&format!("b{layer}"), Shape::shared(&[pair[1]]))?);
        }
        Ok(vars)
    }

    /// `σ(W u + b)`, layer after layer.
    ///
    /// # Errors  those of the operations.
    pub fn output(&self, g: &mut Graph, inputs: &[Var], x: Var) -> Result<Var> {
        let mut u = x;
        for (pair, &activation) in inputs.chunks_exact(2).zip(&self.activations) {
            let z = g.linear(pair[0], u)?;
            let z = g.add(z, pair[1])?;
            u = activate(g, activation, z)?;
        }
        Ok(u)
    }

    /// The layers for the witness; `tangent`, if not empty, is the direction in the space of parameters.
    pub fn layers(&self, tangent: &[f64]) -> Vec<Layer> {
        let slopes = tangent.iter().copied().chain(std::iter::repeat(0.0));
        let mut numbers =
            (self.parameters.iter().zip(slopes)).map(|(&value, slope)| Dual { value, slope });
        let mut take = |count: usize| numbers.by_ref().take(count).collect::<Vec<Dual>>();
        let mut layers = Vec::new();
        for (pair, &activation) in self.widths.windows(2).zip(&self.activations) {
            let weight = (0..pair[1]).map(|_| take(pair[0])).collect();
            let bias = take(pair[1]);
            layers.push(Layer {
                weight,
                bias,
                activation,
            });
        }
        layers
    }
}

/// `σ(z)` in the core.
///
/// # Errors  those of the operations.
pub fn activate(g: &mut Graph, activation: Activation, z: Var) -> Result<Var> {
    match activation {
        Activation::Identity => Ok(z),
        Activation::Tanh => g.tanh(z),
        Activation::Sin => g.sin(z),
        Activation::Softplus => g.softplus(z),
    }
}

/// Constants of the witness.
pub fn constants(x: &[f64]) -> Vec<Dual> {
    x.iter().map(|&x| Dual::constant(x)).collect()
}
