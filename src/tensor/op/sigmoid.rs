//! `1/(1 + e⁻ˣ)`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `1/(1 + e⁻ˣ)`.
    Sigmoid = "sigmoid": sigmoid on REAL;
    slope: |g, call| {
        let rest = g.scale_shift(call.output, -1.0, 1.0)?;
        Is(g.mul(call.output, rest)?)
    };
}

impl Graph {
    /// `1/(1 + e⁻ˣ)`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn sigmoid(&mut self, x: Var) -> Result<Var> {
        self.push(Sigmoid, &[x])
    }
}
