//! Free scalar field on a periodic lattice of any dimension, lattice units, by direct sums over momenta.
//!
//! `□ = Σ_μ (2 − shift_μ − shift_−μ)`, eigenvalue `p̂² = Σ_μ 4 sin²(p_μ/2)` at `p_μ = 2πk_μ/L_μ`; measure `∏ dφ`.
//! At extent 2 both neighbours are the same site and both count. Momenta and sites are listed in row-major order, the
//! last coordinate fastest. `p̂² + m² > 0` for every momentum.

use std::f64::consts::{PI, TAU};

/// How the action is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Form (b): `S = Σ_x φ(□ + m²)φ`, mode variance `1/[2(p̂² + m²)]`.
    NoHalf,
    /// Form (c): `S = ½ Σ_x φ(□ + m²)φ`, mode variance `1/(p̂² + m²)`.
    Half,
}

/// A free field.
#[derive(Clone, Debug)]
pub struct FreeField {
    /// `L_μ`.
    pub extents: Vec<usize>,
    /// `m²`.
    pub mass2: f64,
    /// Which of the two actions.
    pub form: Form,
}

impl FreeField {
    fn volume(&self) -> usize {
        self.extents.iter().product()
    }

    /// The coordinates of site, or momentum, `index`.
    fn coordinates(&self, index: usize) -> Vec<usize> {
        let mut rest = index;
        let mut coordinates: Vec<usize> = self
            .extents
            .iter()
            .rev()
            .map(|&extent| {
                let coordinate = rest % extent;
                rest /= extent;
                coordinate
            })
            .collect();
        coordinates.reverse();
        coordinates
    }

    /// `p̂² + m²` of every momentum.
    fn eigenvalues(&self) -> Vec<f64> {
        let one = |index| {
            let momentum = self.coordinates(index);
            let sines = momentum.iter().zip(&self.extents).map(|(&k, &extent)| {
                let sine = (PI * k as f64 / extent as f64).sin();
                4.0 * sine * sine
            });
            sines.sum::<f64>() + self.mass2
        };
        (0..self.volume()).map(one).collect()
    }

    /// `<|φ̃(p)|²>` of `φ̃(p) = V^{−½} Σ_x e^{−ipx} φ(x)`, one for every momentum.
    #[must_use]
    pub fn mode_variances(&self) -> Vec<f64> {
        let factor = match self.form {
            Form::NoHalf => 2.0,
            Form::Half => 1.0,
        };
        let eigenvalues = self.eigenvalues();
        eigenvalues.iter().map(|x| 1.0 / (factor * x)).collect()
    }

    /// `ln Z = (V/2) ln π − ½ Σ_p ln(p̂² + m²)` in form (b), with `2π` for π in form (c).
    #[must_use]
    pub fn ln_z(&self) -> f64 {
        let measure = match self.form {
            Form::NoHalf => PI,
            Form::Half => TAU,
        };
        let logarithms = self.eigenvalues().iter().map(|x| x.ln()).sum::<f64>();
        0.5 * (self.volume() as f64 * measure.ln() - logarithms)
    }

    /// `<φ²> = Σ_p <|φ̃(p)|²>/V`.
    #[must_use]
    pub fn phi2(&self) -> f64 {
        self.mode_variances().iter().sum::<f64>() / self.volume() as f64
    }

    /// `<φ(x)φ(0)> = Σ_p cos(p·x) <|φ̃(p)|²>/V`.
    #[must_use]
    pub fn two_point(&self, x: &[usize]) -> f64 {
        let variances = self.mode_variances();
        let term = |(index, variance): (usize, &f64)| {
            let momentum = self.coordinates(index);
            let turns: f64 = (0..x.len())
                .map(|mu| {
                    (momentum[mu] * x[mu] % self.extents[mu]) as f64 / self.extents[mu] as f64
                })
                .sum();
            (TAU * turns).cos() * variance
        };
        variances.iter().enumerate().map(term).sum::<f64>() / self.volume() as f64
    }

    /// [`FreeField::two_point`] at every site.
    #[must_use]
    pub fn two_points(&self) -> Vec<f64> {
        let sites = 0..self.volume();
        sites
            .map(|x| self.two_point(&self.coordinates(x)))
            .collect()
    }

    /// The matrix `K` of `S = φ^T K φ` in position space: the dense route to the same numbers, `Z = π^{V/2} det K^{−½}` and
    /// `<φφ^T> = K^{−1}/2`.
    #[must_use]
    pub fn kernel(&self) -> Vec<Vec<f64>> {
        let volume = self.volume();
        let scale = match self.form {
            Form::NoHalf => 1.0,
            Form::Half => 0.5,
        };
        let mut kernel = vec![vec![0.0; volume]; volume];
        for (here, row) in kernel.iter_mut().enumerate() {
            row[here] += scale * (2.0 * self.extents.len() as f64 + self.mass2);
            let site = self.coordinates(here);
            for (mu, &extent) in self.extents.iter().enumerate() {
                for step in [1, extent - 1] {
                    let mut other = site.clone();
                    other[mu] = (other[mu] + step) % extent;
                    let there = other
                        .iter()
                        .zip(&self.extents)
                        .fold(0, |index, (x, extent)| index * extent + x);
                    row[there] -= scale;
                }
            }
        }
        kernel
    }
}
