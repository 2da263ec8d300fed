//! `phi4-lattice-kinetic`: `S = Σ a^d [Σ_μ (φ₀(x+aμ̂) − φ₀(x))²/a² + ½ m₀² φ₀² + λ₀/4! φ₀⁴]` lacks a ½ on its kinetic term.
//!
//! The slide itself says what the action has to be: its next lines map it to `Σ [−2κ Σ_μ φφ₊ + (1−2λ)φ² + λφ⁴]`. Decider:
//! both sides on random fields, the second by the library (`action::Phi4`); and the continuum limit on a plane wave.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Aux, Target};
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::molecular_dynamics::sites;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The printed factor of `Σ_μ (φ₀(x+aμ̂) − φ₀(x))²/a²`.
const PRINTED: f64 = 1.0;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "phi4-lattice-kinetic",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"Scalar φ⁴ field\"",
        "Action on discrete lattice: S_E = Σ_x a^d [Σ_{μ=1}^d (φ0(x+aμ̂) − φ0(x))²/a² + (m0²/2) φ0² + (λ0/4!) φ0⁴]",
        vec![
            Statement::says(
                "as printed",
                "With the factor 1 before the squared differences the lattice action is the dimensionless one of the same \
                 slide, up to a constant.",
                "a field for which they differ",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_dimensionless_action,
                PRINTED,
                Alteration::new("factor 1 → 2 (both neighbours of a direction)", 2.0),
            ),
            Statement::says(
                "corrected",
                "With the factor ½ it is, for every κ, λ, lattice spacing and dimension.",
                "a field for which they differ",
            )
            .decided_by(
                Verdict::Supported,
                is_the_dimensionless_action,
                0.5,
                Alteration::new("factor ½ → 1", PRINTED),
            ),
            Statement::says(
                "continuum limit",
                "With the factor ½ the kinetic term of a plane wave tends to ½ p² ∫φ₀², with an error of order a².",
                "another limit or another order",
            )
            .decided_by(
                Verdict::Supported,
                tends_to_the_kinetic_energy,
                0.5,
                Alteration::new("factor ½ → 1", PRINTED),
            ),
        ],
    )
}

/// The printed action with `kinetic` before the squared differences, term by term.
struct Bare {
    kinetic: f64,
    spacing: f64,
    m2: f64,
    lambda0: f64,
}

impl Bare {
    fn action(&self, extents: &[usize], phi: &[f64]) -> f64 {
        let number = |x: &[usize]| x.iter().zip(extents).fold(0, |n, (x, extent)| n * extent + x);
        let density = |x: &Vec<usize>| {
            let here = phi[number(x)];
            let squares = (0..extents.len()).map(|mu| {
                let mut ahead = x.clone();
                ahead[mu] = (ahead[mu] + 1) % extents[mu];
                ((phi[number(&ahead)] - here) / self.spacing).powi(2)
            });
            self.kinetic * squares.sum::<f64>()
                + 0.5 * self.m2 * here.powi(2)
                + self.lambda0 / 24.0 * here.powi(4)
        };
        let volume = self.spacing.powi(extents.len() as i32);
        sites(extents).iter().map(density).sum::<f64>() * volume
    }
}

fn is_the_dimensionless_action(context: &Context<'_>, kinetic: &f64) -> Result<Finding> {
    const SUMS: Tol = Tol::rel_abs(1e-12, 1e-10).because("81 terms that cancel in part");
    let mut rng = context.stream("fields");
    let mut actions = Worst::new(SUMS);
    let mut ratio = f64::NAN;
    for extents in [&[7][..], &[4, 4], &[3, 5], &[3, 4, 2], &[3, 3, 3, 3]] {
        let d = extents.len() as f64;
        for (kappa, lambda, spacing) in
            [(0.21_f64, 0.022, 1.0_f64), (1.0, 0.022, 0.5), (0.27, 0.5, 2.0), (0.05, 1.3, 0.3)]
        {
            let phi: Vec<f64> = (0..extents.iter().product()).map(|_| rng.normal()).collect();
            let bare = Bare {
                kinetic: *kinetic,
                spacing,
                m2: ((1.0 - 2.0 * lambda) / kappa - 2.0 * d) / (spacing * spacing),
                lambda0: 6.0 * lambda / (kappa * kappa) * spacing.powf(d - 4.0),
            };
            let scale = (2.0 * kappa).sqrt() * spacing.powf(0.5 * (2.0 - d));
            let bare_field: Vec<f64> = phi.iter().map(|phi| scale * phi).collect();
            let library = Phi4::new(extents, Couplings::from_kappa(kappa, lambda))?;
            let mut q = library.neutral(1);
            phi.iter().enumerate().for_each(|(site, phi)| q.set(site, 0, 0, *phi));
            let mut s = [0.0];
            library.value(&q, &Aux::default(), &mut s);
            let printed = bare.action(extents, &bare_field);
            actions.see(printed, s[0], || {
                format!("lattice {extents:?}, κ = {kappa}, λ = {lambda}, a = {spacing}")
            });
            ratio = printed / s[0];
        }
    }
    let evidence = Evidence::from_iter([
        actions.into_check("the lattice action against the dimensionless one", 20),
    ]);
    let headline = Headline {
        quantity: "lattice action over the dimensionless one, for the last field".into(),
        claimed: 1.0,
        value: ratio,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

fn tends_to_the_kinetic_energy(_: &Context<'_>, kinetic: &f64) -> Result<Finding> {
    const ORDER: Tol = Tol::abs(0.01).because("the next order shifts it by (pa)²/60");
    const LIMIT: Tol = Tol::rel(1e-4).because("(pa)²/12 at 256 points a period, after one extrapolation 1e-8");
    // φ₀ = cos(px) on one period of length 1.
    let p = std::f64::consts::TAU;
    let exact_energy = 0.25 * p * p;
    let energy = |points: usize| {
        let bare = Bare { kinetic: *kinetic, spacing: 1.0 / points as f64, m2: 0.0, lambda0: 0.0 };
        let wave: Vec<f64> = (0..points).map(|i| (p * i as f64 / points as f64).cos()).collect();
        bare.action(&[points], &wave)
    };
    let [coarse, middle, fine] = [64, 128, 256].map(energy);
    let order = ((middle - coarse) / (fine - middle)).log2();
    let limit = (4.0 * fine - middle) / 3.0;
    let evidence = Evidence::from_iter([
        exact("order of the error in a", order, 2.0, ORDER),
        exact("limit a → 0 against ½ p² ∫φ₀²", limit, exact_energy, LIMIT),
    ]);
    let headline = Headline {
        quantity: "limit of the kinetic term over ½ p² ∫φ₀²".into(),
        claimed: 1.0,
        value: limit / exact_energy,
        error: 1e-4,
    };
    Ok(Finding::new(evidence, headline))
}
