//! `a/b`.

use super::Domain::AwayFromZero;
use super::REAL;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `a/b`.
    Div = "div": (a in REAL, b in AwayFromZero(0.3)) -> a / b;
    slope 0: |g, call| {
        let one = g.scalar(1.0)?;
        Is(g.div(one, call.inputs[1])?)
    };
    slope 1: |g, call| {
        let ratio = g.div(call.output, call.inputs[1])?;
        Is(g.neg(ratio)?)
    };
}

impl Graph {
    /// `a/b`, each repeated where the other is longer.
    ///
    /// # Errors  `Error::Operands` if neither can be broadcast to the other's shape.
    pub fn div(&mut self, a: Var, b: Var) -> Result<Var> {
        let [a, b] = self.aligned("div", [a, b])?;
        self.push(Div, &[a, b])
    }
}
