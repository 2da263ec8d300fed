//! The one file that names faer: each kernel once for each number type, on our own matrices.
//!
//! # Design
//!
//! faer is generic, and a generic kernel is compiled again in every crate that calls it with a
//! concrete type (about 30 s each). The public functions of `linalg` are generic too, but thin: all
//! they reach of faer are the trait methods below, whose bodies name their type and therefore
//! compile here, once. Decompositions copy their factors into [`Matrix`], which costs `O(n²)`.
//!
//! faer's decompositions read a global parallelism; it is set to sequential before each, since this
//! crate parallelises over chains and shards, and a result must not depend on the thread count.
//! `MatMut::from_row_major_slice_with_stride_mut` of faer 0.24 has its strides exchanged, so views
//! are always built column-major and transposed.

use std::sync::Once;

use faer::linalg::matmul::matmul_with_conj;
use faer::linalg::solvers::{ColPivQr, Llt, LltError, PartialPivLu, SelfAdjointEigen, Svd};
use faer::linalg::triangular_solve as triangular;
use faer::traits::ComplexField;
use faer::{Accum, Conj, MatMut, MatRef, Par, Side};
use num_complex::Complex64;

use super::gemm::{View, ViewMut};
use super::matrix::Matrix;
use super::scalar::Scalar;

/// `C ← α·A·B (+ C)` for non-empty operands whose shapes fit.
pub trait Product: Sized {
    /// Adds to `c` if `accumulate`, else overwrites it.
    fn raw_product(
        alpha: Self,
        a: &View<'_, Self>,
        b: &View<'_, Self>,
        accumulate: bool,
        c: &mut ViewMut<'_, Self>,
    );
}

/// Which triangle a matrix stands for, and how it is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triangle {
    /// Lower, with ones on the diagonal.
    UnitLower,
    /// Lower.
    Lower,
    /// The adjoint of a lower triangle.
    LowerAdjoint,
    /// Upper.
    Upper,
}

/// Eigenvalues, and vectors as columns.
pub type Spectrum<T> = (Vec<f64>, Matrix<T>);
/// `U`, the singular values, and `V`.
pub type Singular<T> = (Matrix<T>, Vec<f64>, Matrix<T>);
/// Two factors and a permutation.
pub type Pivoted<T> = (Matrix<T>, Matrix<T>, Vec<usize>);

/// The factorisations of a finite, non-empty matrix; `None` if an iteration does not converge.
///
/// `raw_`: inputs are not checked, and a caller's type parameter can reach these by name.
pub trait Factor: Sized {
    /// Eigenvalues, ascending, of a Hermitian matrix; the lower triangle is read.
    fn raw_eigenvalues(a: &Matrix<Self>) -> Option<Vec<f64>>;
    /// Eigenvalues, ascending, and eigenvectors.
    fn raw_eigen(a: &Matrix<Self>) -> Option<Spectrum<Self>>;
    /// Singular values, descending.
    fn raw_singular_values(a: &Matrix<Self>) -> Option<Vec<f64>>;
    /// Thin singular value decomposition.
    fn raw_svd(a: &Matrix<Self>) -> Option<Singular<Self>>;
    /// `L`, `U`, and the source row of each row of `L·U`; not finite behind a zero pivot.
    fn raw_lu(a: &Matrix<Self>) -> Pivoted<Self>;
    /// `L`, or the index of the first pivot that is not positive.
    fn raw_cholesky(a: &Matrix<Self>) -> Result<Matrix<Self>, usize>;
    /// Thin `Q`, `R`, and the source column of each column of `Q·R`; not finite for the zero matrix.
    fn raw_qr(a: &Matrix<Self>) -> Pivoted<Self>;
    /// `x ← T⁻¹ x`.
    fn raw_solve_triangle(triangle: Triangle, t: &Matrix<Self>, x: &mut Matrix<Self>);
}

macro_rules! product_in {
    ($($number:ty)*) => {$(
        impl Product for $number {
            fn raw_product(
                alpha: Self,
                a: &View<'_, Self>,
                b: &View<'_, Self>,
                accumulate: bool,
                c: &mut ViewMut<'_, Self>,
            ) {
                product(alpha, a, b, accumulate, c);
            }
        }
    )*};
}
product_in!(f32 f64 Complex64);

