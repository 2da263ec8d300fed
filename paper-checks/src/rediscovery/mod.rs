//! What the claims on learned levels share: networks, baselines, and phase shifts that none of them has seen.
//!
//! # Design
//!
//! The quick tier reads the networks that `stored/` holds, beside the command that made each; the other tiers train them anew. Whatever is
//! costly is computed once a process, in a pool of its own, so that a claim which waits for it does not
//! start another one meanwhile.

mod data;
mod network;
mod shared;

use std::sync::Arc;

use fieldassay::inverse::{
    FromBoxPhase, Judged, KernelRidge, Learned, LearnedPhase, LevelPredictor, MeanLevel,
    NearestNeighbour, Phases, judge,
};
use fieldassay::scattering::FormFactor;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, fact};
use fieldassay::{Error, Result};

pub use data::{Fresh, fresh, fresh_in_one_box};
pub use network::{Network, is_sound, learned};

use crate::claim::{Context, Tier};
use data::{TALK_CURVES, training};
use shared::shared;

/// Who names levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The talk's network: from the phase shift and the box to ten levels.
    Talk,
    /// The network that learns a function of the box, and a correction.
    Luscher,
    /// That function of the box alone.
    LearnedPhase,
    /// Kernel ridge regression on the talk's training set.
    Kernel,
    /// The nearest phase shift of the talk's training set.
    Neighbour,
    /// The mean level of the talk's training set.
    Mean,
    /// Lüscher's formula.
    Formula,
}

impl By {
    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talk => "the talk's network",
            Self::Luscher => "the network by way of φ",
            Self::LearnedPhase => "the learned φ alone",
            Self::Kernel => "kernel ridge regression",
            Self::Neighbour => "the nearest neighbour",
            Self::Mean => "the mean level",
            Self::Formula => "Lüscher's formula",
        }
    }

    /// The network behind it, if there is one.
    const fn network(self) -> Option<Network> {
        match self {
            Self::Talk => Some(Network::Talk),
            Self::Luscher | Self::LearnedPhase => Some(Network::Luscher),
            Self::Kernel | Self::Neighbour | Self::Mean | Self::Formula => None,
        }
    }
}

/// Somebody who names levels.
type Predictor = Box<dyn LevelPredictor + Send>;

/// Reads, trains or fits `by`.
///
/// # Errors  those of the file or of the training.
pub fn predictor(context: &Context<'_>, by: By) -> Result<Arc<Predictor>> {
    let boxed = |predictor: Predictor| Ok(predictor);
    let retrained = context.tier() > Tier::Quick && by.network().is_some();
    shared(&format!("{by:?} {retrained}"), || match by {
        By::Talk => boxed(Box::new(Shared(learned(context, Network::Talk)?))),
        By::Luscher => boxed(Box::new(Shared(learned(context, Network::Luscher)?))),
        By::LearnedPhase => boxed(Box::new(FromBoxPhase::new(
            "learned φ",
            learned_phase(context)?,
        ))),
        By::Kernel => boxed(Box::new(KernelRidge::new(&training(TALK_CURVES)?)?)),
        By::Neighbour => boxed(Box::new(NearestNeighbour::new(&training(TALK_CURVES)?)?)),
        By::Mean => boxed(Box::new(MeanLevel::new(&training(TALK_CURVES)?)?)),
        By::Formula => boxed(Box::new(FromBoxPhase::oracle())),
    })
}

/// The function of the box that the network has learned.
///
/// # Errors  those of the file or of the training.
pub fn learned_phase(context: &Context<'_>) -> Result<LearnedPhase> {
    let network = learned(context, Network::Luscher)?;
    network.phase().cloned().ok_or_else(|| Error::Unsupported {
        what: Network::Luscher.file(),
        expected: "a network that learns a function of the box".to_owned(),
    })
}

/// A network that several predictors share.
struct Shared(Arc<Learned>);

impl LevelPredictor for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        self.0.levels(phases)
    }
}

/// That the network behind `by` is the stored one, as its command made it, or trained in this run; and that it has not seen the
/// fresh phase shifts of `models`.
///
/// # Errors  those of the files; a phase shift that was trained on, by its name.
pub fn provenance(context: &Context<'_>, by: By, models: &[FormFactor]) -> Result<Option<Check>> {
    let check = |network| is_sound(context, network, by.name(), models);
    by.network().map(check).transpose()
}

/// The fresh levels of `model` between threshold and 1 GeV, beside what `by` says.
///
/// # Errors  those of the prediction.
pub fn judged(context: &Context<'_>, by: By, model: FormFactor) -> Result<Arc<Vec<Judged>>> {
    let fresh = fresh(context, model)?;
    let predictor = predictor(context, by)?;
    let label = format!(
        "judged {by:?} {} {} {:?}",
        model.id(),
        fresh.data.spec.seed,
        context.tier()
    );
    shared(&label, || {
        judge(
            &fresh.data,
            &fresh.phases,
            &predictor.levels(&fresh.phases)?,
        )
    })
}

/// The levels of phase shifts that move by less than 1 rad between samples: others are not determined by the input.
pub fn smooth(levels: &[Judged]) -> Vec<Judged> {
    levels
        .iter()
        .filter(|level| !level.steep)
        .copied()
        .collect()
}

/// The share of levels for which `holds`, with the error of curves that are drawn anew.
///
/// # Errors  `Error::Argument` for less than two curves.
pub fn share(levels: &[Judged], holds: impl Fn(&Judged) -> bool) -> Result<Estimate> {
    mean(levels, |level| f64::from(u8::from(holds(level))))
}

/// The mean of a number over levels, with the error of curves that are drawn anew: levels of a curve are not independent.
///
/// # Errors  `Error::Argument` for less than two curves.
pub fn mean(levels: &[Judged], of: impl Fn(&Judged) -> f64) -> Result<Estimate> {
    let sums = levels.chunk_by(|a, b| a.curve == b.curve).map(|curve| {
        let sum: f64 = curve.iter().map(&of).sum();
        (sum, curve.len() as f64)
    });
    let sums: Vec<(f64, f64)> = sums.collect();
    let total = sums.iter().fold((0.0, 0.0), |t, s| (t.0 + s.0, t.1 + s.1));
    let (ratio, size) = (total.0 / total.1, total.1 / sums.len() as f64);
    let around: Vec<f64> = sums
        .iter()
        .map(|(sum, count)| ratio + (sum - ratio * count) / size)
        .collect();
    Estimate::from_independent(&around)
}

/// That `estimate` is above `bound` by four standard errors at least: where there is no effect, chance says so once in 30 000 runs.
pub fn exceeds(name: &str, estimate: &Estimate, bound: f64) -> Check {
    let (value, error) = (estimate.value(), estimate.error());
    let note = format!("{value:.3} ± {error:.3}, above {bound} by four standard errors");
    fact(
        format!("{name}, above {bound}"),
        value - bound > 4.0 * error,
        note,
    )
}

/// Half of the levels are nearer than this, in MeV.
pub fn median(levels: &[Judged]) -> f64 {
    let mut sizes: Vec<f64> = levels
        .iter()
        .map(|level| level.difference().abs())
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(f64::NAN)
}
