//! Self-attention: every site of a field takes a weighted mean of all others.
//!
//! `y = concat_h(w(Q_h K_hᵀ/√d) V_h)·Oᵀ + b_O` with `Q = x W_Qᵀ + b_Q` and so on. Without a mask it commutes with every
//! permutation of the sites. Parameters, as PyTorch names those of a linear layer: `query`, `key`, `value`:
//! `[heads·width, channels]`, `output: [channels, heads·width]`, each with `.weight` and, with a bias, `.bias`.
//! Source: A. Vaswani et al., arXiv:1706.03762, equations 1 and following.

use serde::{Deserialize, Serialize};

use super::{Pointwise, misfit, under};
use crate::error::{Error, Result};
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::Var;

/// How scores become weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// `e^{s_j}/Σ_k e^{s_k}`: a mean.
    Softmax,
    /// `max(s_j, 0)`: a sum.
    Relu,
}

/// Multi-head self-attention of a field `[sites, channels]`, channels kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    /// Heads.
    pub heads: usize,
    /// Channels of a head.
    pub width: usize,
    /// How scores become weights.
    pub weighting: Weighting,
    /// Whether a site sees only itself and those before it.
    pub causal: bool,
    /// How the four weights start.
    pub weight: Initialisation,
    /// How the four biases start; `None` for none.
    pub bias: Option<Initialisation>,
}

impl Attention {
    /// Softmax over all sites; LeCun-normal weights, zero biases.
    #[must_use]
    pub const fn new(heads: usize, width: usize) -> Self {
        Self {
            heads,
            width,
            weighting: Weighting::Softmax,
            causal: false,
            weight: Initialisation::LecunNormal,
            bias: Some(Initialisation::Zeros),
        }
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let &[sites, channels] = n.graph.shape(x).dims() else {
            return misfit("attention", n, x, "a field [sites, channels]");
        };
        if self.heads * self.width == 0 {
            let found = format!("{} of width {}", self.heads, self.width);
            return Err(Error::argument(
                "heads",
                found,
                "one or more, of width 1 or more",
            ));
        }
        let [query, key, value] =
            ["query", "key", "value"].map(|part| self.heads_of(n, &under(name, part), x, sites));
        let scores = n.graph.matmul_transposed(query?, key?, [false, true])?;
        let scores = n.graph.scale(scores, (self.width as f64).sqrt().recip())?;
        let weights = self.weights(n, scores, sites)?;
        let mixed = n.graph.matmul(weights, value?)?;
        let mixed = n.graph.permute(mixed, &[1, 0, 2])?;
        let mixed = n.graph.reshape(mixed, &[sites, self.heads * self.width])?;
        self.map(channels)
            .apply(n, &under(name, "output"), mixed, None)
    }

    const fn map(&self, channels: usize) -> Pointwise {
        Pointwise {
            channels,
            weight: self.weight,
            bias: self.bias,
        }
    }

    /// `[heads, sites, width]`.
    fn heads_of(&self, n: &mut Network, name: &str, x: Var, sites: usize) -> Result<Var> {
        let all = self.map(self.heads * self.width).apply(n, name, x, None)?;
        let split = n.graph.reshape(all, &[sites, self.heads, self.width])?;
        n.graph.permute(split, &[1, 0, 2])
    }

    fn weights(&self, n: &mut Network, scores: Var, sites: usize) -> Result<Var> {
        let g = &mut n.graph;
        let hidden = match self.weighting {
            Weighting::Softmax => f64::NEG_INFINITY,
            Weighting::Relu => 0.0,
        };
        let scores = if self.causal {
            let sees = (0..sites * sites).map(|at| f64::from(u8::from(at % sites <= at / sites)));
            let sees = g.constant(&[sites, sites], &sees.collect::<Vec<_>>())?;
            let hidden = g.scalar(hidden)?;
            g.select(sees, scores, hidden)?
        } else {
            scores
        };
        match self.weighting {
            Weighting::Softmax => g.softmax(scores, &[2]),
            Weighting::Relu => g.relu(scores),
        }
    }
}
