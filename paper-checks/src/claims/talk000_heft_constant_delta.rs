//! `heft-constant-delta`: phase shifts that do not depend on the energy, far from everything that was taught.
//!
//! Decider: the roots of Lüscher's formula for that constant, levels 2 to 9 below 1 GeV; the first is left out, since a constant
//! contradicts `δ ∝ k` at threshold. One whole number may be added to all level numbers of a phase shift.

use fieldassay::Result;
use fieldassay::inverse::{ConstantPhase, HeftSpec, LevelPredictor, Phases, constant_phases};
use fieldassay::report::{Figure, Plot};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{By, predictor, provenance};

/// A box whose levels miss the formula by less, root mean square, reproduces it; in MeV.
const REPRODUCED: f64 = 3.0;
/// The share of boxes that has to.
const SHARE: f64 = 0.8;

/// What is asked.
#[derive(Clone, Copy)]
struct Question {
    by: By,
    /// The phase shifts that the network is told: this times those that are meant.
    sign: f64,
}

/// The claim.
pub fn claim() -> Claim {
    let negated =
        |by: By| Alteration::new("δ → −δ in what the network is told", Question { by, sign: -1.0 });
    Claim::new(
        "heft-constant-delta",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Results\"",
        "Go far beyond training set & challenge the NN with constant δ(E)… LF is numerically reproduced",
        vec![
            Statement::says(
                "as printed, the talk's network",
                "For constant phase shifts of −60° to 60° the talk's network reproduces the roots of Lüscher's formula within 3 MeV \
                 RMS in 80 % of the boxes of 5 to 13 fm, one whole number corrected.",
                "a smaller share of boxes",
            )
            .decided_by(
                Verdict::Refuted,
                reproduces,
                Question { by: By::Talk, sign: 1.0 },
                negated(By::Talk),
            ),
            Statement::says(
                "by way of φ(q²)",
                "The network that learns a function of the box, and then what small boxes add, does.",
                "a smaller share of boxes",
            )
            .decided_by(
                Verdict::Supported,
                reproduces,
                Question { by: By::Luscher, sign: 1.0 },
                negated(By::Luscher),
            ),
            Statement::says(
                "interpolation",
                "Kernel ridge regression on the same training set does, too.",
                "a smaller share of boxes",
            )
            .decided_by(
                Verdict::Refuted,
                reproduces,
                Question { by: By::Kernel, sign: 1.0 },
                negated(By::Kernel),
            ),
        ],
    )
    .with_figures(figures)
}

fn spec(context: &Context<'_>) -> HeftSpec {
    HeftSpec::talk(context.seed(), "constant", FormFactor::Monopole, 0)
}

/// What `by` says of constant phase shifts.
///
/// # Errors  those of the prediction.
pub fn constant(context: &Context<'_>, by: By, sign: f64) -> Result<Vec<ConstantPhase>> {
    /// Told another phase shift than is meant.
    struct Told<'a>(&'a dyn LevelPredictor, HeftSpec, Vec<f64>);
    impl LevelPredictor for Told<'_> {
        fn name(&self) -> &str {
            self.0.name()
        }
        fn levels(&self, _: &Phases) -> Result<Vec<f64>> {
            self.0.levels(&Phases::constant(&self.1, &self.2)?)
        }
    }
    let degrees: Vec<f64> = (-6..=6).map(|i| 10.0 * f64::from(i)).collect();
    let predictor = predictor(context, by)?;
    let told = Told(predictor.as_ref().as_ref(), spec(context), degrees.iter().map(|d| sign * d).collect());
    constant_phases(&told, &spec(context), &degrees)
}

fn reproduces(context: &Context<'_>, question: &Question) -> Result<Finding> {
    let found = constant(context, question.by, question.sign)?;
    let boxes: Vec<f64> = found.iter().flat_map(|phase| phase.corrected.iter().copied()).collect();
    let near = boxes.iter().filter(|rms| **rms <= REPRODUCED).count();
    let share = near as f64 / boxes.len() as f64;
    let rms = (boxes.iter().map(|x| x * x).sum::<f64>() / boxes.len() as f64).sqrt();
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, question.by, &[])?);
    evidence.push(fact(
        format!("{}: boxes within 3 MeV of the formula, at least 80 %", question.by.name()),
        share >= SHARE,
        format!("{near} of {}, {rms:.2} MeV RMS over all", boxes.len()),
    ));
    let headline = Headline {
        quantity: format!("share of boxes within 3 MeV of the formula, {}", question.by.name()),
        claimed: SHARE,
        value: share,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut distance = Plot::new("Constant phase shifts: distance from Lüscher's formula")
        .x_label("δ (degrees)")
        .y_label("root mean square over boxes and levels (MeV)")
        .y_log()
        .horizontal_rules("3 MeV", [REPRODUCED]);
    for by in [By::Talk, By::Luscher, By::LearnedPhase, By::Kernel, By::Neighbour] {
        let found = constant(context, by, 1.0)?;
        let rms = |of: &[f64]| (of.iter().map(|x| x * x).sum::<f64>() / of.len() as f64).sqrt();
        let points = found.iter().map(|phase| (phase.degrees, rms(&phase.corrected).max(1e-3)));
        distance = distance.line(by.name(), vec![points.collect()]);
    }
    let caption = "After the correction of one whole number for each phase shift. No Hamiltonian of the training sets has a \
                   phase shift like these.";
    let mut figures = vec![distance.render("heft-constant-delta", caption)?];
    for degrees in [-40.0, 40.0] {
        figures.push(levels(context, degrees)?);
    }
    Ok(figures)
}

/// The levels of one constant phase shift against the box.
fn levels(context: &Context<'_>, degrees: f64) -> Result<Figure> {
    let phases = Phases::constant(&spec(context), &[degrees])?;
    let [_, _, count] = phases.shape();
    let mut plot = Plot::new(format!("Levels for δ = {degrees}° at all energies"))
        .x_label("L (fm)")
        .y_label("E (MeV)")
        .y_range(phases.threshold(), phases.e_max());
    let say = |by: By| predictor(context, by)?.levels(&phases);
    let formula = say(By::Formula)?;
    let of_level = |energies: &[f64], n: usize| -> Vec<(f64, f64)> {
        let lengths = phases.lengths().iter().enumerate();
        lengths.map(|(b, length)| (*length, energies[b * count + n])).collect()
    };
    let inside = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        points.into_iter().filter(|(_, e)| *e > phases.threshold() && *e < phases.e_max()).collect()
    };
    let lines = (0..count).map(|n| inside(of_level(&formula, n))).filter(|l| l.len() > 1).collect();
    plot = plot.line("Lüscher's formula", lines);
    for by in [By::Talk, By::Luscher] {
        let named = say(by)?;
        let points: Vec<_> = (0..count).flat_map(|n| inside(of_level(&named, n))).collect();
        plot = plot.points(by.name(), points);
    }
    let id = if degrees < 0.0 { "heft-constant-repulsive" } else { "heft-constant-attractive" };
    plot.render(id, "Lines: roots of Lüscher's formula; points: what networks say that never saw a constant phase shift.")
}
