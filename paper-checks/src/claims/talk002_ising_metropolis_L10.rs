//! `ising-metropolis-L10`: Metropolis' algorithm for Ising's model on 10 × 10 sites.
//!
//! Decider: Kaufman's formula and the transfer matrix resolved in the magnetisation (`reference::ising`). Errors are those of 64
//! independent chains.

use fieldassay::Result;
use fieldassay::action::Ising;
use fieldassay::density::{Observable, Target};
use fieldassay::observable::{Link, Magnetisation};
use fieldassay::report::{Figure, Plot};
use fieldassay::sampler::Metropolis;
use fieldassay::verdict::{Evidence, Verdict, check};
use fieldassay_reference::ising;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::{Length, chain_means, jackknife};

const EXTENT: usize = 10;
const SITES: f64 = 100.0;
const BETAS: [f64; 6] = [0.2, 0.3, 0.4, 0.440_686_793_509_771_5, 0.5, 0.6];
/// The fourth is the critical coupling of the infinite lattice.
const CRITICAL: usize = 3;
const CHAINS: usize = 64;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "ising-metropolis-L10",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Generative Models\", slide \"Markov-Chain MC: Revisiting\"",
        "Monte Carlo-Metropolis Algorithm for 2D Ising Model (L=10)",
        vec![
            Statement::says(
                "as printed",
                "It gives energy, specific heat, ⟨M²⟩ and Binder's cumulant of the 10 × 10 torus, from β = 0.2 to 0.6.",
                "a number that differs from the exact one",
            )
            .decided_by(
                Verdict::Supported,
                gives_the_averages,
                1.0,
                // By the exact energies: 0.07 at the critical coupling.
                Alteration::of_size("J = 1 → 0.98", 0.98, 0.12),
            ),
        ],
    )
    .with_figures(figures)
}

/// Chain means of `e`, `e²`, `m²` and `m⁴`, with couplings `factor·β`.
fn run(context: &Context<'_>, beta: f64, factor: f64) -> Result<Vec<[f64; 4]>> {
    let label = format!("{beta} {factor}");
    let numbers = context.once(&label, || {
        let model = Ising::new(&[EXTENT, EXTENT], factor * beta)?;
        let mut metropolis = Metropolis::flips(&model);
        let mut q = model.neutral(CHAINS);
        let mut r = context.chains(&label, CHAINS);
        let measurements = context.tier().pick(2000, 15_000, 150_000);
        let length = Length { warm_up: 300, measurements, every: 1 };
        let (mut link, mut m) = (vec![0.0; CHAINS], vec![0.0; CHAINS]);
        let means = chain_means(context, &mut r, &mut q, &mut metropolis, length, |q, now: &mut [[f64; 4]]| {
            Link.measure(q, &mut link);
            Magnetisation.measure(q, &mut m);
            for (chain, now) in now.iter_mut().enumerate() {
                let m2 = m[chain] * m[chain];
                *now = [-link[chain], link[chain] * link[chain], m2, m2 * m2];
            }
        })?;
        Ok(means.into_iter().flatten().collect())
    })?;
    Ok(numbers.chunks_exact(4).map(|row| [row[0], row[1], row[2], row[3]]).collect())
}

/// `⟨H⟩/V`, the specific heat, `⟨m²⟩` and `U_L`, exactly.
fn exact(context: &Context<'_>, beta: f64) -> Result<Vec<f64>> {
    context.once(&format!("exact {beta}"), || {
        let thermal = ising::kaufman(EXTENT, EXTENT, beta);
        let (_, magnetic) = ising::by_magnetisation(EXTENT, EXTENT, beta);
        Ok(vec![thermal.energy, thermal.specific_heat, magnetic.m2, magnetic.binder])
    })
}

fn gives_the_averages(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.06;
    let mut evidence = Evidence::new();
    let mut headline = None;
    for (place, beta) in BETAS.into_iter().enumerate() {
        let means = run(context, beta, *factor)?;
        let truth = exact(context, beta)?;
        let energy = jackknife(&means, |x| x[0])?;
        let mut close = |name: &str, estimate, truth, resolves| {
            evidence.push(
                check(format!("{name} at β = {beta:.4}"), estimate)
                    .false_fail(1e-7)
                    .resolves(resolves)
                    .against(truth),
            );
        };
        close("⟨H⟩/V", energy, truth[0], RESOLVES);
        close("⟨m²⟩", jackknife(&means, |x| x[2])?, truth[2], RESOLVES);
        close("U_L", jackknife(&means, |x| 1.0 - x[3] / (3.0 * x[2] * x[2]))?, truth[3], 0.15);
        let heat = jackknife(&means, |x| beta * beta * SITES * (x[1] - x[0] * x[0]))?;
        close("specific heat", heat, truth[1], 0.4);
        if place == CRITICAL {
            headline = Some(Headline {
                quantity: "⟨H⟩/V of 10² spins at β = ½ ln(1 + √2)".into(),
                claimed: truth[0],
                value: energy.value(),
                error: energy.error(),
            });
        }
    }
    Ok(Finding::new(evidence, headline.expect("six couplings")))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let points: Result<Vec<_>> = BETAS
        .into_iter()
        .map(|beta| {
            let m2 = jackknife(&run(context, beta, 1.0)?, |x| x[2])?;
            Ok((beta, m2.value(), m2.error()))
        })
        .collect();
    let curve: Result<Vec<_>> =
        BETAS.into_iter().map(|beta| Ok((beta, exact(context, beta)?[2]))).collect();
    let figure = Plot::new("Ising's model on 10 × 10 sites")
        .x_label("β")
        .y_label("⟨m²⟩")
        .error_bars("Metropolis", points?)
        .line("transfer matrix", vec![curve?])
        .render("ising-L10", "64 chains; the curve joins exact values at the same six couplings.")?;
    Ok(vec![figure])
}
