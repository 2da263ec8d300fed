//! `ln(1 + x)`, accurate near zero.

use super::Domain::Within;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `ln(1 + x)`, accurate near zero.
    Ln1p = "ln_1p": ln_1p on Within(-0.8, 3.0);
    slope: |g, call| {
        let (one, sum) = (g.scalar(1.0)?, g.scale_shift(call.inputs[0], 1.0, 1.0)?);
        Is(g.div(one, sum)?)
    };
}

impl Graph {
    /// `ln(1 + x)`, accurate near zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn ln_1p(&mut self, x: Var) -> Result<Var> {
        self.push(Ln1p, &[x])
    }
}
