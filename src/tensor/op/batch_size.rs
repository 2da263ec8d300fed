//! The number of samples of a run, which a graph does not know.

use super::{Call, Example, Kernel, Op, Role, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The number of samples, a shared number.
#[derive(Clone, Copy, Debug)]
pub struct BatchSize;

impl Op for BatchSize {
    fn name(&self) -> &'static str {
        "batch_size"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [] => Ok(Shape::shared(&[])),
            _ => misfit(self.name(), inputs, "no operands"),
        }
    }

    fn vjp(&self, _: &mut Graph, _: &Call<'_>, _: Var) -> Result<Vec<Option<Var>>> {
        Ok(Vec::new())
    }

    fn jvp(&self, _: &mut Graph, _: &Call<'_>, _: &[Option<Var>]) -> Result<Option<Var>> {
        Ok(None)
    }

    fn role(&self) -> Role<'_> {
        Role::BatchSize
    }
}

impl<T: Real> Kernel<T> for BatchSize {
    fn run(&self, _: Io<'_, T>) {
        unreachable!("the planner knows the size of the batch")
    }
}

impl Graph {
    /// The number of samples of a run.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn batch_size(&mut self) -> Result<Var> {
        self.push(BatchSize, &[])
    }

    /// The mean over the batch, entry by entry; NaN for an empty batch.
    ///
    /// # Shapes  `x: [..; batch]` → `[..]`.
    /// # Errors  `Error::Operands` if `x` is shared.
    pub fn mean_batch(&mut self, x: Var) -> Result<Var> {
        let sum = self.sum_batch(x)?;
        let size = self.batch_size()?;
        self.div(sum, size)
    }
}

impl Example for BatchSize {
    fn example(_: &mut Rng) -> Result<Sample> {
        Sample::of(Self, &[])
    }
}
