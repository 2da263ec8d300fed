//! `heft-model-b-transfer`: levels of a model that was not taught.
//!
//! Decider: the levels of fresh Hamiltonians of model B below 1 GeV beside those of A and C. ΔE is the level minus what the network
//! says, as in the talk. Medians are those of phase shifts that move by less than 1 rad between samples; the talk's tails are of
//! all.

use fieldassay::inverse::Judged;
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, check};
use fieldassay::Result;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{By, exceeds, judged, mean, median, provenance, share, smooth};

/// Tails begin here, in MeV.
const TAIL: f64 = 2.0;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-model-b-transfer",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Results\"",
        "For model B, as a test set, slightly worse; ΔE has heavier-tail on the right",
        vec![
            Statement::says(
                "slightly worse",
                "Half of the levels of model B are within five times the median |ΔE| of A and C, and less than half are within \
                 the median of A and C itself.",
                "a smaller share within five medians, or a larger one within one",
            )
            .decided_by(
                Verdict::Supported,
                is_worse,
                Deviation { by: By::Talk, factor: 1.0 },
                Alteration::of_size(
                    "ΔE of B → 12 times as large",
                    Deviation { by: By::Talk, factor: 12.0 },
                    0.3,
                ),
            ),
            Statement::says(
                "heavier tail on the right",
                "Of all levels of model B at least 1 % more lie 2 MeV above what the talk's network says than 2 MeV below.",
                "as many or more below",
            )
            .decided_by(
                Verdict::Supported,
                leans_right,
                Deviation { by: By::Talk, factor: 1.0 },
                Alteration::new(
                    "ΔE = E − E(network) → E(network) − E",
                    Deviation { by: By::Talk, factor: -1.0 },
                ),
            ),
        ],
    )
    .with_figures(figures)
}

/// Whose ΔE, and what of it.
#[derive(Clone, Copy)]
struct Deviation {
    by: By,
    factor: f64,
}

fn is_worse(context: &Context<'_>, deviation: &Deviation) -> Result<Finding> {
    let taught = [FormFactor::Monopole, FormFactor::Gaussian];
    let mut known = Vec::new();
    for model in taught {
        known.extend(smooth(&judged(context, deviation.by, model)?));
    }
    let levels = smooth(&judged(context, deviation.by, FormFactor::Dipole)?);
    let unit = median(&known);
    let within = |limit: f64| {
        share(&levels, |level| (deviation.factor * level.difference()).abs() <= limit * unit)
    };
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, deviation.by, &FormFactor::ALL)?);
    evidence.push(
        check("B: share within five medians of A and C", within(5.0)?)
            .false_fail(1e-7)
            .resolves(0.15)
            .at_least()
            .against(0.5),
    );
    evidence.push(
        check("B: share within the median of A and C", within(1.0)?)
            .false_fail(1e-7)
            .resolves(0.15)
            .at_most()
            .against(0.5),
    );
    let headline = Headline {
        quantity: "median |ΔE| of B over that of A and C".into(),
        claimed: 1.0,
        value: median(&levels) / unit,
        error: relative_error(&levels) * median(&levels) / unit,
    };
    Ok(Finding::new(evidence, headline))
}

/// The relative error of the median, from the share below and its slope.
fn relative_error(levels: &[Judged]) -> f64 {
    let middle = median(levels);
    let below = |x: f64| share(levels, |level| level.difference().abs() <= x);
    let (Ok(low), Ok(high)) = (below(0.9 * middle), below(1.1 * middle)) else {
        return f64::NAN;
    };
    0.2 * low.error().max(high.error()) / (high.value() - low.value())
}

fn leans_right(context: &Context<'_>, deviation: &Deviation) -> Result<Finding> {
    let levels = judged(context, deviation.by, FormFactor::Dipole)?;
    let side = |level: &Judged| match deviation.factor * level.difference() {
        x if x > TAIL => 1.0,
        x if x < -TAIL => -1.0,
        _ => 0.0,
    };
    let more = mean(&levels, side)?;
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, deviation.by, &FormFactor::ALL)?);
    evidence.push(exceeds("B: share with ΔE > 2 MeV − share with ΔE < −2 MeV", &more, 0.01));
    let headline = Headline {
        quantity: "B: share with ΔE > 2 MeV − share with ΔE < −2 MeV".into(),
        claimed: 0.0,
        value: more.value(),
        error: more.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    const LIMITS: usize = 60;
    let mut plot = Plot::new("Levels of model B further away than a distance, to either side")
        .x_label("|ΔE| (MeV)")
        .y_label("share of levels")
        .x_log()
        .y_log();
    for by in [By::Talk, By::Luscher, By::Formula] {
        let levels = judged(context, by, FormFactor::Dipole)?;
        for (side, sign) in [("above", 1.0), ("below", -1.0)] {
            let beyond = |i: usize| {
                let limit = 0.1 * 500.0_f64.powf(i as f64 / LIMITS as f64);
                let count = levels.iter().filter(|l| sign * l.difference() > limit).count();
                (limit, count as f64 / levels.len() as f64)
            };
            let curve = (0..=LIMITS).map(beyond).filter(|(_, share)| *share > 0.0).collect();
            plot = plot.line(format!("{side} {}", by.name()), vec![curve]);
        }
    }
    let caption = "Shares of the levels that lie further above, or further below, what is said of them than ΔE.";
    Ok(vec![plot.render("heft-model-b-tails", caption)?])
}
