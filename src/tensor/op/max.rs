//! Maxima over axes and over the batch.

use super::{Call, Combine, Domain, Example, Kernel, Op, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::strided::Axes;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The shape that is left, as for [`super::SumTo`]. The slope is shared by equal maxima.
#[derive(Clone, Debug)]
pub struct MaxTo {
    shape: Shape,
}

impl MaxTo {
    /// The share of each entry in its maximum: 1 for a single one, `1/n` for one of `n` equal ones.
    fn share(&self, g: &mut Graph, call: &Call<'_>) -> Result<Var> {
        let x = call.inputs[0];
        let below = g.sub(call.output, x)?;
        let below = g.step(below)?;
        let at = g.scale_shift(below, -1.0, 1.0)?;
        let count = g.sum_to(at, &self.shape)?;
        g.div(at, count)
    }
}

impl Op for MaxTo {
    fn name(&self) -> &'static str {
        "max"
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
        let share = self.share(g, call)?;
        Ok(vec![Some(g.mul(share, cotangent)?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let Some(tangent) = tangents[0] else {
            return Ok(None);
        };
        let share = self.share(g, call)?;
        let term = g.mul(share, tangent)?;
        Ok(Some(g.sum_to(term, &self.shape)?))
    }

    fn combine(&self) -> Combine {
        Combine::Max
    }
}

impl<T: Real> Kernel<T> for MaxTo {
    fn run(&self, io: Io<'_, T>) {
        if !io.accumulate {
            io.output.fill(T::of(f64::NEG_INFINITY));
        }
        let axes = Axes::new(io.output_extent, io.extents[0]).expect("the shape rule");
        axes.max_into(io.inputs[0], io.output);
    }
}

impl Example for MaxTo {
    fn example(r: &mut Rng) -> Result<Sample> {
        let (shape, long) = super::broadcast::random_pair(r);
        let op = Self {
            shape: shape.clone(),
        };
        let sample = Sample::of(op, &[(long.clone(), Domain::Apart(0.05))])?;
        Ok(super::broadcast::allows_reduced(sample, &shape, &long))
    }
}

impl Graph {
    /// The maximum of `x` over all axes that `shape` lacks or has with extent 1, and over the batch if `shape`
    /// is shared; −∞ of nothing, NaN if an entry is NaN.
    ///
    /// # Errors  `Error::Operands` if `shape` does not broadcast to that of `x`.
    pub fn max_to(&mut self, x: Var, shape: &Shape) -> Result<Var> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        self.push(
            MaxTo {
                shape: shape.clone(),
            },
            &[x],
        )
    }
}
