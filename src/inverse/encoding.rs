//! How the talk's network is shown a phase shift, and how it is taught levels.
//!
//! The talk shows δ at energies equidistant between threshold and 1 GeV. Two forms beside it hold the same information in
//! another shape: δ at momenta equidistant, where boxes have their free levels at fixed ratios; and the direction of `e^{2iδ}`, which
//! is all that the quantisation condition `φ(q²) + δ = nπ` knows of δ. Levels are taught as they are, or from the free level of
//! the same box, in energy or in `q² = (kL/2πħc)²`.
//!
//! Laws: `tests/laws/inverse/encoding.rs`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::phases::Phases;
use crate::error::{Error, Result};
use crate::finite_volume::poles;

/// What the network's inputs mean, beside the side of the box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelInput {
    /// δ at energies equidistant, as sampled.
    #[default]
    Energy,
    /// δ at as many momenta equidistant between the same ends, interpolated.
    Momentum,
    /// `cos 2δ` at the energies of the samples, then `sin 2δ`.
    Direction,
}

impl LevelInput {
    /// How many numbers for a phase shift at so many energies.
    #[must_use]
    pub const fn width(self, energies: usize) -> usize {
        match self {
            Self::Energy | Self::Momentum => energies,
            Self::Direction => 2 * energies,
        }
    }

    /// The numbers for a phase shift, not yet scaled.
    ///
    /// # Shapes  `(width(energies),)`.
    /// # Errors  none for a checked set.
    /// # Panics  if there is no such curve.
    pub fn of(self, phases: &Phases, curve: usize) -> Result<Vec<f64>> {
        let samples = phases.samples(curve);
        match self {
            Self::Energy => Ok(samples.to_vec()),
            Self::Momentum => {
                let interpolated = phases.interpolated(curve)?;
                let ends = [phases.threshold(), phases.e_max()].map(|e| phases.momentum(e));
                let step = (ends[1] - ends[0]) / (samples.len() - 1) as f64;
                let momentum = |i: usize| step.mul_add(i as f64, ends[0]);
                let values = (0..samples.len()).map(|i| interpolated.value(momentum(i)));
                Ok(values.collect())
            }
            Self::Direction => {
                let cosines = samples.iter().map(|delta| (2.0 * delta).cos());
                let sines = samples.iter().map(|delta| (2.0 * delta).sin());
                Ok(cosines.chain(sines).collect())
            }
        }
    }
}

/// What the network's outputs mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelTarget {
    /// The levels `E_n` in MeV.
    Energy,
    /// Their distances `E_n − E_n^free` from the levels of free particles, in MeV.
    Shift,
    /// The same distances in `q²`.
    Q2,
}

impl LevelTarget {
    /// The number that stands for a level.
    pub(super) fn of(self, phases: &Phases, free: FreeLevel, energy: f64) -> f64 {
        match self {
            Self::Energy => energy,
            Self::Shift => energy - free.energy,
            Self::Q2 => phases.signed_q2(energy, free.length) - free.q2,
        }
    }

    /// The level that a number stands for, in MeV.
    pub(super) fn level(self, phases: &Phases, free: FreeLevel, number: f64) -> f64 {
        match self {
            Self::Energy => number,
            Self::Shift => number + free.energy,
            // No total energy is below zero, whatever a network says.
            Self::Q2 => {
                let least = phases.signed_q2(0.0, free.length);
                phases.energy((number + free.q2).max(least), free.length)
            }
        }
    }
}

/// A level of two free particles.
#[derive(Clone, Copy, Debug)]
pub(super) struct FreeLevel {
    /// The side of the box in fm.
    pub(super) length: f64,
    pub(super) q2: f64,
    /// In MeV.
    pub(super) energy: f64,
}

impl FreeLevel {
    /// Of every box: `(lengths, levels)`.
    pub(super) fn all(phases: &Phases) -> Result<Vec<Self>> {
        let levels = phases.levels();
        let free = poles(2 * levels + 2);
        if free.len() < levels {
            let found = levels.to_string();
            return Err(Error::argument("levels", found, "fewer levels"));
        }
        let of_box = |&length: &f64| {
            free[..levels].iter().map(move |&q2| Self {
                length,
                q2,
                energy: phases.energy(q2, length),
            })
        };
        Ok(phases.lengths().iter().flat_map(of_box).collect())
    }
}

impl FromStr for LevelInput {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "energy" => Ok(Self::Energy),
            "momentum" => Ok(Self::Momentum),
            "direction" => Ok(Self::Direction),
            _ => Err(Error::unknown(
                "input",
                name,
                ["energy", "momentum", "direction"],
            )),
        }
    }
}

impl FromStr for LevelTarget {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "energy" => Ok(Self::Energy),
            "shift" => Ok(Self::Shift),
            "q2" => Ok(Self::Q2),
            _ => Err(Error::unknown("target", name, ["energy", "shift", "q2"])),
        }
    }
}
