//! Symmetric eigenvalues: Householder reflections to tridiagonal form, then implicit QL.
//!
//! Source: J. H. Wilkinson, C. Reinsch, Handbook for Automatic Computation II, Springer 1971,
//! contributions II/2 (tridiagonal form) and II/4 (implicit QL), here with the reflections written as
//! `H = 1 − 2wwᵀ` on the full matrix. Checked by the cyclic Jacobi of this folder.

use super::Rows;

/// QL steps for one eigenvalue before giving up; two or three are usual.
const STEPS: usize = 60;

/// Eigenvalues, ascending, and eigenvectors as columns, of a real symmetric matrix.
///
/// # Panics  if the QL iteration does not converge (an entry that is not finite).
#[must_use]
pub fn symmetric_eigen(a: &Rows) -> (Vec<f64>, Rows) {
    let n = a.len();
    let (mut a, mut v) = (a.clone(), identity(n));
    for k in 0..n.saturating_sub(2) {
        reflect_column(&mut a, &mut v, k);
    }
    let mut diagonal: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    let mut off: Vec<f64> = (1..n).map(|i| a[i][i - 1]).chain([0.0]).collect();
    let largest = diagonal
        .iter()
        .chain(&off)
        .fold(0.0_f64, |max, x| x.abs().max(max));
    for l in 0..n {
        let mut steps = 0;
        loop {
            let m = first_split(&off, l, 0.25 * f64::EPSILON * largest);
            if m == l {
                break;
            }
            assert!(steps < STEPS, "QL: no convergence in {STEPS} steps");
            steps += 1;
            ql_step(&mut diagonal, &mut off, &mut v, l, m);
        }
    }
    ascending(diagonal, &v)
}

fn identity(n: usize) -> Rows {
    (0..n)
        .map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect())
        .collect()
}

/// Makes column `k` zero below its first subdiagonal entry: `A → H·A·H`, `V → V·H`.
fn reflect_column(a: &mut Rows, v: &mut Rows, k: usize) {
    let n = a.len();
    let mut w = vec![0.0; n];
    let norm = (k + 1..n).map(|i| a[i][k]).fold(0.0, f64::hypot);
    if norm == 0.0 {
        return;
    }
    for i in k + 1..n {
        w[i] = a[i][k] / norm;
    }
    w[k + 1] += w[k + 1].signum();
    let length = w.iter().copied().fold(0.0, f64::hypot);
    for x in &mut w {
        *x /= length;
    }
    for row in a.iter_mut().chain(v) {
        let overlap: f64 = row.iter().zip(&w).map(|(x, y)| x * y).sum();
        for j in 0..n {
            row[j] -= 2.0 * overlap * w[j];
        }
    }
    for j in 0..n {
        let overlap: f64 = (0..n).map(|i| w[i] * a[i][j]).sum();
        for i in 0..n {
            a[i][j] -= 2.0 * w[i] * overlap;
        }
    }
}

/// The first `m ≥ l` whose off-diagonal entry is lost beside the largest entry of the matrix.
fn first_split(off: &[f64], l: usize, lost: f64) -> usize {
    let last = off.len() - 1;
    (l..last).find(|&m| off[m].abs() <= lost).unwrap_or(last)
}

/// One implicit QL step with Wilkinson's shift on the unreduced block `l..=m`.
fn ql_step(diagonal: &mut [f64], off: &mut [f64], v: &mut Rows, l: usize, m: usize) {
    let slope = (diagonal[l + 1] - diagonal[l]) / (2.0 * off[l]);
    let root = slope.hypot(1.0).copysign(slope);
    let mut g = diagonal[m] - diagonal[l] + off[l] / (slope + root);
    let (mut sin, mut cos, mut shift) = (1.0, 1.0, 0.0);
    for i in (l..m).rev() {
        let (f, b) = (sin * off[i], cos * off[i]);
        let r = f.hypot(g);
        off[i + 1] = r;
        if r == 0.0 {
            // The bulge vanished: the block splits here, and the next call sees it.
            diagonal[i + 1] -= shift;
            off[m] = 0.0;
            return;
        }
        (sin, cos) = (f / r, g / r);
        let p = diagonal[i + 1] - shift;
        let t = (diagonal[i] - p) * sin + 2.0 * cos * b;
        shift = sin * t;
        diagonal[i + 1] = p + shift;
        g = cos * t - b;
        for row in v.iter_mut() {
            let (x, y) = (row[i], row[i + 1]);
            row[i + 1] = sin * x + cos * y;
            row[i] = cos * x - sin * y;
        }
    }
    diagonal[l] -= shift;
    off[l] = g;
    off[m] = 0.0;
}

fn ascending(values: Vec<f64>, v: &Rows) -> (Vec<f64>, Rows) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let sorted = order.iter().map(|&i| values[i]).collect();
    let columns = v
        .iter()
        .map(|row| order.iter().map(|&i| row[i]).collect())
        .collect();
    (sorted, columns)
}
