//! Products, Cholesky and Gram–Schmidt by their definitions.

use super::{Complex, ComplexRows};

/// `A·B`, every entry summed with compensation (Kahan and Babuška), real and imaginary part apart.
#[must_use]
pub fn product(a: &ComplexRows, b: &ComplexRows) -> ComplexRows {
    let entry = |row: &[Complex], j: usize| {
        let (mut re, mut im) = ((0.0, 0.0), (0.0, 0.0));
        for (x, line) in row.iter().zip(b) {
            let y = line[j];
            for term in [x.re * y.re, -(x.im * y.im)] {
                add(&mut re, term);
            }
            for term in [x.re * y.im, x.im * y.re] {
                add(&mut im, term);
            }
        }
        Complex::new(re.0 + re.1, im.0 + im.1)
    };
    let cols = b.first().map_or(0, Vec::len);
    a.iter()
        .map(|row| (0..cols).map(|j| entry(row, j)).collect())
        .collect()
}

fn add((sum, carry): &mut (f64, f64), x: f64) {
    let total = *sum + x;
    *carry += if sum.abs() >= x.abs() {
        (*sum - total) + x
    } else {
        (x - total) + *sum
    };
    *sum = total;
}

/// `L` with `A = L·Lᴴ`, or `None` if a pivot is not positive.
#[must_use]
pub fn cholesky(a: &ComplexRows) -> Option<ComplexRows> {
    let n = a.len();
    let mut l = vec![vec![Complex::default(); n]; n];
    for i in 0..n {
        for j in 0..=i {
            let mut sum = a[i][j];
            for k in 0..j {
                sum = sum - l[i][k] * l[j][k].conj();
            }
            if i > j {
                l[i][j] = sum.times(1.0 / l[j][j].re);
            } else if sum.re > 0.0 {
                l[i][i] = Complex::new(sum.re.sqrt(), 0.0);
            } else {
                return None;
            }
        }
    }
    Some(l)
}

/// `(Q, R)` with `A = Q·R`, orthonormal columns and a positive diagonal, for independent columns.
///
/// Each column is orthogonalised twice against those before it ("twice is enough": W. Kahan, B. N.
/// Parlett), and the coefficients of both passes are added.
#[must_use]
pub fn gram_schmidt(a: &ComplexRows) -> (ComplexRows, ComplexRows) {
    let (m, n) = (a.len(), a[0].len());
    let mut q = a.clone();
    let mut r = vec![vec![Complex::default(); n]; n];
    for j in 0..n {
        for _pass in 0..2 {
            for k in 0..j {
                let mut overlap = Complex::default();
                for row in &q {
                    overlap = overlap + row[k].conj() * row[j];
                }
                for row in &mut q {
                    row[j] = row[j] - overlap * row[k];
                }
                r[k][j] = r[k][j] + overlap;
            }
        }
        let norm = (0..m).map(|i| q[i][j].abs()).fold(0.0, f64::hypot);
        for row in &mut q {
            row[j] = row[j].times(1.0 / norm);
        }
        r[j][j] = Complex::new(norm, 0.0);
    }
    (q, r)
}
