//! Gaussian elimination with full pivoting: systems and determinants.
//!
//! Full pivoting exchanges rows and columns so that every pivot is the largest entry left. Nothing
//! is blocked, and the parity is counted exchange by exchange.

use super::{Complex, ComplexRows};

/// `ln|det|`, and the sign or phase.
#[derive(Clone, Copy, Debug)]
pub struct LnDet {
    /// The determinant divided by its modulus; zero if the determinant is.
    pub phase: Complex,
    /// The logarithm of the modulus.
    pub ln_abs: f64,
}

struct Eliminated {
    /// The upper triangle in the pivoted order.
    upper: ComplexRows,
    /// The right-hand side, with the same operations on its rows.
    rhs: ComplexRows,
    /// Column `k` of `upper` is unknown `columns[k]`.
    columns: Vec<usize>,
    /// Whether the exchanges of rows and columns together are odd in number.
    odd: bool,
}

fn eliminate(a: &ComplexRows, rhs: &ComplexRows) -> Eliminated {
    let n = a.len();
    let mut state = Eliminated {
        upper: a.clone(),
        rhs: rhs.clone(),
        columns: (0..n).collect(),
        odd: false,
    };
    for k in 0..n {
        bring_largest_to(&mut state, k);
        let pivot = state.upper[k][k];
        if pivot.abs() == 0.0 {
            break;
        }
        for i in k + 1..n {
            let factor = state.upper[i][k].over(pivot);
            for j in k..n {
                state.upper[i][j] = state.upper[i][j] - factor * state.upper[k][j];
            }
            for c in 0..state.rhs[i].len() {
                state.rhs[i][c] = state.rhs[i][c] - factor * state.rhs[k][c];
            }
        }
    }
    state
}

fn bring_largest_to(state: &mut Eliminated, k: usize) {
    let n = state.upper.len();
    let (mut row, mut col) = (k, k);
    for i in k..n {
        for j in k..n {
            if state.upper[i][j].abs() > state.upper[row][col].abs() {
                (row, col) = (i, j);
            }
        }
    }
    if row != k {
        state.upper.swap(row, k);
        state.rhs.swap(row, k);
        state.odd = !state.odd;
    }
    if col != k {
        for line in &mut state.upper {
            line.swap(col, k);
        }
        state.columns.swap(col, k);
        state.odd = !state.odd;
    }
}

/// `X` with `A·X = B`; infinite or NaN for a matrix with a pivot of exactly zero.
#[must_use]
pub fn solve(a: &ComplexRows, b: &ComplexRows) -> ComplexRows {
    let n = a.len();
    let state = eliminate(a, b);
    let mut x = b.clone();
    for c in 0..b[0].len() {
        let mut pivoted = vec![Complex::default(); n];
        for k in (0..n).rev() {
            let mut sum = state.rhs[k][c];
            for j in k + 1..n {
                sum = sum - state.upper[k][j] * pivoted[j];
            }
            pivoted[k] = sum.over(state.upper[k][k]);
            x[state.columns[k]][c] = pivoted[k];
        }
    }
    x
}

/// `ln|det|` with sign or phase; `(0, -inf)` if a pivot is exactly zero.
#[must_use]
pub fn ln_det(a: &ComplexRows) -> LnDet {
    let state = eliminate(a, &vec![Vec::new(); a.len()]);
    let mut phase = Complex::new(if state.odd { -1.0 } else { 1.0 }, 0.0);
    let mut ln_abs = 0.0;
    for k in 0..a.len() {
        let pivot = state.upper[k][k];
        if pivot.abs() == 0.0 {
            return LnDet {
                phase: Complex::default(),
                ln_abs: f64::NEG_INFINITY,
            };
        }
        phase = (phase * pivot).over(Complex::new(pivot.abs(), 0.0));
        ln_abs += pivot.abs().ln();
    }
    LnDet { phase, ln_abs }
}
