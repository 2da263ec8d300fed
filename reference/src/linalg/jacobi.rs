//! Jacobi's plane rotations: Hermitian eigenvalues (cyclic) and singular values (one-sided).
//!
//! A rotation in the plane of two axes makes one off-diagonal pair zero, and sweeping over all pairs
//! until nothing is left to rotate diagonalises the matrix. The off-diagonal weight falls with every
//! rotation, so that there is nothing to tune. Source: G. H. Golub, C. F. Van Loan, Matrix
//! Computations, 4th ed., sections 8.5 and 8.6.3.

use super::{Complex, ComplexRows, identity, product};

/// Sweeps before giving up; quadratic convergence needs about ten at dimension 100.
const SWEEPS: usize = 60;

/// `cos` and phase-carrying `sin` of the rotation that diagonalises `[[alpha, z], [z̄, beta]]`.
struct Rotation {
    cos: f64,
    sin: Complex,
}

impl Rotation {
    fn diagonalising(alpha: f64, beta: f64, z: Complex) -> Self {
        let modulus = z.abs();
        let theta = (beta - alpha) / (2.0 * modulus);
        let tan = theta.signum() / (theta.abs() + theta.hypot(1.0));
        let cos = 1.0 / tan.hypot(1.0);
        let sin = z.times(1.0 / modulus).times(tan * cos);
        Self { cos, sin }
    }

    /// `(x, y) → (cos·x − conj(sin)·y, sin·x + cos·y)`: what happens to a row at columns p and q.
    fn columns(&self, row: &mut [Complex], p: usize, q: usize) {
        let (x, y) = (row[p], row[q]);
        row[p] = x.times(self.cos) - self.sin.conj() * y;
        row[q] = self.sin * x + y.times(self.cos);
    }

    /// The adjoint of [`Self::columns`], on rows p and q.
    fn rows(&self, a: &mut ComplexRows, p: usize, q: usize) {
        for j in 0..a[p].len() {
            let (x, y) = (a[p][j], a[q][j]);
            a[p][j] = x.times(self.cos) - self.sin * y;
            a[q][j] = self.sin.conj() * x + y.times(self.cos);
        }
    }
}

/// Eigenvalues, ascending, and eigenvectors as columns, of a Hermitian matrix.
///
/// # Panics  if the sweeps do not converge (an entry that is not finite).
#[must_use]
pub fn hermitian_eigen(a: &ComplexRows) -> (Vec<f64>, ComplexRows) {
    let n = a.len();
    let (mut a, mut v) = (a.clone(), identity(n));
    for _sweep in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (alpha, beta, z) = (a[p][p].re, a[q][q].re, a[p][q]);
                if is_negligible(z.abs(), alpha, beta, &a) {
                    continue;
                }
                rotated = true;
                let rotation = Rotation::diagonalising(alpha, beta, z);
                for row in &mut a {
                    rotation.columns(row, p, q);
                }
                rotation.rows(&mut a, p, q);
                // Zero by construction; the rounding left there would be rotated for ever.
                a[p][q] = Complex::default();
                a[q][p] = Complex::default();
                for row in &mut v {
                    rotation.columns(row, p, q);
                }
            }
        }
        if !rotated {
            return ascending((0..n).map(|i| a[i][i].re).collect(), &v);
        }
    }
    panic!("Jacobi: no convergence in {SWEEPS} sweeps");
}

/// Below the rounding of both diagonal entries, or of the largest one.
fn is_negligible(off: f64, alpha: f64, beta: f64, a: &ComplexRows) -> bool {
    let largest = (0..a.len()).map(|i| a[i][i].abs()).fold(0.0, f64::max);
    off <= f64::EPSILON * 0.25 * alpha.abs().sqrt() * beta.abs().sqrt()
        || off <= f64::EPSILON * 1e-3 * largest
}

fn ascending(values: Vec<f64>, v: &ComplexRows) -> (Vec<f64>, ComplexRows) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let sorted = order.iter().map(|&i| values[i]).collect();
    let columns = v
        .iter()
        .map(|row| order.iter().map(|&i| row[i]).collect())
        .collect();
    (sorted, columns)
}

/// Eigenvalues, ascending, of `A·v = λ·B·v` for Hermitian `A` and positive definite `B`: those of
/// `B^{-1/2}·A·B^{-1/2}`, in the eigenbasis of `B`.
///
/// # Panics  as [`hermitian_eigen`].
#[must_use]
pub fn generalized_eigenvalues(a: &ComplexRows, b: &ComplexRows) -> Vec<f64> {
    let (metric, basis) = hermitian_eigen(b);
    let mut whitening = basis;
    for row in &mut whitening {
        for (x, b) in row.iter_mut().zip(&metric) {
            *x = x.times(1.0 / b.sqrt());
        }
    }
    let reduced = product(&adjoint(&whitening), &product(a, &whitening));
    hermitian_eigen(&reduced).0
}

/// Singular values, descending: the columns are rotated in pairs until they are orthogonal; their
/// lengths are the answer. A column shorter than the rounding of the longest has no direction of its
/// own and is left alone.
///
/// # Panics  if the sweeps do not converge (an entry that is not finite).
#[must_use]
pub fn singular_values(a: &ComplexRows) -> Vec<f64> {
    let wide = a.len() < a[0].len();
    let mut a = if wide { adjoint(a) } else { a.clone() };
    // Squares of 1e±300 would leave the range.
    let entries = a.iter().flatten();
    let largest = entries.map(|x| x.abs()).fold(f64::MIN_POSITIVE, f64::max);
    for x in a.iter_mut().flatten() {
        *x = Complex::new(x.re / largest, x.im / largest);
    }
    let (rows, n) = (a.len() as f64, a[0].len());
    let rounding = rows * f64::EPSILON * lengths(&a).into_iter().fold(0.0, f64::hypot);
    for _sweep in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (alpha, beta, z) = gram(&a, p, q);
                let (long, short) = (alpha.max(beta).sqrt(), alpha.min(beta).sqrt());
                if short <= rounding || z.abs() <= rows * f64::EPSILON * long * short {
                    continue;
                }
                rotated = true;
                let rotation = Rotation::diagonalising(alpha, beta, z);
                for row in &mut a {
                    rotation.columns(row, p, q);
                }
            }
        }
        if !rotated {
            let mut values: Vec<f64> = lengths(&a).iter().map(|x| x * largest).collect();
            values.sort_by(|x, y| y.total_cmp(x));
            return values;
        }
    }
    panic!("one-sided Jacobi: no convergence in {SWEEPS} sweeps");
}

fn lengths(a: &ComplexRows) -> Vec<f64> {
    (0..a[0].len())
        .map(|j| a.iter().map(|row| row[j].abs()).fold(0.0, f64::hypot))
        .collect()
}

fn adjoint(a: &ComplexRows) -> ComplexRows {
    (0..a[0].len())
        .map(|j| a.iter().map(|row| row[j].conj()).collect())
        .collect()
}

/// Squared lengths of columns p and q, and their overlap.
fn gram(a: &ComplexRows, p: usize, q: usize) -> (f64, f64, Complex) {
    let (mut alpha, mut beta, mut z) = (0.0, 0.0, Complex::default());
    for row in a {
        alpha += row[p].abs().powi(2);
        beta += row[q].abs().powi(2);
        z = z + row[p].conj() * row[q];
    }
    (alpha, beta, z)
}
