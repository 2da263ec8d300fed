//! Zeros around each sample: the adjoint of cutting a box out.

use super::slice::part;
use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::walk::{Axis, Walk};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `before[i]` zeros before and `after[i]` behind the entries of axis `i`.
#[derive(Clone, Debug)]
pub struct Pad {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Op for Pad {
    fn name(&self) -> &'static str {
        "pad"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.rank() == self.before.len() && x.rank() == self.after.len() => {
                let zeros = self.before.iter().zip(&self.after);
                let dims = x.dims().iter().zip(zeros);
                Ok(x.with_dims(&dims.map(|(n, (a, b))| a + n + b).collect::<Vec<_>>()))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!(
                    "one operand with an axis for each of {:?} zeros before and {:?} behind",
                    self.before, self.after
                ),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let lengths = g.shape(call.inputs[0]).dims().to_vec();
        Ok(vec![Some(g.slice(cotangent, &self.before, &lengths)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.pad(tangent, &self.before, &self.after))
            .transpose()
    }
}

impl<T: Real> Kernel<T> for Pad {
    fn run(&self, io: Io<'_, T>) {
        io.output.fill(T::ZERO);
        if io.inputs[0].is_empty() {
            return;
        }
        let (offset, axes) = part(io.output_extent, &self.before, io.extents[0]);
        let mut walk = Walk::default();
        for Axis { extent, from, to } in axes {
            walk.push(Axis {
                extent,
                from: to,
                to: from,
            });
        }
        walk.copy(io.inputs[0], &mut io.output[offset..]);
    }
}

impl Example for Pad {
    fn example(r: &mut Rng) -> Result<Sample> {
        let shape = random_shape(r, 4, 4);
        let mut zeros = || shape.dims().iter().map(|_| r.below(3)).collect();
        let (before, after) = (zeros(), zeros());
        let rank = shape.rank();
        let sample = Sample::of(Self { before, after }, &[(shape, REAL)])?;
        Ok(sample.allows([Change::Batch(0)]).allows_longer(0, 0..rank))
    }
}

impl Graph {
    /// `x` with `before[i]` zeros before and `after[i]` behind the entries of each axis `i`.
    ///
    /// # Errors  `Error::Operands` unless there are two numbers for each axis of `x`.
    pub fn pad(&mut self, x: Var, before: &[usize], after: &[usize]) -> Result<Var> {
        let op = Pad {
            before: before.to_vec(),
            after: after.to_vec(),
        };
        if op.shape(&[self.shape(x)])? == *self.shape(x) {
            return Ok(x);
        }
        self.push(op, &[x])
    }
}
