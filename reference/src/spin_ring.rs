//! Rings of `L` spins, `H = −Σ s_i·s_{i+1}`, weight `e^{−βH}`: O(2) with measure `dθ/2π`, O(3) with `dΩ/4π`.
//!
//! `Z = Σ_k d_k λ_k(β)^L` over the representations: `I_n(β)` for integer `n`, `d = 1`; modified spherical Bessel functions
//! `i_l(β)`, `d = 2l + 1`. Everything is scaled by `e^{−β}` a bond and carried with two derivatives.
//!
//! Source: H. E. Stanley, Phys. Rev. 179 (1969) 570; M. E. Fisher, Am. J. Phys. 32 (1964) 343 for O(3).

use crate::xy_flux::{Series, bessel_series, product, sum};

/// Expectation values on a ring.
#[derive(Clone, Debug)]
pub struct Ring {
    /// `ln Z/L`.
    pub ln_z_per_site: f64,
    /// `e = <H>/L`.
    pub energy: f64,
    /// `c = β² (<H²> − <H>²)/L`.
    pub specific_heat: f64,
    /// `<s_0·s_r>`, `r = 0 ..= L/2`.
    pub correlation: Vec<f64>,
}

/// A representation: its eigenvalue, its dimension, and how its product with a spin splits: neighbours and weights.
struct Level {
    eigenvalue: Series,
    dimension: f64,
    neighbours: [(usize, f64); 2],
}

fn ring(levels: &[Level], extent: u32, beta: f64) -> Ring {
    let power = |f: Series, k: u32| (0..k).fold([1.0, 0.0, 0.0], |all, _| product(all, f));
    let mut z = [0.0; 3];
    for level in levels {
        let one = power(level.eigenvalue, extent);
        z = sum(z, one.map(|x| level.dimension * x));
    }
    let correlation = |r: u32| {
        let mut total = 0.0;
        for level in levels {
            let rest = level.dimension * power(level.eigenvalue, extent - r)[0];
            for (other, weight) in level.neighbours {
                // One beyond the last is nothing.
                if let Some(other) = levels.get(other) {
                    total += weight * rest * power(other.eigenvalue, r)[0];
                }
            }
        }
        total / z[0]
    };
    let sites = f64::from(extent);
    let slope = z[1] / z[0];
    Ring {
        ln_z_per_site: beta + z[0].ln() / sites,
        energy: -1.0 - slope / sites,
        specific_heat: beta * beta * (2.0 * z[2] / z[0] - slope * slope) / sites,
        correlation: (0..=extent / 2).map(correlation).collect(),
    }
}

/// A ring of `L ≥ 2` spins with two components, `0 < β ≤ 20`.
#[must_use]
pub fn xy(extent: u32, beta: f64) -> Ring {
    let level = |(n, eigenvalue): (usize, Series)| Level {
        eigenvalue,
        dimension: if n == 0 { 1.0 } else { 2.0 },
        neighbours: [(n + 1, 0.5), (n.abs_diff(1), 0.5)],
    };
    let levels: Vec<Level> = bessel_series(beta)
        .into_iter()
        .enumerate()
        .map(level)
        .collect();
    ring(&levels, extent, beta)
}

/// A ring of `L ≥ 2` spins with three components, `0 < β ≤ 20`.
#[must_use]
pub fn heisenberg(extent: u32, beta: f64) -> Ring {
    let level = |(l, eigenvalue): (usize, Series)| {
        let dimension = (2 * l + 1) as f64;
        Level {
            eigenvalue,
            dimension,
            neighbours: [
                (l + 1, (l + 1) as f64 / dimension),
                (l.saturating_sub(1), l as f64 / dimension),
            ],
        }
    };
    let levels: Vec<Level> = spherical_series(beta)
        .into_iter()
        .enumerate()
        .map(level)
        .collect();
    ring(&levels, extent, beta)
}

/// `e^{−β} i_l(β)` with two derivatives, until it is below `1e−20` of the first.
///
/// Miller's recurrence `i_{l−1} = i_{l+1} + ((2l+1)/β) i_l`, normalised by `i_0 = sinh β/β`; with the scale,
/// `f_l' = (l f_{l−1} + (l+1) f_{l+1})/(2l+1) − f_l`.
fn spherical_series(beta: f64) -> Vec<Series> {
    let high = 80;
    let mut values = vec![0.0; high + 2];
    values[high] = 1e-280;
    for l in (1..=high).rev() {
        values[l - 1] = values[l + 1] + (2 * l + 1) as f64 / beta * values[l];
        if values[l - 1] > 1e250 {
            values.iter_mut().for_each(|x| *x *= 1e-250);
        }
    }
    let norm = values[0] / (-(-2.0 * beta).exp_m1() / (2.0 * beta));
    let at: Vec<f64> = values.iter().map(|x| x / norm).collect();
    let slope_of = |f: &[f64]| -> Vec<f64> {
        let one = |l: usize| {
            let below = if l == 0 { 0.0 } else { l as f64 * f[l - 1] };
            (below + (l + 1) as f64 * f[l + 1]) / (2 * l + 1) as f64 - f[l]
        };
        (0..f.len() - 1).map(one).collect()
    };
    let first = slope_of(&at);
    let second = slope_of(&first);
    (0..second.len())
        .take_while(|&l| at[l] > 1e-20 * at[0])
        .map(|l| [at[l], first[l], 0.5 * second[l]])
        .collect()
}
