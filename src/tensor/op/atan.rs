//! `arctan x`.

use super::REAL;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `arctan x`.
    Atan = "atan": (x in REAL) -> T::of(x.to_f64().atan());
    slope 0: |g, call| {
        let square = g.square(call.inputs[0])?;
        let (one, sum) = (g.scalar(1.0)?, g.scale_shift(square, 1.0, 1.0)?);
        Is(g.div(one, sum)?)
    };
}

impl Graph {
    /// `arctan x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn atan(&mut self, x: Var) -> Result<Var> {
        self.push(Atan, &[x])
    }
}
