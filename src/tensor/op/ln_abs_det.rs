//! `ln|det A|` of every matrix, and with it the pair of sign and logarithm.

use super::matmul::matrices;
use super::{Call, Example, Kernel, Op, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::kernel::elimination::{Block, System, TOGETHER};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `ln|det A|` along leading axes.
#[derive(Clone, Copy, Debug)]
pub struct LnAbsDet;

impl Op for LnAbsDet {
    fn name(&self) -> &'static str {
        "ln_abs_det"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        one_number_each(self.name(), inputs)
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let inverse = g.inverse_transposed(call.inputs[0])?;
        let dims = [g.shape(cotangent).dims(), &[1, 1]].concat();
        let cotangent = g.reshape(cotangent, &dims)?;
        Ok(vec![Some(g.mul(cotangent, inverse)?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let Some(tangent) = tangents[0] else {
            return Ok(None);
        };
        let inverse = g.inverse_transposed(call.inputs[0])?;
        let terms = g.mul(inverse, tangent)?;
        let leading = g.shape(call.output).dims().to_vec();
        let sum = g.sum_axes(terms, &[leading.len(), leading.len() + 1])?;
        g.reshape(sum, &leading).map(Some)
    }
}

/// The leading axes of square matrices.
pub(super) fn one_number_each(op: &'static str, inputs: &[&Shape]) -> Result<Shape> {
    match inputs {
        [a] if let Some((leading, [rows, columns])) = matrices(a.dims())
            && rows == columns =>
        {
            Ok(a.with_dims(leading))
        }
        _ => misfit(op, inputs, "square matrices [.., n, n]"),
    }
}

/// The matrices of an operand, without right-hand sides.
pub(super) fn system_of(a: &Extent<'_>) -> System {
    System {
        n: a.dims.last().copied().unwrap_or(0),
        columns: 0,
    }
}

/// Eliminates every matrix and hands it over, with the signs of the determinants and the place of the result.
pub(super) fn determinants<T: Real>(
    io: Io<'_, T>,
    mut result: impl FnMut(Block, &mut [T], &[T; TOGETHER], &mut [T]),
) {
    let s = system_of(&io.extents[0]);
    let lanes = io.output_extent.lanes;
    for (which, out) in io.output.chunks_exact_mut(lanes.max(1)).enumerate() {
        for block in s.blocks::<T>(lanes) {
            for row in 0..s.n {
                let entries = [(which * s.n + row) * s.n, s.n];
                block.load_row(s, io.inputs[0], entries, [row, 0], io.scratch);
            }
            let mut sign = [T::ONE; TOGETHER];
            block.eliminate(s, io.scratch, &mut sign);
            result(block, io.scratch, &sign, &mut out[block.samples()]);
        }
    }
}

impl<T: Real> Kernel<T> for LnAbsDet {
    fn run(&self, io: Io<'_, T>) {
        let s = system_of(&io.extents[0]);
        let matrices = s.scratch(io.output_extent.lanes);
        determinants(io, |block, scratch, _, out| {
            let (matrix, rest) = scratch.split_at_mut(matrices);
            let (pivots, logs) = rest.split_at_mut(s.n * TOGETHER);
            let logs = &mut logs[..s.n * TOGETHER];
            block.moduli_of_pivots(s, matrix, pivots);
            T::ln(pivots, logs);
            let mut sums = [0.0; TOGETHER];
            for row in logs.chunks_exact(TOGETHER) {
                for (sum, ln) in sums.iter_mut().zip(row) {
                    *sum += ln.to_f64();
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = T::of(sum);
            }
        });
    }

    fn scratch(&self, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
        let s = system_of(&inputs[0]);
        s.scratch(output.lanes) + 2 * s.n * TOGETHER
    }
}

impl Example for LnAbsDet {
    fn example(r: &mut Rng) -> Result<Sample> {
        super::inverse::on_regular_matrices(r, Self)
    }
}

impl Graph {
    /// `ln|det A|` along leading axes, summed from the logarithms of the pivots: no size overflows.
    /// −∞ for a matrix that elimination finds singular, whose derivative is not finite.
    ///
    /// # Shapes    `a: [.., n, n]` → `[..]`.
    /// # Errors    `Error::Operands`.
    /// # Accuracy  `2n²ε·κ` absolute, `κ` the condition number, plus the rounding of the logarithms.
    /// # Witness   `linalg::Lu::ln_det`.
    pub fn ln_abs_det(&mut self, a: Var) -> Result<Var> {
        self.push(LnAbsDet, &[a])
    }

    /// The sign of `det A` (±1, or 0 for a singular matrix) and `ln|det A|`.
    ///
    /// # Shapes  `a: [.., n, n]` → `([..], [..])`.
    /// # Errors  `Error::Operands`.
    pub fn slogdet(&mut self, a: Var) -> Result<(Var, Var)> {
        Ok((self.sign_det(a)?, self.ln_abs_det(a)?))
    }
}
