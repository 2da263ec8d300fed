//! The larger of two numbers; on a tie the slope is shared equally.

use super::Domain::Apart;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// The larger of two numbers, NaN if one is NaN.
    Maximum = "maximum": (a in Apart(0.05), b in Apart(0.05)) ->
        if a > b { a } else if b > a || a == b { b } else { a + b };
    slope 0: |g, call| Is(winner(g, call.inputs[0], call.inputs[1])?);
    slope 1: |g, call| Is(winner(g, call.inputs[1], call.inputs[0])?);
}

/// 1 where `a` is the larger, ½ on a tie, 0 elsewhere.
fn winner(g: &mut Graph, a: Var, b: Var) -> Result<Var> {
    let lead = g.sub(a, b)?;
    let sign = g.sign(lead)?;
    g.scale_shift(sign, 0.5, 0.5)
}

impl Graph {
    /// The larger of two numbers, each operand repeated where the other is longer.
    ///
    /// # Errors  `Error::Operands` if neither can be broadcast to the other's shape.
    pub fn maximum(&mut self, a: Var, b: Var) -> Result<Var> {
        let [a, b] = self.aligned("maximum", [a, b])?;
        self.push(Maximum, &[a, b])
    }
}
