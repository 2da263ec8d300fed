//! `heft-nn-drag`: where Lüscher's formula misses the levels of model B, the network leans towards it.
//!
//! Put into the formula, a level gives a phase shift `δ_L(E) = nπ − φ(q²)`. For the levels of the smallest boxes it differs from the
//! exact `δ(E)`; the talk says that it differs less for the levels that the network names. Decider: `φ` from the zeta
//! function, `δ(E)` interpolated from its samples, both at the level and at what is said of it, in boxes of 5 fm.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::inverse::{BoxPhase, Judged, LuscherPhase, judge};
use fieldassay::report::{Figure, Plot};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{
    By, Fresh, Network, exceeds, fresh_in_one_box, learned, mean, predictor, provenance, smooth,
};

/// The smallest boxes, in fm.
const LENGTH: f64 = 5.0;
/// Levels that the formula misses by less say nothing about a drag, in degrees.
const VIOLATION: f64 = 1.0;

/// The claim.
pub fn claim() -> Claim {
    let mirrored = || Alteration::new("E(network) → its mirror image, 2E − E(network)", -1.0);
    Claim::new(
        "heft-nn-drag",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Results\"",
        "Check δ(E_L) against LF; Model B: NN tries to drag the points towards LF",
        vec![
            Statement::says(
                "as printed",
                "In boxes of 5 fm, levels of model B that Lüscher's formula misses by more than 1° are nearer to it as the \
                 talk's network names them than as they are.",
                "a mean distance from the formula that is not smaller",
            )
            .decided_by(Verdict::Supported, drags, 1.0, mirrored()),
        ],
    )
    .with_figures(figures)
}

/// `δ_L(E) − δ(E)` in degrees, at the level and at `predicted`.
fn distances(fresh: &Fresh, level: &Judged, predicted: f64) -> Result<[f64; 2]> {
    let phases = &fresh.phases;
    let curve = phases.interpolated(level.curve)?;
    let inside = |energy: f64| energy.clamp(phases.threshold(), phases.e_max());
    let distance = |energy: f64| -> Result<f64> {
        let phi = LuscherPhase.at(phases.q2(energy, level.length))?;
        let delta = curve.value(phases.momentum(energy));
        Ok((PI * level.n as f64 - phi - delta).to_degrees())
    };
    Ok([distance(level.energy)?, distance(inside(predicted))?])
}

/// Levels that the formula misses, and both distances.
fn violated(context: &Context<'_>, by: By, mirror: f64) -> Result<Vec<(Judged, [f64; 2])>> {
    let fresh = fresh_in_one_box(context, LENGTH)?;
    let named = predictor(context, by)?.levels(&fresh.phases)?;
    let mut found = Vec::new();
    for level in smooth(&judge(&fresh.data, &fresh.phases, &named)?) {
        let predicted = level.energy - mirror * level.difference();
        let both = distances(&fresh, &level, predicted)?;
        if both[0].abs() > VIOLATION {
            found.push((level, both));
        }
    }
    Ok(found)
}

fn drags(context: &Context<'_>, mirror: &f64) -> Result<Finding> {
    let found = violated(context, By::Talk, *mirror)?;
    let average = |of: fn([f64; 2]) -> f64| -> Result<Estimate> {
        let with = |(level, both): &(Judged, [f64; 2])| Judged {
            predicted: level.energy - of(*both),
            ..*level
        };
        mean(&found.iter().map(with).collect::<Vec<_>>(), Judged::difference)
    };
    let nearer = average(|[own, named]| own.abs() - named.abs())?;
    let own = average(|[own, _]| own.abs())?;
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, By::Talk, &[])?);
    let fresh = fresh_in_one_box(context, LENGTH)?;
    learned(context, Network::Talk)?.training().check_fresh("audit/box B", &fresh.phases)?;
    evidence.push(fact(
        "levels of B at 5 fm that the formula misses by more than 1°",
        found.len() >= 500,
        format!("{}, by {:.1}° in the mean", found.len(), own.value()),
    ));
    evidence.push(exceeds("mean of |δ_L(E) − δ(E)| − |δ_L(E_NN) − δ(E_NN)|, degrees", &nearer, 0.0));
    let headline = Headline {
        quantity: "share of the distance to Lüscher's formula that the network takes away".into(),
        claimed: 0.0,
        value: nearer.value() / own.value(),
        error: nearer.error() / own.value(),
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Levels of model B in boxes of 5 fm, put into Lüscher's formula")
        .x_label("δ_L(E) − δ(E) of the level (degrees)")
        .y_label("… of what is said of it (degrees)")
        .x_range(-60.0, 20.0)
        .y_range(-60.0, 20.0)
        .line("no drag", vec![vec![(-60.0, -60.0), (20.0, 20.0)]])
        .horizontal_rules("as the formula says", [0.0]);
    for by in [By::Talk, By::Luscher] {
        let points = violated(context, by, 1.0)?.into_iter().map(|(_, [own, named])| (own, named));
        plot = plot.points(by.name(), points.filter(|(x, y)| x.min(*y) > -60.0 && x.max(*y) < 20.0).step_by(4));
    }
    let caption = "Points between the diagonal and zero are dragged towards the formula.";
    Ok(vec![plot.render("heft-nn-drag", caption)?])
}
