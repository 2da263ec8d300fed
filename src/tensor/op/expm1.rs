//! `eˣ − 1`, accurate near zero.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `eˣ − 1`, accurate near zero.
    Expm1 = "expm1": expm1 on REAL;
    slope: |g, call| Is(g.scale_shift(call.output, 1.0, 1.0)?);
}

impl Graph {
    /// `eˣ − 1`, accurate near zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn expm1(&mut self, x: Var) -> Result<Var> {
        self.push(Expm1, &[x])
    }
}
