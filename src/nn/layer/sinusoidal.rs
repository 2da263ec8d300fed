//! Sines and cosines of one number: how a network sees a time or a coupling.

use serde::{Deserialize, Serialize};

use super::misfit;
use crate::error::{Error, Result};
use crate::nn::network::Network;
use crate::tensor::Var;

/// `[sin(ω_0 t), …, sin(ω_{n−1} t), cos(ω_0 t), …]` with `ω_i = highest·span^{−i/n}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sinusoidal {
    /// `n`; the result has twice as many entries.
    pub frequencies: usize,
    /// The highest frequency, in radians for each unit of `t`.
    pub highest: f64,
    /// Ratio of the highest frequency to what would follow the lowest.
    pub span: f64,
}

impl Sinusoidal {
    fn frequencies(&self) -> Result<Vec<f64>> {
        for (field, value) in [("highest", self.highest), ("span", self.span)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::argument(
                    field,
                    value.to_string(),
                    "a positive number",
                ));
            }
        }
        let count = self.frequencies as f64;
        let of = |i: usize| self.highest * self.span.powf(-(i as f64) / count);
        Ok((0..self.frequencies).map(of).collect())
    }

    pub(super) fn apply(&self, n: &mut Network, _: &str, t: Var, _: Option<Var>) -> Result<Var> {
        if n.graph.shape(t).size() != 1 {
            return misfit("sinusoidal", n, t, "one number, [] or [1]");
        }
        let t = n.graph.reshape(t, &[1])?;
        let frequencies = n
            .graph
            .constant(&[self.frequencies], &self.frequencies()?)?;
        let phase = n.graph.mul(frequencies, t)?;
        let (sine, cosine) = (n.graph.sin(phase)?, n.graph.cos(phase)?);
        n.graph.concat(&[sine, cosine], 0)
    }
}
