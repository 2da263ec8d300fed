//! The axes of each sample in another order.

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::walk::{Axis, Walk, strides};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// Axis `i` of the result is axis `order[i]` of the operand; the batch stays last.
#[derive(Clone, Debug)]
pub struct Permute {
    order: Vec<usize>,
}

/// Whether `order` names each of the first axes once.
fn is_permutation(order: &[usize]) -> bool {
    (0..order.len()).all(|axis| order.contains(&axis))
}

impl Op for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.rank() == self.order.len() && is_permutation(&self.order) => {
                let dims: Vec<usize> = self.order.iter().map(|&axis| x.dims()[axis]).collect();
                Ok(x.with_dims(&dims))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand whose axes {:?} names once each", self.order),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, _: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let mut back = vec![0; self.order.len()];
        for (axis, &source) in self.order.iter().enumerate() {
            back[source] = axis;
        }
        Ok(vec![Some(g.permute(cotangent, &back)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.permute(tangent, &self.order))
            .transpose()
    }
}

impl<T: Real> Kernel<T> for Permute {
    fn run(&self, io: Io<'_, T>) {
        let lanes = io.output_extent.lanes;
        let from = strides(io.extents[0].dims, lanes);
        let to = strides(io.output_extent.dims, lanes);
        let mut walk = Walk::default();
        for (axis, &source) in self.order.iter().enumerate() {
            walk.push(Axis {
                extent: io.output_extent.dims[axis],
                from: from[source],
                to: to[axis],
            });
        }
        walk.push(Axis {
            extent: lanes,
            from: 1,
            to: 1,
        });
        walk.copy(io.inputs[0], io.output);
    }
}

impl Example for Permute {
    fn example(r: &mut Rng) -> Result<Sample> {
        let longest = [5, 20][r.below(2)];
        let shape = random_shape(r, 4, longest);
        let mut order: Vec<usize> = (0..shape.rank()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, r.below(i + 1));
        }
        let rank = shape.rank();
        let sample = Sample::of(Self { order }, &[(shape, REAL)])?;
        Ok(sample.allows([Change::Batch(0)]).allows_longer(0, 0..rank))
    }
}

impl Graph {
    /// The axes of each sample in another order: axis `i` of the result is axis `order[i]` of `x`.
    ///
    /// # Errors  `Error::Operands` unless `order` names each axis of `x` once.
    pub fn permute(&mut self, x: Var, order: &[usize]) -> Result<Var> {
        let op = Permute {
            order: order.to_vec(),
        };
        let shape = op.shape(&[self.shape(x)])?;
        let dims = self.shape(x).dims();
        let long = order.iter().filter(|&&axis| dims[axis] != 1);
        if long.is_sorted() {
            return self.reshape(x, shape.dims());
        }
        self.push(op, &[x])
    }

    /// The last two axes of each sample exchanged.
    ///
    /// # Shapes  `x: [.., m, n]` → `[.., n, m]`.
    /// # Errors  `Error::Operands` if `x` has fewer than two axes.
    pub fn transpose(&mut self, x: Var) -> Result<Var> {
        let shape = self.shape(x);
        let rank = shape.rank();
        if rank < 2 {
            return misfit("transpose", &[shape], "at least two axes");
        }
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(rank - 2, rank - 1);
        self.permute(x, &order)
    }
}
