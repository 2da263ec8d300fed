//! Ising model on a periodic `L0 × L1` square lattice, `H = −Σ_<ij> s_i s_j`, weight `e^{−βH}`.
//!
//! Every site has a bond to its neighbour in both positive directions: `2V` bonds, both of them kept at extent 2.
//! `M = Σ s`, `m = M/V`. Three routes: Kaufman's formula ([`kaufman`]), enumeration ([`enumerate`]) and the transfer matrix
//! resolved in the magnetisation ([`by_magnetisation`]). Extents are at least 2 and `β > 0`.

use std::collections::BTreeMap;

use crate::dd::Dd;
use crate::jet::Jet;

/// Free energy and its derivatives.
#[derive(Clone, Copy, Debug)]
pub struct Thermal {
    /// `ln Z/V`.
    pub ln_z_per_site: f64,
    /// `e = <H>/V`.
    pub energy: f64,
    /// `c = β² (<H²> − <H>²)/V`.
    pub specific_heat: f64,
}

/// Moments of the magnetisation.
#[derive(Clone, Copy, Debug)]
pub struct Magnetic {
    /// `<|m|>`.
    pub abs_m: f64,
    /// `<m²>`.
    pub m2: f64,
    /// `<m⁴>`.
    pub m4: f64,
    /// `U = 1 − <m⁴>/(3<m²>²)`.
    pub binder: f64,
    /// `χ_abs = βV (<m²> − <|m|>²)`.
    pub chi_abs: f64,
}

/// `ln Z` of the torus and its derivatives, by Kaufman's formula:
///
/// `Z = ½ (2 sinh 2β)^{V/2} [Π_odd 2cosh(L1 γ_q/2) + Π_odd 2sinh + Π_even 2cosh + Π_even 2sinh]`, `0 ≤ q < 2 L0`,
/// `cosh γ_q = cosh² 2β/sinh 2β − cos(πq/L0)`, `γ_0 = 2β + ln tanh β` with its sign.
///
/// # Accuracy  relative 1e-25: double-double, derivatives by [`Jet`].
/// # Source    B. Kaufman, Phys. Rev. 76 (1949) 1232, in the isotropic case.
#[must_use]
pub fn kaufman(l0: usize, l1: usize, beta: f64) -> Thermal {
    let one = Jet::constant(1.0);
    let b = Jet::variable(beta);
    let e2 = (b + b).exp();
    let (sinh2, cosh2) = (e2 - one / e2, e2 + one / e2); // 2 sinh 2β, 2 cosh 2β
    let gamma_zero = b + b + ((e2 - one) / (e2 + one)).ln();
    let ratio = cosh2 * cosh2 / (sinh2 + sinh2);
    let extent = Jet::constant(l1 as f64);
    // [even, odd]: Σ L1 γ/2, Π (1 + e^{−L1 γ}) and Π (1 − e^{−L1 γ}), since 2cosh(y/2) = e^{y/2}(1 + e^{−y}).
    let mut sum = [Jet::constant(0.0); 2];
    let mut plus = [one; 2];
    let mut minus = [one; 2];
    for q in 0..2 * l0 {
        let gamma = if q == 0 {
            gamma_zero
        } else {
            let cosh = ratio - Jet::from_dd(cos_pi_over(q, l0));
            (cosh + (cosh * cosh - one).sqrt()).ln()
        };
        let decay = (-(extent * gamma)).exp();
        let parity = q % 2;
        sum[parity] = sum[parity] + extent * gamma * Jet::constant(0.5);
        plus[parity] = plus[parity] * (one + decay);
        minus[parity] = minus[parity] * (one - decay);
    }
    let even = (sum[0] - sum[1]).exp() * (plus[0] + minus[0]);
    let bracket = (plus[1] + minus[1] + even) * Jet::constant(0.5);
    let sites = (l0 * l1) as f64;
    let ln_z = Jet::constant(0.5 * sites) * sinh2.ln() + sum[1] + bracket.ln();
    let per_site = Dd::from(sites);
    let curvature = Dd::from(beta) * Dd::from(beta) * ln_z.second() / per_site;
    Thermal {
        ln_z_per_site: (ln_z.value() / per_site).to_f64(),
        energy: (-ln_z.first() / per_site).to_f64(),
        specific_heat: curvature.to_f64(),
    }
}

/// `cos(πq/n)` for `0 ≤ q < 2n`: Taylor series.
fn cos_pi_over(q: usize, n: usize) -> Dd {
    let x = Dd::PI * Dd::from(q as f64) / Dd::from(n as f64);
    let mut term = Dd::ONE;
    let mut cosine = term;
    for k in 1..30 {
        term = -(term * x * x) / Dd::from(f64::from(2 * k * (2 * k - 1)));
        cosine = cosine + term;
    }
    cosine
}

