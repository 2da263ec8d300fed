//! One interface for everything that predicts levels, and the predictions that need no training.

use rayon::prelude::*;

use super::box_phase::{BoxPhase, Condition, LuscherPhase};
use super::phases::Phases;
use crate::error::Result;

/// Something that knows levels in a box from a sampled phase shift.
pub trait LevelPredictor: Sync {
    /// What it is called in a table.
    fn name(&self) -> &str;

    /// The levels of every phase shift in every box, in MeV.
    ///
    /// A level that the prediction puts below threshold or above the last energy is given as that edge, since the
    /// samples say nothing there.
    ///
    /// # Shapes  `(curves, lengths, levels)`.
    /// # Errors  `Error::Argument` if the set has other energies or boxes than it was made for.
    fn levels(&self, phases: &Phases) -> Result<Vec<f64>>;
}

impl<P: LevelPredictor + ?Sized> LevelPredictor for &P {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        (**self).levels(phases)
    }
}

/// The roots of `φ(q²) + δ(E) = nπ`, with `δ` interpolated from the samples.
///
/// With [`LuscherPhase`] this is all that can be known from the samples without a model of the interaction, where the
/// box is large: the *oracle*.
#[derive(Clone, Copy, Debug)]
pub struct FromBoxPhase<P> {
    name: &'static str,
    phi: P,
}

impl FromBoxPhase<LuscherPhase> {
    /// Lüscher's formula.
    #[must_use]
    pub const fn oracle() -> Self {
        Self {
            name: "Lüscher",
            phi: LuscherPhase,
        }
    }
}

impl<P: BoxPhase> FromBoxPhase<P> {
    /// Another function of the box.
    #[must_use]
    pub const fn new(name: &'static str, phi: P) -> Self {
        Self { name, phi }
    }
}

impl<P: BoxPhase> LevelPredictor for FromBoxPhase<P> {
    fn name(&self) -> &str {
        self.name
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        each_curve(phases, |curve| {
            let interpolated = phases.interpolated(curve)?;
            let mut levels = Vec::new();
            for &length in phases.lengths() {
                let condition = Condition::new(phases, &interpolated, &self.phi, length)?;
                for n in 0..phases.levels() {
                    levels.push(condition.level(n, 0.0, None)?);
                }
            }
            Ok(levels)
        })
    }
}

/// The results of `of` for every curve, one after the other, computed in parallel.
pub(super) fn each_curve<T: Send>(
    phases: &Phases,
    of: impl Fn(usize) -> Result<Vec<T>> + Sync + Send,
) -> Result<Vec<T>> {
    let rows: Vec<Vec<T>> = (0..phases.curves())
        .into_par_iter()
        .map(of)
        .collect::<Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}
