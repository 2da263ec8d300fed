//! The sign of a determinant; its derivative is zero.

use super::ln_abs_det::{determinants, one_number_each, system_of};
use super::{Call, Example, Kernel, Op, Sample};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `±1`, or 0 for a singular matrix, along leading axes.
#[derive(Clone, Copy, Debug)]
pub struct SignDet;

impl Op for SignDet {
    fn name(&self) -> &'static str {
        "sign_det"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        one_number_each(self.name(), inputs)
    }

    fn vjp(&self, _: &mut Graph, _: &Call<'_>, _: Var) -> Result<Vec<Option<Var>>> {
        Ok(vec![None])
    }

    fn jvp(&self, _: &mut Graph, _: &Call<'_>, _: &[Option<Var>]) -> Result<Option<Var>> {
        Ok(None)
    }
}

impl<T: Real> Kernel<T> for SignDet {
    fn run(&self, io: Io<'_, T>) {
        determinants(io, |_, _, sign, out| {
            out.copy_from_slice(&sign[..out.len()])
        });
    }

    fn scratch(&self, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
        system_of(&inputs[0]).scratch(output.lanes)
    }
}

impl Example for SignDet {
    fn example(r: &mut Rng) -> Result<Sample> {
        super::inverse::on_regular_matrices(r, Self)
    }
}

impl Graph {
    /// The sign of `det A` along leading axes; its derivative is zero.
    ///
    /// # Shapes  `a: [.., n, n]` → `[..]`.
    /// # Errors  `Error::Operands`.
    pub fn sign_det(&mut self, a: Var) -> Result<Var> {
        self.push(SignDet, &[a])
    }
}
