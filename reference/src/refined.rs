//! Eigenpairs of a symmetric matrix to the last bit of `f64`, from a diagonalisation in `f64`.
//!
//! The Rayleigh quotient and the residual `r = (E − H)v` in double-double; then one step of perturbation theory,
//! `δv = Σ_k v_k (v_k·r)/(E_k − E)`. An error of `1e−12` in the vector leaves `1e−24` of the norm in the energy.

use crate::dd::Dd;
use crate::linalg::Rows;

/// Eigenvalue and eigenvector `n` of `h`, improved from `values` and `vectors` (columns) of its `f64` diagonalisation; `n`
/// is no nearly degenerate level.
#[must_use]
pub fn refined(h: &[Vec<Dd>], values: &[f64], vectors: &Rows, n: usize) -> (f64, Vec<f64>) {
    let v: Vec<Dd> = vectors.iter().map(|row| Dd::from(row[n])).collect();
    let dot = |x: &[Dd], y: &[Dd]| x.iter().zip(y).fold(Dd::ZERO, |sum, (x, y)| sum + *x * *y);
    let image: Vec<Dd> = h.iter().map(|row| dot(row, &v)).collect();
    let energy = dot(&v, &image) / dot(&v, &v);
    let residual: Vec<f64> = image
        .iter()
        .zip(&v)
        .map(|(hv, v)| (energy * *v - *hv).to_f64())
        .collect();
    let mut better: Vec<f64> = vectors.iter().map(|row| row[n]).collect();
    for k in (0..values.len()).filter(|&k| k != n) {
        let overlap: f64 = vectors
            .iter()
            .zip(&residual)
            .map(|(row, r)| row[k] * r)
            .sum();
        let share = overlap / (values[k] - values[n]);
        for (better, row) in better.iter_mut().zip(vectors) {
            *better += share * row[k];
        }
    }
    let norm = better.iter().map(|x| x * x).sum::<f64>().sqrt();
    (energy.to_f64(), better.iter().map(|x| x / norm).collect())
}
