//! The same numbers in the same order under other extents.

use super::{Call, Change, Example, Kernel, Op, REAL, Role, Sample, misfit, random_shape};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// New extents, as many numbers.
#[derive(Clone, Debug)]
pub struct Reshape {
    dims: Vec<usize>,
}

impl Op for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.size() == self.dims.iter().product::<usize>() => Ok(x.with_dims(&self.dims)),
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand with as many entries as {:?}", self.dims),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let dims = g.shape(call.inputs[0]).dims().to_vec();
        Ok(vec![Some(g.reshape(cotangent, &dims)?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.reshape(tangent, &self.dims))
            .transpose()
    }

    fn role(&self) -> Role<'_> {
        Role::Alias
    }
}

impl<T: Real> Kernel<T> for Reshape {
    fn run(&self, io: Io<'_, T>) {
        io.output.copy_from_slice(io.inputs[0]);
    }
}

impl Example for Reshape {
    fn example(r: &mut Rng) -> Result<Sample> {
        let shape = random_shape(r, 3, 4);
        let mut dims = shape.dims().to_vec();
        dims.reverse();
        if r.below(2) == 0 {
            dims = vec![shape.size()];
        }
        let old = shape.dims().to_vec();
        let sample = Sample::of(Self { dims }, &[(shape, REAL)])?.allows([Change::Batch(0)]);
        // An operand without entries remains one.
        let empty = |axis: usize| (0..old.len()).any(|other| other != axis && old[other] == 0);
        let whole = old.contains(&0).then_some(Change::Axis(0));
        Ok(sample
            .allows(whole)
            .allows_longer(0, (0..old.len()).filter(|&axis| empty(axis))))
    }
}

impl Graph {
    /// The numbers of `x`, in their order, under the extents `dims`.
    ///
    /// # Errors  `Error::Operands` if `dims` holds another number of entries.
    pub fn reshape(&mut self, x: Var, dims: &[usize]) -> Result<Var> {
        if self.shape(x).dims() == dims {
            return Ok(x);
        }
        self.push(
            Reshape {
                dims: dims.to_vec(),
            },
            &[x],
        )
    }
}
