//! The networks of `stored/`: which command made each, and whether the file is what it made.

use std::path::PathBuf;
use std::sync::Arc;

use fieldassay::inverse::{
    HeftData, Learned, LevelNetwork, LevelRecipe, LuscherNetwork, LuscherRecipe, Phases,
};
use fieldassay::nn::Activation;
use fieldassay::scattering::FormFactor;
use fieldassay::verdict::{Check, fact};
use fieldassay::{Error, Result};
use sha2::{Digest, Sha256};

use super::data::{TALK_CURVES, fresh, taught, training};
use super::shared::shared;
use crate::claim::{Context, Tier};

/// So many of the training curves are drawn again.
const FEW: usize = 2;
/// Hamiltonians of each of the models A and C that the network by way of Lüscher's function learns from.
const LUSCHER_CURVES: usize = 10_000;
/// The same for small networks; their hidden layers, and how often they see each level.
const SMALL_CURVES: usize = 300;
const SMALL: [usize; 2] = [64, 64];
const SMALL_EPOCHS: f64 = 4000.0;

/// A network of `stored/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The talk's.
    Talk,
    /// By way of Lüscher's function.
    Luscher,
    /// A small one of the talk's kind, trained on few phase shifts.
    Small {
        /// The function between its layers.
        activation: Activation,
        /// The root of its randomness.
        seed: u64,
    },
}

impl Network {
    pub(super) fn file(self) -> String {
        let stem = match self {
            Self::Talk => "levels-1".to_owned(),
            Self::Luscher => "luscher-1".to_owned(),
            Self::Small { activation, seed } => format!("small-{activation}-{seed}"),
        };
        format!("{stem}.safetensors")
    }

    /// The command that makes it.
    fn command(self) -> String {
        let arguments = match self {
            Self::Talk => "--network levels --seed 1".to_owned(),
            Self::Luscher => "--network luscher --seed 1".to_owned(),
            Self::Small { activation, seed } => {
                let widths = SMALL.map(|width| width.to_string()).join(",");
                format!(
                    "--network levels --curves {SMALL_CURVES} --hidden {widths} --epochs {SMALL_EPOCHS} \
                     --activation {activation} --seed {seed}"
                )
            }
        };
        format!("cargo fieldassay rediscover train {arguments}")
    }

    /// Its recipe if it names levels at once.
    fn levels(self) -> Option<LevelRecipe> {
        match self {
            Self::Talk => Some(LevelRecipe::talk(1)),
            Self::Luscher => None,
            Self::Small { activation, seed } => {
                let mut recipe = LevelRecipe::talk(seed);
                recipe.fit.hidden = SMALL.to_vec();
                recipe.fit.activation = activation;
                recipe.fit.epochs = SMALL_EPOCHS;
                Some(recipe)
            }
        }
    }

    /// Phase shifts of each of the models A and C that it learns from.
    const fn curves(self) -> usize {
        match self {
            Self::Talk => TALK_CURVES,
            Self::Luscher => LUSCHER_CURVES,
            Self::Small { .. } => SMALL_CURVES,
        }
    }

    fn train(self) -> Result<Learned> {
        let (threads, sets) = (rayon::current_num_threads(), training(self.curves())?);
        match self.levels() {
            Some(recipe) => LevelNetwork::train(&recipe, &sets, threads, &mut |_| {})
                .map(|network| Learned::Levels(Box::new(network))),
            None => {
                let recipe = LuscherRecipe::standard(1);
                LuscherNetwork::train(&recipe, &sets, threads, &mut |_| {})
                    .map(|network| Learned::Luscher(Box::new(network)))
            }
        }
    }

    /// Whether `learned` says that it was made in this way, from these training sets.
    fn is_recipe_of(self, learned: &Learned) -> bool {
        let recipe = match learned {
            Learned::Levels(network) => self.levels().as_ref() == Some(network.recipe()),
            Learned::Luscher(network) => {
                self == Self::Luscher && *network.recipe() == LuscherRecipe::standard(1)
            }
        };
        recipe && learned.training().sets() == taught(self.curves())
    }

    /// Whether `learned` refuses the first phase shifts that it was taught, drawn again: else it would not know a leak.
    fn knows_its_training(self, learned: &Learned) -> Result<bool> {
        for spec in taught(FEW) {
            let phases = Phases::of(&HeftData::generate(&spec, || {})?)?;
            if learned.training().check_fresh("taught", &phases).is_ok() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn path(self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("stored")
            .join(self.file())
    }

    /// The hash that `stored/SHA256SUMS` has for it.
    fn sealed(self) -> &'static str {
        let file = self.file();
        let own = |line: &&'static str| line.ends_with(&format!(" {file}"));
        let line = include_str!("../../stored/SHA256SUMS").lines().find(own);
        line.and_then(|line| line.split_whitespace().next())
            .unwrap_or("")
    }

    fn is_whole(self) -> Result<bool> {
        let path = self.path();
        let bytes = std::fs::read(&path).map_err(|why| Error::io(&path, "read the file", why))?;
        let hash: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(hash == self.sealed())
    }
}

/// The network: the stored one in the quick tier, trained anew in the others.
///
/// # Errors  those of the file or of the training.
pub fn learned(context: &Context<'_>, network: Network) -> Result<Arc<Learned>> {
    let retrained = context.tier() > Tier::Quick;
    shared(&format!("network {network:?} {retrained}"), || {
        if retrained {
            network.train()
        } else {
            Learned::load(&network.path())
        }
    })
}

/// That `network`, called `name`, is the stored one, as its command made it, or trained in this run; and that it has not seen the fresh
/// phase shifts of `models`.
///
/// # Errors  those of the files; a phase shift that was trained on, by its name.
pub fn is_sound(
    context: &Context<'_>,
    network: Network,
    name: &str,
    models: &[FormFactor],
) -> Result<Check> {
    let learned = learned(context, network)?;
    for &model in models {
        let set = format!("audit {}", model.id());
        learned
            .training()
            .check_fresh(&set, &fresh(context, model)?.phases)?;
    }
    let command = network.command();
    if context.tier() > Tier::Quick {
        let note = format!("as by `{command}`");
        return Ok(fact(
            format!("{name}: trained in this run, new to the phase shifts"),
            true,
            note,
        ));
    }
    let hash = network.sealed().get(..12).unwrap_or("none");
    let note = format!("stored: SHA-256 {hash}…, made by `{command}`");
    let known = network.knows_its_training(&learned)?;
    let sound = network.is_whole()? && network.is_recipe_of(&learned) && known;
    Ok(fact(
        format!("{name}: stored, whole, new to these phase shifts and not to those it was taught"),
        sound,
        note,
    ))
}
