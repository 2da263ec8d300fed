//! Operands one behind the other along an axis.

use super::{Call, Change, Example, Kernel, MAX_INPUTS, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// One to [`MAX_INPUTS`] operands, all batched or all shared, that differ along `axis` at most.
#[derive(Clone, Copy, Debug)]
pub struct Concat {
    axis: usize,
}

impl Concat {
    /// The extents of the result.
    fn joined(self, inputs: &[&Shape]) -> Option<Shape> {
        let (first, rest) = inputs.split_first()?;
        let mut dims = first.dims().to_vec();
        let along = dims.get_mut(self.axis)?;
        for shape in rest {
            let fits = shape.is_batched() == first.is_batched()
                && shape.rank() == first.rank()
                && (0..first.rank())
                    .all(|axis| axis == self.axis || shape.dims()[axis] == first.dims()[axis]);
            *along += fits.then(|| shape.dims()[self.axis])?;
        }
        Some(first.with_dims(&dims))
    }
}

impl Op for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        self.joined(inputs).map_or_else(
            || {
                let axis = self.axis;
                misfit(
                    self.name(),
                    inputs,
                    format!(
                        "operands, all batched or all shared, that differ along axis {axis} at most"
                    ),
                )
            },
            Ok,
        )
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let mut start = 0;
        let mut parts = Vec::with_capacity(call.inputs.len());
        for &input in call.inputs {
            let length = g.shape(input).dims()[self.axis];
            parts.push(Some(g.narrow(cotangent, self.axis, start, length)?));
            start += length;
        }
        Ok(parts)
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let mut parts = Vec::with_capacity(tangents.len());
        for (&input, &tangent) in call.inputs.iter().zip(tangents) {
            let shape = g.shape(input).clone();
            parts.push(match tangent {
                Some(tangent) => tangent,
                None => g.filled(&shape, 0.0)?,
            });
        }
        Ok(Some(g.push(*self, &parts)?))
    }
}

impl<T: Real> Kernel<T> for Concat {
    fn run(&self, io: Io<'_, T>) {
        let along = |dims: &[usize]| dims[self.axis..].iter().product::<usize>();
        let lanes = io.output_extent.lanes;
        let width = along(io.output_extent.dims) * lanes;
        let mut offset = 0;
        for (x, extent) in io.inputs.iter().zip(io.extents) {
            let length = along(extent.dims) * lanes;
            if length == 0 {
                continue;
            }
            let rows = io.output.chunks_exact_mut(width);
            for (row, x) in rows.zip(x.chunks_exact(length)) {
                row[offset..offset + length].copy_from_slice(x);
            }
            offset += length;
        }
    }
}

impl Example for Concat {
    fn example(r: &mut Rng) -> Result<Sample> {
        let batched = r.below(2) == 0;
        let mut dims: Vec<usize> = (0..1 + r.below(3)).map(|_| random_extent(r, 4)).collect();
        let axis = r.below(dims.len());
        let count = 2 + r.below(3);
        let mut operand = || {
            dims[axis] = random_extent(r, 4);
            (Shape::shared(&dims).with_batched(batched), REAL)
        };
        let operands: Vec<_> = (0..count).map(|_| operand()).collect();
        let mut sample = Sample::of(Self { axis }, &operands)?.allows([Change::Further]);
        for i in 0..count {
            sample = sample.allows([Change::Without(i)]).allows_longer(i, [axis]);
        }
        Ok(sample)
    }
}

impl Graph {
    /// The operands one behind the other along `axis`; shared ones are repeated if another is batched.
    ///
    /// # Errors  `Error::Operands` if there is none, or if they differ along another axis.
    pub fn concat(&mut self, operands: &[Var], axis: usize) -> Result<Var> {
        let batched = operands.iter().any(|&v| self.shape(v).is_batched());
        let mut parts = Vec::with_capacity(operands.len());
        for &operand in operands {
            let shape = self.shape(operand).clone().with_batched(batched);
            parts.push(self.broadcast(operand, &shape)?);
        }
        let op = Concat { axis };
        let shapes: Vec<&Shape> = parts.iter().map(|&v| self.shape(v)).collect();
        op.shape(&shapes)?;
        while parts.len() > 1 {
            let groups = parts.chunks(MAX_INPUTS);
            let joined = groups.map(|group| match group {
                &[part] => Ok(part),
                group => self.push(op, group),
            });
            parts = joined.collect::<Result<_>>()?;
        }
        Ok(parts[0])
    }
}
