//! The operand, taken as a constant by every derivative.

use super::{Call, Domain, Example, Kernel, Op, Role, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The identity with derivative zero.
#[derive(Clone, Copy, Debug)]
pub struct StopGradient;

impl Op for StopGradient {
    fn name(&self) -> &'static str {
        "stop_gradient"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] => Ok((*x).clone()),
            _ => misfit(self.name(), inputs, "one operand"),
        }
    }

    fn vjp(&self, _: &mut Graph, _: &Call<'_>, _: Var) -> Result<Vec<Option<Var>>> {
        Ok(vec![None])
    }

    fn jvp(&self, _: &mut Graph, _: &Call<'_>, _: &[Option<Var>]) -> Result<Option<Var>> {
        Ok(None)
    }

    fn role(&self) -> Role<'_> {
        Role::Alias
    }
}

impl<T: Real> Kernel<T> for StopGradient {
    fn run(&self, io: Io<'_, T>) {
        io.output.copy_from_slice(io.inputs[0]);
    }
}

impl Graph {
    /// The value of `x`, held constant by every derivative.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn stop_gradient(&mut self, x: Var) -> Result<Var> {
        self.push(StopGradient, &[x])
    }
}

impl Example for StopGradient {
    fn example(r: &mut Rng) -> Result<Sample> {
        let shape = random_shape(r, 3, 4);
        Ok(Sample::of(Self, &[(shape, Domain::Fixed)])?.allows_any_shape())
    }
}
