//! Singular value decomposition, thin: `A = U·diag(s)·Vᴴ`, singular values descending.
//!
//! Convention: `v` holds `V`, not `Vᴴ`; right singular vectors are its columns.
//!
//! Laws: `tests/laws/linalg.rs` (reconstruction, orthonormality, norms, rank).
//! Witness: `reference::linalg::singular_values` (one-sided Jacobi).

use super::eigen::no_convergence;
use super::matrix::Matrix;
use super::prepare::Prepared;
use super::scalar::Decomposable;
use crate::error::Result;

/// The three factors of a thin singular value decomposition.
#[derive(Clone, Debug)]
pub struct Svd<T> {
    /// Left singular vectors as columns, `(m, p)` with `p = min(m, n)`.
    pub u: Matrix<T>,
    /// Singular values, descending, `(p,)`.
    pub s: Vec<f64>,
    /// Right singular vectors as columns, `(n, p)`.
    pub v: Matrix<T>,
}

/// The thin singular value decomposition.
///
/// ```
/// use fieldassay::linalg::{Matrix, svd};
/// let svd = svd(&Matrix::from_rows(&[[3.0, 0.0], [0.0, -4.0], [0.0, 0.0]])?)?;
/// assert!((svd.s[0] - 4.0).abs() < 1e-15 && (svd.s[1] - 3.0).abs() < 1e-15);
/// # Ok::<(), fieldassay::Error>(())
/// ```
///
/// # Shapes    `(m, n)` → `U: (m, p)`, `s: (p,)`, `V: (n, p)`, `p = min(m, n)`.
/// # Errors    `Error::Matrix` if empty or not finite, or if the QR iteration does not converge.
/// # Accuracy  `|δs| ≤ 4(m + n)ε·s₀`, absolute: values below `s₀·ε` are rounding.
/// `‖A − U·S·Vᴴ‖_F ≤ 4(m + n)ε‖A‖_F`, `‖UᴴU − 1‖_F ≤ 4(m + n)ε`.
/// # Witness   `reference::linalg::singular_values`.
pub fn svd<T: Decomposable>(a: &Matrix<T>) -> Result<Svd<T>> {
    let Prepared { matrix, scale } = Prepared::any("svd", a)?;
    let (u, s, v) = T::raw_svd(&matrix).ok_or_else(|| no_convergence("svd"))?;
    let s = s.into_iter().map(|x| x * scale).collect();
    Ok(Svd { u, s, v })
}

/// The singular values, descending, without vectors.
///
/// # Shapes    `(m, n)` → `(min(m, n),)`.
/// # Errors    as [`svd`].
/// # Accuracy  as [`svd`].
pub fn singular_values<T: Decomposable>(a: &Matrix<T>) -> Result<Vec<f64>> {
    let op = "singular_values";
    let Prepared { matrix, scale } = Prepared::any(op, a)?;
    let values = T::raw_singular_values(&matrix).ok_or_else(|| no_convergence(op))?;
    Ok(values.into_iter().map(|x| x * scale).collect())
}

impl<T: Decomposable> Svd<T> {
    /// How many singular values exceed `relative` times the largest.
    #[must_use]
    pub fn rank(&self, relative: f64) -> usize {
        let floor = relative * self.s[0];
        self.s.iter().filter(|&&s| s > floor).count()
    }

    /// `s₀/s_p`, the condition number of a matrix of full rank; infinite if `s_p` is zero.
    #[must_use]
    pub fn condition(&self) -> f64 {
        match self.s[self.s.len() - 1] {
            0.0 => f64::INFINITY,
            smallest => self.s[0] / smallest,
        }
    }
}
