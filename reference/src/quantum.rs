//! One particle on a line, `H = p²/2m + V(x)`, `ħ = 1`: its states in continuous time. [`crate::quantum_lattice`] has the path
//! integral on a lattice of times, [`crate::oscillator`] the harmonic case in closed form.
//!
//! Units: with `m` and energies given, lengths are `1/√(mE)` and times `1/E`. `V` is an even polynomial of degree 4.
//!
//! # Design
//! `H` is diagonalised between sinc functions on an even grid, a discretisation whose error falls faster than any power;
//! the states that are asked for are then refined in double-double.
//!
//! # Source
//! D. T. Colbert, W. H. Miller, J. Chem. Phys. 96 (1992) 1982, equation 2.4, for the kinetic energy between sinc functions;
//! M. Creutz, B. Freedman, Ann. Phys. 132 (1981) 427 for the virial estimator.

use crate::dd::Dd;
use crate::linalg::{Rows, symmetric_eigen};
use crate::refined::refined;

/// Nodes of the grids, odd: zero is one of them.
pub(crate) const NODES: usize = 161;

/// Exponent at which a wave function, or a weight, is nothing: `e^{−40}` squared is `1e−35`.
pub(crate) const NOTHING: f64 = 40.0;

/// Levels to the last bit.
const REFINED: usize = 4;

/// `V(x) = c₀ + c₂x² + c₄x⁴`, bounded from below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Potential {
    /// `[c₀, c₂, c₄]`.
    pub coefficients: [f64; 3],
}

impl Potential {
    /// `λ(x² − f²)²`; `f²` may be negative.
    #[must_use]
    pub fn double_well(lambda: f64, f2: f64) -> Self {
        Self {
            coefficients: [lambda * f2 * f2, -2.0 * lambda * f2, lambda],
        }
    }

    /// `V(x)`.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        let [constant, quadratic, quartic] = self.coefficients;
        constant + x * x * (quadratic + x * x * quartic)
    }

    /// `<V> + ½<xV'>` from `<x²>` and `<x⁴>`: the energy of a state by the virial theorem.
    ///
    /// For the double well this is `3λ<x⁴> − 4λf²<x²> + λf⁴`. It equals the energy only in the continuum, whatever `m` is;
    /// with the moments of a lattice it is the estimator `E0mom`.
    #[must_use]
    pub fn virial_energy(&self, x2: f64, x4: f64) -> f64 {
        let [constant, quadratic, quartic] = self.coefficients;
        constant + 2.0 * quadratic * x2 + 3.0 * quartic * x4
    }

    /// `<xV'>`.
    #[must_use]
    pub fn x_slope(&self, x2: f64, x4: f64) -> f64 {
        let [_, quadratic, quartic] = self.coefficients;
        2.0 * quadratic * x2 + 4.0 * quartic * x4
    }

    /// Where a state of mass `m` is `e^{−NOTHING}`: `∫ √(2m(V − V_min)) dx` from the outer turning point reaches it.
    pub(crate) fn reach(&self, mass: f64) -> f64 {
        let [_, quadratic, quartic] = self.coefficients;
        let valley = if quartic > 0.0 {
            (-quadratic / (2.0 * quartic)).max(0.0).sqrt()
        } else {
            0.0
        };
        let (step, mut x, mut action) = (0.01, valley, 0.0);
        while action < NOTHING {
            let height = (self.value(x) - self.value(valley)).max(0.0);
            action += step * (2.0 * mass * height).sqrt();
            x += step;
        }
        x
    }
}

/// A mass in a potential.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Particle {
    /// `m`.
    pub mass: f64,
    /// `V`.
    pub potential: Potential,
}

/// The lowest states of `H`.
#[derive(Clone, Debug)]
pub struct Continuum {
    /// Energies, ascending.
    pub energies: Vec<f64>,
    /// `<0|x²|0>`.
    pub x2: f64,
    /// `<0|x⁴|0>`.
    pub x4: f64,
    /// `|<0|x|1>|²`.
    pub x01_squared: f64,
    /// `(x, |ψ₀(x)|²)` on an even grid, ascending: the trapezoid rule integrates it exactly to rounding.
    pub ground_density: Vec<(f64, f64)>,
}

impl Particle {
    /// The states of `H` by diagonalisation between sinc functions.
    ///
    /// # Accuracy  relative 1e-15 of the four lowest levels and of what is asked of the two lowest states; the others 1e-12.
    #[must_use]
    pub fn continuum(&self) -> Continuum {
        let reach = self.potential.reach(self.mass);
        let (nodes, step) = grid(reach);
        let exact = self.between_sincs(step);
        let (mut energies, states) = symmetric_eigen(&matrix(|i, j| exact[i][j].to_f64()));
        let better: Vec<(f64, Vec<f64>)> = (0..REFINED)
            .map(|n| refined(&exact, &energies, &states, n))
            .collect();
        for (energy, (refined, _)) in energies.iter_mut().zip(&better) {
            *energy = *refined;
        }
        let (ground, first) = (&better[0].1, &better[1].1);
        let between = |power: i32, v: &[f64], w: &[f64]| -> f64 {
            let terms = nodes.iter().zip(v).zip(w);
            terms.map(|((x, v), w)| v * w * x.powi(power)).sum()
        };
        let density = |(x, v): (&f64, &f64)| (*x, v * v / step);
        Continuum {
            x2: between(2, ground, ground),
            x4: between(4, ground, ground),
            x01_squared: between(1, ground, first).powi(2),
            ground_density: nodes.iter().zip(ground).map(density).collect(),
            energies,
        }
    }

    /// `H` between sinc functions `step` apart: kinetic energy `(−1)^{i−j}/(m h² (i−j)²)`, on the diagonal `π²/(6mh²)`.
    fn between_sincs(&self, step: f64) -> Vec<Vec<Dd>> {
        let scale = Dd::ONE / (Dd::from(self.mass) * Dd::from(step) * Dd::from(step));
        let [constant, quadratic, quartic] = self.potential.coefficients.map(Dd::from);
        let entry = |i: usize, j: usize| {
            if i == j {
                let x = Dd::from(i as f64 - (NODES / 2) as f64) * Dd::from(step);
                let potential = constant + x * x * (quadratic + x * x * quartic);
                return Dd::PI * Dd::PI / Dd::from(6.0) * scale + potential;
            }
            let apart = i.abs_diff(j);
            let sign = if apart.is_multiple_of(2) { 1.0 } else { -1.0 };
            scale * Dd::from(sign) / Dd::from((apart * apart) as f64)
        };
        let row = |i: usize| (0..NODES).map(|j| entry(i, j)).collect();
        (0..NODES).map(row).collect()
    }
}

/// An even grid of [`NODES`] on `[−reach, reach]`, and its step.
pub(crate) fn grid(reach: f64) -> (Vec<f64>, f64) {
    let half = (NODES / 2) as f64;
    let step = reach / half;
    ((0..NODES).map(|i| (i as f64 - half) * step).collect(), step)
}

pub(crate) fn matrix(entry: impl Fn(usize, usize) -> f64) -> Rows {
    let row = |i: usize| (0..NODES).map(|j| entry(i, j)).collect();
    (0..NODES).map(row).collect()
}
