//! What the claims on learned levels share: networks, baselines, and phase shifts that none of them has seen.
//!
//! # Design
//!
//! The quick tier reads the networks that `stored/` holds, beside the command that made each; the other tiers train them anew. Whatever is
//! costly is computed once a process, in a pool of its own, so that a claim which waits for it does not
//! start another one meanwhile.

use std::any::Any;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use fieldassay::inverse::{
    FromBoxPhase, HeftData, HeftSpec, Judged, KernelRidge, Learned, LearnedPhase, LevelNetwork, LevelPredictor,
    LevelRecipe, LuscherNetwork, LuscherRecipe, MeanLevel, NearestNeighbour, Phases, judge,
};
use fieldassay::rng::Seed;
use fieldassay::scattering::FormFactor;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, fact};
use fieldassay::{Error, Result};
use sha2::{Digest, Sha256};

use crate::claim::{Context, Tier};

/// Hamiltonians of each of the models A and C that the talk's network and the baselines learn from.
const TALK_CURVES: usize = 2500;
/// The same for the network by way of Lüscher's function.
const LUSCHER_CURVES: usize = 10_000;
/// Root of the training sets.
const TRAINING: Seed = Seed(1);

/// Who names levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// Where it comes from, if it is a network.
    const fn stored(self) -> Option<Stored> {
        match self {
            Self::Talk => Some(TALK),
            Self::Luscher | Self::LearnedPhase => Some(LUSCHER),
            Self::Kernel | Self::Neighbour | Self::Mean | Self::Formula => None,
        }
    }
}

/// A network in `stored/`.
#[derive(Clone, Copy, Debug)]
struct Stored {
    file: &'static str,
    sha256: &'static str,
    command: &'static str,
}

const TALK: Stored = Stored {
    file: "levels-1.safetensors",
    sha256: "9c6251723eec567fdd09d7caf8325982a40526a2d7215886ad9d9c370ddbd345",
    command: "cargo fieldassay rediscover train --network levels --seed 1",
};
const LUSCHER: Stored = Stored {
    file: "luscher-1.safetensors",
    sha256: "f294416be4f547d5998df4ed2b70d9a9e11264926807f81845cb60ad8883df2e",
    command: "cargo fieldassay rediscover train --network luscher --seed 1",
};

impl Stored {
    fn path(self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("stored")
            .join(self.file)
    }

    fn is_whole(self) -> Result<bool> {
        let path = self.path();
        let bytes = std::fs::read(&path).map_err(|why| Error::io(&path, "read the file", why))?;
        let hash: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(hash == self.sha256)
    }
}

/// Phase shifts and levels that nobody was trained on.
#[derive(Debug)]
pub struct Fresh {
    /// Phase shifts, levels, parameters.
    pub data: HeftData,
    /// What a prediction sees.
    pub phases: Phases,
}

/// Fresh phase shifts of a model in the talk's boxes: 300 in the quick tier, else 1000.
///
/// # Errors  those of the Hamiltonians.
pub fn fresh(context: &Context<'_>, model: FormFactor) -> Result<Arc<Fresh>> {
    let curves = context.tier().pick(300, 1000, 1000);
    drawn(HeftSpec::talk(context.seed(), "audit", model, curves))
}

/// Fresh phase shifts of model B in boxes of one side only, in fm: 2000 of them.
///
/// # Errors  those of the Hamiltonians.
pub fn fresh_in_one_box(context: &Context<'_>, length: f64) -> Result<Arc<Fresh>> {
    let spec = HeftSpec::talk(context.seed(), "audit/box", FormFactor::Dipole, 2000);
    drawn(HeftSpec { lengths: vec![length], ..spec })
}

fn drawn(spec: HeftSpec) -> Result<Arc<Fresh>> {
    let label = format!("fresh {} {} {} {}", spec.seed, spec.set, spec.form_factor, spec.curves);
    shared(&label, || {
        let data = HeftData::generate(&spec, || {})?;
        Ok(Fresh { phases: Phases::of(&data)?, data })
    })
}

/// The talk's training sets, of models A and C.
fn training(curves: usize) -> Result<Arc<Vec<HeftData>>> {
    shared(&format!("training {curves}"), || {
        let models = [FormFactor::Monopole, FormFactor::Gaussian];
        let spec = |model| HeftSpec::talk(TRAINING, "train", model, curves);
        models
            .iter()
            .map(|&model| HeftData::generate(&spec(model), || {}))
            .collect()
    })
}

/// Somebody who names levels.
type Predictor = Box<dyn LevelPredictor + Send>;

/// Reads, trains or fits `by`.
///
/// # Errors  those of the file or of the training.
pub fn predictor(context: &Context<'_>, by: By) -> Result<Arc<Predictor>> {
    let tier = context.tier();
    let boxed = |predictor: Predictor| Ok(predictor);
    let retrained = tier > Tier::Quick && by.stored().is_some();
    shared(&format!("{by:?} {retrained}"), || match by {
        By::Talk | By::Luscher => boxed(Box::new(network(context, by)?)),
        By::LearnedPhase => {
            boxed(Box::new(FromBoxPhase::new("learned φ", LearnedPhase::clone(&*learned_phase(context)?))))
        }
        By::Kernel => boxed(Box::new(KernelRidge::new(&training(TALK_CURVES)?)?)),
        By::Neighbour => boxed(Box::new(NearestNeighbour::new(&training(TALK_CURVES)?)?)),
        By::Mean => boxed(Box::new(MeanLevel::new(&training(TALK_CURVES)?)?)),
        By::Formula => boxed(Box::new(FromBoxPhase::oracle())),
    })
}

