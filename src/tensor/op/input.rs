//! What is fed from outside at every run.

use super::{Call, Example, Kernel, Op, REAL, Role, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// An input.
#[derive(Clone, Debug)]
pub struct Input {
    pub(crate) name: String,
    pub(crate) shape: Shape,
}

impl Op for Input {
    fn name(&self) -> &'static str {
        "input"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [] => Ok(self.shape.clone()),
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
        Role::Input(self)
    }
}

impl<T: Real> Kernel<T> for Input {
    fn run(&self, _: Io<'_, T>) {
        unreachable!("the planner binds inputs")
    }
}

impl Example for Input {
    fn example(r: &mut Rng) -> Result<Sample> {
        let mut graph = Graph::new();
        let output = graph.input("x", random_shape(r, 3, 4))?;
        Ok(Sample {
            graph,
            inputs: vec![(output, REAL)],
            output,
            allowed: Vec::new(),
        })
    }
}
