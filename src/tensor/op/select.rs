//! One of two values, by a condition.

use super::pointwise::pointwise;
use super::{Domain, REAL};
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `a` where `condition > 0`, else `b`.
    Select = "select":
        (condition in Domain::Bit, a in REAL, b in REAL) -> if condition > T::ZERO { a } else { b };
    slope 0: |g, call| Zero;
    slope 1: |g, call| Is(g.step(call.inputs[0])?);
    slope 2: |g, call| {
        let chosen = g.step(call.inputs[0])?;
        Is(g.scale_shift(chosen, -1.0, 1.0)?)
    };
}

impl Graph {
    /// `a` where `condition > 0`, else `b`; operands are repeated where another is longer.
    ///
    /// # Errors  `Error::Operands` if no operand has a shape to which the others can be broadcast.
    pub fn select(&mut self, condition: Var, a: Var, b: Var) -> Result<Var> {
        let operands = self.aligned("select", [condition, a, b])?;
        self.push(Select, &operands)
    }
}
