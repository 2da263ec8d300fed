//! `a + b`.

use super::pointwise::pointwise;
use super::{REAL, ScaleShift};
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};

pointwise! {
    /// `a + b`.
    Add = "add": (a in REAL, b in REAL) -> a + b;
    slope 0: |g, call| One;
    slope 1: |g, call| One;
}

impl Graph {
    /// `a + b`, each repeated where the other is longer.
    ///
    /// # Errors  `Error::Operands` if neither can be broadcast to the other's shape.
    pub fn add(&mut self, a: Var, b: Var) -> Result<Var> {
        match (self.uniform_value(a), self.uniform_value(b)) {
            (Some(shift), _) => self.shifted(b, shift, a),
            (_, Some(shift)) => self.shifted(a, shift, b),
            _ => {
                let [a, b] = self.aligned("add", [a, b])?;
                self.push(Add, &[a, b])
            }
        }
    }

    /// The sum of all terms; `None` stands for zero.
    pub(crate) fn sum_of(&mut self, a: Option<Var>, b: Option<Var>) -> Result<Option<Var>> {
        Ok(match (a, b) {
            (Some(a), Some(b)) => Some(self.add(a, b)?),
            (one, other) => one.or(other),
        })
    }

    fn shifted(&mut self, x: Var, shift: f64, of: Var) -> Result<Var> {
        let [x, _] = self.aligned("add", [x, of])?;
        ScaleShift::emit(self, x, 1.0, shift)
    }
}
