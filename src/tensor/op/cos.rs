//! `cos x`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `cos x`.
    Cos = "cos": cos on REAL;
    slope: |g, call| {
        let sin = g.sin(call.inputs[0])?;
        Is(g.neg(sin)?)
    };
}

impl Graph {
    /// `cos x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn cos(&mut self, x: Var) -> Result<Var> {
        self.push(Cos, &[x])
    }
}
