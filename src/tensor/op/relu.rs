//! `max(x, 0)`; its slope at zero is zero, NaN stays NaN.

use super::Domain::AwayFromZero;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `max(x, 0)`; its slope at zero is zero, NaN stays NaN.
    Relu = "relu": (x in AwayFromZero(0.1)) -> if x < T::ZERO { T::ZERO } else { x };
    slope 0: |g, call| Is(g.step(call.inputs[0])?);
}

impl Graph {
    /// `max(x, 0)`; its slope at zero is zero, NaN stays NaN.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn relu(&mut self, x: Var) -> Result<Var> {
        self.push(Relu, &[x])
    }
}
