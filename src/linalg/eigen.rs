//! Eigenvalues and eigenvectors of matrices that equal their adjoint, and of pairs of them.
//!
//! Convention: `A = V·diag(λ)·Vᴴ`, eigenvalues ascending, eigenvectors the columns of `V`. The sign
//! or phase of an eigenvector is not fixed; inside a degenerate space neither is the basis.
//!
//! Laws: `tests/laws/linalg.rs` (`A·V = V·Λ`, `Vᴴ·V = 1`, scale, degeneracy).
//! Witness: `reference::linalg` (Householder and QL; cyclic Jacobi for the Hermitian case).

use num_complex::Complex64;

use super::backend::Triangle;
use super::cholesky::Cholesky;
use super::matrix::Matrix;
use super::prepare::Prepared;
use super::scalar::{Decomposable, Scalar};
use crate::error::{Error, Result};

/// Eigenvalues and eigenvectors.
#[derive(Clone, Debug)]
pub struct Eigen<T> {
    /// The eigenvalues, ascending.
    pub values: Vec<f64>,
    /// Column `k` belongs to `values[k]`.
    pub vectors: Matrix<T>,
}

/// Eigenvalues and orthonormal eigenvectors of a real symmetric matrix.
///
/// ```
/// use fieldassay::linalg::{Matrix, symmetric_eigen};
/// let eigen = symmetric_eigen(&Matrix::from_rows(&[[2.0, 1.0], [1.0, 2.0]])?)?;
/// assert!((eigen.values[0] - 1.0).abs() < 1e-15 && (eigen.values[1] - 3.0).abs() < 1e-15);
/// # Ok::<(), fieldassay::Error>(())
/// ```
///
/// # Shapes    `(n, n)` → values `(n,)`, vectors `(n, n)`.
/// # Errors    `Error::ShapeMismatch` if not square; `Error::Matrix` if empty, not finite, not
/// symmetric to 1e-12 of its largest entry (below that the lower triangle counts), or if the QR
/// iteration does not converge.
/// # Accuracy  `|δλ| ≤ 4nε‖A‖₂`, absolute: an eigenvalue far below `‖A‖` has no correct digits of
/// its own. `‖A·V − V·Λ‖_F ≤ 8nε‖A‖_F`, `‖VᵀV − 1‖_F ≤ 8nε`.
/// # Witness   `reference::linalg::symmetric_eigen`.
pub fn symmetric_eigen(a: &Matrix<f64>) -> Result<Eigen<f64>> {
    eigen("symmetric_eigen", a)
}

/// Eigenvalues and orthonormal eigenvectors of a complex Hermitian matrix.
///
/// # Shapes    as [`symmetric_eigen`].
/// # Errors    as [`symmetric_eigen`].
/// # Accuracy  as [`symmetric_eigen`].
/// # Witness   `reference::linalg::hermitian_eigen`.
pub fn hermitian_eigen(a: &Matrix<Complex64>) -> Result<Eigen<Complex64>> {
    eigen("hermitian_eigen", a)
}

/// Eigenvalues, ascending, of a real symmetric matrix; cheaper than [`symmetric_eigen`].
///
/// # Errors    as [`symmetric_eigen`].
/// # Accuracy  as [`symmetric_eigen`].
pub fn symmetric_eigenvalues(a: &Matrix<f64>) -> Result<Vec<f64>> {
    eigenvalues("symmetric_eigenvalues", a)
}

/// Eigenvalues, ascending, of a complex Hermitian matrix.
///
/// # Errors    as [`symmetric_eigen`].
/// # Accuracy  as [`symmetric_eigen`].
pub fn hermitian_eigenvalues(a: &Matrix<Complex64>) -> Result<Vec<f64>> {
    eigenvalues("hermitian_eigenvalues", a)
}

/// Solves `A·v = λ·B·v` for `A` equal to its adjoint and `B` positive definite.
///
/// `B = L·Lᴴ` turns it into the ordinary problem of `L⁻¹·A·L⁻ᴴ`; the vectors are normalised to
/// `Vᴴ·B·V = 1`.
///
/// # Shapes    `A, B: (n, n)` → values `(n,)`, vectors `(n, n)`.
/// # Errors    `Error::ShapeMismatch` if the shapes differ; otherwise as [`symmetric_eigen`] for `A`
/// and as [`Cholesky::new`] for `B`.
/// # Accuracy  `|δλ| ≤ 8nε‖A‖₂‖B⁻¹‖₂·κ(B)`, since rounding `B` alone moves `λ` by `ε|λ|κ(B)`;
/// `‖Vᴴ·A·V − Λ‖_F ≤ 8nε‖A‖_F‖B⁻¹‖₂`, `‖Vᴴ·B·V − 1‖_F ≤ 8nε·κ(B)`.
/// # Witness   `reference::linalg::generalized_eigenvalues` (`B^{-1/2}`, twice Jacobi).
pub fn generalized_eigen<T: Decomposable>(a: &Matrix<T>, b: &Matrix<T>) -> Result<Eigen<T>> {
    let op = "generalized_eigen";
    if a.shape() != b.shape() {
        return Err(Error::ShapeMismatch {
            op,
            lhs: vec![a.rows(), a.cols()],
            rhs: vec![b.rows(), b.cols()],
        });
    }
    Prepared::hermitian(op, a)?;
    let factor = Cholesky::new(b)?;
    let lower = factor.lower();
    let mut half = a.clone();
    T::raw_solve_triangle(Triangle::Lower, lower, &mut half);
    let mut whole = half.adjoint();
    T::raw_solve_triangle(Triangle::Lower, lower, &mut whole);
    let mut reduced = eigen(op, &hermitian_part(&whole))?;
    T::raw_solve_triangle(Triangle::LowerAdjoint, lower, &mut reduced.vectors);
    Ok(reduced)
}

fn eigen<T: Decomposable>(op: &'static str, a: &Matrix<T>) -> Result<Eigen<T>> {
    let Prepared { matrix, scale } = Prepared::hermitian(op, a)?;
    let (values, vectors) = T::raw_eigen(&matrix).ok_or_else(|| no_convergence(op))?;
    let values = values.into_iter().map(|x| x * scale).collect();
    Ok(Eigen { values, vectors })
}

fn eigenvalues<T: Decomposable>(op: &'static str, a: &Matrix<T>) -> Result<Vec<f64>> {
    let Prepared { matrix, scale } = Prepared::hermitian(op, a)?;
    let values = T::raw_eigenvalues(&matrix).ok_or_else(|| no_convergence(op))?;
    Ok(values.into_iter().map(|x| x * scale).collect())
}

/// `(A + Aᴴ)/2`: the two solves round differently above and below the diagonal.
fn hermitian_part<T: Scalar>(a: &Matrix<T>) -> Matrix<T> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| {
        (a[(i, j)] + a[(j, i)].conj()).scaled(0.5)
    })
}

pub(super) fn no_convergence(op: &'static str) -> Error {
    Error::Matrix {
        op,
        expected: "one on which the QR iteration converges",
        detail: "iteration limit reached".to_owned(),
    }
}
