//! Running sums along an axis, from either end.

use super::{Call, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::num::simd::Isa;
use crate::rng::Rng;
use crate::simd_kernel;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// The sum of an entry and all before it along `axis`, or all behind it.
#[derive(Clone, Copy, Debug)]
pub struct CumulativeSum {
    axis: usize,
    reversed: bool,
}

impl Op for CumulativeSum {
    fn name(&self) -> &'static str {
        "cumulative_sum"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if self.axis < x.rank() => Ok((*x).clone()),
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand with an axis {}", self.axis),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, _: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let back = Self {
            reversed: !self.reversed,
            ..*self
        };
        Ok(vec![Some(g.push(back, &[cotangent])?)])
    }

    fn jvp(&self, g: &mut Graph, _: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| g.push(*self, &[tangent]))
            .transpose()
    }
}

/// Running sums of the rows of `row` numbers in `x`.
#[inline(always)]
fn body<I: Isa, T: Real>(row: usize, reversed: bool, x: &[T], y: &mut [T]) {
    let count = y.len() / row;
    let place = |i: usize| if reversed { count - 1 - i } else { i };
    if row == 1 {
        let mut sum = T::ZERO;
        for i in (0..count).map(place) {
            sum += x[i];
            y[i] = sum;
        }
        return;
    }
    let first = place(0) * row;
    y[first..first + row].copy_from_slice(&x[first..first + row]);
    for i in 1..count {
        let (here, before) = (place(i) * row, place(i - 1) * row);
        let (low, high) = y.split_at_mut(here.max(before));
        let (sum, before) = if reversed {
            (&mut low[here..here + row], &high[..row])
        } else {
            (&mut high[..row], &low[before..before + row])
        };
        for ((sum, before), x) in sum.iter_mut().zip(before).zip(&x[here..here + row]) {
            *sum = *before + *x;
        }
    }
}

simd_kernel! {
    fn running, running_at<T: Real>(row: usize, reversed: bool, x: &[T], y: &mut [T]) = body;
}

impl<T: Real> Kernel<T> for CumulativeSum {
    fn run(&self, io: Io<'_, T>) {
        if io.output.is_empty() {
            return;
        }
        let dims = &io.output_extent.dims[self.axis..];
        let row = dims[1..].iter().product::<usize>() * io.output_extent.lanes;
        let block = dims[0] * row;
        let blocks = io.inputs[0].chunks_exact(block);
        for (x, y) in blocks.zip(io.output.chunks_exact_mut(block)) {
            running(row, self.reversed, x, y);
        }
    }
}

impl Example for CumulativeSum {
    fn example(r: &mut Rng) -> Result<Sample> {
        let dims: Vec<usize> = (0..1 + r.below(3)).map(|_| random_extent(r, 6)).collect();
        let op = Self {
            axis: r.below(dims.len()),
            reversed: r.below(2) == 0,
        };
        let shape = Shape::shared(&dims).with_batched(r.below(2) == 0);
        Ok(Sample::of(op, &[(shape, REAL)])?.allows_any_shape())
    }
}

impl Graph {
    /// The sum of each entry and all before it along `axis`.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    pub fn cumulative_sum(&mut self, x: Var, axis: usize) -> Result<Var> {
        let reversed = false;
        self.push(CumulativeSum { axis, reversed }, &[x])
    }

    /// The sum of each entry and all behind it along `axis`.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    pub fn cumulative_sum_reversed(&mut self, x: Var, axis: usize) -> Result<Var> {
        let reversed = true;
        self.push(CumulativeSum { axis, reversed }, &[x])
    }
}
