//! A trained network of any kind, as its file says.

use std::path::Path;

use super::learned_phase::LearnedPhase;
use super::level_network::LevelNetwork;
use super::luscher_network::LuscherNetwork;
use super::phases::Phases;
use super::predictor::LevelPredictor;
use super::training::{self, Training};
use crate::error::{Error, Result};

/// A trained network.
#[derive(Debug)]
pub enum Learned {
    /// By way of Lüscher's function.
    Luscher(Box<LuscherNetwork>),
    /// From the phase shift to the levels at once.
    Levels(Box<LevelNetwork>),
}

impl Learned {
    /// Reads a network of either kind.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field that is missing or does not fit.
    pub fn load(path: &Path) -> Result<Self> {
        let arrays = training::read(path)?;
        match training::format_of(&arrays).as_str() {
            LuscherNetwork::FORMAT => LuscherNetwork::of_file(path, &arrays)
                .map(|network| Self::Luscher(Box::new(network))),
            LevelNetwork::FORMAT => {
                LevelNetwork::of_file(path, &arrays).map(|network| Self::Levels(Box::new(network)))
            }
            other => Err(Error::format(
                path,
                "spec, format",
                format!("{other:?}"),
                format!("{} or {}", LuscherNetwork::FORMAT, LevelNetwork::FORMAT),
            )),
        }
    }

    /// Writes it, atomically.
    ///
    /// # Errors  `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        match self {
            Self::Luscher(network) => network.save(path),
            Self::Levels(network) => network.save(path),
        }
    }

    /// What it was trained on.
    #[must_use]
    pub const fn training(&self) -> &Training {
        match self {
            Self::Luscher(network) => network.training(),
            Self::Levels(network) => network.training(),
        }
    }

    /// The function of the box that it found, if it has one.
    #[must_use]
    pub const fn phase(&self) -> Option<&LearnedPhase> {
        match self {
            Self::Luscher(network) => Some(network.phase()),
            Self::Levels(_) => None,
        }
    }
}

impl LevelPredictor for Learned {
    fn name(&self) -> &str {
        match self {
            Self::Luscher(network) => network.name(),
            Self::Levels(network) => network.name(),
        }
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        match self {
            Self::Luscher(network) => network.levels(phases),
            Self::Levels(network) => network.levels(phases),
        }
    }
}