/// Every configuration in turn, at most 20 spins: exact up to the rounding of the sums.
#[must_use]
pub fn enumerate(l0: usize, l1: usize, beta: f64) -> (Thermal, Magnetic) {
    let sites = l0 * l1;
    assert!(sites <= 20, "the caller asks for 2^{sites} configurations");
    let spin = |configuration: usize, site: usize| 2 * (configuration >> site & 1) as i32 - 1;
    // How many configurations have an energy and a magnetisation.
    let mut counts: BTreeMap<(i32, i32), u32> = BTreeMap::new();
    for configuration in 0..1 << sites {
        let (mut h, mut m) = (0, 0);
        for x1 in 0..l1 {
            for x0 in 0..l0 {
                let here = spin(configuration, x0 + l0 * x1);
                let right = spin(configuration, (x0 + 1) % l0 + l0 * x1);
                let up = spin(configuration, x0 + l0 * ((x1 + 1) % l1));
                h -= here * (right + up);
                m += here;
            }
        }
        *counts.entry((h, m)).or_default() += 1;
    }
    // Relative to the ground state, H = −2V.
    let ground = -2.0 * sites as f64;
    let (mut by_up, mut by_h) = (vec![0.0; sites + 1], BTreeMap::new());
    for (&(h, m), &count) in &counts {
        let weight = f64::from(count) * (-beta * (f64::from(h) - ground)).exp();
        by_up[(m as isize + sites as isize) as usize / 2] += weight;
        *by_h.entry(h).or_insert(0.0) += weight;
    }
    let z: f64 = by_h.values().sum();
    let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
        let terms = by_h.iter().map(|(&h, weight)| weight * f(f64::from(h)));
        terms.sum::<f64>() / z
    };
    let energy = mean(&|h| h);
    let v = sites as f64;
    let thermal = Thermal {
        ln_z_per_site: (z.ln() - beta * ground) / v,
        energy: energy / v,
        specific_heat: beta * beta * mean(&|h| (h - energy).powi(2)) / v,
    };
    (thermal, moments(&by_up, beta))
}

/// `ln Z/V` and the moments of the magnetisation by the transfer matrix of a row of `L0` spins, at most 10.
///
/// Rows are added to a fixed first row site by site; a state is the row at the rim and the number of spins up so far.
/// The last row must be the first. First rows that are rotations of each other weigh the same, one of them is run.
#[must_use]
pub fn by_magnetisation(l0: usize, l1: usize, beta: f64) -> (f64, Magnetic) {
    assert!(
        (2..=10).contains(&l0),
        "the caller asks for rows of {l0} spins"
    );
    let sites = l0 * l1;
    let mut by_up = vec![0.0; sites + 1];
    for first in 0..1 << l0 {
        let orbit = rotations(first, l0);
        if orbit[0] != first {
            continue;
        }
        let mut weights = vec![vec![0.0; sites + 1]; 1 << l0];
        weights[first][0] = 1.0;
        for _ in 0..l1 {
            for x in 0..l0 {
                weights = add_site(&weights, x, l0, beta);
            }
        }
        for (total, weight) in by_up.iter_mut().zip(&weights[first]) {
            *total += orbit.len() as f64 * weight;
        }
    }
    let z: f64 = by_up.iter().sum();
    let ln_z_per_site = 2.0 * beta + z.ln() / sites as f64;
    (ln_z_per_site, moments(&by_up, beta))
}

/// Replaces spin `x` of the row at the rim by one of the next row; an unlike bond costs `e^{−2β}`.
fn add_site(weights: &[Vec<f64>], x: usize, l0: usize, beta: f64) -> Vec<Vec<f64>> {
    let mut grown = vec![vec![0.0; weights[0].len()]; weights.len()];
    for (row, from) in weights.iter().enumerate() {
        for up in [0, 1] {
            let after = row & !(1 << x) | up << x;
            let mut unlike = usize::from(row >> x & 1 != up);
            if x > 0 {
                unlike += usize::from(after >> (x - 1) & 1 != up);
            }
            if x == l0 - 1 {
                unlike += usize::from(after & 1 != up);
            }
            let factor = (-2.0 * beta * unlike as f64).exp();
            for (to, weight) in grown[after][up..].iter_mut().zip(from) {
                *to += factor * weight;
            }
        }
    }
    grown
}

/// The rows that are rotations of `row`, in rising order, each once.
fn rotations(row: usize, width: usize) -> Vec<usize> {
    let full = (1 << width) - 1;
    let mut all: Vec<usize> = (0..width)
        .map(|k| (row << k | row >> (width - k)) & full)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Moments from the weight of every number of spins up, `0 ..= V`.
fn moments(by_up: &[f64], beta: f64) -> Magnetic {
    let sites = (by_up.len() - 1) as f64;
    let z: f64 = by_up.iter().sum();
    let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
        let terms = by_up.iter().enumerate();
        let sum: f64 = terms
            .map(|(up, weight)| weight * f((2.0 * up as f64 - sites).abs() / sites))
            .sum();
        sum / z
    };
    let (abs_m, m2, m4) = (mean(&|m| m), mean(&|m| m.powi(2)), mean(&|m| m.powi(4)));
    Magnetic {
        abs_m,
        m2,
        m4,
        binder: 1.0 - m4 / (3.0 * m2 * m2),
        // Centred, so that nothing cancels where |m| hardly varies.
        chi_abs: beta * sites * mean(&|m| (m - abs_m).powi(2)),
    }
}
