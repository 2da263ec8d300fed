//! `ln(1 + eˣ)`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `ln(1 + eˣ)`.
    Softplus = "softplus": softplus on REAL;
    slope: |g, call| Is(g.sigmoid(call.inputs[0])?);
}

impl Graph {
    /// `ln(1 + eˣ)`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn softplus(&mut self, x: Var) -> Result<Var> {
        self.push(Softplus, &[x])
    }
}
