//! `tan x`.

use super::Domain::Within;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `tan x`.
    Tan = "tan": (x in Within(-1.2, 1.2)) -> T::of(x.to_f64().tan());
    slope 0: |g, call| {
        let square = g.square(call.output)?;
        Is(g.scale_shift(square, 1.0, 1.0)?)
    };
}

impl Graph {
    /// `tan x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn tan(&mut self, x: Var) -> Result<Var> {
        self.push(Tan, &[x])
    }
}
