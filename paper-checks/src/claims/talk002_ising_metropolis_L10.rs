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

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, Tier};
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
                // Measured: 0.06 at the critical coupling.
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
        let measurements = context.tier().pick(500, 15_000, 150_000);
        let length = Length { warm_up: 200, measurements, every: 1 };
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

/// `⟨m²⟩` and `U_L` by the transfer matrix: seconds a coupling, so that the quick tier has them at the critical one alone.
fn magnetic(context: &Context<'_>, place: usize) -> Result<Option<[f64; 2]>> {
    if place != CRITICAL && context.tier() == Tier::Quick {
        return Ok(None);
    }
    let numbers = context.once(&format!("magnetic {place}"), || {
        let (_, exact) = ising::by_magnetisation(EXTENT, EXTENT, BETAS[place]);
        Ok(vec![exact.m2, exact.binder])
    })?;
    Ok(Some([numbers[0], numbers[1]]))
}

fn gives_the_averages(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.06;
    let mut evidence = Evidence::new();
    let mut headline = None;
    for (place, beta) in BETAS.into_iter().enumerate() {
        let means = run(context, beta, *factor)?;
        let thermal = ising::kaufman(EXTENT, EXTENT, beta);
        let energy = jackknife(&means, |x| x[0])?;
        let mut close = |name: &str, estimate, truth, resolves| {
            evidence.push(
                check(format!("{name} at β = {beta:.4}"), estimate)
                    .false_fail(1e-7)
                    .resolves(resolves)
                    .against(truth),
            );
        };
        close("⟨H⟩/V", energy, thermal.energy, RESOLVES);
        if let Some([m2, binder]) = magnetic(context, place)? {
            close("⟨m²⟩", jackknife(&means, |x| x[2])?, m2, RESOLVES);
            close("U_L", jackknife(&means, |x| 1.0 - x[3] / (3.0 * x[2] * x[2]))?, binder, 0.15);
        }
        let heat = jackknife(&means, |x| beta * beta * SITES * (x[1] - x[0] * x[0]))?;
        close("specific heat", heat, thermal.specific_heat, 0.4);
        if place == CRITICAL {
            headline = Some(Headline {
                quantity: "⟨H⟩/V of 10² spins at β = ½ ln(1 + √2)".into(),
                claimed: thermal.energy,
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
            let energy = jackknife(&run(context, beta, 1.0)?, |x| x[0])?;
            Ok((beta, energy.value(), energy.error()))
        })
        .collect();
    let exact = (0..=90).map(|i| {
        let beta = 0.18 + 0.005 * f64::from(i);
        (beta, ising::kaufman(EXTENT, EXTENT, beta).energy)
    });
    let figure = Plot::new("Ising's model on 10 × 10 sites")
        .x_label("β")
        .y_label("⟨H⟩/V")
        .error_bars("Metropolis", points?)
        .line("Kaufman's formula", vec![exact.collect()])
        .render("ising-L10", "64 chains side by side.")?;
    Ok(vec![figure])
}
