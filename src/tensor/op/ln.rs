//! `ln x`.

use super::Domain::Within;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `ln x`.
    Ln = "ln": ln on Within(0.2, 4.0);
    slope: |g, call| {
        let one = g.scalar(1.0)?;
        Is(g.div(one, call.inputs[0])?)
    };
}

impl Graph {
    /// `ln x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn ln(&mut self, x: Var) -> Result<Var> {
        self.push(Ln, &[x])
    }
}
