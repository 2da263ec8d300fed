//! Dense linear algebra: products, eigenvalues, singular values, LU, Cholesky, QR.
//!
//! Own row-major [`Matrix`], checked inputs and stated accuracies in front of faer's kernels, which
//! no other module of the crate names. Real (`f64`) and complex (`Complex64`) throughout; products
//! for `f32` too. `ε = 2⁻⁵²`; accuracies are bounds that hold with room on the ensembles of the laws.
//!
//! | problem | entry point |
//! |---|---|
//! | `C ← αAB + βC` | [`gemm`], [`matmul`] |
//! | `A = VΛVᴴ` | [`symmetric_eigen`], [`hermitian_eigen`], values only, [`generalized_eigen`] |
//! | `A = USVᴴ` | [`svd()`], [`singular_values`] |
//! | `PA = LU`, `AX = B`, `ln det A` | [`Lu`] |
//! | `A = LLᴴ` | [`Cholesky`] |
//! | `AP = QR`, least squares, rank | [`Qr`] |
//!
//! An input with an entry that is not finite, an empty one, and one of the wrong shape are errors
//! that name the operation. Everything runs on the calling thread.
//!
//! Laws: `tests/laws/linalg.rs`.  Witness: `reference::linalg`, through `tests/witness/linalg.rs`.

mod backend;
mod cholesky;
mod columns;
mod eigen;
mod gemm;
mod lanes;
mod lu;
mod matrix;
mod prepare;
mod qr;
mod scalar;
mod svd;

pub use num_complex::Complex64;

pub use cholesky::Cholesky;
pub use columns::ColumnsMut;
pub use eigen::{
    Eigen, generalized_eigen, hermitian_eigen, hermitian_eigenvalues, symmetric_eigen,
    symmetric_eigenvalues,
};
pub use gemm::{View, ViewMut, gemm, matmul};
pub use lanes::{LANES, LaneEigenvalues};
pub use lu::{LnDet, Lu};
pub use matrix::Matrix;
pub use qr::Qr;
pub use scalar::{Decomposable, Scalar};
pub use svd::{Svd, singular_values, svd};
