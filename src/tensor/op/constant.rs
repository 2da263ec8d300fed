//! Numbers that belong to the graph.

use super::{Call, Example, Kernel, Op, Role, Sample, misfit, random_shape};
use crate::error::{Error, Result};
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// A shared array of fixed numbers, kept in `f64`.
#[derive(Clone, Debug)]
pub struct Constant {
    dims: Vec<usize>,
    values: Vec<f64>,
}

impl Op for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [] => Ok(Shape::shared(&self.dims)),
            _ => misfit(self.name(), inputs, "no operands"),
        }
    }

    fn vjp(&self, _: &mut Graph, _: &Call<'_>, _: Var) -> Result<Vec<Option<Var>>> {
        Ok(Vec::new())
    }

    fn jvp(&self, _: &mut Graph, _: &Call<'_>, _: &[Option<Var>]) -> Result<Option<Var>> {
        Ok(None)
    }

    fn key(&self) -> Option<String> {
        const LONGEST: usize = 64;
        (self.values.len() <= LONGEST).then(|| format!("{self:?}"))
    }

    fn role(&self) -> Role<'_> {
        Role::Constant(&self.values)
    }
}

impl<T: Real> Kernel<T> for Constant {
    fn run(&self, _: Io<'_, T>) {
        unreachable!("the planner stores constants")
    }
}

impl Graph {
    /// A shared array of fixed numbers.
    ///
    /// # Shapes  `values`: row-major, as many as `dims` says.
    /// # Errors  `Error::ShapeMismatch` if they are not as many.
    pub fn constant(&mut self, dims: &[usize], values: &[f64]) -> Result<Var> {
        if values.len() != dims.iter().product::<usize>() {
            return Err(Error::ShapeMismatch {
                op: "constant",
                lhs: dims.to_vec(),
                rhs: vec![values.len()],
            });
        }
        self.push(
            Constant {
                dims: dims.to_vec(),
                values: values.to_vec(),
            },
            &[],
        )
    }

    /// A shared number.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn scalar(&mut self, value: f64) -> Result<Var> {
        self.constant(&[], &[value])
    }

    /// `value` everywhere in an array of the given shape.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn filled(&mut self, shape: &Shape, value: f64) -> Result<Var> {
        let scalar = self.scalar(value)?;
        self.broadcast(scalar, shape)
    }

    /// The number that a node has everywhere, if it is a constant repeated.
    #[must_use]
    pub(crate) fn uniform_value(&self, var: Var) -> Option<f64> {
        let node = self.node(var);
        match node.op().role() {
            Role::Constant(&[value]) => Some(value),
            Role::Broadcast => self.uniform_value(node.inputs()[0]),
            _ => None,
        }
    }
}

impl Example for Constant {
    fn example(r: &mut Rng) -> Result<Sample> {
        let dims = random_shape(r, 3, 4).dims().to_vec();
        let values = (0..dims.iter().product()).map(|_| r.normal()).collect();
        Sample::of(Self { dims, values }, &[])
    }
}
