//! Inverses of small matrices, one for every sample.

use super::ln_abs_det::one_number_each;
use super::{Call, Change, Domain, Example, Kernel, Op, Sample, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::kernel::elimination::{System, TOGETHER};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `A⁻¹` or `A⁻ᵀ` along leading axes.
#[derive(Clone, Copy, Debug)]
pub struct Inverse {
    transposed: bool,
}

impl Op for Inverse {
    fn name(&self) -> &'static str {
        "inverse"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        one_number_each(self.name(), inputs)?;
        Ok(inputs[0].clone())
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        // dY = −Y·dA·Y, and dZ = −Z·dAᵀ·Z for the transpose: −Yᵀ·Ȳ·Yᵀ and −Z·Z̄ᵀ·Z.
        let y = call.output;
        let turned = !self.transposed;
        let half = g.matmul_transposed(y, cotangent, [turned, self.transposed])?;
        let whole = g.matmul_transposed(half, y, [false, turned])?;
        Ok(vec![Some(g.neg(whole)?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let Some(tangent) = tangents[0] else {
            return Ok(None);
        };
        let y = call.output;
        let half = g.matmul_transposed(y, tangent, [false, self.transposed])?;
        let whole = g.matmul(half, y)?;
        g.neg(whole).map(Some)
    }
}

fn system_of(a: &Extent<'_>) -> System {
    let n = a.dims.last().copied().unwrap_or(0);
    System { n, columns: n }
}

impl<T: Real> Kernel<T> for Inverse {
    fn run(&self, io: Io<'_, T>) {
        let s = system_of(&io.extents[0]);
        let (n, lanes) = (s.n, io.output_extent.lanes);
        let (x, scratch) = (io.inputs[0], io.scratch);
        for (which, out) in io
            .output
            .chunks_exact_mut((n * n * lanes).max(1))
            .enumerate()
        {
            for block in s.blocks::<T>(lanes) {
                for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    block.load(s, x, (which * n + i) * n + j, [i, j], scratch);
                    block.fill(
                        s,
                        if i == j { T::ONE } else { T::ZERO },
                        [i, n + j],
                        scratch,
                    );
                }
                block.eliminate(s, scratch, &mut [T::ONE; TOGETHER]);
                block.substitute(s, scratch);
                for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    let entry = if self.transposed {
                        j * n + i
                    } else {
                        i * n + j
                    };
                    block.store(s, scratch, [i, n + j], entry, out);
                }
            }
        }
    }

    fn scratch(&self, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
        system_of(&inputs[0]).scratch(output.lanes)
    }
}

/// An input added to a signed permutation: matrices that are far from singular and need their rows exchanged.
pub(super) fn regular_matrices(
    r: &mut Rng,
    g: &mut Graph,
    leading: &[usize],
    batched: bool,
) -> Result<(Var, Var)> {
    let n = r.below(5);
    let mut columns: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        columns.swap(i, r.below(i + 1));
    }
    let mut permutation = vec![0.0; n * n];
    for (i, j) in columns.into_iter().enumerate() {
        permutation[i * n + j] = if r.below(2) == 0 { 1.5 } else { -1.5 };
    }
    let shape = Shape::shared(&[leading, &[n, n]].concat()).with_batched(batched);
    let x = g.input("a", shape)?;
    let permutation = g.constant(&[n, n], &permutation)?;
    Ok((x, g.add(x, permutation)?))
}

/// Entries of `regular_matrices`: a row of four stays smaller than the entry of the permutation.
pub(super) const SMALL: Domain = Domain::Within(-0.3, 0.3);

/// A call of `op` on regular matrices.
pub(super) fn on_regular_matrices(r: &mut Rng, op: impl Op) -> Result<Sample> {
    let leading = if r.below(2) == 0 {
        vec![]
    } else {
        vec![random_extent(r, 3)]
    };
    let mut graph = Graph::new();
    let batched = r.below(3) > 0;
    let (x, a) = regular_matrices(r, &mut graph, &leading, batched)?;
    let output = graph.push(op, &[a])?;
    let sample = Sample {
        graph,
        inputs: vec![(x, SMALL)],
        output,
        allowed: Vec::new(),
    };
    Ok(sample
        .allows([Change::Axis(0), Change::Batch(0)])
        .allows_longer(0, 0..leading.len()))
}

impl Example for Inverse {
    fn example(r: &mut Rng) -> Result<Sample> {
        let transposed = r.below(2) == 0;
        on_regular_matrices(r, Self { transposed })
    }
}

impl Graph {
    /// `A⁻¹` along leading axes; not finite where elimination finds the matrix singular.
    ///
    /// # Shapes  `a: [.., n, n]` → the same.
    /// # Errors  `Error::Operands`.
    pub fn inverse(&mut self, a: Var) -> Result<Var> {
        self.push(Inverse { transposed: false }, &[a])
    }

    /// `A⁻ᵀ` along leading axes; not finite where elimination finds the matrix singular.
    ///
    /// # Shapes  `a: [.., n, n]` → the same.
    /// # Errors  `Error::Operands`.
    pub fn inverse_transposed(&mut self, a: Var) -> Result<Var> {
        self.push(Inverse { transposed: true }, &[a])
    }
}
