//! `dw-action`: `S_E = (β/N) Σ_n [m(x_{n+1} − x_n)²/2a² + λ(x_n² − f²)²]` has three symbols, β, N and a, for two numbers.
//!
//! Decider: the transfer matrix of the printed action (`reference::quantum`) against the Hamiltonian `p²/2m + λ(x² − f²)²`, whose
//! levels come from sinc functions there and from oscillator functions here.

use fieldassay::Result;
use fieldassay::linalg::{Matrix, matmul, symmetric_eigenvalues};
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::quantum::{Particle, Potential};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::double_well::{LAMBDA, MASS};

/// The talk does not say which `f²` it takes.
const WELLS: [f64; 3] = [0.0, 1.0, 2.0];

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "dw-action",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"F-Flow Model for anharmonic oscillator\"",
        "1-dimensional(1D) double-well potential S_E({x_n}) = (β/N) Σ_{n=0}^{N−1} [m(x_{n+1} − x_n)²/(2a²) + λ(x_n² − f²)²], \
         m = 0.5, λ = 1",
        vec![
            Statement::says(
                "as printed",
                "It is the path integral of H = p²/2m + λ(x² − f²)² when the spacing tends to 0.",
                "levels of its transfer matrix that tend to others than those of H",
            )
            .decided_by(
                Verdict::Qualified,
                has_the_levels,
                1.0,
                Alteration::new("a = β/N → a = β/2N", 2.0),
            ),
            Statement::says(
                "m = ½",
                "For m = ½ the Hamiltonian is p² + λ(x² − f²)².",
                "other levels in a basis of oscillator functions",
            )
            .decided_by(
                Verdict::Supported,
                is_the_hamiltonian,
                MASS,
                Alteration::new("m = ½ → 1", 1.0),
            ),
        ],
    )
}

fn particle(mass: f64, f2: f64, factor: f64) -> Particle {
    let Potential { coefficients } = Potential::double_well(LAMBDA, f2);
    // S = (β/N) Σ […] with β/N = factor·a: mass and potential both carry the factor.
    Particle {
        mass: factor * mass,
        potential: Potential { coefficients: coefficients.map(|c| factor * c) },
    }
}

fn has_the_levels(_: &Context<'_>, factor: &f64) -> Result<Finding> {
    const LIMIT: Tol = Tol::rel(2e-4).because("an error of fourth order at a = 0.1, extrapolated");
    let mut levels = Worst::new(LIMIT);
    let (mut shown, mut claimed) = (f64::NAN, f64::NAN);
    for f2 in WELLS {
        let [coarse, fine] = [0.1, 0.05].map(|a| particle(MASS, f2, *factor).lattice(a));
        let exact = particle(MASS, f2, 1.0).continuum();
        for n in 0..3 {
            let limit = (4.0 * fine.level(n) - coarse.level(n)) / 3.0;
            levels.see(limit, exact.energies[n], || format!("level {n}, f² = {f2}"));
            if n == 0 && f2 == 1.0 {
                (shown, claimed) = (limit, exact.energies[0]);
            }
        }
    }
    let headline = Headline {
        quantity: "ground state of the transfer matrix at f² = 1, a → 0".into(),
        claimed,
        value: shown,
        error: 2e-4 * claimed,
    };
    let check = levels.into_check("three levels of three wells at a → 0 against those of H", 9);
    Ok(Finding::new(Evidence::from_iter([check]), headline)
        .qualified("if a = β/N, which the slide does not say; its three symbols are two numbers"))
}

/// The lowest levels of `p²/2m + λ(x² − f²)²` between oscillator functions, from `x` as a matrix.
fn levels(mass: f64, f2: f64) -> Result<Vec<f64>> {
    const STATES: usize = 120;
    /// Of the basis, whose frequency is chosen for the steepness of `x⁴`.
    const OMEGA: f64 = 6.0;
    // One matrix larger than is used, so that products with x⁴ are exact in the part that is kept.
    let size = STATES + 4;
    let x = Matrix::from_fn(size, size, |i, j| {
        if i.abs_diff(j) == 1 { (i.max(j) as f64 / (2.0 * mass * OMEGA)).sqrt() } else { 0.0 }
    });
    let x2 = matmul(x.view(), x.view())?;
    let x4 = matmul(x2.view(), x2.view())?;
    let h = Matrix::from_fn(STATES, STATES, |i, j| {
        let diagonal = if i == j { OMEGA * (i as f64 + 0.5) + LAMBDA * f2 * f2 } else { 0.0 };
        // p²/2m = H_oscillator − mω²x²/2.
        diagonal - (0.5 * mass * OMEGA * OMEGA + 2.0 * LAMBDA * f2) * x2[(i, j)] + LAMBDA * x4[(i, j)]
    });
    symmetric_eigenvalues(&h)
}

fn is_the_hamiltonian(_: &Context<'_>, mass: &f64) -> Result<Finding> {
    const BASES: Tol = Tol::rel(1e-9).because("120 oscillator functions");
    let mut worst = Worst::new(BASES);
    let mut shown = f64::NAN;
    for f2 in WELLS {
        // p² is p²/2m at m = ½.
        let exact = particle(MASS, f2, 1.0).continuum();
        let found = levels(*mass, f2)?;
        for (n, level) in found.iter().take(4).enumerate() {
            worst.see(*level, exact.energies[n], || format!("level {n}, f² = {f2}"));
        }
        if f2 == 1.0 {
            shown = found[0];
        }
    }
    let headline = Headline {
        quantity: "ground state of p²/2m + (x² − 1)²".into(),
        claimed: particle(MASS, 1.0, 1.0).continuum().energies[0],
        value: shown,
        error: 1e-9,
    };
    let check = worst.into_check("four levels of three wells in two bases", 12);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}
