//! Phase shifts that do not depend on the energy: far from everything that a Hamiltonian of the training set does.

use super::HeftSpec;
use super::phases::Phases;
use super::predictor::{FromBoxPhase, LevelPredictor};
use crate::error::Result;

/// Numbers of levels may be off by so much: `δ` and `δ ± 180°` have the same levels.
const SHIFTS: std::ops::RangeInclusive<isize> = -1..=1;

/// How far predicted levels are from Lüscher's for one constant phase shift.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantPhase {
    /// `δ` in degrees.
    pub degrees: f64,
    /// Of each box: the root mean square deviation of its levels, in MeV.
    pub raw: Vec<f64>,
    /// The whole number that is added to all level numbers of all boxes, so that the deviation is smallest.
    pub shift: isize,
    /// As `raw`, with the shift.
    pub corrected: Vec<f64>,
}

/// Compares a prediction with the roots of Lüscher's formula, levels 2 to 9 below the last energy.
///
/// The first level is left out: near threshold a constant phase shift contradicts `δ ∝ k`.
///
/// # Errors  those of the predictions.
pub fn constant_phases(
    predictor: &dyn LevelPredictor,
    spec: &HeftSpec,
    degrees: &[f64],
) -> Result<Vec<ConstantPhase>> {
    let phases = Phases::constant(spec, degrees)?;
    let found = predictor.levels(&phases)?;
    let exact = FromBoxPhase::oracle().levels(&phases)?;
    let [_, boxes, levels] = phases.shape();
    let of_box = |curve: usize, b: usize| {
        let at = (curve * boxes + b) * levels;
        (&found[at..at + levels], &exact[at..at + levels])
    };
    let deviation = |curve: usize, b: usize, shift: isize| {
        let (found, exact) = of_box(curve, b);
        let pairs = (1..levels - 1).filter_map(|n| {
            let other = n.checked_add_signed(shift).filter(|m| *m < levels)?;
            let inside = exact[n] > phases.threshold() && exact[n] < phases.e_max();
            inside.then(|| (found[other] - exact[n]).powi(2))
        });
        let squares: Vec<f64> = pairs.collect();
        (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
    };
    let all = |curve: usize, shift: isize| -> Vec<f64> {
        (0..boxes).map(|b| deviation(curve, b, shift)).collect()
    };
    let size = |of: &[f64]| of.iter().map(|x| x * x).sum::<f64>();
    let rows = degrees.iter().enumerate().map(|(curve, &degrees)| {
        let best = SHIFTS.min_by(|a, b| size(&all(curve, *a)).total_cmp(&size(&all(curve, *b))));
        let shift = best.unwrap_or(0);
        ConstantPhase {
            degrees,
            raw: all(curve, 0),
            shift,
            corrected: all(curve, shift),
        }
    });
    Ok(rows.collect())
}
