//! A box cut out of each sample.

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::kernel::strided::MAX_RANK;
use crate::tensor::kernel::walk::{Axis, Walk, strides};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `lengths[i]` entries of axis `i`, from `starts[i]` on.
#[derive(Clone, Debug)]
pub struct Slice {
    starts: Vec<usize>,
    lengths: Vec<usize>,
}

impl Slice {
    fn ends(&self) -> impl Iterator<Item = usize> {
        self.starts
            .iter()
            .zip(&self.lengths)
            .map(|(start, length)| start.saturating_add(*length))
    }
}

impl Op for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.rank() == self.starts.len()
                && x.rank() == self.lengths.len()
                && self
                    .ends()
                    .zip(x.dims())
                    .all(|(end, &extent)| end <= extent) =>
            {
                Ok(x.with_dims(&self.lengths))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!(
                    "one operand that holds {:?} entries from {:?} on",
                    self.lengths, self.starts
                ),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let dims = g.shape(call.inputs[0]).dims();
        let after: Vec<usize> = dims
            .iter()
            .zip(self.ends())
            .map(|(n, end)| n - end)
            .collect();
        Ok(vec![Some(g.pad(cotangent, &self.starts, &after)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.slice(tangent, &self.starts, &self.lengths))
            .transpose()
    }
}

/// The box at `starts` of an array, and where it lies in it; the box itself is contiguous elsewhere.
pub(super) fn part(
    whole: Extent<'_>,
    starts: &[usize],
    part: Extent<'_>,
) -> (usize, [Axis; MAX_RANK + 1]) {
    let outside = strides(whole.dims, whole.lanes);
    let inside = strides(part.dims, part.lanes);
    let mut axes = [Axis {
        extent: 1,
        from: 1,
        to: 1,
    }; MAX_RANK + 1];
    let mut offset = 0;
    for (axis, &start) in starts.iter().enumerate() {
        offset += start * outside[axis];
        axes[axis] = Axis {
            extent: part.dims[axis],
            from: outside[axis],
            to: inside[axis],
        };
    }
    axes[starts.len()].extent = part.lanes;
    (offset, axes)
}

impl<T: Real> Kernel<T> for Slice {
    fn run(&self, io: Io<'_, T>) {
        if io.output.is_empty() {
            return;
        }
        let (offset, axes) = part(io.extents[0], &self.starts, io.output_extent);
        let mut walk = Walk::default();
        for axis in axes {
            walk.push(axis);
        }
        walk.copy(&io.inputs[0][offset..], io.output);
    }
}

impl Example for Slice {
    fn example(r: &mut Rng) -> Result<Sample> {
        let shape = random_shape(r, 4, 5);
        let starts: Vec<usize> = shape.dims().iter().map(|&n| r.below(n + 1)).collect();
        let lengths = shape.dims().iter().zip(&starts);
        let lengths = lengths.map(|(&n, &start)| r.below(n - start + 1)).collect();
        let rank = shape.rank();
        let sample = Sample::of(Self { starts, lengths }, &[(shape, REAL)])?;
        Ok(sample.allows([Change::Batch(0)]).allows_longer(0, 0..rank))
    }
}

impl Graph {
    /// The box of `lengths[i]` entries from `starts[i]` on, for each axis `i`.
    ///
    /// # Errors  `Error::Operands` if `x` has other axes or ends before the box does.
    pub fn slice(&mut self, x: Var, starts: &[usize], lengths: &[usize]) -> Result<Var> {
        let op = Slice {
            starts: starts.to_vec(),
            lengths: lengths.to_vec(),
        };
        if op.shape(&[self.shape(x)])? == *self.shape(x) {
            return Ok(x);
        }
        self.push(op, &[x])
    }

    /// `length` entries of one axis, from `start` on.
    ///
    /// # Errors  `Error::Operands` if there is no such axis or it ends before.
    pub fn narrow(&mut self, x: Var, axis: usize, start: usize, length: usize) -> Result<Var> {
        let shape = self.shape(x);
        let mut lengths = shape.dims().to_vec();
        let mut starts = vec![0; lengths.len()];
        let (Some(own_start), Some(own_length)) = (starts.get_mut(axis), lengths.get_mut(axis))
        else {
            return misfit("slice", &[shape], format!("an axis {axis}"));
        };
        (*own_start, *own_length) = (start, length);
        self.slice(x, &starts, &lengths)
    }
}
