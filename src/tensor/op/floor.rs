//! The largest integer that is not greater. Its slope is zero.

use std::f64::consts::TAU;

use super::Domain::BetweenIntegers;
use super::pointwise::pointwise;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `⌊x⌋`. Its slope is zero.
    Floor = "floor": (x in BetweenIntegers(0.1)) -> x.floor();
    slope 0: |g, call| Zero;
}

impl Graph {
    /// `⌊x⌋`. Its slope is zero.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn floor(&mut self, x: Var) -> Result<Var> {
        self.push(Floor, &[x])
    }

    /// The angle in `[−π, π)`, up to rounding, that differs from `x` by turns: `x − 2π⌊x/2π + ½⌋`. Its slope is one.
    ///
    /// # Units   radians.
    /// # Errors  none; `Result` as all builders.
    pub fn wrap_angle(&mut self, x: Var) -> Result<Var> {
        let turns = self.scale_shift(x, 1.0 / TAU, 0.5)?;
        let turns = self.floor(turns)?;
        let whole = self.scale(turns, TAU)?;
        self.sub(x, whole)
    }
}
