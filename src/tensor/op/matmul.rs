//! Products of small matrices, one for every sample: `C = A·B`, either factor transposed.

use super::{Call, Example, Kernel, Op, REAL, Sample, misfit, random_extent};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::product::{Entries, Sizes, Strides, products};
use crate::tensor::real::{Factor, Real};
use crate::tensor::shape::Shape;

/// `C[.., i, j] = Σ_k A[.., i, k] B[.., k, j]`, with either factor or its transpose stored.
#[derive(Clone, Copy, Debug)]
pub struct Matmul {
    transposed: [bool; 2],
}

impl Matmul {
    /// `[m, k, n]` of a product of matrices of these extents; `None` if they do not fit.
    fn sizes(self, a: [usize; 2], b: [usize; 2]) -> Option<[usize; 3]> {
        let turned = |[rows, columns]: [usize; 2], transposed| match transposed {
            true => [columns, rows],
            false => [rows, columns],
        };
        let ([m, k], [same, n]) = (turned(a, self.transposed[0]), turned(b, self.transposed[1]));
        (k == same).then_some([m, k, n])
    }

    /// The extents of the result; `None` if the factors do not fit.
    fn extents(self, a: &Shape, b: &Shape) -> Option<Vec<usize>> {
        let ((leading, a), (same, b)) = (matrices(a.dims())?, matrices(b.dims())?);
        let [m, _, n] = self.sizes(a, b)?;
        (leading == same).then(|| [leading, &[m, n]].concat())
    }

    fn refuse<V>(self, inputs: &[&Shape]) -> Result<V> {
        let stored = |transposed, plain, turned| if transposed { turned } else { plain };
        let a = stored(self.transposed[0], "[.., m, k]", "[.., k, m]");
        let b = stored(self.transposed[1], "[.., k, n]", "[.., n, k]");
        misfit(
            self.name(),
            inputs,
            format!("{a} and {b}, equal in the leading axes"),
        )
    }

    fn emit(g: &mut Graph, a: Var, b: Var, transposed: [bool; 2]) -> Result<Var> {
        g.push(Self { transposed }, &[a, b])
    }
}

/// Leading axes, and the extents of the matrices; `None` below two axes.
pub(super) fn matrices(dims: &[usize]) -> Option<(&[usize], [usize; 2])> {
    let (leading, &matrix) = dims.split_last_chunk()?;
    Some((leading, matrix))
}

impl Op for Matmul {
    fn name(&self) -> &'static str {
        "matmul"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        if let [a, b] = inputs
            && a.is_batched() == b.is_batched()
            && let Some(dims) = self.extents(a, b)
        {
            return Ok(a.with_dims(&dims));
        }
        self.refuse(inputs)
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[a, b] = call.inputs else {
            unreachable!("the shape rule")
        };
        let [first, second] = self.transposed;
        let to_a = match first {
            false => Self::emit(g, cotangent, b, [false, !second]),
            true => Self::emit(g, b, cotangent, [second, true]),
        }?;
        let to_b = match second {
            false => Self::emit(g, a, cotangent, [!first, false]),
            true => Self::emit(g, cotangent, a, [true, first]),
        }?;
        Ok(vec![Some(to_a), Some(to_b)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let from_a = tangents[0]
            .map(|da| g.push(*self, &[da, call.inputs[1]]))
            .transpose()?;
        let from_b = tangents[1]
            .map(|db| g.push(*self, &[call.inputs[0], db]))
            .transpose()?;
        g.sum_of(from_a, from_b)
    }
}

impl<T: Real> Kernel<T> for Matmul {
    fn run(&self, io: Io<'_, T>) {
        let [(_, a), (_, b)] =
            [0, 1].map(|i| matrices(io.extents[i].dims).expect("the shape rule"));
        let [m, k, n] = self.sizes(a, b).expect("the shape rule");
        let lanes = io.output_extent.lanes;
        let [of_a, of_b, of_c] = [a[0] * a[1], b[0] * b[1], m * n].map(|size| size * lanes);
        for (which, c) in io.output.chunks_exact_mut(of_c.max(1)).enumerate() {
            let x = &io.inputs[0][which * of_a..][..of_a];
            let y = &io.inputs[1][which * of_b..][..of_b];
            if lanes == 1 {
                let [x, y] = [(x, 0), (y, 1)].map(|(data, i)| Factor {
                    data,
                    transposed: self.transposed[i],
                });
                T::product([m, k, n], x, y, c, false);
            } else {
                let [x, y] = [(x, a, 0), (y, b, 1)].map(|(data, stored, i)| Entries {
                    data,
                    strides: Strides::new(stored[1], self.transposed[i]),
                });
                products(Sizes { m, k, n, lanes }, x, y, c);
            }
        }
    }
}

impl Example for Matmul {
    fn example(r: &mut Rng) -> Result<Sample> {
        let [m, k, n] = [0; 3].map(|_| random_extent(r, 5));
        let transposed = [0; 2].map(|_| r.below(2) == 0);
        let leading = if r.below(2) == 0 {
            vec![]
        } else {
            vec![random_extent(r, 3)]
        };
        let batched = r.below(3) > 0;
        let stored = |rows: usize, columns: usize, transposed: bool| {
            let matrix = if transposed {
                [columns, rows]
            } else {
                [rows, columns]
            };
            Shape::shared(&[&leading[..], &matrix].concat()).with_batched(batched)
        };
        let (a, b) = (stored(m, k, transposed[0]), stored(k, n, transposed[1]));
        let sample = Sample::of(Self { transposed }, &[(a, REAL), (b, REAL)])?;
        let axis = |is_last: bool| leading.len() + usize::from(is_last);
        Ok(sample
            .allows_longer(0, [axis(transposed[0])])
            .allows_longer(1, [axis(!transposed[1])]))
    }
}

impl Graph {
    /// `A·B` of every sample and along equal leading axes; a shared factor is repeated if the other is batched.
    ///
    /// # Shapes  `a: [.., m, k]`, `b: [.., k, n]` → `[.., m, n]`.
    /// # Errors  `Error::Operands`.
    pub fn matmul(&mut self, a: Var, b: Var) -> Result<Var> {
        self.matmul_transposed(a, b, [false, false])
    }

    /// `A·B`, with the transpose of a factor given where `transposed` says so: `[false, true]` is `A·Bᵀ`.
    ///
    /// # Shapes  `[.., m, k]` or transposed `[.., k, m]`; `[.., k, n]` or transposed `[.., n, k]` → `[.., m, n]`.
    /// # Errors  `Error::Operands`.
    pub fn matmul_transposed(&mut self, a: Var, b: Var, transposed: [bool; 2]) -> Result<Var> {
        let [left, right] = [a, b].map(|v| self.shape(v).clone());
        if left.is_batched() == right.is_batched() {
            return Matmul::emit(self, a, b, transposed);
        }
        let op = Matmul { transposed };
        if op.extents(&left, &right).is_none() {
            return op.refuse(&[&left, &right]);
        }
        if !left.is_batched() && left.rank() == 2 && !transposed[1] {
            // One matrix for all samples: a single large product.
            return match transposed[0] {
                false => self.linear(a, b),
                true => self.linear_transposed(a, b),
            };
        }
        let a = self.broadcast(a, &left.with_batched(true))?;
        let b = self.broadcast(b, &right.with_batched(true))?;
        Matmul::emit(self, a, b, transposed)
    }
}
