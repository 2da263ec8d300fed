//! XY model, `H = −Σ_<ij> cos(θ_i − θ_j)`, weight `e^{−βH}`, measure `∏ dθ/2π`, on a periodic `L × L` lattice, in its fluxes.
//!
//! Every bond is `Σ_k I_k(β) e^{ik(θ_i − θ_j)}`, and the angles force the integers `k` to have no divergence. A row of the
//! transfer matrix is the `L` fluxes `n` that leave it upwards:
//! `R(n, n') = Σ_{h_0} ∏_x I_{h_x}(β)`, `h_x = h_0 + Σ_{x' ≤ x} (n − n')_{x'}`, `a_n = ∏_x I_{n_x}(β)`, `Z = Tr (aR)^L`.
//! The sum `W = Σ n` is conserved: it is the winding number in that direction, and `Υ = <W²>/β` the helicity modulus. Derivatives with
//! respect to β are carried along to second order. Everything is scaled by `e^{−β}` a bond; both bonds count at extent 2.
//!
//! # Source
//! J. V. José, L. P. Kadanoff, S. Kirkpatrick, D. R. Nelson, Phys. Rev. B 16 (1977) 1217 for the fluxes; E. L. Pollock,
//! D. M. Ceperley, Phys. Rev. B 36 (1987) 8343 for winding numbers and stiffness.
//!
//! # Witness
//! [`crate::xy_square`]: angles on a 2×2 lattice.

use std::collections::{BTreeMap, HashMap};

/// A quantity, its derivative with respect to β and half its second one.
pub(crate) type Series = [f64; 3];

pub(crate) fn product(f: Series, g: Series) -> Series {
    [
        f[0] * g[0],
        f[0] * g[1] + f[1] * g[0],
        f[0] * g[2] + f[1] * g[1] + f[2] * g[0],
    ]
}

pub(crate) fn sum(f: Series, g: Series) -> Series {
    [f[0] + g[0], f[1] + g[1], f[2] + g[2]]
}

/// Thermodynamics of a torus.
#[derive(Clone, Copy, Debug)]
pub struct Thermal {
    /// `ln Z/V`.
    pub ln_z_per_site: f64,
    /// `e = <H>/V`.
    pub energy: f64,
    /// `c = β² (<H²> − <H>²)/V`.
    pub specific_heat: f64,
    /// `Υ = (1/V)[<Σ cos> − β<(Σ sin)²>]` over the bonds of one direction, either: `<W²>/β`.
    pub helicity: f64,
}

/// An `L × L` lattice at one β.
pub struct Torus {
    extent: usize,
    beta: f64,
    /// `e^{−β} I_n(β)`, `n = 0, 1, …` until it is nothing.
    bessel: Vec<Series>,
    /// Rows of weight below this, relative to the heaviest, are left out.
    cut: f64,
}

/// A row of fluxes and how many are its images.
type Class = (usize, f64);

impl Torus {
    /// `2 ≤ L ≤ 4`, `0 < β ≤ 3`.
    ///
    /// # Accuracy  relative 1e-13 up to `L = 3`; 1e-10 at `L = 4` up to `β = 1`, where rows are left out earlier.
    #[must_use]
    pub fn new(extent: usize, beta: f64) -> Self {
        assert!(
            (2..=4).contains(&extent) && beta > 0.0 && beta <= 3.0,
            "the caller asks for L = {extent}, beta = {beta}"
        );
        Self {
            extent,
            beta,
            bessel: bessel_series(beta),
            cut: if extent == 4 { 1e-8 } else { 1e-16 },
        }
    }

    /// All four, together.
    #[must_use]
    pub fn thermal(&self) -> Thermal {
        let (mut z, mut w2) = ([0.0; 3], 0.0);
        for winding in 0..=self.extent * (self.bessel.len() - 1) {
            let Some(sector) = self.sector(winding as i64) else {
                break;
            };
            let both = if winding == 0 { 1.0 } else { 2.0 };
            z = sum(z, sector.map(|x| both * x));
            w2 += both * (winding * winding) as f64 * sector[0];
        }
        let sites = (self.extent * self.extent) as f64;
        // ln Z = 2Vβ + ln(scaled Z): 2V bonds.
        let slope = z[1] / z[0];
        let curvature = 2.0 * z[2] / z[0] - slope * slope;
        Thermal {
            ln_z_per_site: 2.0 * self.beta + z[0].ln() / sites,
            energy: -2.0 - slope / sites,
            specific_heat: self.beta * self.beta * curvature / sites,
            helicity: w2 / z[0] / self.beta,
        }
    }

    fn factor(&self, n: i64) -> Series {
        let n = n.unsigned_abs() as usize;
        self.bessel.get(n).copied().unwrap_or([0.0; 3])
    }

