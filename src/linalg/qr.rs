//! QR with column pivoting: `A·P = Q·R`, numerical rank, linear least squares.
//!
//! Pivoting makes `|r_kk|` fall, so that the rank shows on the diagonal of `R`; without it a
//! dependent column would pass unseen into the least squares.
//!
//! Laws: `tests/laws/linalg.rs` (`Qᴴ·Q = 1`, reconstruction, normal equations, rank).
//! Witness: `reference::linalg::gram_schmidt` (twice is enough).

use super::backend::Triangle;
use super::gemm::matmul;
use super::matrix::Matrix;
use super::prepare::{Prepared, check_right_hand_side};
use super::scalar::Decomposable;
use crate::error::{Error, Result};

/// The thin factors of a matrix and the order of its columns.
#[derive(Clone, Debug)]
pub struct Qr<T> {
    q: Matrix<T>,
    r: Matrix<T>,
    permutation: Vec<usize>,
    rank: usize,
}

impl<T: Decomposable> Qr<T> {
    /// Factorises a matrix of any shape and rank.
    ///
    /// # Shapes    `(m, n)` → `Q: (m, p)`, `R: (p, n)`, `p = min(m, n)`.
    /// # Errors    `Error::Matrix` if empty or not finite.
    /// # Accuracy  `‖A·P − Q·R‖_F ≤ 4(m + n)ε‖A‖_F`, `‖QᴴQ − 1‖_F ≤ 4(m + n)ε`.
    /// # Witness   `reference::linalg::gram_schmidt`.
    pub fn new(a: &Matrix<T>) -> Result<Self> {
        let Prepared { matrix, scale } = Prepared::any("Qr::new", a)?;
        if matrix.max_abs() == 0.0 {
            return Ok(Self::of_zero(matrix));
        }
        let (q, r, permutation) = T::raw_qr(&matrix);
        let rank = numerical_rank(&r, a.rows().max(a.cols()));
        Ok(Self {
            q,
            r: r.map(|x| x.scaled(scale)),
            permutation,
            rank,
        })
    }

    /// faer divides by the largest column norm, which is zero here.
    fn of_zero(zero: Matrix<T>) -> Self {
        let (m, n) = zero.shape();
        let p = m.min(n);
        Self {
            q: Matrix::from_fn(m, p, |i, j| if i == j { T::ONE } else { T::ZERO }),
            r: Matrix::zeros(p, n),
            permutation: (0..n).collect(),
            rank: 0,
        }
    }

    /// `Q`, orthonormal columns.
    #[must_use]
    pub const fn q(&self) -> &Matrix<T> {
        &self.q
    }

    /// `R`, upper triangular or trapezoidal.
    #[must_use]
    pub const fn r(&self) -> &Matrix<T> {
        &self.r
    }

    /// `P`: column `j` of `Q·R` is column `permutation()[j]` of `A`.
    #[must_use]
    pub fn permutation(&self) -> &[usize] {
        &self.permutation
    }

    /// How many `|r_kk|` exceed `max(m, n)·ε·|r_00|`.
    #[must_use]
    pub const fn rank(&self) -> usize {
        self.rank
    }

    /// The `X` that minimises `‖A·X − B‖_F`, for `A` with independent columns.
    ///
    /// ```
    /// use fieldassay::linalg::{Matrix, Qr};
    /// let a = Matrix::from_rows(&[[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])?;
    /// let b = Matrix::from_rows(&[[1.0], [3.0], [5.0]])?;   // y = 1 + 2x
    /// let x = Qr::new(&a)?.least_squares(&b)?;
    /// assert!((x[(0, 0)] - 1.0).abs() < 1e-14 && (x[(1, 0)] - 2.0).abs() < 1e-14);
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Shapes    `B: (m, k)` → `(n, k)`.
    /// # Errors    `Error::Matrix` if the columns are dependent (naming the rank; always so for
    /// `m < n`) or `B` is not finite; `Error::ShapeMismatch` if `B` has not `m` rows.
    /// # Accuracy  `‖Aᴴ(A·X − B)‖_F ≤ 2(m + n)ε‖A‖_F(‖A‖_F‖X‖_F + ‖B‖_F)`.
    pub fn least_squares(&self, b: &Matrix<T>) -> Result<Matrix<T>> {
        let op = "Qr::least_squares";
        let n = self.r.cols();
        check_right_hand_side(op, self.q.rows(), b)?;
        if self.rank < n {
            return Err(Error::Matrix {
                op,
                expected: "of full column rank",
                detail: format!("rank {} of {n} columns", self.rank),
            });
        }
        let mut x = matmul(self.q.view().adjoint(), b.view())?;
        T::raw_solve_triangle(Triangle::Upper, &self.r, &mut x);
        let mut ordered = Matrix::zeros(n, b.cols());
        for (i, &column) in self.permutation.iter().enumerate() {
            ordered.row_mut(column).copy_from_slice(x.row(i));
        }
        Ok(ordered)
    }
}

fn numerical_rank<T: Decomposable>(r: &Matrix<T>, size: usize) -> usize {
    let floor = size as f64 * f64::EPSILON * r[(0, 0)].modulus();
    (0..r.rows())
        .take_while(|&k| r[(k, k)].modulus() > floor)
        .count()
}
