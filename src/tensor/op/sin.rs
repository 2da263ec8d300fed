//! `sin x`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `sin x`.
    Sin = "sin": sin on REAL;
    slope: |g, call| Is(g.cos(call.inputs[0])?);
}

impl Graph {
    /// `sin x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn sin(&mut self, x: Var) -> Result<Var> {
        self.push(Sin, &[x])
    }
}
