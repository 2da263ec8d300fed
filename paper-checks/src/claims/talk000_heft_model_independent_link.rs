//! `heft-model-independent-link`: what a network has learned about the box, beside what interpolation of its training set knows.
//!
//! Deciders: for model B, which was not taught, the levels of fresh Hamiltonians; for the function of the box that one network
//! learns, the zeta function. "Rediscovery" is numerical: no network writes a formula down.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::finite_volume::poles;
use fieldassay::inverse::{BoxPhase, LuscherPhase};
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{By, fresh, judged, learned_phase, median, predictor, provenance, smooth};

/// Two who name levels of model B.
#[derive(Clone, Copy)]
struct Contest {
    by: By,
    against: By,
    /// The median |ΔE| of the one times this is at most that of the other.
    factor: f64,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-model-independent-link",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Summary\"",
        "Even δ(E),E(L) are both model-dependent, NN can extract model-independent link",
        vec![
            Statement::says(
                "to some degree",
                "The talk's network names levels of model B three times better than a look-up in its training set: the mean \
                 level, and the levels of the nearest phase shift.",
                "a median |ΔE| above a third of that of the look-up",
            )
            .decided_by(
                Verdict::Supported,
                beats_looking_up,
                By::Talk,
                Alteration::new("network → the nearest neighbour", By::Neighbour),
            ),
            Statement::says(
                "beyond interpolation",
                "It names them better than kernel ridge regression on the same training set, which knows nothing but smoothness.",
                "a larger median |ΔE|",
            )
            .decided_by(
                Verdict::Refuted,
                beats,
                Contest { by: By::Talk, against: By::Kernel, factor: 1.0 },
                Alteration::new(
                    "median → a third of it must do",
                    Contest { by: By::Talk, against: By::Kernel, factor: 3.0 },
                ),
            ),
            Statement::says(
                "by way of φ(q²)",
                "The network that learns a function of the box names them better than kernel ridge regression.",
                "a larger median |ΔE|",
            )
            .decided_by(
                Verdict::Supported,
                beats,
                Contest { by: By::Luscher, against: By::Kernel, factor: 1.0 },
                Alteration::new(
                    "network → the talk's network",
                    Contest { by: By::Talk, against: By::Kernel, factor: 1.0 },
                ),
            ),
            Statement::says(
                "the link",
                "The function of the box that it learns from levels of A and C is Lüscher's φ(q²) within 0.05 rad for q² < 10, as far \
                 as ten levels reach, and within 0.005 rad in the median.",
                "a larger distance",
            )
            .decided_by(
                Verdict::Supported,
                is_luschers,
                1.0,
                Alteration::new("φ(q²) → φ(1.02 q²)", 1.02),
            ),
        ],
    )
    .with_figures(figures)
}

fn median_of(context: &Context<'_>, by: By) -> Result<f64> {
    Ok(median(&smooth(&judged(context, by, FormFactor::Dipole)?)))
}

fn contest(context: &Context<'_>, contest: Contest, evidence: &mut Evidence) -> Result<f64> {
    let Contest { by, against, factor } = contest;
    let (own, other) = (median_of(context, by)?, median_of(context, against)?);
    evidence.push(fact(
        format!("{} against {}, times {factor}", by.name(), against.name()),
        factor * own <= other,
        format!("median |ΔE| of B: {own:.4} and {other:.4} MeV"),
    ));
    Ok(other / own)
}

fn beats_looking_up(context: &Context<'_>, by: &By) -> Result<Finding> {
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, *by, &[FormFactor::Dipole])?);
    let mut smallest = f64::INFINITY;
    for against in [By::Neighbour, By::Mean] {
        let ratio = contest(context, Contest { by: *by, against, factor: 3.0 }, &mut evidence)?;
        smallest = smallest.min(ratio);
    }
    Ok(Finding::new(evidence, headline("median |ΔE| of looking up over that of the network", 3.0, smallest)))
}

fn beats(context: &Context<'_>, asked: &Contest) -> Result<Finding> {
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, asked.by, &[FormFactor::Dipole])?);
    let ratio = contest(context, *asked, &mut evidence)?;
    Ok(Finding::new(evidence, headline("median |ΔE| of interpolation over that of the network", asked.factor, ratio)))
}

fn headline(quantity: &str, claimed: f64, value: f64) -> Headline {
    Headline { quantity: quantity.into(), claimed, value, error: 0.0 }
}

