//! The Cholesky factor of a small covariance matrix: `linalg` lies in the same layer as `stats`.

use crate::error::{Error, Result};

/// A lower triangular `L` with `L Lᵀ = C`.
pub(super) struct Cholesky {
    size: usize,
    factor: Vec<f64>,
}

impl Cholesky {
    /// # Shapes  `matrix: (size, size)`, row by row; the lower triangle is read.
    /// # Errors  `Error::Matrix` where a pivot is not positive (NaN included).
    pub(super) fn new(op: &'static str, matrix: &[f64], size: usize) -> Result<Self> {
        if matrix.len() != size * size {
            return Err(Error::ShapeMismatch {
                op,
                lhs: vec![matrix.len()],
                rhs: vec![size, size],
            });
        }
        let mut l = matrix.to_vec();
        for i in 0..size {
            for j in 0..=i {
                let products = (0..j).map(|k| l[i * size + k] * l[j * size + k]);
                let rest = matrix[i * size + j] - products.sum::<f64>();
                if i != j {
                    l[i * size + j] = rest / l[j * size + j];
                } else if rest > size as f64 * f64::EPSILON * matrix[i * size + i].abs() {
                    l[i * size + i] = rest.sqrt();
                } else {
                    return Err(Error::Matrix {
                        op,
                        expected: "positive definite",
                        detail: format!("pivot {i} is {rest:e}"),
                    });
                }
            }
        }
        Ok(Self { size, factor: l })
    }

    /// `L⁻¹ b`, in place: `|L⁻¹ b|²` is `bᵀ C⁻¹ b`.
    pub(super) fn whiten(&self, b: &mut [f64]) {
        for i in 0..self.size {
            let row = &self.factor[i * self.size..=i * self.size + i];
            let known: f64 = row[..i].iter().zip(&b[..i]).map(|(l, x)| l * x).sum();
            b[i] = (b[i] - known) / row[i];
        }
    }

    /// `C⁻¹ b`, in place.
    pub(super) fn solve(&self, b: &mut [f64]) {
        self.whiten(b);
        for i in (0..self.size).rev() {
            let column = |k: usize| self.factor[k * self.size + i];
            let known: f64 = (i + 1..self.size).map(|k| column(k) * b[k]).sum();
            b[i] = (b[i] - known) / column(i);
        }
    }
}
