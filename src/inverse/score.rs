//! How far predicted levels are from true ones, where the samples determine them.

use super::HeftData;
use super::phases::{Phases, STEEP};
use crate::error::{Error, Result};
use crate::rng::Rng;

/// Deviations up to this count as right, in MeV: the talk's measure.
pub const RIGHT: f64 = 1.0;

/// A level between threshold and the last energy, and what was predicted for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Which phase shift.
    pub curve: usize,
    /// Whether it moves by more than [`STEEP`] between two samples somewhere.
    pub steep: bool,
    /// The side of the box in fm.
    pub length: f64,
    /// Which level, from zero.
    pub n: usize,
    /// Where it is, in MeV.
    pub energy: f64,
    /// Where it was predicted, in MeV.
    pub predicted: f64,
}

impl Judged {
    /// `E_true − E_predicted` in MeV, as the talk defines ΔE.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.energy - self.predicted
    }
}

/// The levels of `data` with `2m_π < E < E_max` beside a prediction of all.
///
/// # Shapes  `predicted`: `(curves, lengths, levels)`.
/// # Errors  `Error::ShapeMismatch`; `Error::Domain` for a prediction that is not finite.
pub fn judge(data: &HeftData, phases: &Phases, predicted: &[f64]) -> Result<Vec<Judged>> {
    let [curves, boxes, levels] = phases.shape();
    if predicted.len() != data.levels.len() || data.levels.len() != curves * boxes * levels {
        return Err(Error::ShapeMismatch {
            op: "judge",
            lhs: vec![predicted.len()],
            rhs: vec![curves, boxes, levels],
        });
    }
    if let Some(bad) = predicted.iter().find(|e| !e.is_finite()) {
        return Err(Error::Domain {
            what: "predicted level",
            value: *bad,
            expected: "a finite energy".to_owned(),
        });
    }
    let steep: Vec<bool> = (0..curves)
        .map(|i| phases.largest_step(i) >= STEEP)
        .collect();
    let mut judged = Vec::new();
    for (at, (&energy, &predicted)) in data.levels.iter().zip(predicted).enumerate() {
        if energy > phases.threshold() && energy < phases.e_max() {
            let curve = at / (boxes * levels);
            judged.push(Judged {
                curve,
                steep: steep[curve],
                length: phases.lengths()[at / levels % boxes],
                n: at % levels,
                energy,
                predicted,
            });
        }
    }
    Ok(judged)
}

/// Quantiles of `|ΔE|` in MeV.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many levels.
    pub count: usize,
    /// Half of the levels are nearer.
    pub median: f64,
    /// 90 % are nearer.
    pub p90: f64,
    /// 99 % are nearer.
    pub p99: f64,
    /// The share within [`RIGHT`].
    pub right: f64,
}

impl Summary {
    /// Of some levels; none for none.
    #[must_use]
    pub fn of<'a>(levels: impl Iterator<Item = &'a Judged>) -> Option<Self> {
        let mut sizes: Vec<f64> = levels.map(|level| level.difference().abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let right = sizes.partition_point(|size| *size <= RIGHT) as f64 / sizes.len() as f64;
        (!sizes.is_empty()).then(|| Self {
            count: sizes.len(),
            median: quantile(&sizes, 0.5),
            p90: quantile(&sizes, 0.9),
            p99: quantile(&sizes, 0.99),
            right,
        })
    }

    /// Where the middle 95 % of a figure lie when the phase shifts are drawn anew, with replacement, `draws` times.
    ///
    /// Levels of one phase shift are not independent; phase shifts are.
    ///
    /// # Panics  without a level, or for no draw.
    #[must_use]
    pub fn interval(
        levels: &[Judged],
        of: impl Fn(&Self) -> f64,
        draws: usize,
        rng: &mut Rng,
    ) -> [f64; 2] {
        let curves: Vec<&[Judged]> = levels.chunk_by(|a, b| a.curve == b.curve).collect();
        let mut figures: Vec<f64> = (0..draws)
            .map(|_| {
                let drawn = (0..curves.len()).flat_map(|_| curves[rng.below(curves.len())]);
                of(&Self::of(drawn).expect("a level at least"))
            })
            .collect();
        figures.sort_by(f64::total_cmp);
        [quantile(&figures, 0.025), quantile(&figures, 0.975)]
    }
}

/// The `p` quantile of sorted numbers: the nearest rank.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let rank = (p * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}
