//! The dense matrix: rows, columns and one row-major vector.
//!
//! Convention: `a[(i, j)]` is row `i`, column `j`, both from 0, stored at `i·cols + j`. A matrix of
//! no rows or no columns exists (it is a legal operand of a product); the decompositions refuse it.

use std::ops::{Index, IndexMut};

use super::scalar::Scalar;
use crate::error::{Error, Result};

/// A dense row-major matrix.
///
/// ```
/// use fieldassay::linalg::Matrix;
/// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])?;
/// assert_eq!(a.shape(), (3, 2));
/// assert_eq!(a.transpose()[(1, 2)], 6.0);
/// assert!(Matrix::from_vec(2, 2, vec![1.0; 3]).is_err());
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    rows: usize,
    cols: usize,
    data: Vec<T>,
}

impl<T: Scalar> Matrix<T> {
    /// The matrix whose rows stand one after the other in `data`.
    ///
    /// # Errors  `Error::ShapeMismatch` unless `data` has `rows·cols` entries.
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Result<Self> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(Error::ShapeMismatch {
                op: "Matrix::from_vec",
                lhs: vec![data.len()],
                rhs: vec![rows, cols],
            });
        }
        Ok(Self { rows, cols, data })
    }

    /// The matrix with these rows; no rows give the 0×0 matrix.
    ///
    /// # Errors  `Error::ShapeMismatch` if a row's length differs from that of the first: the left
    /// shape is (index, length) of that row, the right one the length expected.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Result<Self> {
        let cols = rows.first().map_or(0, |row| row.as_ref().len());
        if let Some((i, row)) = (0..).zip(rows).find(|(_, row)| row.as_ref().len() != cols) {
            return Err(Error::ShapeMismatch {
                op: "Matrix::from_rows",
                lhs: vec![i, row.as_ref().len()],
                rhs: vec![cols],
            });
        }
        let data = rows.iter().flat_map(AsRef::as_ref).copied().collect();
        Ok(Self {
            rows: rows.len(),
            cols,
            data,
        })
    }

    /// The matrix with entry `f(i, j)` in row `i`, column `j`, called row by row.
    #[must_use]
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(rows * cols);
        for i in 0..rows {
            data.extend((0..cols).map(|j| f(i, j)));
        }
        Self { rows, cols, data }
    }

    /// The matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            cols,
            data: vec![T::ZERO; rows * cols],
        }
    }

    /// The identity of dimension `n`.
    #[must_use]
    pub fn identity(n: usize) -> Self {
        Self::diagonal(&vec![T::ONE; n])
    }

    /// The square matrix with these numbers on its diagonal and zeros elsewhere.
    #[must_use]
    pub fn diagonal(entries: &[T]) -> Self {
        let n = entries.len();
        let mut a = Self::zeros(n, n);
        for (i, &x) in entries.iter().enumerate() {
            a[(i, i)] = x;
        }
        a
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub const fn cols(&self) -> usize {
        self.cols
    }

    /// Rows and columns.
    #[must_use]
    pub const fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Row `i`.
    ///
    /// # Panics  if there is no such row.
    #[must_use]
    pub fn row(&self, i: usize) -> &[T] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// Row `i`, to be changed.
    ///
    /// # Panics  if there is no such row.
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// A copy of column `j`.
    ///
    /// # Panics  if there is no such column.
    #[must_use]
    pub fn column(&self, j: usize) -> Vec<T> {
        (0..self.rows).map(|i| self[(i, j)]).collect()
    }

    /// The entries, row by row.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The entries, row by row, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The entries, row by row, as a vector.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.data
    }

    /// `Aᵀ`.
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)])
    }

    /// `Aᴴ`, the conjugate transpose.
    #[must_use]
    pub fn adjoint(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)].conj())
    }

    /// The matrix whose row `i` is row `order[i]` of this one: `P·A`.
    ///
    /// # Panics  if `order` names a row that is not there.
    #[must_use]
    pub fn select_rows(&self, order: &[usize]) -> Self {
        Self::from_fn(order.len(), self.cols, |i, j| self[(order[i], j)])
    }

    /// The matrix with `f` applied to every entry.
    #[must_use]
    pub fn map<U: Scalar>(&self, f: impl FnMut(T) -> U) -> Matrix<U> {
        Matrix {
            rows: self.rows,
            cols: self.cols,
            data: self.data.iter().copied().map(f).collect(),
        }
    }

    /// `max |a_ij|`; NaN if an entry is, 0 without entries.
    #[must_use]
    pub fn max_abs(&self) -> f64 {
        largest(self.data.iter().map(|x| x.modulus()))
    }

    /// `√Σ|a_ij|²`, without overflow of the squares.
    #[must_use]
    pub fn frobenius(&self) -> f64 {
        let largest = self.max_abs();
        if largest == 0.0 || !largest.is_finite() {
            return largest;
        }
        let squares = self.data.iter().map(|x| (x.modulus() / largest).powi(2));
        largest * squares.sum::<f64>().sqrt()
    }

    /// The largest sum of moduli down a column: the operator norm that `‖·‖₁` induces.
    #[must_use]
    pub fn norm_one(&self) -> f64 {
        largest((0..self.cols).map(|j| (0..self.rows).map(|i| self[(i, j)].modulus()).sum()))
    }

    /// Passes if every entry is finite.
    ///
    /// # Errors  `Error::Matrix` with the position of the first entry that is not.
    pub fn check_finite(&self, op: &'static str) -> Result<()> {
        match self.data.iter().position(|x| !x.is_finite()) {
            None => Ok(()),
            Some(at) => Err(Error::Matrix {
                op,
                expected: "finite",
                detail: format!(
                    "entry ({}, {}) is {:?}",
                    at / self.cols,
                    at % self.cols,
                    self.data[at]
                ),
            }),
        }
    }
}

/// The largest number; NaN if one is NaN (`f64::max` would drop it), 0 of none.
fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |max, x| if max >= x || max.is_nan() { max } else { x })
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    fn index(&self, (i, j): (usize, usize)) -> &T {
        assert!(
            i < self.rows && j < self.cols,
            "entry ({i}, {j}) of a {}x{} matrix",
            self.rows,
            self.cols
        );
        &self.data[i * self.cols + j]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        assert!(
            i < self.rows && j < self.cols,
            "entry ({i}, {j}) of a {}x{} matrix",
            self.rows,
            self.cols
        );
        &mut self.data[i * self.cols + j]
    }
}