macro_rules! factor_in {
    ($($number:ty)*) => {$(
        impl Factor for $number {
            fn raw_eigenvalues(a: &Matrix<Self>) -> Option<Vec<f64>> {
                sequential();
                by_rows(a).self_adjoint_eigenvalues(Side::Lower).ok()
            }
            fn raw_eigen(a: &Matrix<Self>) -> Option<Spectrum<Self>> {
                eigen(a)
            }
            fn raw_singular_values(a: &Matrix<Self>) -> Option<Vec<f64>> {
                sequential();
                by_rows(a).singular_values().ok()
            }
            fn raw_svd(a: &Matrix<Self>) -> Option<Singular<Self>> {
                svd(a)
            }
            fn raw_lu(a: &Matrix<Self>) -> Pivoted<Self> {
                lu(a)
            }
            fn raw_cholesky(a: &Matrix<Self>) -> Result<Matrix<Self>, usize> {
                cholesky(a)
            }
            fn raw_qr(a: &Matrix<Self>) -> Pivoted<Self> {
                qr(a)
            }
            fn raw_solve_triangle(triangle: Triangle, t: &Matrix<Self>, x: &mut Matrix<Self>) {
                solve_triangle(triangle, t, x);
            }
        }
    )*};
}
factor_in!(f64 Complex64);

fn sequential() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| faer::set_global_parallelism(Par::Seq));
}

fn by_rows<T: Scalar>(a: &Matrix<T>) -> MatRef<'_, T> {
    MatRef::from_column_major_slice(a.as_slice(), a.cols(), a.rows()).transpose()
}

fn operand<'a, T: Scalar>(v: &View<'a, T>) -> (MatRef<'a, T>, Conj) {
    let stored = MatRef::from_column_major_slice_with_stride(v.data, v.cols, v.rows, v.stride);
    let conj = if v.conjugated { Conj::Yes } else { Conj::No };
    (
        if v.transposed {
            stored
        } else {
            stored.transpose()
        },
        conj,
    )
}

fn owned<T: Scalar>(a: MatRef<'_, T>) -> Matrix<T> {
    Matrix::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)])
}

fn product<T: Scalar + ComplexField>(
    alpha: T,
    a: &View<'_, T>,
    b: &View<'_, T>,
    accumulate: bool,
    c: &mut ViewMut<'_, T>,
) {
    let ((a, conj_a), (b, conj_b)) = (operand(a), operand(b));
    let c = MatMut::from_column_major_slice_with_stride_mut(c.data, c.cols, c.rows, c.stride)
        .transpose_mut();
    let accum = if accumulate {
        Accum::Add
    } else {
        Accum::Replace
    };
    matmul_with_conj(c, accum, a, conj_a, b, conj_b, alpha, Par::Seq);
}

fn eigen<T: Scalar + ComplexField>(a: &Matrix<T>) -> Option<Spectrum<T>> {
    sequential();
    let eigen = SelfAdjointEigen::new(by_rows(a), Side::Lower).ok()?;
    let values = eigen
        .S()
        .column_vector()
        .iter()
        .map(|x| Scalar::re(*x))
        .collect();
    Some((values, owned(eigen.U())))
}

fn svd<T: Scalar + ComplexField>(a: &Matrix<T>) -> Option<Singular<T>> {
    sequential();
    let svd = Svd::new_thin(by_rows(a)).ok()?;
    let values = svd
        .S()
        .column_vector()
        .iter()
        .map(|x| Scalar::re(*x))
        .collect();
    Some((owned(svd.U()), values, owned(svd.V())))
}

fn lu<T: Scalar + ComplexField>(a: &Matrix<T>) -> Pivoted<T> {
    sequential();
    let lu = PartialPivLu::new(by_rows(a));
    let (source_row, _) = lu.P().arrays();
    (owned(lu.L()), owned(lu.U()), source_row.to_vec())
}

fn cholesky<T: Scalar + ComplexField>(a: &Matrix<T>) -> Result<Matrix<T>, usize> {
    sequential();
    match Llt::new(by_rows(a), Side::Lower) {
        Ok(llt) => Ok(owned(llt.L())),
        Err(LltError::NonPositivePivot { index }) => Err(index),
    }
}

fn qr<T: Scalar + ComplexField>(a: &Matrix<T>) -> Pivoted<T> {
    sequential();
    let qr = ColPivQr::new(by_rows(a));
    let (source_column, _) = qr.P().arrays();
    (
        owned(qr.compute_thin_Q().as_ref()),
        owned(qr.thin_R()),
        source_column.to_vec(),
    )
}

fn solve_triangle<T: Scalar + ComplexField>(triangle: Triangle, t: &Matrix<T>, x: &mut Matrix<T>) {
    let (rows, cols) = x.shape();
    let x = MatMut::from_column_major_slice_mut(x.as_mut_slice(), cols, rows).transpose_mut();
    let t = by_rows(t);
    let (no, yes) = (Conj::No, Conj::Yes);
    match triangle {
        Triangle::UnitLower => {
            triangular::solve_unit_lower_triangular_in_place_with_conj(t, no, x, Par::Seq);
        }
        Triangle::Lower => {
            triangular::solve_lower_triangular_in_place_with_conj(t, no, x, Par::Seq)
        }
        Triangle::LowerAdjoint => {
            triangular::solve_upper_triangular_in_place_with_conj(t.transpose(), yes, x, Par::Seq);
        }
        Triangle::Upper => {
            triangular::solve_upper_triangular_in_place_with_conj(t, no, x, Par::Seq)
        }
    }
}
