//! `tanh x`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `tanh x`.
    Tanh = "tanh": tanh on REAL;
    slope: |g, call| {
        let square = g.square(call.output)?;
        Is(g.scale_shift(square, -1.0, 1.0)?)
    };
}

impl Graph {
    /// `tanh x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn tanh(&mut self, x: Var) -> Result<Var> {
        self.push(Tanh, &[x])
    }
}
