//! `heft-nn-delta-e`: networks name levels in a box within 1 MeV.
//!
//! Decider: the levels of Hamiltonians that no network has seen, from the secular equation without a cut, between threshold
//! and 1 GeV, of phase shifts that move by less than 1 rad between samples; others are not determined by the input.

use std::collections::BTreeMap;

use fieldassay::Result;
use fieldassay::inverse::Judged;
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, check, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{By, judged, median, provenance, share, smooth};

/// The models that are taught.
const TAUGHT: [FormFactor; 2] = [FormFactor::Monopole, FormFactor::Gaussian];
/// ΔE in the talk, in MeV.
const CLAIMED: f64 = 1.0;

/// MeV fm.
const HBARC: f64 = 197.327;

/// How well a network does.
#[derive(Clone, Copy)]
struct Question {
    by: By,
    /// What is taken for the levels: this times what they are.
    stretch: f64,
    /// The share of levels within [`CLAIMED`].
    within: f64,
    /// The loss of that share that is undertaken to be seen.
    resolves: f64,
    /// Half are within this, in MeV.
    median: f64,
}

const TALK: Question = Question { by: By::Talk, stretch: 1.0, within: 0.9, resolves: 0.08, median: 0.3 };
const LUSCHER: Question = Question { by: By::Luscher, stretch: 1.0, within: 0.97, resolves: 0.04, median: 0.2 };

/// The claim.
pub fn claim() -> Claim {
    // By so much that a network of any training fails, and within the effect that is declared.
    let stretched = |hbarc: f64, question: Question| Question { stretch: hbarc / HBARC, ..question };
    let coarse = |name, hbarc, question: Question| {
        Alteration::of_size(name, stretched(hbarc, question), 3.0 * question.resolves)
    };
    let every_level = Question { within: 1.0, ..TALK };
    Claim::new(
        "heft-nn-delta-e",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Results\"",
        "Decently trained on model A, C: ΔE(L)<1 MeV, E(L)~300–900 MeV",
        vec![
            Statement::says(
                "nine of ten levels",
                "Trained on 2500 phase shifts of each of the models A and C, the talk's network names at least 90 % of the \
                 levels of fresh phase shifts within 1 MeV, and half of them within 0.3 MeV.",
                "a share below 90 % within 1 MeV, or below a half within 0.3 MeV",
            )
            .decided_by(Verdict::Supported, names, TALK, coarse("ħc 197.327 → 197.58 MeV fm", 197.58, TALK)),
            Statement::says(
                "as printed, every level",
                "No level of a fresh phase shift is further than 1 MeV from what the talk's network says.",
                "a share below 100 %",
            )
            .decided_by(Verdict::Refuted, names, every_level, coarse("ħc 197.327 → 197.56 MeV fm", 197.56, every_level)),
            Statement::says(
                "by way of φ(q²)",
                "A network that learns a function of the box, and then what small boxes add, names at least 97 % within \
                 1 MeV, and half within 0.2 MeV; it learns from 10 000 phase shifts of each model.",
                "a share below 97 % within 1 MeV, or below a half within 0.2 MeV",
            )
            .decided_by(Verdict::Supported, names, LUSCHER, coarse("ħc 197.327 → 197.56 MeV fm", 197.56, LUSCHER)),
        ],
    )
    .with_figures(figures)
}

fn names(context: &Context<'_>, question: &Question) -> Result<Finding> {
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, question.by, &TAUGHT)?);
    let mut worst = (f64::INFINITY, 0.0);
    for model in TAUGHT {
        let levels = smooth(&judged(context, question.by, model)?);
        let miss = |level: &Judged| (question.stretch * level.energy - level.predicted).abs();
        let within = share(&levels, |level| miss(level) <= CLAIMED)?;
        if within.value() < worst.0 {
            worst = (within.value(), within.error());
        }
        let letter = model.id();
        evidence.push(
            check(format!("{letter}: share of {} levels within 1 MeV", levels.len()), within)
                .false_fail(1e-7)
                .resolves(question.resolves)
                .at_least()
                .against(question.within),
        );
        let mut misses: Vec<f64> = levels.iter().map(miss).collect();
        misses.sort_by(f64::total_cmp);
        let half = misses[misses.len() / 2];
        let note = format!("{half:.3} MeV");
        let name = format!("{letter}: half within {} MeV", question.median);
        evidence.push(fact(name, half < question.median, note));
    }
    let headline = Headline {
        quantity: format!("smaller share within 1 MeV of A and C, {}", question.by.name()),
        claimed: question.within,
        value: worst.0,
        error: worst.1,
    };
    Ok(Finding::new(evidence, headline))
}

/// Levels in bins of ΔE between −5 and 5 MeV, as a share of all.
pub fn histogram(levels: &[Judged]) -> Vec<(f64, f64)> {
    const BIN: f64 = 0.1;
    const EDGE: i64 = 50;
    let mut bins: BTreeMap<i64, f64> = (-EDGE..EDGE).map(|i| (i, 0.0)).collect();
    for level in levels {
        if let Some(count) = bins.get_mut(&((level.difference() / BIN).floor() as i64)) {
            *count += 1.0 / levels.len() as f64;
        }
    }
    bins.into_iter().map(|(i, share)| ((i as f64 + 0.5) * BIN, share)).collect()
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for by in [By::Talk, By::Luscher] {
        let mut plot = Plot::new(format!("ΔE = E − E(network): {}", by.name()))
            .x_label("ΔE (MeV)")
            .y_label("share of levels in 0.1 MeV")
            .y_log();
        let mut medians = Vec::new();
        for model in FormFactor::ALL {
            let levels = smooth(&judged(context, by, model)?);
            let shares = histogram(&levels).into_iter().filter(|(_, share)| *share > 0.0);
            plot = plot.line(format!("model {}", model.id()), vec![shares.collect()]);
            medians.push(format!("{} {:.3}", model.id(), median(&levels)));
        }
        let id = if by == By::Talk { "heft-delta-e-talk" } else { "heft-delta-e-luscher" };
        let caption = format!(
            "Levels between threshold and 1 GeV of fresh phase shifts; half of |ΔE| are below (MeV): {}. No network has \
             been trained on model B.",
            medians.join(", ")
        );
        figures.push(plot.render(id, caption)?);
    }
    Ok(figures)
}
