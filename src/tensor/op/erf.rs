//! `erf x = 2/√π ∫₀ˣ e^{−t²} dt`.

use super::REAL;
use super::pointwise::pointwise_function;
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise_function! {
    /// `erf x = 2/√π ∫₀ˣ e^{−t²} dt`.
    Erf = "erf": erf on REAL;
    slope: |g, call| {
        let square = g.square(call.inputs[0])?;
        let exponent = g.neg(square)?;
        let bell = g.exp(exponent)?;
        Is(g.scale(bell, std::f64::consts::FRAC_2_SQRT_PI)?)
    };
}

impl Graph {
    /// `erf x = 2/√π ∫₀ˣ e^{−t²} dt`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn erf(&mut self, x: Var) -> Result<Var> {
        self.push(Erf, &[x])
    }
}
