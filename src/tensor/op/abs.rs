//! `|x|`; its slope at zero is zero.

use super::Domain::AwayFromZero;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `|x|`; its slope at zero is zero.
    Abs = "abs": (x in AwayFromZero(0.1)) -> x.abs();
    slope 0: |g, call| Is(g.sign(call.inputs[0])?);
}

impl Graph {
    /// `|x|`; its slope at zero is zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn abs(&mut self, x: Var) -> Result<Var> {
        self.push(Abs, &[x])
    }
}
