//! `eˣ`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `eˣ`.
    Exp = "exp": exp on REAL;
    slope: |g, call| Is(call.output);
}

impl Graph {
    /// `eˣ`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn exp(&mut self, x: Var) -> Result<Var> {
        self.push(Exp, &[x])
    }
}
