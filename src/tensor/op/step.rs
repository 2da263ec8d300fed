//! `1` where `x > 0`, else `0`. Its slope is zero.

use super::Domain::AwayFromZero;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `1` where `x > 0`, else `0`. Its slope is zero.
    Step = "step": (x in AwayFromZero(0.1)) -> if x > T::ZERO { T::ONE } else { T::ZERO };
    slope 0: |g, call| Zero;
}

impl Graph {
    /// `1` where `x > 0`, else `0`. Its slope is zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn step(&mut self, x: Var) -> Result<Var> {
        self.push(Step, &[x])
    }
}
