//! Small symmetric matrices: the matrix `A(E)`, one row per bare state or separable term.

use crate::error::Result;
use crate::linalg::{Complex64, Matrix, symmetric_eigenvalues};

/// A symmetric matrix as its upper triangle, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symmetric {
    n: usize,
    entries: Vec<f64>,
}

impl Symmetric {
    pub(crate) fn zeros(n: usize) -> Self {
        Self {
            n,
            entries: vec![0.0; n * (n + 1) / 2],
        }
    }

    /// The matrix whose upper triangle is `entries`.
    pub(crate) fn from_upper(n: usize, entries: Vec<f64>) -> Self {
        assert_eq!(entries.len(), n * (n + 1) / 2, "the upper triangle");
        Self { n, entries }
    }

    pub(crate) const fn dimension(&self) -> usize {
        self.n
    }

    pub(crate) fn upper_mut(&mut self) -> &mut [f64] {
        &mut self.entries
    }

    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        let (i, j) = (i.min(j), i.max(j));
        self.entries[i * self.n - i * (i + 1) / 2 + j]
    }

    /// `diag(d) − self`.
    pub(crate) fn subtracted_from(mut self, diagonal: impl IntoIterator<Item = f64>) -> Self {
        for x in &mut self.entries {
            *x = -*x;
        }
        let mut at = 0;
        for (i, d) in diagonal.into_iter().enumerate() {
            self.entries[at] += d;
            at += self.n - i;
        }
        self
    }

    /// `self + s·x xᵀ`.
    pub(crate) fn add_outer(&mut self, scale: f64, x: &[f64]) {
        let mut at = 0;
        for (i, a) in x.iter().enumerate() {
            for b in &x[i..] {
                self.entries[at] += scale * a * b;
                at += 1;
            }
        }
    }

    /// Eigenvalues, descending.
    ///
    /// # Errors  `Error::Matrix` if an entry is not finite.
    pub(crate) fn eigenvalues(&self) -> Result<Vec<f64>> {
        match self.entries[..] {
            [] => Ok(Vec::new()),
            [a] if a.is_finite() => Ok(vec![a]),
            [a, b, c] if (a + b + c).is_finite() => Ok(pair(a, b, c).to_vec()),
            _ => {
                let dense = Matrix::from_fn(self.n, self.n, |i, j| self.get(i, j));
                let mut values = symmetric_eigenvalues(&dense)?;
                values.reverse();
                Ok(values)
            }
        }
    }

    /// Eigenvalue number `index` from the largest down.
    ///
    /// # Errors  as [`Symmetric::eigenvalues`].
    pub(crate) fn eigenvalue(&self, index: usize) -> Result<f64> {
        match self.entries[..] {
            [a, b, c] if (a + b + c).is_finite() => Ok(pair(a, b, c)[index]),
            _ => Ok(self.eigenvalues()?[index]),
        }
    }

    /// The determinant.
    pub(crate) fn determinant(&self) -> f64 {
        if let [a, b, c] = self.entries[..] {
            return a * c - b * b;
        }
        let at = |i: usize, j: usize| Complex64::new(self.get(i, j), 0.0);
        determinant(self.n, at).re
    }

    /// `xᵀ adj(A) x`, which is `xᵀA⁻¹x·det A` without the division: minus the determinant bordered by `x`.
    pub(crate) fn adjugate_form(&self, x: &[f64]) -> f64 {
        let n = self.n;
        let at = |i: usize, j: usize| match (i < n, j < n) {
            (true, true) => self.get(i, j),
            (true, false) => x[i],
            (false, true) => x[j],
            (false, false) => 0.0,
        };
        -determinant(n + 1, |i, j| Complex64::new(at(i, j), 0.0)).re
    }
}

/// The eigenvalues of `[[a, b], [b, c]]`, descending.
fn pair(a: f64, b: f64, c: f64) -> [f64; 2] {
    let (mean, half, off) = (0.5 * (a + c), (0.5 * (a - c)).abs(), b.abs());
    // Not by `hypot`: an ulp does not matter here, its time does.
    let (small, large) = (half.min(off), half.max(off));
    let ratio = if large > 0.0 { small / large } else { 0.0 };
    let radius = large * (1.0 + ratio * ratio).sqrt();
    let outer = mean + radius.copysign(mean);
    // The inner one from the determinant: the sum would cancel.
    let inner = if outer == 0.0 {
        0.0
    } else {
        (a * c - b * b) / outer
    };
    [outer.max(inner), outer.min(inner)]
}

/// The determinant of the matrix with entries `at(i, j)`, by elimination with partial pivoting.
pub(crate) fn determinant(n: usize, at: impl Fn(usize, usize) -> Complex64) -> Complex64 {
    match n {
        0 => return Complex64::new(1.0, 0.0),
        1 => return at(0, 0),
        2 => return at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0),
        _ => {}
    }
    let mut a: Vec<Complex64> = (0..n * n).map(|i| at(i / n, i % n)).collect();
    let mut product = Complex64::new(1.0, 0.0);
    for column in 0..n {
        let size = |row: usize| a[row * n + column].norm_sqr();
        let pivot = (column..n)
            .max_by(|&i, &j| size(i).total_cmp(&size(j)))
            .unwrap_or(column);
        if pivot != column {
            for k in 0..n {
                a.swap(pivot * n + k, column * n + k);
            }
            product = -product;
        }
        let head = a[column * n + column];
        product *= head;
        if head == Complex64::new(0.0, 0.0) {
            return Complex64::new(0.0, 0.0);
        }
        for row in column + 1..n {
            let factor = a[row * n + column] / head;
            for k in column + 1..n {
                let above = a[column * n + k];
                a[row * n + k] -= factor * above;
            }
        }
    }
    product
}
