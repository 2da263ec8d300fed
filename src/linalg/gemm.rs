//! Products: `C ← α·A·B + β·C` on matrices or on slices with a row stride.
//!
//! An operand is a [`View`], so that a transpose or an adjoint costs nothing and a layer of a network
//! multiplies inside its arena. As in BLAS, `β = 0` writes `C` without reading it, so that what stood
//! there (NaN included) is gone; unlike BLAS, `α = 0` still multiplies, so that a NaN of `A` or `B`
//! is not hidden. Products neither check for finite entries nor allocate.
//!
//! Laws: `tests/laws/linalg.rs` (every transposition, strides with canaries, α and β).
//! Witness: `reference::linalg::product`, compensated triple loop.

use super::matrix::Matrix;
use super::scalar::Scalar;
use crate::error::{Error, Result};

/// A matrix operand inside a slice: row-major with a row stride, optionally transposed or conjugated.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) stride: usize,
    pub(super) transposed: bool,
    pub(super) conjugated: bool,
}

/// The output of a product inside a slice: row-major with a row stride.
#[derive(Debug)]
pub struct ViewMut<'a, T> {
    pub(super) data: &'a mut [T],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) stride: usize,
}

impl<'a, T: Scalar> View<'a, T> {
    /// Row `i` is `data[i·stride .. i·stride + cols]`.
    ///
    /// # Errors  `Error::ShapeMismatch` if `stride < cols` or the slice ends before the last row:
    /// the left shape is the slice's length, the right one `[rows, cols, stride]`.
    pub fn new(data: &'a [T], rows: usize, cols: usize, stride: usize) -> Result<Self> {
        check_layout("View::new", data.len(), rows, cols, stride)?;
        Ok(Self {
            data,
            rows,
            cols,
            stride,
            transposed: false,
            conjugated: false,
        })
    }

    /// The transpose of this view.
    #[must_use]
    pub const fn transpose(mut self) -> Self {
        self.transposed = !self.transposed;
        self
    }

    /// The conjugate transpose of this view.
    #[must_use]
    pub const fn adjoint(mut self) -> Self {
        self.conjugated = !self.conjugated;
        self.transpose()
    }

    /// Rows and columns, after transposition.
    #[must_use]
    pub const fn shape(&self) -> (usize, usize) {
        if self.transposed {
            (self.cols, self.rows)
        } else {
            (self.rows, self.cols)
        }
    }
}

impl<'a, T: Scalar> ViewMut<'a, T> {
    /// Row `i` is `data[i·stride .. i·stride + cols]`; what lies between the rows is not touched.
    ///
    /// # Errors  as [`View::new`].
    pub fn new(data: &'a mut [T], rows: usize, cols: usize, stride: usize) -> Result<Self> {
        check_layout("ViewMut::new", data.len(), rows, cols, stride)?;
        Ok(Self {
            data,
            rows,
            cols,
            stride,
        })
    }

    fn update(&mut self, f: impl Fn(T) -> T) {
        for i in 0..self.rows {
            for x in &mut self.data[i * self.stride..i * self.stride + self.cols] {
                *x = f(*x);
            }
        }
    }
}

impl<T: Scalar> Matrix<T> {
    /// This matrix as an operand.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        View {
            data: self.as_slice(),
            rows: self.rows(),
            cols: self.cols(),
            stride: self.cols(),
            transposed: false,
            conjugated: false,
        }
    }

    /// This matrix as an output.
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        let (rows, cols) = self.shape();
        ViewMut {
            data: self.as_mut_slice(),
            rows,
            cols,
            stride: cols,
        }
    }
}

/// `C ← α·A·B + β·C`.
///
/// ```
/// use fieldassay::linalg::{Matrix, gemm};
/// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]])?;
/// let mut c = Matrix::identity(2);
/// gemm(2.0, a.view().transpose(), a.view(), -1.0, c.view_mut())?;   // C = 2 AᵀA − C
/// assert_eq!(c, Matrix::from_rows(&[[19.0, 28.0], [28.0, 39.0]])?);
/// # Ok::<(), fieldassay::Error>(())
/// ```
///
/// # Shapes    `A: (m, k)`, `B: (k, n)`, `C: (m, n)`, each after its transposition; any may be 0.
/// # Errors    `Error::ShapeMismatch` if the shapes do not fit.
/// # Accuracy  `|error| ≤ (k + 2)·ε·(|α||A||B| + |β||C|)` entry by entry, four times that for complex.
/// # Witness   `reference::linalg::product`.
pub fn gemm<T: Scalar>(
    alpha: T,
    a: View<'_, T>,
    b: View<'_, T>,
    beta: T,
    mut c: ViewMut<'_, T>,
) -> Result<()> {
    let ((m, k), (k_b, n)) = (a.shape(), b.shape());
    if k != k_b {
        return Err(Error::ShapeMismatch {
            op: "gemm",
            lhs: vec![m, k],
            rhs: vec![k_b, n],
        });
    }
    if (c.rows, c.cols) != (m, n) {
        return Err(Error::ShapeMismatch {
            op: "gemm, output",
            lhs: vec![m, n],
            rhs: vec![c.rows, c.cols],
        });
    }
    if k == 0 && beta == T::ZERO {
        c.update(|_| T::ZERO);
    } else if beta != T::ZERO && beta != T::ONE {
        c.update(|x| beta * x);
    }
    if m > 0 && n > 0 && k > 0 {
        T::raw_product(alpha, &a, &b, beta != T::ZERO, &mut c);
    }
    Ok(())
}

/// `A·B` in a new matrix.
///
/// # Shapes    `A: (m, k)`, `B: (k, n)` → `(m, n)`.
/// # Errors    `Error::ShapeMismatch` if the shapes do not fit.
/// # Accuracy  as [`gemm`].
pub fn matmul<T: Scalar>(a: View<'_, T>, b: View<'_, T>) -> Result<Matrix<T>> {
    let mut c = Matrix::zeros(a.shape().0, b.shape().1);
    gemm(T::ONE, a, b, T::ZERO, c.view_mut())?;
    Ok(c)
}

fn check_layout(
    op: &'static str,
    len: usize,
    rows: usize,
    cols: usize,
    stride: usize,
) -> Result<()> {
    let end = match rows {
        0 => Some(0),
        _ => stride
            .checked_mul(rows - 1)
            .and_then(|last| last.checked_add(cols)),
    };
    if stride >= cols && end.is_some_and(|end| end <= len) {
        return Ok(());
    }
    Err(Error::ShapeMismatch {
        op,
        lhs: vec![len],
        rhs: vec![rows, cols, stride],
    })
}
