//! A shared matrix applied to every sample: `Y = W·X` or `WᵀX`.

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::{Factor, Real};
use crate::tensor::shape::Shape;

/// `Y[m, ..] = Σ_k W[m, k] X[k, ..]`, with `W` or its transpose stored.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    transposed: bool,
}

impl Op for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        if let [w, x] = inputs
            && !w.is_batched()
            && let (&[first, second], [rows, rest @ ..]) = (w.dims(), x.dims())
        {
            let (m, k) = if self.transposed {
                (second, first)
            } else {
                (first, second)
            };
            if k == *rows {
                return Ok(x.with_dims(&[&[m], rest].concat()));
            }
        }
        let matrix = if self.transposed { "[k, m]" } else { "[m, k]" };
        misfit(
            self.name(),
            inputs,
            format!("a shared matrix {matrix} and [k, ..]"),
        )
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[w, x] = call.inputs else {
            unreachable!("the shape rule")
        };
        let dw = if self.transposed {
            g.linear_weight(x, cotangent)?
        } else {
            g.linear_weight(cotangent, x)?
        };
        let back = Self {
            transposed: !self.transposed,
        };
        Ok(vec![Some(dw), Some(g.push(back, &[w, cotangent])?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let from_w = tangents[0]
            .map(|dw| g.push(*self, &[dw, call.inputs[1]]))
            .transpose()?;
        let from_x = tangents[1]
            .map(|dx| g.push(*self, &[call.inputs[0], dx]))
            .transpose()?;
        g.sum_of(from_w, from_x)
    }
}

impl<T: Real> Kernel<T> for Linear {
    fn run(&self, io: Io<'_, T>) {
        let k = io.extents[1].dims[0];
        let m = io.output_extent.dims[0];
        let columns = io.output_extent.dims[1..].iter().product::<usize>() * io.output_extent.lanes;
        let w = Factor {
            data: io.inputs[0],
            transposed: self.transposed,
        };
        let x = Factor {
            data: io.inputs[1],
            transposed: false,
        };
        T::product([m, k, columns], w, x, io.output, false);
    }
}

impl Example for Linear {
    fn example(r: &mut Rng) -> Result<Sample> {
        let (m, k, n) = (
            random_extent(r, 5),
            random_extent(r, 5),
            random_extent(r, 3),
        );
        let transposed = r.below(2) == 0;
        let matrix = if transposed { [k, m] } else { [m, k] };
        let dims = if r.below(2) == 0 { vec![k] } else { vec![k, n] };
        let x = Shape::shared(&dims).with_batched(r.below(2) == 0);
        let rank = x.rank();
        let sample = Sample::of(
            Self { transposed },
            &[(Shape::shared(&matrix), REAL), (x, REAL)],
        )?;
        Ok(sample
            .allows([Change::Batch(1)])
            .allows_longer(0, [usize::from(transposed)])
            .allows_longer(1, 1..rank))
    }
}

impl Graph {
    /// `W·X`: a shared matrix applied to the first axis of `x`.
    ///
    /// # Shapes  `w: [m, k]`, `x: [k, ..]` → `[m, ..]`, batched if `x` is.
    /// # Errors  `Error::Operands`.
    pub fn linear(&mut self, w: Var, x: Var) -> Result<Var> {
        self.push(Linear { transposed: false }, &[w, x])
    }

    /// `Wᵀ·X`.
    ///
    /// # Shapes  `w: [k, m]`, `x: [k, ..]` → `[m, ..]`, batched if `x` is.
    /// # Errors  `Error::Operands`.
    pub fn linear_transposed(&mut self, w: Var, x: Var) -> Result<Var> {
        self.push(Linear { transposed: true }, &[w, x])
    }
}