    /// `Tr (aR)^L` over rows of one winding number, or nothing if none is heavy enough.
    fn sector(&self, winding: i64) -> Option<Series> {
        let rows = self.rows(winding);
        if rows.is_empty() {
            return None;
        }
        let weights: Vec<Series> = rows.iter().map(|row| self.weight(row)).collect();
        // R depends on the difference of two rows only.
        let mut known: HashMap<Vec<i64>, Series> = HashMap::new();
        let mut between = |from: &[i64], to: &[i64]| {
            let along = along(from, to);
            if let Some(&found) = known.get(&along) {
                return found;
            }
            let found = self.fluxes(&along);
            known.insert(along, found);
            found
        };
        let matrix: Vec<Vec<Series>> = rows
            .iter()
            .map(|from| rows.iter().map(|to| between(from, to)).collect())
            .collect();
        let mut trace = [0.0; 3];
        for (index, count) in classes(&rows) {
            let first = &matrix[index];
            let mut closed = [0.0; 3];
            // Ends of the loop: R and R, R and RaR, or RaR twice.
            let middle = if self.extent == 2 {
                first.clone()
            } else {
                through(first, &weights, &matrix)
            };
            let start = if self.extent == 4 { &middle } else { first };
            for ((p, q), weight) in start.iter().zip(&middle).zip(&weights) {
                closed = sum(closed, product(product(*p, *q), *weight));
            }
            let all = product(closed, weights[index]);
            trace = sum(trace, all.map(|x| count * x));
        }
        Some(trace)
    }

    /// The rows of this winding number that are heavy enough.
    fn rows(&self, winding: i64) -> Vec<Vec<i64>> {
        let top = self.bessel.len() as i64 - 1;
        let lightest = self.cut * self.factor(0)[0].powi(self.extent as i32);
        let mut rows = vec![(Vec::new(), 1.0)];
        for x in 0..self.extent {
            let rest = self.factor(0)[0].powi((self.extent - 1 - x) as i32);
            let mut longer = Vec::new();
            for (row, weight) in &rows {
                for n in -top..=top {
                    let grown = weight * self.factor(n)[0];
                    if grown * rest >= lightest {
                        let mut row: Vec<i64> = row.clone();
                        row.push(n);
                        longer.push((row, grown));
                    }
                }
            }
            rows = longer;
        }
        let rows = rows.into_iter().map(|(row, _)| row);
        rows.filter(|row| row.iter().sum::<i64>() == winding)
            .collect()
    }

    /// `a_n`.
    fn weight(&self, row: &[i64]) -> Series {
        let one = [1.0, 0.0, 0.0];
        row.iter()
            .fold(one, |weight, &n| product(weight, self.factor(n)))
    }

    /// `Σ_{h_0} ∏_x I_{h_0 + along_x}`.
    fn fluxes(&self, along: &[i64]) -> Series {
        let top = self.bessel.len() as i64 - 1;
        let mut all = [0.0; 3];
        for start in -2 * top..=2 * top {
            let shifted: Vec<i64> = along.iter().map(|h| start + h).collect();
            if shifted.iter().all(|h| h.abs() <= top) {
                all = sum(all, self.weight(&shifted));
            }
        }
        all
    }
}

/// `h_x − h_0` between two rows.
fn along(from: &[i64], to: &[i64]) -> Vec<i64> {
    let mut flux = 0;
    let step = |(n, m): (&i64, &i64)| {
        flux += n - m;
        flux
    };
    from.iter().zip(to).map(step).collect()
}

/// `R a R` from one row of `R`.
fn through(first: &[Series], weights: &[Series], matrix: &[Vec<Series>]) -> Vec<Series> {
    let mut total = vec![[0.0; 3]; first.len()];
    for ((p, weight), row) in first.iter().zip(weights).zip(matrix) {
        let p = product(*p, *weight);
        for (total, q) in total.iter_mut().zip(row) {
            *total = sum(*total, product(p, *q));
        }
    }
    total
}

/// One row of every class under rotations and reflections, and how many are in it.
fn classes(rows: &[Vec<i64>]) -> Vec<Class> {
    let mut counts: BTreeMap<Vec<i64>, Class> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let mut images = Vec::new();
        for turn in 0..row.len() {
            let mut turned = row.clone();
            turned.rotate_left(turn);
            let mirrored = turned.iter().rev().copied().collect();
            images.extend([turned, mirrored]);
        }
        let least = images.into_iter().min().expect("a row has images");
        counts.entry(least).or_insert((index, 0.0)).1 += 1.0;
    }
    counts.into_values().collect()
}

/// `e^{−β} I_n(β)` with two derivatives, until it is below `1e−20` of the first.
///
/// Miller's backward recurrence, `I_{n−1} = I_{n+1} + (2n/β) I_n`, normalised by `I_0 + 2ΣI_n = e^β`; with the
/// scale, `f_n' = (f_{n−1} + f_{n+1})/2 − f_n`.
pub(crate) fn bessel_series(beta: f64) -> Vec<Series> {
    let high = 60;
    let mut values = vec![0.0; high + 2];
    values[high] = 1e-280;
    for n in (1..=high).rev() {
        values[n - 1] = values[n + 1] + 2.0 * n as f64 / beta * values[n];
        if values[n - 1] > 1e250 {
            values.iter_mut().for_each(|x| *x *= 1e-250);
        }
    }
    let norm = values[0] + 2.0 * values[1..].iter().sum::<f64>();
    let at = |n: i64| values[n.unsigned_abs() as usize] / norm;
    let slope = |n: i64| 0.5 * (at(n - 1) + at(n + 1)) - at(n);
    let series = |n: i64| {
        let second = 0.5 * (slope(n - 1) + slope(n + 1)) - slope(n);
        [at(n), slope(n), 0.5 * second]
    };
    (0..40)
        .take_while(|&n| at(n) > 1e-20 * at(0))
        .map(series)
        .collect()
}
