//! `a − b`.

use super::REAL;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `a − b`.
    Sub = "sub": (a in REAL, b in REAL) -> a - b;
    slope 0: |g, call| One;
    slope 1: |g, call| MinusOne;
}

impl Graph {
    /// `a − b`, each repeated where the other is longer.
    ///
    /// # Errors  `Error::Operands` if neither can be broadcast to the other's shape.
    pub fn sub(&mut self, a: Var, b: Var) -> Result<Var> {
        let [a, b] = self.aligned("sub", [a, b])?;
        self.push(Sub, &[a, b])
    }
}
