//! The products that a shared matrix gets its gradient from: `C = Σ A·Bᵀ` over columns and samples.

use super::{Call, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::{Factor, Real};
use crate::tensor::shape::Shape;

/// `C[m, k] = Σ_{.., samples} A[m, ..] B[k, ..]`.
#[derive(Clone, Copy, Debug)]
pub struct LinearWeight;

impl Op for LinearWeight {
    fn name(&self) -> &'static str {
        "linear_weight"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        if let [a, b] = inputs
            && a.is_batched() == b.is_batched()
            && let ([m, rest], [k, same]) = (split(a), split(b))
            && rest == same
            && let (&[m], &[k]) = (m, k)
        {
            return Ok(Shape::shared(&[m, k]));
        }
        misfit(
            self.name(),
            inputs,
            "[m, ..] and [k, ..], equal after the first axis, both batched or both shared",
        )
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[a, b] = call.inputs else {
            unreachable!("the shape rule")
        };
        Ok(vec![
            Some(g.linear(cotangent, b)?),
            Some(g.linear_transposed(cotangent, a)?),
        ])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let from_a = tangents[0]
            .map(|da| g.linear_weight(da, call.inputs[1]))
            .transpose()?;
        let from_b = tangents[1]
            .map(|db| g.linear_weight(call.inputs[0], db))
            .transpose()?;
        g.sum_of(from_a, from_b)
    }
}

fn split(shape: &Shape) -> [&[usize]; 2] {
    let (first, rest) = shape.dims().split_at(shape.rank().min(1));
    [first, rest]
}

impl<T: Real> Kernel<T> for LinearWeight {
    fn run(&self, io: Io<'_, T>) {
        let [m, k] = [0, 1].map(|i| io.output_extent.dims[i]);
        let a = io.extents[0];
        let columns = a.dims[1..].iter().product::<usize>() * a.lanes;
        let a = Factor {
            data: io.inputs[0],
            transposed: false,
        };
        let b = Factor {
            data: io.inputs[1],
            transposed: true,
        };
        T::product([m, columns, k], a, b, io.output, io.accumulate);
    }
}

impl Example for LinearWeight {
    fn example(r: &mut Rng) -> Result<Sample> {
        let (m, k, n) = (
            random_extent(r, 5),
            random_extent(r, 5),
            random_extent(r, 3),
        );
        let batched = r.below(2) == 0;
        let rest = if r.below(2) == 0 { vec![] } else { vec![n] };
        let shape =
            |rows: usize| Shape::shared(&[&[rows][..], &rest].concat()).with_batched(batched);
        let sample = Sample::of(Self, &[(shape(m), REAL), (shape(k), REAL)])?;
        Ok(sample.allows_longer(0, [0]).allows_longer(1, [0]))
    }
}

impl Graph {
    /// `Σ A·Bᵀ` over all columns and all samples.
    ///
    /// # Shapes  `a: [m, ..]`, `b: [k, ..]` → shared `[m, k]`.
    /// # Errors  `Error::Operands`.
    pub fn linear_weight(&mut self, a: Var, b: Var) -> Result<Var> {
        self.push(LinearWeight, &[a, b])
    }
}
