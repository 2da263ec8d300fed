//! `heft-level-correction`: the talk's results "after level correction".
//!
//! The talk does not define it. `δ` and `δ ± 180°` have the same levels, so one whole number for each phase shift, added to all its
//! level numbers, is a correction that the physics allows; a choice level by level would always help, and says nothing.
//! Decider: root mean square distance from Lüscher's formula before and after it.

use fieldassay::Result;
use fieldassay::inverse::{HeftSpec, LevelPredictor, Phases, constant_phases};
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::rediscovery::{By, predictor, provenance};

/// What the correction has to gain.
const GAIN: f64 = 3.0;

/// Whose levels, counted from which.
#[derive(Clone, Copy)]
struct Counted {
    by: By,
    from: usize,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "heft-level-correction",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: backup",
        "Results after level correction",
        vec![
            Statement::says(
                "the talk's network",
                "For constant phase shifts of −60° to 60° one whole number for each brings what the talk's network says \
                 three times nearer to Lüscher's formula.",
                "a gain below three",
            )
            .decided_by(
                Verdict::Refuted,
                gains,
                Counted { by: By::Talk, from: 0 },
                Alteration::new("network → learned φ", Counted { by: By::LearnedPhase, from: 0 }),
            ),
            Statement::says(
                "what it can repair",
                "Levels that are right but counted from the second are brought three times nearer, at least.",
                "a gain below three",
            )
            .decided_by(
                Verdict::Supported,
                gains,
                Counted { by: By::LearnedPhase, from: 1 },
                Alteration::new(
                    "counted from the second → counted from the first",
                    Counted { by: By::LearnedPhase, from: 0 },
                ),
            ),
        ],
    )
}

/// Levels of somebody, counted from another than the first.
struct From<'a>(&'a dyn LevelPredictor, usize);

impl LevelPredictor for From<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        let mut levels = self.0.levels(phases)?;
        levels.chunks_exact_mut(phases.levels()).for_each(|of_box| of_box.rotate_left(self.1));
        Ok(levels)
    }
}

fn gains(context: &Context<'_>, counted: &Counted) -> Result<Finding> {
    let degrees: Vec<f64> = (-6..=6).map(|i| 10.0 * f64::from(i)).collect();
    let spec = HeftSpec::talk(context.seed(), "constant", FormFactor::Monopole, 0);
    let predictor = predictor(context, counted.by)?;
    let found = constant_phases(&From(predictor.as_ref().as_ref(), counted.from), &spec, &degrees)?;
    let rms = |boxes: &mut dyn Iterator<Item = f64>| {
        let boxes: Vec<f64> = boxes.collect();
        (boxes.iter().map(|x| x * x).sum::<f64>() / boxes.len() as f64).sqrt()
    };
    let raw = rms(&mut found.iter().flat_map(|phase| phase.raw.iter().copied()));
    let corrected = rms(&mut found.iter().flat_map(|phase| phase.corrected.iter().copied()));
    let shifted = found.iter().filter(|phase| phase.shift != 0).count();
    let mut evidence = Evidence::new();
    evidence.extend(provenance(context, counted.by, &[])?);
    evidence.push(fact(
        "the correction gains a factor of three",
        raw >= GAIN * corrected,
        format!("{raw:.3} → {corrected:.3} MeV, {shifted} of {} phase shifts corrected", found.len()),
    ));
    let headline = Headline {
        quantity: format!("gain of one whole number for each phase shift, {}", counted.by.name()),
        claimed: GAIN,
        value: raw / corrected,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}
