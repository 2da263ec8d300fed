//! Gauss quadrature for an even weight on the line, from the weight alone.
//!
//! Recurrence coefficients of the orthogonal polynomials by Stieltjes' procedure on a fine even grid, where the trapezoid
//! rule is exact to rounding; nodes and weights from the eigenvectors of the Jacobi matrix.
//!
//! Source: G. H. Golub, J. H. Welsch, Math. Comp. 23 (1969) 221; W. Gautschi, Orthogonal Polynomials, Oxford 2004,
//! section 2.2, for the discretised procedure.

use crate::linalg::symmetric_eigen;

/// Points of the fine grid on each side of zero.
const FINE: i32 = 2000;

/// `order` pairs `(x, w)`, ascending and symmetric to the last bit, with `Σ w f(x) = ∫ e^{ln_weight(x)} f(x) dx` for
/// polynomials of degree up to `2·order − 1`. The weight is even and nothing beyond `reach`.
#[must_use]
pub fn gauss(order: usize, ln_weight: impl Fn(f64) -> f64, reach: f64) -> Vec<(f64, f64)> {
    let step = reach / f64::from(FINE);
    let fine: Vec<f64> = (-FINE..=FINE).map(|i| f64::from(i) * step).collect();
    let measure: Vec<f64> = fine.iter().map(|&x| step * ln_weight(x).exp()).collect();
    let total: f64 = measure.iter().sum();
    // Orthonormal polynomials on the grid: b_{k+1} p_{k+1} = x p_k − b_k p_{k−1}.
    let mut older = vec![0.0; fine.len()];
    let mut now = vec![total.sqrt().recip(); fine.len()];
    let mut jacobi = vec![vec![0.0; order]; order];
    let mut last = 0.0;
    for k in 1..order {
        let grown: Vec<f64> = fine
            .iter()
            .zip(&now)
            .zip(&older)
            .map(|((x, p), q)| x * p - last * q)
            .collect();
        let norm = grown
            .iter()
            .zip(&measure)
            .map(|(p, w)| p * p * w)
            .sum::<f64>();
        last = norm.sqrt();
        older = std::mem::replace(&mut now, grown.iter().map(|p| p / last).collect());
        (jacobi[k][k - 1], jacobi[k - 1][k]) = (last, last);
    }
    let (nodes, vectors) = symmetric_eigen(&jacobi);
    let weight = |k: usize| vectors[0][k] * vectors[0][k] * total;
    let mirrored = |k: usize| {
        let other = order - 1 - k;
        (
            0.5 * (nodes[k] - nodes[other]),
            0.5 * (weight(k) + weight(other)),
        )
    };
    (0..order).map(mirrored).collect()
}
