//! Small symmetric matrices: the matrix `A(E)`, one row per bare state or separable term.

use smallvec::{SmallVec, smallvec};

use crate::error::Result;
use crate::linalg::{Complex64, Matrix, symmetric_eigen, symmetric_eigenvalues};
use crate::num::Sample;

/// One number a row, on the stack up to three.
pub(crate) type Column = SmallVec<[f64; 3]>;

/// A symmetric matrix as its upper triangle, row by row; on the stack up to three rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symmetric {
    n: usize,
    entries: SmallVec<[f64; 6]>,
}

impl Symmetric {
    #[inline]
    pub(crate) fn zeros(n: usize) -> Self {
        Self {
            n,
            entries: smallvec![0.0; n * (n + 1) / 2],
        }
    }

    /// The matrix whose upper triangle is `at(i, j)`, `i ≤ j`.
    pub(crate) fn from_fn(n: usize, at: impl Fn(usize, usize) -> f64) -> Self {
        let upper = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
        Self {
            n,
            entries: upper.map(|(i, j)| at(i, j)).collect(),
        }
    }

    #[inline]
    pub(crate) const fn dimension(&self) -> usize {
        self.n
    }

    /// The upper triangle, row by row.
    #[inline]
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

    /// Becomes `diag(d)`, with zeros where `d` ends.
    #[inline]
    pub(crate) fn set_diagonal(&mut self, diagonal: impl IntoIterator<Item = f64>) {
        self.entries.fill(0.0);
        let mut at = 0;
        for (i, d) in diagonal.into_iter().enumerate() {
            self.entries[at] = d;
            at += self.n - i;
        }
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
    #[inline]
    pub(crate) fn eigenvalues(&self) -> Result<Column> {
        match self.entries[..] {
            [] => Ok(Column::new()),
            [a] if a.is_finite() => Ok(smallvec![a]),
            [a, b, c] if (a + b + c).is_finite() => Ok(Column::from_slice(&pair(a, b, c))),
            _ => {
                let mut values = symmetric_eigenvalues(&self.dense())?;
                values.reverse();
                Ok(values.into())
            }
        }
    }

    /// Eigenvalue number `index` from the largest down, and how fast it rises if the matrix does by `slope`.
    ///
    /// # Errors  as [`Symmetric::eigenvalues`].
    pub(crate) fn eigenvalue_rising(&self, slope: &Self, index: usize) -> Result<Sample> {
        match (&self.entries[..], &slope.entries[..]) {
            (&[value], &[slope]) if value.is_finite() => Ok(Sample { value, slope }),
            (&[a, b, c], &[a1, b1, c1]) if (a + b + c).is_finite() => {
                let value = pair(a, b, c)[index];
                let rise = (value - c) * a1 + 2.0 * b * b1 + (value - a) * c1;
                let slope = rise / (2.0 * value - a - c);
                Ok(Sample { value, slope })
            }
            _ => {
                let eigen = symmetric_eigen(&self.dense())?;
                let column = self.n - 1 - index;
                let state: Column = (0..self.n).map(|i| eigen.vectors[(i, column)]).collect();
                Ok(Sample {
                    value: eigen.values[column],
                    slope: slope.form(&state, &state),
                })
            }
        }
    }

    /// The determinant.
    pub(crate) fn determinant(&self) -> f64 {
        let at = |i: usize, j: usize| Complex64::new(self.get(i, j), 0.0);
        determinant(self.n, at).re
    }

    /// The determinant, and how fast it rises if the matrix does by `slope`.
    #[inline]
    pub(crate) fn determinant_rising(&self, slope: &Self) -> Sample {
        if let (&[a, b, c], &[a1, b1, c1]) = (&self.entries[..], &slope.entries[..]) {
            return Sample {
                value: a * c - b * b,
                slope: a1 * c + a * c1 - 2.0 * b * b1,
            };
        }
        rising(|step| {
            let at = |i: usize, j: usize| Complex64::new(self.get(i, j), step * slope.get(i, j));
            determinant(self.n, at)
        })
    }

    /// `xᵀAy`.
    pub(crate) fn form(&self, x: &[f64], y: &[f64]) -> f64 {
        let row = |i: usize| -> f64 { (0..self.n).map(|j| self.get(i, j) * y[j]).sum() };
        (0..self.n).map(|i| x[i] * row(i)).sum()
    }

    fn dense(&self) -> Matrix<f64> {
        Matrix::from_fn(self.n, self.n, |i, j| self.get(i, j))
    }

    /// `xᵀ adj(A) x`, which is `xᵀA⁻¹x·det A` without the division: minus the determinant bordered by `x`.
    pub(crate) fn adjugate_form(&self, x: &[f64]) -> f64 {
        self.adjugate_form_rising(&Self::zeros(self.n), x).value
    }

    /// [`Symmetric::adjugate_form`], and how fast it rises if the matrix does by `slope`.
    #[inline]
    pub(crate) fn adjugate_form_rising(&self, slope: &Self, x: &[f64]) -> Sample {
        if let (&[a, b, c], &[a1, b1, c1], &[x, y]) = (&self.entries[..], &slope.entries[..], x) {
            return Sample {
                value: x * (x * c - 2.0 * y * b) + y * y * a,
                slope: x * (x * c1 - 2.0 * y * b1) + y * y * a1,
            };
        }
        let n = self.n;
        rising(|step| {
            let bordered = |i: usize, j: usize| match (i < n, j < n) {
                (true, true) => Complex64::new(self.get(i, j), step * slope.get(i, j)),
                (true, false) => x[i].into(),
                (false, true) => x[j].into(),
                (false, false) => 0.0.into(),
            };
            -determinant(n + 1, bordered)
        })
    }
}

/// A function and its derivative: the imaginary part after an imaginary step, too short to be seen in the real part.
fn rising(f: impl Fn(f64) -> Complex64) -> Sample {
    const STEP: f64 = 1e-100;
    let stepped = f(STEP);
    Sample {
        value: stepped.re,
        slope: stepped.im / STEP,
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
