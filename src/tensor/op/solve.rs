//! Solutions of small linear systems, one for every sample.

use super::inverse::{SMALL, regular_matrices};
use super::matmul::matrices;
use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::kernel::elimination::{System, TOGETHER};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `X` with `A·X = B`, or `Aᵀ·X = B`, along leading axes.
#[derive(Clone, Copy, Debug)]
pub struct Solve {
    transposed: bool,
}

impl Op for Solve {
    fn name(&self) -> &'static str {
        "solve"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        if let [a, b] = inputs
            && (b.is_batched() || !a.is_batched())
            && let (Some((leading, [n, columns])), Some((same, [rows, _]))) =
                (matrices(a.dims()), matrices(b.dims()))
            && (leading, n, n) == (same, columns, rows)
        {
            return Ok((*b).clone());
        }
        refuse(inputs)
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let a = call.inputs[0];
        let back = Self {
            transposed: !self.transposed,
        };
        let to_b = g.push(back, &[a, cotangent])?;
        let (left, right) = match self.transposed {
            false => (to_b, call.output),
            true => (call.output, to_b),
        };
        let shape = g.shape(a).clone();
        let to_a = if shape.rank() == 2 && g.shape(to_b).is_batched() != shape.is_batched() {
            g.linear_weight(left, right)?
        } else {
            let product = g.matmul_transposed(left, right, [false, true])?;
            g.sum_to(product, &shape)?
        };
        Ok(vec![Some(g.neg(to_a)?), Some(to_b)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let from_a = tangents[0]
            .map(|da| {
                let moved = g.matmul_transposed(da, call.output, [self.transposed, false])?;
                g.neg(moved)
            })
            .transpose()?;
        g.sum_of(from_a, tangents[1])?
            .map(|moved| g.push(*self, &[call.inputs[0], moved]))
            .transpose()
    }
}

fn refuse<V>(inputs: &[&Shape]) -> Result<V> {
    let expected = "[.., n, n] and [.., n, m] or [.., n], equal in the leading axes";
    misfit("solve", inputs, expected)
}

/// The systems, and their samples: one matrix for all samples has theirs as further right-hand sides.
fn system_of(a: &Extent<'_>, b: &Extent<'_>) -> (System, usize) {
    let (_, [n, columns]) = matrices(b.dims).expect("the shape rule");
    let (columns, lanes) = if a.lanes == 1 {
        (columns * b.lanes, 1)
    } else {
        (columns, b.lanes)
    };
    (System { n, columns }, lanes)
}

impl<T: Real> Kernel<T> for Solve {
    fn run(&self, io: Io<'_, T>) {
        let (s, lanes) = system_of(&io.extents[0], &io.extents[1]);
        let System { n, columns } = s;
        let ([a, b], scratch) = ([io.inputs[0], io.inputs[1]], io.scratch);
        let size = (n * columns * lanes).max(1);
        for (which, out) in io.output.chunks_exact_mut(size).enumerate() {
            for block in s.blocks::<T>(lanes) {
                for row in 0..n {
                    for column in 0..n {
                        let at = if self.transposed {
                            [column, row]
                        } else {
                            [row, column]
                        };
                        block.load(s, a, (which * n + row) * n + column, at, scratch);
                    }
                    let entries = [(which * n + row) * columns, columns];
                    block.load_row(s, b, entries, [row, n], scratch);
                }
                block.eliminate(s, scratch, &mut [T::ONE; TOGETHER]);
                block.substitute(s, scratch);
                for row in 0..n {
                    block.store_row(s, scratch, [row, n], [row * columns, columns], out);
                }
            }
        }
    }

    fn scratch(&self, inputs: &[Extent<'_>], _: Extent<'_>) -> usize {
        let (s, lanes) = system_of(&inputs[0], &inputs[1]);
        s.scratch(lanes)
    }
}

impl Example for Solve {
    fn example(r: &mut Rng) -> Result<Sample> {
        let leading = if r.below(2) == 0 {
            vec![]
        } else {
            vec![random_extent(r, 3)]
        };
        let batched = r.below(3) > 0;
        let mut graph = Graph::new();
        let a_batched = batched && r.below(2) == 0;
        let (x, a) = regular_matrices(r, &mut graph, &leading, a_batched)?;
        let mut dims = graph.shape(a).dims().to_vec();
        dims[leading.len() + 1] = random_extent(r, 3);
        let b = graph.input("b", Shape::shared(&dims).with_batched(batched))?;
        let transposed = r.below(2) == 0;
        let output = graph.push(Self { transposed }, &[a, b])?;
        let sample = Sample {
            graph,
            inputs: vec![(x, SMALL), (b, REAL)],
            output,
            allowed: Vec::new(),
        };
        // A batched matrix needs a batched right-hand side.
        Ok(sample
            .allows(batched.then_some(Change::Batch(0)))
            .allows((!a_batched).then_some(Change::Batch(1)))
            .allows_longer(1, [leading.len() + 1]))
    }
}

impl Graph {
    /// `X` with `A·X = B` along leading axes, by elimination with partial pivoting; a shared matrix is eliminated once
    /// for all samples. Not finite where elimination finds the matrix singular.
    ///
    /// # Shapes  `a: [.., n, n]`, `b: [.., n, m]` or, one axis shorter than `a`, `[.., n]` → as `b`.
    /// # Errors  `Error::Operands`.
    /// # Witness `linalg::Lu::solve`.
    pub fn solve(&mut self, a: Var, b: Var) -> Result<Var> {
        self.solve_system(a, b, false)
    }

    /// `X` with `Aᵀ·X = B`, otherwise as [`Graph::solve`].
    ///
    /// # Shapes  as [`Graph::solve`].
    /// # Errors  `Error::Operands`.
    pub fn solve_transposed(&mut self, a: Var, b: Var) -> Result<Var> {
        self.solve_system(a, b, true)
    }

    fn solve_system(&mut self, a: Var, b: Var, transposed: bool) -> Result<Var> {
        let [matrix, side] = [a, b].map(|v| self.shape(v).clone());
        let is_vector = side.rank() + 1 == matrix.rank();
        let mut columns = side.clone();
        if is_vector {
            columns = side.with_dims(&[side.dims(), &[1]].concat());
        }
        let batched = side.is_batched() || matrix.is_batched();
        let columns = columns.with_batched(batched);
        let op = Solve { transposed };
        if op.shape(&[&matrix, &columns]).is_err() {
            return refuse(&[&matrix, &side]);
        }
        let reshaped = self.reshape(b, columns.dims())?;
        let b = self.broadcast(reshaped, &columns)?;
        let x = self.push(op, &[a, b])?;
        self.reshape(
            x,
            if is_vector {
                side.dims()
            } else {
                columns.dims()
            },
        )
    }
}
