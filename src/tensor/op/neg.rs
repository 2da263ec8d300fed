//! `−x`.

use super::REAL;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `−x`.
    Neg = "neg": (x in REAL) -> -x;
    slope 0: |g, call| MinusOne;
}

impl Graph {
    /// `−x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn neg(&mut self, x: Var) -> Result<Var> {
        self.push(Neg, &[x])
    }
}
