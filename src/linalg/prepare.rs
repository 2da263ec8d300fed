//! What every decomposition asks of its input, and the power of two that it is divided by.
//!
//! Scaling by a power of two is exact and keeps squares and reciprocals inside faer's kernels away
//! from overflow and underflow, so that a matrix in units of 1e±300 is no special case.

use super::matrix::Matrix;
use super::scalar::Scalar;
use crate::error::{Error, Result};

/// Largest `|a_ij − conj(a_ji)| / max|a|` that still counts as rounding.
const ASYMMETRY: f64 = 1e-12;

/// A checked matrix divided by `scale`, so that its largest modulus lies in `[1, 2)`.
pub struct Prepared<T> {
    /// The matrix divided by `scale`; zero stays zero.
    pub matrix: Matrix<T>,
    /// A power of two; 1 for the zero matrix.
    pub scale: f64,
}

impl<T: Scalar> Prepared<T> {
    /// Any finite, non-empty matrix.
    pub fn any(op: &'static str, a: &Matrix<T>) -> Result<Self> {
        if a.as_slice().is_empty() {
            let (rows, cols) = a.shape();
            return Err(Error::Matrix {
                op,
                expected: "non-empty",
                detail: format!("its shape is {rows}x{cols}"),
            });
        }
        a.check_finite(op)?;
        let scale = power_of_two_below(a.max_abs());
        Ok(Self {
            matrix: a.map(|x| x.scaled(scale.recip())),
            scale,
        })
    }

    /// A square matrix.
    pub fn square(op: &'static str, a: &Matrix<T>) -> Result<Self> {
        check_square(op, a)?;
        Self::any(op, a)
    }

    /// A matrix that equals its adjoint up to rounding.
    pub fn hermitian(op: &'static str, a: &Matrix<T>) -> Result<Self> {
        let prepared = Self::square(op, a)?;
        check_hermitian(op, &prepared.matrix)?;
        Ok(prepared)
    }
}

fn check_square<T: Scalar>(op: &'static str, a: &Matrix<T>) -> Result<()> {
    let (rows, cols) = a.shape();
    if rows == cols {
        return Ok(());
    }
    Err(Error::ShapeMismatch {
        op,
        lhs: vec![rows, cols],
        rhs: vec![rows, rows],
    })
}

fn check_hermitian<T: Scalar>(op: &'static str, a: &Matrix<T>) -> Result<()> {
    let allowed = ASYMMETRY * a.max_abs();
    for i in 0..a.rows() {
        for j in 0..=i {
            let (lower, upper) = (a[(i, j)], a[(j, i)].conj());
            if (lower - upper).modulus() <= allowed {
                continue;
            }
            return Err(Error::Matrix {
                op,
                expected: "equal to its adjoint",
                detail: format!(
                    "entries ({i}, {j}) and ({j}, {i}) differ by {:.1e} of the largest entry",
                    (lower - upper).modulus() / a.max_abs()
                ),
            });
        }
    }
    Ok(())
}

/// The largest power of two that does not exceed `x`, kept where its reciprocal is normal too.
fn power_of_two_below(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let (_, exponent) = libm::frexp(x);
    libm::ldexp(1.0, (exponent - 1).clamp(-1020, 1020))
}

/// The right-hand side of a solve: as many rows as the matrix, all finite.
pub fn check_right_hand_side<T: Scalar>(
    op: &'static str,
    rows: usize,
    b: &Matrix<T>,
) -> Result<()> {
    if b.rows() != rows {
        return Err(Error::ShapeMismatch {
            op,
            lhs: vec![rows, rows],
            rhs: vec![b.rows(), b.cols()],
        });
    }
    b.check_finite(op)
}
