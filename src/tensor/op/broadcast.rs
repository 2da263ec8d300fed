//! The operand repeated along axes that it lacks, and for every sample.

use super::{Call, Change, Example, Kernel, Op, REAL, Role, Sample, misfit, random_shape};
use crate::error::{Error, Result};
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::strided::Axes;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The shape to which the operand is repeated.
#[derive(Clone, Debug)]
pub struct BroadcastTo {
    shape: Shape,
}

impl Op for BroadcastTo {
    fn name(&self) -> &'static str {
        "broadcast"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if Axes::exist(x, &self.shape) => Ok(self.shape.clone()),
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand that can be repeated to {}", self.shape),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let shape = g.shape(call.inputs[0]).clone();
        Ok(vec![Some(g.sum_to(cotangent, &shape)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.broadcast(tangent, &self.shape))
            .transpose()
    }

    fn role(&self) -> Role<'_> {
        Role::Broadcast
    }
}

impl<T: Real> Kernel<T> for BroadcastTo {
    fn run(&self, _: Io<'_, T>) {
        unreachable!("the planner expands broadcasts")
    }
}

/// A shape, and one that broadcasts to it: axes of extent 1 or missing, the batch missing.
pub(super) fn random_pair(r: &mut Rng) -> (Shape, Shape) {
    let long = random_shape(r, 4, 4);
    let dims: Vec<usize> = long
        .dims()
        .iter()
        .map(|&extent| if r.below(2) == 0 { extent } else { 1 })
        .collect();
    let skipped = dims.iter().take_while(|&&extent| extent == 1).count();
    let skipped = r.below(skipped + 1);
    let batched = long.is_batched() && r.below(2) == 0;
    (Shape::shared(&dims[skipped..]).with_batched(batched), long)
}

/// Declares what a reduction of `long` to `short` accepts: any extents where it reduces.
pub(super) fn allows_reduced(sample: Sample, short: &Shape, long: &Shape) -> Sample {
    let missing = long.rank() - short.rank();
    let reduced = |axis: &usize| *axis < missing || short.dims()[axis - missing] == 1;
    let batch = (!short.is_batched()).then_some(Change::Batch(0));
    sample
        .allows([Change::Axis(0)])
        .allows(batch)
        .allows_longer(0, (0..long.rank()).filter(reduced))
}

impl Example for BroadcastTo {
    fn example(r: &mut Rng) -> Result<Sample> {
        let (short, shape) = random_pair(r);
        let batch = shape.is_batched().then_some(Change::Batch(0));
        Ok(Sample::of(Self { shape }, &[(short, REAL)])?.allows(batch))
    }
}

impl Graph {
    /// `x` repeated along axes of extent 1, along missing leading axes, and for every sample.
    ///
    /// # Errors  `Error::Operands` if an axis of `x` is neither 1 nor as long as that of `shape`, or if
    /// `x` is batched and `shape` is not.
    pub fn broadcast(&mut self, x: Var, shape: &Shape) -> Result<Var> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        let node = self.node(x);
        let source = match node.op().role() {
            Role::Broadcast => node.inputs()[0],
            _ => x,
        };
        let op = BroadcastTo {
            shape: shape.clone(),
        };
        op.shape(&[self.shape(x)])?;
        let own = self.shape(x);
        if own.size() == shape.size() && own.is_batched() == shape.is_batched() {
            return self.reshape(x, shape.dims());
        }
        self.push(op, &[source])
    }

    /// The operands repeated to their common shape.
    pub(crate) fn aligned<const N: usize>(
        &mut self,
        op: &'static str,
        operands: [Var; N],
    ) -> Result<[Var; N]> {
        let shapes = operands.map(|v| self.shape(v).clone());
        let common = common_shape(&shapes).ok_or_else(|| Error::Operands {
            op,
            found: shapes.iter().map(ToString::to_string).collect(),
            expected: "axes that are equal or 1, aligned at the last one".to_owned(),
        })?;
        let mut aligned = operands;
        for var in &mut aligned {
            *var = self.broadcast(*var, &common)?;
        }
        Ok(aligned)
    }
}

/// The shape to which all `shapes` broadcast.
fn common_shape(shapes: &[Shape]) -> Option<Shape> {
    let rank = shapes.iter().map(Shape::rank).max()?;
    let mut dims = vec![1; rank];
    for shape in shapes {
        let missing = rank - shape.rank();
        for (common, &extent) in dims[missing..].iter_mut().zip(shape.dims()) {
            match (*common, extent) {
                (_, 1) => {}
                (1, extent) => *common = extent,
                (common, extent) if common == extent => {}
                _ => return None,
            }
        }
    }
    let batched = shapes.iter().any(Shape::is_batched);
    Some(Shape::shared(&dims).with_batched(batched))
}
