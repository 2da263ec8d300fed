//! `a·b`.

use super::pointwise::pointwise;
use super::{REAL, ScaleShift};
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `a·b`.
    Mul = "mul": (a in REAL, b in REAL) -> a * b;
    slope 0: |g, call| Is(call.inputs[1]);
    slope 1: |g, call| Is(call.inputs[0]);
}

impl Graph {
    /// `a·b`, each repeated where the other is longer.
    ///
    /// # Errors  `Error::Operands` if neither can be broadcast to the other's shape.
    pub fn mul(&mut self, a: Var, b: Var) -> Result<Var> {
        match (self.uniform_value(a), self.uniform_value(b)) {
            (Some(scale), _) => self.scaled_as(b, scale, a),
            (_, Some(scale)) => self.scaled_as(a, scale, b),
            _ => {
                let [a, b] = self.aligned("mul", [a, b])?;
                self.push(Mul, &[a, b])
            }
        }
    }

    /// `x²`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn square(&mut self, x: Var) -> Result<Var> {
        self.push(Mul, &[x, x])
    }

    fn scaled_as(&mut self, x: Var, scale: f64, of: Var) -> Result<Var> {
        let [x, _] = self.aligned("mul", [x, of])?;
        ScaleShift::emit(self, x, scale, 0.0)
    }
}