/// The function of the box that the network has learned.
///
/// # Errors  those of the file or of the training.
pub fn learned_phase(context: &Context<'_>) -> Result<Arc<LearnedPhase>> {
    let network = network(context, By::Luscher)?;
    let phase = network.0.phase().cloned().ok_or_else(|| Error::Unsupported {
        what: LUSCHER.file.to_owned(),
        expected: "a network that learns a function of the box".to_owned(),
    })?;
    Ok(Arc::new(phase))
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

/// The network, read or trained.
fn network(context: &Context<'_>, by: By) -> Result<Shared> {
    let tier = context.tier();
    let retrained = tier > Tier::Quick;
    let network = shared(&format!("network {by:?} {retrained}"), || match (retrained, by) {
        (false, _) => Learned::load(&by.stored().expect("a network").path()),
        (true, By::Talk) => {
            let (recipe, sets) = (LevelRecipe::talk(1), training(TALK_CURVES)?);
            LevelNetwork::train(&recipe, &sets, rayon::current_num_threads(), &mut |_| {})
                .map(Learned::Levels)
        }
        (true, _) => {
            let (recipe, sets) = (LuscherRecipe::standard(1), training(LUSCHER_CURVES)?);
            LuscherNetwork::train(&recipe, &sets, rayon::current_num_threads(), &mut |_| {})
                .map(Learned::Luscher)
        }
    })?;
    Ok(Shared(network))
}

/// That the network `by` is the stored one, as its command made it, or trained in this run; and that it has not seen the
/// fresh phase shifts of `models`.
///
/// # Errors  those of the files; a phase shift that was trained on, by its name.
pub fn provenance(context: &Context<'_>, by: By, models: &[FormFactor]) -> Result<Option<Check>> {
    let Some(stored) = by.stored() else {
        return Ok(None);
    };
    if context.tier() > Tier::Quick {
        let note = format!("as by `{}`", stored.command);
        return Ok(Some(fact(
            format!("{}: trained in this run", by.name()),
            true,
            note,
        )));
    }
    let learned = Learned::load(&stored.path())?;
    for &model in models {
        let name = format!("audit {}", model.id());
        learned
            .training()
            .check_fresh(&name, &fresh(context, model)?.phases)?;
    }
    let note = format!(
        "stored: SHA-256 {}…, made by `{}`",
        &stored.sha256[..12],
        stored.command
    );
    let name = format!("{}: stored, whole, and new to the phase shifts", by.name());
    Ok(Some(fact(name, stored.is_whole()?, note)))
}

/// The fresh levels of `model` between threshold and 1 GeV, beside what `by` says.
///
/// # Errors  those of the prediction.
pub fn judged(
    context: &Context<'_>,
    by: By,
    model: FormFactor,
) -> Result<Arc<Vec<Judged>>> {
    let fresh = fresh(context, model)?;
    let predictor = predictor(context, by)?;
    let label = format!(
        "judged {by:?} {} {} {:?}",
        model.id(),
        fresh.data.spec.seed,
        context.tier()
    );
    shared(&label, || {
        judge(&fresh.data, &fresh.phases, &predictor.levels(&fresh.phases)?)
    })
}

/// The levels of phase shifts that move by less than 1 rad between samples: others are not determined by the input.
pub fn smooth(levels: &[Judged]) -> Vec<Judged> {
    levels.iter().filter(|level| !level.steep).copied().collect()
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
    fact(format!("{name}, above {bound}"), value - bound > 4.0 * error, note)
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

/// What `compute` gives, once a process.
fn shared<T: Send + Sync + 'static>(
    label: &str,
    compute: impl FnOnce() -> Result<T> + Send,
) -> Result<Arc<T>> {
    type Slot = Arc<OnceLock<std::result::Result<Arc<dyn Any + Send + Sync>, String>>>;
    static KNOWN: LazyLock<Mutex<HashMap<String, Slot>>> = LazyLock::new(Mutex::default);
    let slot = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(label.to_owned()).or_default())
    };
    let threads = rayon::current_num_threads();
    let found = slot.get_or_init(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|why| why.to_string())?;
        // Joining a thread of its own, a worker of the audit's pool takes up no other claim, that might wait for this one.
        let computed = std::thread::scope(|scope| scope.spawn(|| pool.install(compute)).join());
        match computed {
            Ok(Ok(value)) => Ok(Arc::new(value) as Arc<dyn Any + Send + Sync>),
            Ok(Err(why)) => Err(why.to_string()),
            Err(_) => Err("a panic".to_owned()),
        }
    });
    let failed = |why: &String| Error::Unsupported {
        what: format!("{label}: {why}"),
        expected: "a computation that ends".to_owned(),
    };
    let value = found.as_ref().map_err(failed)?;
    let value = Arc::clone(value).downcast::<T>();
    Ok(value.unwrap_or_else(|_| unreachable!("{label} has one type")))
}
