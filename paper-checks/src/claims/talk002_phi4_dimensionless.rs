//! `phi4-dimensionless`: `S = Σ [−2κ Σ_μ φφ₊ + (1−2λ)φ² + λφ⁴]` with `a^{(d−2)/2} φ₀ = √(2κ) φ`, `(am₀)² = (1−2λ)/κ − 2d`,
//! `a^{4−d} λ₀ = 6λ/κ²`.
//!
//! Decider: the lattice action (its kinetic term with the ½ that the slide lacks) on random fields against the printed form,
//! and against the library's `action::Phi4` in all of its normalisations.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Aux, Target};
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::molecular_dynamics::{Model, sites};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The numbers of the map.
#[derive(Clone, Copy, Debug)]
struct Map {
    /// `a^{(d−2)/2} φ₀ = √(field·κ) φ`.
    field: f64,
    /// `a^{4−d} λ₀ = quartic·λ/κ²`.
    quartic: f64,
    /// `(am₀)² = (1 − 2λ)/κ − mass·d`.
    mass: f64,
}

const PRINTED: Map = Map { field: 2.0, quartic: 6.0, mass: 2.0 };

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "phi4-dimensionless",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"Scalar φ⁴ field\"",
        "Dimensionless form S_E = Σ_x [−2κ Σ_{μ=1}^d φ(x)φ(x+μ̂) + (1−2λ)φ(x)² + λφ(x)⁴]; a^{(d−2)/2} φ0 = (2κ)^{1/2} φ, \
         (am0)² = (1−2λ)/κ − 2d, a^{−d+4} λ0 = 6λ/κ²",
        vec![
            Statement::says(
                "as printed",
                "It is the lattice action of the bare field in other variables.",
                "a field, coupling, spacing or dimension for which the two differ by more than a constant",
            )
            .decided_by(
                Verdict::Supported,
                maps_the_action,
                PRINTED,
                Alteration::new("√(2κ) → √κ", Map { field: 1.0, ..PRINTED }),
            ),
            Statement::says(
                "quartic coupling",
                "The bare quartic coupling is 6λ/κ² in units of the spacing.",
                "a field, coupling, spacing or dimension for which the two actions differ by more than a constant",
            )
            .decided_by(
                Verdict::Supported,
                maps_the_action,
                PRINTED,
                Alteration::new("6λ/κ² → 24λ/κ²", Map { quartic: 24.0, ..PRINTED }),
            ),
            Statement::says(
                "bare mass",
                "The bare mass is (1−2λ)/κ − 2d in units of the spacing.",
                "a field, coupling, spacing or dimension for which the two actions differ by more than a constant",
            )
            .decided_by(
                Verdict::Supported,
                maps_the_action,
                PRINTED,
                Alteration::new("−2d → −d", Map { mass: 1.0, ..PRINTED }),
            ),
            Statement::says(
                "Ising form",
                "φ² + λ(φ² − 1)², which others print, is the same up to the constant λ a site.",
                "a field for which the difference is another number",
            )
            .decided_by(
                Verdict::Supported,
                is_the_ising_form,
                2.0,
                Alteration::new("(1−2λ)φ² → (1−λ)φ²", 1.0),
            ),
        ],
    )
}

/// `Σ_x a^d [½ Σ_μ (φ₀(x+aμ̂) − φ₀(x))²/a² + ½ m₀² φ₀² + λ₀/4! φ₀⁴]`, term by term.
fn bare_action(extents: &[usize], spacing: f64, m2: f64, lambda0: f64, phi: &[f64]) -> f64 {
    let number = |x: &[usize]| x.iter().zip(extents).fold(0, |n, (x, extent)| n * extent + x);
    let density = |x: &Vec<usize>| {
        let here = phi[number(x)];
        let squares = (0..extents.len()).map(|mu| {
            let mut ahead = x.clone();
            ahead[mu] = (ahead[mu] + 1) % extents[mu];
            ((phi[number(&ahead)] - here) / spacing).powi(2)
        });
        0.5 * squares.sum::<f64>() + 0.5 * m2 * here.powi(2) + lambda0 / 24.0 * here.powi(4)
    };
    sites(extents).iter().map(density).sum::<f64>() * spacing.powi(extents.len() as i32)
}

