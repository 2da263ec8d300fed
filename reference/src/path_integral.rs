//! The path integral of a particle on a line at finite lattice spacing, by its transfer matrix on a grid.
//!
//! `S = Σ_i [m (x_{i+1} − x_i)²/2a + a V(x_i)]`, `N` points, periodic, measure `Π dx √(m/2πa)`, and
//! `T(x, y) = h √(m/2πa) e^{−m(x−y)²/2a − a(V(x) + V(y))/2}`: `Z = Tr T^N` but for the error of the trapezoid rule, which falls
//! faster than any power of `h`. Checked by the closed form of the oscillator, and against another program's numbers, in
//! `tests/statistical/mechanics`.

use crate::linalg::symmetric_eigen;

/// A discretised path integral with its transfer matrix in diagonal form.
pub struct PathIntegral {
    points: usize,
    spacing: f64,
    grid: Vec<f64>,
    /// Descending.
    eigenvalues: Vec<f64>,
    /// `vectors[k][i]`, of eigenvalue `k` at grid point `i`.
    vectors: Vec<Vec<f64>>,
}

impl PathIntegral {
    /// `points` points `spacing` apart of a particle of this mass in `V`, on `nodes` nodes in `[−cut, cut]`.
    ///
    /// # Accuracy  1e-12 where `e^{−aV}` and the ground state are nothing at `cut` and the step is a third of `√(a/m)`.
    #[must_use]
    pub fn new(
        points: usize,
        spacing: f64,
        mass: f64,
        potential: impl Fn(f64) -> f64,
        cut: f64,
        nodes: usize,
    ) -> Self {
        let step = 2.0 * cut / (nodes - 1) as f64;
        let grid: Vec<f64> = (0..nodes).map(|i| -cut + step * i as f64).collect();
        let norm = step * (mass / (std::f64::consts::TAU * spacing)).sqrt();
        let entry = |x: f64, y: f64| {
            let kinetic = mass * (x - y).powi(2) / (2.0 * spacing);
            norm * (-kinetic - 0.5 * spacing * (potential(x) + potential(y))).exp()
        };
        let matrix = grid
            .iter()
            .map(|&x| grid.iter().map(|&y| entry(x, y)).collect())
            .collect();
        let (ascending, columns) = symmetric_eigen(&matrix);
        let order = (0..nodes).rev();
        let vectors = order
            .clone()
            .map(|k| columns.iter().map(|row| row[k]).collect())
            .collect();
        Self {
            points,
            spacing,
            grid,
            eigenvalues: order.map(|k| ascending[k]).collect(),
            vectors,
        }
    }

    /// `(λ_k/λ_0)^n`.
    fn power(&self, k: usize, n: usize) -> f64 {
        (self.eigenvalues[k] / self.eigenvalues[0]).powi(n as i32)
    }

    /// `Σ_k (λ_k/λ_0)^N`.
    fn trace(&self) -> f64 {
        (0..self.grid.len())
            .map(|k| self.power(k, self.points))
            .sum()
    }

    /// `⟨k|f(x)|l⟩`.
    fn element(&self, k: usize, l: usize, f: impl Fn(f64) -> f64) -> f64 {
        let both = self.vectors[k].iter().zip(&self.vectors[l]);
        both.zip(&self.grid).map(|((a, b), &x)| a * b * f(x)).sum()
    }

    /// `ln Z`.
    #[must_use]
    pub fn ln_z(&self) -> f64 {
        self.points as f64 * self.eigenvalues[0].ln() + self.trace().ln()
    }

    /// `⟨x^n⟩`.
    #[must_use]
    pub fn moment(&self, n: i32) -> f64 {
        let term = |k| self.power(k, self.points) * self.element(k, k, |x| x.powi(n));
        (0..self.grid.len()).map(term).sum::<f64>() / self.trace()
    }

    /// `⟨x_0 x_t⟩`, `t ≤ N`.
    #[must_use]
    pub fn correlator(&self, t: usize) -> f64 {
        // Beyond these states nothing is left of λ^t λ^{N−t}, whose smaller power counts.
        let states = self.grid.len().min(60);
        let mut sum = 0.0;
        for k in 0..states {
            for l in 0..states {
                let weight = self.power(k, t) * self.power(l, self.points - t);
                if weight > 1e-18 {
                    sum += weight * self.element(k, l, |x| x).powi(2);
                }
            }
        }
        sum / self.trace()
    }

    /// `−ln(λ_k)/a`.
    #[must_use]
    pub fn energy(&self, k: usize) -> f64 {
        -self.eigenvalues[k].ln() / self.spacing
    }
}
