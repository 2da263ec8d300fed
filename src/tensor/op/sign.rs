//! `−1`, `0` or `1`; NaN of NaN. Its slope is zero.

use super::Domain::AwayFromZero;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `−1`, `0` or `1`; NaN of NaN. Its slope is zero.
    Sign = "sign": (x in AwayFromZero(0.1)) -> if x > T::ZERO { T::ONE } else if x < T::ZERO { -T::ONE } else { x * T::ZERO };
    slope 0: |g, call| Zero;
}

impl Graph {
    /// `−1`, `0` or `1`; NaN of NaN. Its slope is zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn sign(&mut self, x: Var) -> Result<Var> {
        self.push(Sign, &[x])
    }
}
