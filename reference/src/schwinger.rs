//! U(1) gauge field with one flavour of Wilson fermions in two dimensions, by dense matrices:
//!
//! `(D+m)ψ(x) = (m+2)ψ(x) − ½ Σ_μ [(1−γ_μ)U_μ(x)ψ(x+μ) + (1+γ_μ)U_μ*(x−μ)ψ(x−μ)]`,
//! `γ_0 = σ_1`, `γ_1 = σ_2`, `γ_5 = σ_3`, `S_g = β Σ_P (1 − cos θ_P)`.
//!
//! With open edges the four sites of one plaquette are a whole system; in the gauge in which three
//! of its links are 1, the fourth carries the plaquette angle and the path integral is one integral.

use std::ops::{Add, Mul, Sub};

use crate::quadrature::circle;

/// What a fermion meets at the edge of the lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Nothing: no link leaves the lattice.
    Open,
    /// The opposite edge.
    Periodic,
}

/// A complex number of this witness's own.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    const ZERO: Self = Self { re: 0.0, im: 0.0 };
    const I: Self = Self { re: 0.0, im: 1.0 };

    const fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    fn phase(angle: f64) -> Self {
        Self {
            re: angle.cos(),
            im: angle.sin(),
        }
    }

    fn norm_sqr(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    fn divided_by(self, other: Self) -> Self {
        let conjugate = Self {
            re: other.re,
            im: -other.im,
        };
        self * conjugate * Self::real(1.0 / other.norm_sqr())
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            re: self.re - other.re,
            im: self.im - other.im,
        }
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

/// `det(D+m)`, real and imaginary part, on an `n0 × n1` lattice; `link(x0, x1, mu)` is the angle of
/// the link that leaves `(x0, x1)` in direction `mu`.
///
/// # Panics  if the matrix is singular.
#[must_use]
pub fn determinant(
    [n0, n1]: [usize; 2],
    edge: Edge,
    mass: f64,
    link: impl Fn(usize, usize, usize) -> f64,
) -> (f64, f64) {
    let size = 2 * n0 * n1;
    let mut matrix = vec![vec![Complex::ZERO; size]; size];
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] = Complex::real(mass + 2.0);
    }
    for x0 in 0..n0 {
        for x1 in 0..n1 {
            for mu in 0..2 {
                let (y0, y1) = (x0 + (1 - mu), x1 + mu);
                if edge == Edge::Open && (y0 == n0 || y1 == n1) {
                    continue;
                }
                let (here, there) = (x0 * n1 + x1, (y0 % n0) * n1 + y1 % n1);
                let angle = link(x0, x1, mu);
                hop(&mut matrix, here, there, mu, -1.0, angle);
                hop(&mut matrix, there, here, mu, 1.0, -angle);
            }
        }
    }
    let det = eliminate(matrix);
    (det.re, det.im)
}

/// Adds `−½ (1 + sign·γ_μ) e^{i·angle}` to the block (`row`, `column`).
fn hop(matrix: &mut [Vec<Complex>], row: usize, column: usize, mu: usize, sign: f64, angle: f64) {
    let upper = if mu == 0 {
        Complex::real(1.0)
    } else {
        Complex::real(-1.0) * Complex::I
    };
    let lower = if mu == 0 {
        Complex::real(1.0)
    } else {
        Complex::I
    };
    let spin = [
        [Complex::real(1.0), Complex::real(sign) * upper],
        [Complex::real(sign) * lower, Complex::real(1.0)],
    ];
    let factor = Complex::real(-0.5) * Complex::phase(angle);
    for (s, entries) in spin.iter().enumerate() {
        for (t, &entry) in entries.iter().enumerate() {
            let target = &mut matrix[2 * row + s][2 * column + t];
            *target = *target + factor * entry;
        }
    }
}

/// The determinant by Gaussian elimination with partial pivoting.
fn eliminate(mut a: Vec<Vec<Complex>>) -> Complex {
    let n = a.len();
    let mut det = Complex::real(1.0);
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|&i, &j| a[i][k].norm_sqr().total_cmp(&a[j][k].norm_sqr()))
            .unwrap_or(k);
        assert!(a[pivot][k].norm_sqr() > 0.0, "D + m is singular");
        if pivot != k {
            a.swap(pivot, k);
            det = det * Complex::real(-1.0);
        }
        det = det * a[k][k];
        let pivot_row = a[k].clone();
        for row in &mut a[k + 1..] {
            let factor = row[k].divided_by(pivot_row[k]);
            for j in k..n {
                row[j] = row[j] - factor * pivot_row[j];
            }
        }
    }
    det
}

/// One plaquette with open edges and one flavour of fermions.
#[derive(Clone, Copy, Debug)]
pub struct Plaquette {
    /// The gauge coupling β.
    pub beta: f64,
    /// The fermion mass m.
    pub mass: f64,
    /// The factor of `ln det(D+m)` in `S_eff = S_g + factor·ln det(D+m)`: −1.
    pub factor: f64,
}

impl Plaquette {
    /// `det(D+m)` at plaquette angle `theta`.
    #[must_use]
    pub fn determinant(&self, theta: f64) -> f64 {
        let link = |x0, x1, mu| {
            if (x0, x1, mu) == (0, 0, 0) {
                theta
            } else {
                0.0
            }
        };
        determinant([2, 2], Edge::Open, self.mass, link).0
    }

    /// `−S_eff(theta)` up to a constant.
    #[must_use]
    pub fn ln_weight(&self, theta: f64) -> f64 {
        self.beta * (theta.cos() - 1.0) - self.factor * self.determinant(theta).ln()
    }

    /// `⟨f(θ)⟩` by quadrature.
    ///
    /// # Accuracy  rounding: 128 points resolve `e^{β cos θ}` for `β < 20`.
    #[must_use]
    pub fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        const POINTS: usize = 128;
        let weight = |theta: f64| self.ln_weight(theta).exp();
        circle(|theta| weight(theta) * f(theta), POINTS) / circle(weight, POINTS)
    }
}
