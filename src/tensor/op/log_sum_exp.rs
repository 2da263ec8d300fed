//! `ln Σ eˣ` over axes, and what normalises a distribution.

use super::{Call, Example, Kernel, Op, REAL, Sample, misfit, random_shape};
use crate::error::Result;
use crate::num::simd::Isa;
use crate::rng::Rng;
use crate::simd_kernel;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::kernel::strided::{Axes, add_assign, sum_of};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `ln Σ eˣ` over `axes`, which are kept with extent 1; the largest entry is subtracted before it is summed.
#[derive(Clone, Debug)]
pub struct LogSumExp {
    axes: Vec<usize>,
}

impl Op for LogSumExp {
    fn name(&self) -> &'static str {
        "log_sum_exp"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if self.axes.iter().all(|&axis| axis < x.rank()) => {
                let mut dims = x.dims().to_vec();
                for &axis in &self.axes {
                    dims[axis] = 1;
                }
                Ok(x.with_dims(&dims))
            }
            _ => misfit(
                self.name(),
                inputs,
                format!("one operand with axes {:?}", self.axes),
            ),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let share = share(g, call)?;
        Ok(vec![Some(g.mul(share, cotangent)?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let Some(tangent) = tangents[0] else {
            return Ok(None);
        };
        let share = share(g, call)?;
        let terms = g.mul(share, tangent)?;
        let shape = g.shape(call.output).clone();
        Ok(Some(g.sum_to(terms, &shape)?))
    }
}

/// The share of each entry in the sum: `exp(x − ln Σ eˣ)`.
fn share(g: &mut Graph, call: &Call<'_>) -> Result<Var> {
    let ln_share = g.sub(call.inputs[0], call.output)?;
    g.exp(ln_share)
}

/// `max`, or 0 where it is not finite: then what is summed decides alone.
#[inline(always)]
fn origin<T: Real>(max: T) -> T {
    if max.is_finite() { max } else { T::ZERO }
}

#[inline(always)]
fn below_body<I: Isa, T: Real>(x: &[T], max: &[T], y: &mut [T]) {
    for ((y, x), max) in y.iter_mut().zip(x).zip(max) {
        *y = *x - origin(*max);
    }
}

#[inline(always)]
fn below_one_body<I: Isa, T: Real>(x: &[T], max: T, y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = *x - max;
    }
}

#[inline(always)]
fn add_logs_body<I: Isa, T: Real>(ln_sum: &[T], max: &mut [T]) {
    for (max, ln_sum) in max.iter_mut().zip(ln_sum) {
        *max = origin(*max) + *ln_sum;
    }
}

simd_kernel! {
    fn below, below_at<T: Real>(x: &[T], max: &[T], y: &mut [T]) = below_body;
}
simd_kernel! {
    fn below_one, below_one_at<T: Real>(x: &[T], max: T, y: &mut [T]) = below_one_body;
}
simd_kernel! {
    fn add_logs, add_logs_at<T: Real>(ln_sum: &[T], max: &mut [T]) = add_logs_body;
}

/// Numbers that are handled at a time: two blocks stay in the nearest cache.
const BLOCK: usize = 512;

impl<T: Real> Kernel<T> for LogSumExp {
    fn run(&self, io: Io<'_, T>) {
        let axes = Axes::new(io.output_extent, io.extents[0]).expect("the shape rule");
        io.output.fill(T::of(f64::NEG_INFINITY));
        axes.max_into(io.inputs[0], io.output);
        let (sums, blocks) = io.scratch.split_at_mut(io.output.len());
        let (differences, rest) = blocks.split_at_mut(BLOCK);
        let exponentials = &mut rest[..BLOCK];
        sums.fill(T::ZERO);
        let (length, kept) = axes.row();
        for (row, x) in io.inputs[0].chunks_exact(length.max(1)).enumerate() {
            let mut target = axes.short_offset(row);
            for x in x.chunks(BLOCK) {
                let count = x.len();
                let (differences, exponentials) =
                    (&mut differences[..count], &mut exponentials[..count]);
                if kept {
                    below(x, &io.output[target..target + count], differences);
                    T::exp(differences, exponentials);
                    add_assign(exponentials, &mut sums[target..target + count]);
                    target += count;
                } else {
                    below_one(x, origin(io.output[target]), differences);
                    T::exp(differences, exponentials);
                    sums[target] += sum_of(exponentials);
                }
            }
        }
        for (sum, max) in sums.chunks(BLOCK).zip(io.output.chunks_mut(BLOCK)) {
            T::ln(sum, &mut differences[..sum.len()]);
            add_logs(&differences[..sum.len()], max);
        }
    }

    fn scratch(&self, _: &[Extent<'_>], output: Extent<'_>) -> usize {
        output.len() + 2 * BLOCK
    }
}

impl Example for LogSumExp {
    fn example(r: &mut Rng) -> Result<Sample> {
        let shape = random_shape(r, 3, 5);
        let axes = (0..shape.rank()).filter(|_| r.below(2) == 0).collect();
        Ok(Sample::of(Self { axes }, &[(shape, REAL)])?.allows_any_shape())
    }
}

impl Graph {
    /// `ln Σ eˣ` over some axes, which are kept with extent 1. −∞ where all entries are −∞ or there is none, +∞ where
    /// one is; there the slope is not defined, and NaN.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    /// # Accuracy  no exponential overflows: the rounding of the sum, and of the result.
    pub fn log_sum_exp(&mut self, x: Var, axes: &[usize]) -> Result<Var> {
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        axes.dedup();
        self.push(LogSumExp { axes }, &[x])
    }

    /// `x − ln Σ eˣ` over some axes: the logarithms of a distribution. −∞ stays −∞; NaN where no entry is finite, or
    /// one is +∞.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    /// # Accuracy  that of `x − max x`: a common offset costs nothing.
    pub fn log_softmax(&mut self, x: Var, axes: &[usize]) -> Result<Var> {
        let shape = self.reduced("log_softmax", x, axes)?;
        let max = self.max_to(x, &shape)?;
        let max = self.stop_gradient(max)?;
        let below = self.sub(x, max)?;
        let ln_sum = self.log_sum_exp(below, axes)?;
        self.sub(below, ln_sum)
    }

    /// `eˣ / Σ eˣ` over some axes: a distribution. Zero where `x` is −∞; NaN where no entry is finite, or one is +∞.
    ///
    /// # Errors  `Error::Operands` if there is no such axis.
    /// # Accuracy  that of `x − max x`: a common offset costs nothing.
    pub fn softmax(&mut self, x: Var, axes: &[usize]) -> Result<Var> {
        self.reduced("softmax", x, axes)?;
        let ln_share = self.log_softmax(x, axes)?;
        self.exp(ln_share)
    }
}
