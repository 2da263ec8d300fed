//! Sums over axes and over the batch: the adjoint of broadcasting.

use super::{Call, Example, Kernel, Op, REAL, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::strided::Axes;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The shape that is left: axes of extent 1 or missing are summed over, and the batch if it is shared.
#[derive(Clone, Debug)]
pub struct SumTo {
    shape: Shape,
}

impl Op for SumTo {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if Axes::exist(&self.shape, x) => Ok(self.shape.clone()),
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand to which {} could be repeated", self.shape),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let shape = g.shape(call.inputs[0]).clone();
        Ok(vec![Some(g.broadcast(cotangent, &shape)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.sum_to(tangent, &self.shape))
            .transpose()
    }
}

impl<T: Real> Kernel<T> for SumTo {
    fn run(&self, mut io: Io<'_, T>) {
        io.start_sum();
        let axes = Axes::new(io.output_extent, io.extents[0]).expect("the shape rule");
        axes.add_into(io.inputs[0], io.output);
    }
}

impl Example for SumTo {
    fn example(r: &mut Rng) -> Result<Sample> {
        let (shape, long) = super::broadcast::random_pair(r);
        let op = Self {
            shape: shape.clone(),
        };
        let sample = Sample::of(op, &[(long.clone(), REAL)])?;
        Ok(super::broadcast::allows_reduced(sample, &shape, &long))
    }
}

impl Graph {
    /// The sum of `x` over all axes that `shape` lacks or has with extent 1, and over the batch if `shape` is shared.
    ///
    /// # Errors  `Error::Operands` if `shape` does not broadcast to that of `x`.
    pub fn sum_to(&mut self, x: Var, shape: &Shape) -> Result<Var> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        self.push(
            SumTo {
                shape: shape.clone(),
            },
            &[x],
        )
    }

    /// The sum over all axes of each sample.
    ///
    /// # Shapes  `x: [..]` → `[]`, batched if `x` is.
    /// # Errors  none; `Result` as all builders.
    pub fn sum(&mut self, x: Var) -> Result<Var> {
        let shape = self.shape(x).with_dims(&[]);
        self.sum_to(x, &shape)
    }

    /// The sum over some axes, which are kept with extent 1.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    pub fn sum_axes(&mut self, x: Var, axes: &[usize]) -> Result<Var> {
        let shape = self.reduced("sum", x, axes)?;
        self.sum_to(x, &shape)
    }

    /// The sum over the batch, entry by entry.
    ///
    /// # Shapes  `x: [..; batch]` → `[..]`.
    /// # Errors  `Error::Operands` if `x` is shared.
    pub fn sum_batch(&mut self, x: Var) -> Result<Var> {
        let shape = self.shape(x).clone();
        if !shape.is_batched() {
            return misfit("sum_batch", &[&shape], "a batched operand");
        }
        self.sum_to(x, &shape.with_batched(false))
    }

    /// The sum of everything, the batch included.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn sum_all(&mut self, x: Var) -> Result<Var> {
        self.sum_to(x, &Shape::shared(&[]))
    }

    /// The mean over all axes of each sample.
    ///
    /// # Shapes  `x: [..]` → `[]`, batched if `x` is.
    /// # Errors  none; `Result` as all builders.
    pub fn mean(&mut self, x: Var) -> Result<Var> {
        let count = self.shape(x).size();
        let sum = self.sum(x)?;
        self.scale(sum, 1.0 / count as f64)
    }

    /// The shape of `x` with the given axes of extent 1.
    pub(crate) fn reduced(&self, op: &'static str, x: Var, axes: &[usize]) -> Result<Shape> {
        let shape = self.shape(x);
        let mut dims = shape.dims().to_vec();
        for &axis in axes {
            match dims.get_mut(axis) {
                Some(extent) => *extent = 1,
                None => return misfit(op, &[shape], format!("an axis {axis}")),
            }
        }
        Ok(shape.with_dims(&dims))
    }
}
