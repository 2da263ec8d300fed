//! Dense linear algebra by the textbook: slow, obvious, one method where the main crate has another.
//!
//! | problem | here | main crate |
//! |---|---|---|
//! | symmetric eigenvalues | Householder and implicit QL; cyclic Jacobi | faer: divide and conquer |
//! | Hermitian eigenvalues | cyclic Jacobi | faer |
//! | generalized eigenvalues | `B^{-1/2}·A·B^{-1/2}`, twice Jacobi | Cholesky |
//! | singular values | one-sided Jacobi | faer: bidiagonal |
//! | systems, determinants | elimination with full pivoting | partial pivoting, blocked |
//! | QR | Gram–Schmidt, twice | Householder, pivoted |
//! | products | triple loop, compensated | packed SIMD kernels |
//!
//! A real matrix enters the complex routines with zero imaginary parts. Shapes are the caller's
//! responsibility: a wrong one panics.

#![allow(
    clippy::needless_range_loop,
    reason = "index loops are the formulas as printed"
)]

mod complex;
mod elimination;
mod factor;
mod jacobi;
mod symmetric;

pub use complex::Complex;
pub use elimination::{LnDet, ln_det, solve};
pub use factor::{cholesky, gram_schmidt, product};
pub use jacobi::{generalized_eigenvalues, hermitian_eigen, singular_values};
pub use symmetric::symmetric_eigen;

/// A real matrix as a list of rows.
pub type Rows = Vec<Vec<f64>>;

/// A complex matrix as a list of rows.
pub type ComplexRows = Vec<Vec<Complex>>;

/// A real matrix as a complex one.
#[must_use]
pub fn complexify(a: &Rows) -> ComplexRows {
    a.iter()
        .map(|row| row.iter().map(|&x| Complex::new(x, 0.0)).collect())
        .collect()
}

fn identity(n: usize) -> ComplexRows {
    (0..n)
        .map(|i| {
            (0..n)
                .map(|j| Complex::new(f64::from(u8::from(i == j)), 0.0))
                .collect()
        })
        .collect()
}
