//! The same model in a periodic box, by plane waves.
//!
//! The Hamiltonian stands once in the basis of single plane waves `|n⟩`, once in that of whole shells, and is
//! diagonalised by Householder and QL. Levels without a cut come from the secular determinant with another
//! window than the main crate's: shells are weighted by a Fermi function, and the continuum is summed by the trapezoid
//! rule in `ln k`.

use std::f64::consts::PI;

use crate::heft::SigmaModel;
use crate::linalg::{Rows, symmetric_eigen};

/// `(n², number of integer vectors)`, counted one by one.
#[must_use]
pub fn counted_shells(n2_max: usize) -> Vec<(usize, usize)> {
    let reach = n2_max.isqrt() as i64;
    let mut seen = vec![0; n2_max + 1];
    for vector in vectors(reach) {
        let n2 = vector.iter().map(|c| c * c).sum::<i64>() as usize;
        if n2 <= n2_max {
            seen[n2] += 1;
        }
    }
    seen.into_iter()
        .enumerate()
        .filter(|(_, count)| *count != 0)
        .collect()
}

fn vectors(reach: i64) -> impl Iterator<Item = [i64; 3]> {
    let side = 2 * reach + 1;
    (0..side.pow(3)).map(move |i| {
        [
            i % side - reach,
            i / side % side - reach,
            i / (side * side) - reach,
        ]
    })
}

fn unit(model: &SigmaModel, length: f64) -> f64 {
    2.0 * PI * model.hbarc / length
}

/// `H` in the basis of `σ` and every plane wave with `n² ≤ n2_max`.
#[must_use]
pub fn plane_wave_hamiltonian(model: &SigmaModel, length: f64, n2_max: usize) -> Rows {
    let unit = unit(model, length);
    let waves = vectors(n2_max.isqrt() as i64).map(|n| n.iter().map(|c| c * c).sum::<i64>() as f64);
    let momenta: Vec<f64> = waves
        .filter(|n2| *n2 <= n2_max as f64)
        .map(|n2| unit * n2.sqrt())
        .collect();
    let ones = vec![1.0; momenta.len()];
    hamiltonian_of(model, unit, &momenta, &ones)
}

/// `H` in the basis of `σ` and every whole shell with `n² ≤ n2_max`.
#[must_use]
pub fn hamiltonian(model: &SigmaModel, length: f64, n2_max: usize) -> Rows {
    let unit = unit(model, length);
    let shells = counted_shells(n2_max);
    let momenta: Vec<f64> = shells
        .iter()
        .map(|(n2, _)| unit * (*n2 as f64).sqrt())
        .collect();
    let members: Vec<f64> = shells.iter().map(|(_, count)| *count as f64).collect();
    hamiltonian_of(model, unit, &momenta, &members)
}

fn hamiltonian_of(model: &SigmaModel, unit: f64, momenta: &[f64], members: &[f64]) -> Rows {
    let volume = unit.powi(3) / (4.0 * PI);
    let coupling = |i: usize| (volume * members[i]).sqrt() * model.coupling(momenta[i]);
    let mut rows = vec![vec![model.m_sigma]];
    rows[0].extend((0..momenta.len()).map(coupling));
    for (i, k) in momenta.iter().enumerate() {
        let mut row = vec![coupling(i)];
        for (j, q) in momenta.iter().enumerate() {
            row.push(volume * (members[i] * members[j]).sqrt() * model.potential(*k, *q));
        }
        row[i + 1] += model.free_energy(*k);
        rows.push(row);
    }
    rows
}

/// The lowest `count` eigenvalues of [`hamiltonian`].
#[must_use]
pub fn truncated_levels(model: &SigmaModel, length: f64, n2_max: usize, count: usize) -> Vec<f64> {
    let (mut values, _) = symmetric_eigen(&hamiltonian(model, length, n2_max));
    values.truncate(count);
    values
}

/// Half-height of the window in units of the smallest momentum, and its width: sum and integral differ by `e^{−2π²·2}`.
const HALF: f64 = 92.0;
const WIDTH: f64 = 2.0;
/// Beyond so many widths the window is 0 or 1: `e^{−42}` is 6e-19.
const TAIL: f64 = 42.0;

/// The secular determinant of one box: poles, and the terms of its sums.
#[derive(Clone, Debug)]
pub struct Window {
    model: SigmaModel,
    poles: Vec<f64>,
    /// `(ω, weight, g(k), v(k,k)^{1/2} up to its sign)`.
    terms: Vec<[f64; 4]>,
}

impl Window {
    /// Shells under the window and the continuum beyond, for a box of side `length`.
    #[must_use]
    pub fn new(model: &SigmaModel, length: f64, shells: &[(usize, usize)]) -> Self {
        let unit = unit(model, length);
        let fermi = |n: f64| 1.0 / (1.0 + ((n - HALF) / WIDTH).exp());
        let mut window = Self {
            model: *model,
            poles: Vec::new(),
            terms: Vec::new(),
        };
        for (n2, count) in shells {
            let n = (*n2 as f64).sqrt();
            window.poles.push(model.free_energy(unit * n));
            window.push(
                unit * n,
                *count as f64 * unit.powi(3) / (4.0 * PI) * fermi(n),
            );
        }
        // n = HALF·e^y: the integrand vanishes exponentially at both ends, and is analytic for |Im y| < πWIDTH/HALF.
        let step = 0.008;
        let first = (((HALF - TAIL * WIDTH) / HALF).ln() / step).floor() as i64;
        for i in first..3000 {
            let n = HALF * (step * i as f64).exp();
            let k = unit * n;
            window.push(k, step * k * k * k / (1.0 + ((HALF - n) / WIDTH).exp()));
        }
        window
    }

    /// The shells that [`Window::new`] needs.
    #[must_use]
    pub fn shells() -> Vec<(usize, usize)> {
        counted_shells(((HALF + TAIL * WIDTH) * (HALF + TAIL * WIDTH)) as usize)
    }

    fn push(&mut self, k: f64, weight: f64) {
        let model = &self.model;
        let leg = (model.potential(k, k) / model.contact).sqrt() * model.m_pi;
        let (g, energy) = (model.coupling(k), model.free_energy(k));
        if weight * (g * g + leg * leg) > 0.0 {
            self.terms.push([energy, weight, g, leg]);
        }
    }

    /// Levels below `energy`: free ones, plus positive eigenvalues of `A`, less one if the potential repels.
    #[must_use]
    pub fn levels_below(&self, energy: f64) -> usize {
        let (mut bare, mut mixed, mut pair) = (
            energy - self.model.m_sigma,
            0.0,
            self.model.m_pi.powi(2) / self.model.contact,
        );
        for [free, weight, g, leg] in &self.terms {
            let share = weight / (energy - free);
            bare -= share * g * g;
            mixed -= share * g * leg;
            pair -= share * leg * leg;
        }
        let determinant = bare * pair - mixed * mixed;
        let positive = match (determinant < 0.0, bare + pair > 0.0) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        };
        let free = self.poles.iter().take_while(|pole| **pole < energy).count();
        free + positive - usize::from(self.model.contact > 0.0)
    }

    /// The lowest `count` levels, each by halving the interval on [`Window::levels_below`].
    #[must_use]
    pub fn levels(&self, count: usize) -> Vec<f64> {
        let top = self.poles[count + 2];
        let level = |index: usize| {
            let (mut low, mut high) = (-4000.0, top);
            while high - low > 1e-11 {
                let middle = 0.5 * (low + high);
                if self.levels_below(middle) > index {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            0.5 * (low + high)
        };
        (0..count).map(level).collect()
    }
}