/// Ten levels lie below this `q²`.
const REACH: usize = 10;

/// `q²` between the free levels, in steps of a hundredth of their distance.
fn places() -> Vec<f64> {
    let free = poles(REACH);
    let between = |pair: &[f64]| {
        let (low, high) = (pair[0], pair[1]);
        (1..100).map(move |i| low + (high - low) * f64::from(i) / 100.0).collect::<Vec<_>>()
    };
    free.windows(2).flat_map(between).collect()
}

fn is_luschers(context: &Context<'_>, stretch: &f64) -> Result<Finding> {
    let phase = learned_phase(context)?;
    let mut distances = Vec::new();
    for q2 in places() {
        distances.push((phase.at(q2)? - LuscherPhase.at(stretch * q2)?).abs());
    }
    distances.sort_by(f64::total_cmp);
    let (middle, worst) = (distances[distances.len() / 2], distances[distances.len() - 1]);
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, By::LearnedPhase, &[])?);
    let note = |x: f64| format!("{x:.4} rad at {} places", distances.len());
    evidence.push(fact("within 0.05 rad everywhere", worst <= 0.05, note(worst)));
    evidence.push(fact("within 0.005 rad in the median", middle <= 0.005, note(middle)));
    Ok(Finding::new(evidence, headline("median |φ learned − φ|, rad", 0.0, middle)))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let phase = learned_phase(context)?;
    let (mut learned, mut exact) = (Vec::new(), Vec::new());
    for q2 in places() {
        learned.push((q2, phase.at(q2)? / PI));
        exact.push((q2, LuscherPhase.at(q2)? / PI));
    }
    let function = Plot::new("The function of the box, learned and calculated")
        .x_label("q² = (kL/2π)²")
        .y_label("φ(q²)/π")
        .line("Lüscher's, from the zeta function", vec![exact])
        .points("learned from levels of A and C", learned.into_iter().step_by(20))
        .vertical_rules("free levels", poles(REACH))
        .render("heft-learned-phase", "The network was told levels and phase shifts, not the zeta function.")?;
    Ok(vec![function, spectrum(context)?])
}

/// Levels of the fresh phase shift of B that the formula misses most, against the box.
fn spectrum(context: &Context<'_>) -> Result<Figure> {
    let fresh = fresh(context, FormFactor::Dipole)?;
    let levels = smooth(&judged(context, By::Formula, FormFactor::Dipole)?);
    let of_curve = levels.chunk_by(|a, b| a.curve == b.curve).map(|curve| {
        let squares: f64 = curve.iter().map(|level| level.difference().powi(2)).sum();
        ((squares / curve.len() as f64).sqrt(), curve[0].curve)
    });
    // Not the extreme: nine tenths of the curves are nearer to the formula.
    let mut ranked: Vec<(f64, usize)> = of_curve.collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let curve = ranked[ranked.len() * 9 / 10].1;
    let phases = &fresh.phases;
    let [_, boxes, count] = phases.shape();
    let of = |energies: &[f64], n: usize| -> Vec<(f64, f64)> {
        let at = |b: usize| energies[(curve * boxes + b) * count + n];
        let points = phases.lengths().iter().enumerate().map(|(b, length)| (*length, at(b)));
        points.filter(|(_, e)| *e > phases.threshold() && *e < phases.e_max()).collect()
    };
    let mut plot = Plot::new("Levels of a Hamiltonian of model B")
        .x_label("L (fm)")
        .y_label("E (MeV)")
        .y_range(phases.threshold(), phases.e_max());
    let lines = |energies: &[f64]| -> Vec<Vec<(f64, f64)>> {
        (0..count).map(|n| of(energies, n)).filter(|line| line.len() > 1).collect()
    };
    let formula = predictor(context, By::Formula)?.levels(phases)?;
    plot = plot.line("Hamiltonian", lines(&fresh.data.levels)).line("Lüscher's formula", lines(&formula));
    for by in [By::Talk, By::Luscher] {
        let named = predictor(context, by)?.levels(phases)?;
        let points: Vec<_> = (0..count).flat_map(|n| of(&named, n)).collect();
        plot = plot.points(by.name(), points);
    }
    plot.render(
        "heft-levels-of-b",
        "Nine tenths of the fresh phase shifts of B are nearer to Lüscher's formula than this one. No network has seen model B.",
    )
}
