//! `independent-generation`: configurations drawn independently from `e^{−βE}/Z`, and those of a chain of local updates.
//!
//! The system is Ising's model on 4 × 4 sites at the critical coupling of the infinite lattice, whose 65 536 weights are a table, so
//! that independent draws exist. Decider: `τ_int` of the energy by the library's Γ-method, which is ½ for independent numbers.

use fieldassay::Result;
use fieldassay::rng::Rng;
use fieldassay::stats::GammaMethod;
use fieldassay::verdict::{Evidence, Verdict, check, exact};
use fieldassay::num::Tol;
use fieldassay_reference::ising;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// How the next configuration is made.
#[derive(Clone, Copy, Debug)]
enum Generation {
    /// Drawn anew.
    Independent,
    /// Drawn anew, and written down twice.
    Doubled,
    /// So many Metropolis sweeps further.
    Sweeps(usize),
}

const EXTENT: usize = 4;
const SITES: usize = EXTENT * EXTENT;
const FALSE_FAIL: f64 = 1e-7;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "independent-generation",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Generative Models\", slide \"Markov-Chain MC: Revisiting\"",
        "Generate configurations φ_i independently from p(φ) = e^{−βE(φ)}/Z. Metropolis Method. Shortcomings: Local update, \
         low-efficiency; Critical Slowing Down. Need global update (proposal)!",
        vec![
            Statement::says(
                "independent",
                "Configurations that are drawn independently have τ_int = ½.",
                "another τ_int of the energy",
            )
            .decided_by(
                Verdict::Supported,
                are_independent,
                Generation::Independent,
                Alteration::of_size("every draw written down twice", Generation::Doubled, 0.5),
            ),
            Statement::says(
                "by Metropolis",
                "Configurations of successive Metropolis sweeps are independent.",
                "another τ_int of the energy than ½",
            )
            .decided_by(
                Verdict::Refuted,
                are_independent,
                Generation::Sweeps(1),
                // Measured: 0.7, after 1.2.
                Alteration::of_size("one sweep → two between configurations", Generation::Sweeps(2), 0.3),
            ),
        ],
    )
}

fn beta() -> f64 {
    0.5 * 2f64.sqrt().ln_1p()
}

/// The neighbour of `site` to the right or above.
fn ahead(site: usize, direction: usize) -> usize {
    let (row, column) = (site / EXTENT, site % EXTENT);
    match direction {
        0 => row * EXTENT + (column + 1) % EXTENT,
        _ => (row + 1) % EXTENT * EXTENT + column,
    }
}

fn spin(state: usize, site: usize) -> f64 {
    if state >> site & 1 == 1 { 1.0 } else { -1.0 }
}

/// `H = −Σ_<ij> s_i s_j` of every state.
fn energies() -> Vec<f64> {
    let energy = |state: usize| -> f64 {
        let bonds = (0..SITES).flat_map(|site| [0, 1].map(|mu| (site, ahead(site, mu))));
        -bonds.map(|(i, j)| spin(state, i) * spin(state, j)).sum::<f64>()
    };
    (0..1 << SITES).map(energy).collect()
}

/// A sweep of single spins, each turned with `min(1, e^{−βΔH})`.
fn sweep(state: &mut usize, energies: &[f64], rng: &mut Rng) {
    for site in 0..SITES {
        let flipped = *state ^ (1 << site);
        let rise = energies[flipped] - energies[*state];
        if rise <= 0.0 || rng.uniform() < (-beta() * rise).exp() {
            *state = flipped;
        }
    }
}

fn are_independent(context: &Context<'_>, generation: &Generation) -> Result<Finding> {
    const RESOLVES: f64 = 0.2;
    const SUMS: Tol = Tol::rel(1e-12).because("65 536 terms");
    let count = context.tier().pick(40_000, 400_000, 4_000_000);
    let energies = energies();
    let mut cumulative = Vec::with_capacity(energies.len());
    let mut sum = 0.0;
    for energy in &energies {
        sum += (-beta() * (energy + 2.0 * SITES as f64)).exp();
        cumulative.push(sum);
    }
    let draw = |rng: &mut Rng| {
        let level = sum * rng.uniform();
        cumulative.partition_point(|c| *c <= level)
    };
    let mut rng = context.stream(&format!("{generation:?}"));
    let mut state = draw(&mut rng);
    let mut series = Vec::with_capacity(count);
    for step in 0..count {
        match generation {
            Generation::Independent => state = draw(&mut rng),
            Generation::Doubled if step % 2 == 0 => state = draw(&mut rng),
            Generation::Doubled => (),
            Generation::Sweeps(sweeps) => {
                (0..*sweeps).for_each(|_| sweep(&mut state, &energies, &mut rng));
            }
        }
        series.push(energies[state] / SITES as f64);
    }
    let analysis = GammaMethod::default().mean(&series)?;
    // The table itself, without a random number.
    let table: f64 = energies
        .iter()
        .map(|e| e * (-beta() * (e + 2.0 * SITES as f64)).exp())
        .sum::<f64>()
        / (sum * SITES as f64);
    let evidence = Evidence::from_iter([
        exact("⟨H⟩/V of the table against Kaufman's formula", table, ising::kaufman(EXTENT, EXTENT, beta()).energy, SUMS),
        check("τ_int of the energy", analysis.tau_int)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(0.5),
    ]);
    let headline = Headline {
        quantity: format!("τ_int of the energy ({generation:?})"),
        claimed: 0.5,
        value: analysis.tau_int.value(),
        error: analysis.tau_int.error(),
    };
    Ok(Finding::new(evidence, headline))
}