const SUMS: Tol = Tol::rel_abs(1e-12, 1e-10).because("81 terms that cancel in part");

fn maps_the_action(context: &Context<'_>, map: &Map) -> Result<Finding> {
    let mut rng = context.stream("fields");
    let mut actions = Worst::new(SUMS);
    let mut library = Worst::new(SUMS);
    let mut difference = f64::NAN;
    for extents in [&[7][..], &[4, 4], &[3, 5], &[3, 4, 2], &[3, 3, 3, 3]] {
        let d = extents.len() as f64;
        for (kappa, lambda, spacing) in
            [(0.21_f64, 0.022, 1.0_f64), (1.0, 0.022, 0.5), (0.27, 0.5, 2.0), (0.05, 1.3, 0.3)]
        {
            let phi: Vec<f64> = (0..extents.iter().product()).map(|_| rng.normal()).collect();
            let m2 = ((1.0 - 2.0 * lambda) / kappa - map.mass * d) / spacing.powi(2);
            let lambda0 = map.quartic * lambda / (kappa * kappa) * spacing.powf(d - 4.0);
            let scale = (map.field * kappa).sqrt() * spacing.powf(0.5 * (2.0 - d));
            let bare_field: Vec<f64> = phi.iter().map(|phi| scale * phi).collect();
            let bare = bare_action(extents, spacing, m2, lambda0, &bare_field);
            let printed = Model::Phi4 {
                extents: extents.to_vec(),
                hopping: kappa,
                quadratic: 1.0 - 2.0 * lambda,
                quartic: lambda,
            };
            let printed = printed.action(&phi);
            let place = || format!("lattice {extents:?}, κ = {kappa}, λ = {lambda}, a = {spacing}");
            actions.see(bare, printed, place);
            difference = bare - printed;
            // The library's forms (a) and (c), the latter for φ₀ in units of the spacing.
            let lattice_units = (map.field * kappa).sqrt();
            let (am2, alambda) =
                (m2 * spacing.powi(2), map.quartic * lambda / (kappa * kappa));
            for (couplings, factor) in [
                (Couplings::from_kappa(kappa, lambda), 1.0),
                (Couplings::from_continuum(am2, alambda, extents.len()), lattice_units),
            ] {
                let density = Phi4::new(extents, couplings)?;
                let mut q = density.neutral(1);
                let set = |(site, phi): (usize, &f64)| q.set(site, 0, 0, factor * phi);
                phi.iter().enumerate().for_each(set);
                let mut s = [0.0];
                density.value(&q, &Aux::default(), &mut s);
                library.see(s[0], printed, place);
            }
        }
    }
    let evidence = Evidence::from_iter([
        actions.into_check("the lattice action in new variables against the printed form", 20),
        library.into_check("the library's forms (a) and (c) against the printed form", 40),
    ]);
    let headline = Headline {
        quantity: "difference of the two actions for the last field".into(),
        claimed: 0.0,
        value: difference,
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline))
}

fn is_the_ising_form(context: &Context<'_>, subtracted: &f64) -> Result<Finding> {
    let mut rng = context.stream("values");
    let mut constants = Worst::new(SUMS);
    let mut last = f64::NAN;
    for _ in 0..200 {
        let (phi, lambda) = (rng.normal(), rng.uniform_in(0.001, 2.0));
        let printed = (1.0 - subtracted * lambda) * phi.powi(2) + lambda * phi.powi(4);
        let ising = phi.powi(2) + lambda * (phi.powi(2) - 1.0).powi(2);
        last = (ising - printed) / lambda;
        constants.see(ising - printed, lambda, || format!("φ = {phi}, λ = {lambda}"));
    }
    let evidence = Evidence::from_iter([
        constants.into_check("φ² + λ(φ²−1)² less the printed potential is λ", 200),
        exact("its last value over λ", last, 1.0, Tol::rel(1e-9).because("φ⁴ cancels")),
    ]);
    let headline = Headline {
        quantity: "difference of the two potentials over λ".into(),
        claimed: 1.0,
        value: last,
        error: 1e-9,
    };
    Ok(Finding::new(evidence, headline))
}
