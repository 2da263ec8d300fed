//! `√x`.

use super::Domain::Within;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `√x`.
    Sqrt = "sqrt": (x in Within(0.2, 4.0)) -> x.sqrt();
    slope 0: |g, call| {
        let half = g.scalar(0.5)?;
        Is(g.div(half, call.output)?)
    };
}

impl Graph {
    /// `√x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn sqrt(&mut self, x: Var) -> Result<Var> {
        self.push(Sqrt, &[x])
    }
}
