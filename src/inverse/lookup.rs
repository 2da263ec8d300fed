//! Predictions that only look up training levels: what a network has to beat to have learned anything.

use super::HeftData;
use super::phases::Phases;
use super::predictor::{LevelPredictor, each_curve};
use crate::error::{Error, Result};

/// The mean training level of each box, whatever the phase shift.
#[derive(Clone, Debug)]
pub struct MeanLevel {
    shape: [usize; 2],
    means: Vec<f64>,
}

impl MeanLevel {
    /// The means over `sets`.
    ///
    /// # Errors  `Error::Argument` for no set, or sets of different boxes.
    pub fn new(sets: &[HeftData]) -> Result<Self> {
        let shape = common_shape(sets)?;
        let per_curve = shape[0] * shape[1];
        let mut means = vec![0.0; per_curve];
        let mut count = 0.0;
        for levels in sets
            .iter()
            .flat_map(|set| set.levels.chunks_exact(per_curve))
        {
            count += 1.0;
            means
                .iter_mut()
                .zip(levels)
                .for_each(|(mean, e)| *mean += e);
        }
        means.iter_mut().for_each(|mean| *mean /= count);
        Ok(Self { shape, means })
    }
}

impl LevelPredictor for MeanLevel {
    fn name(&self) -> &str {
        "mean level"
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        check_shape(phases, self.shape)?;
        each_curve(phases, |_| Ok(self.means.clone()))
    }
}

/// The levels of the training phase shift that is nearest, by the sum of squared differences of the samples.
#[derive(Clone, Debug)]
pub struct NearestNeighbour {
    shape: [usize; 2],
    phases: Vec<Phases>,
    levels: Vec<Vec<f64>>,
}

impl NearestNeighbour {
    /// Neighbours in `sets`.
    ///
    /// # Errors  `Error::Argument` for no set, or sets of different boxes.
    pub fn new(sets: &[HeftData]) -> Result<Self> {
        Ok(Self {
            shape: common_shape(sets)?,
            phases: sets.iter().map(Phases::of).collect::<Result<_>>()?,
            levels: sets.iter().map(|set| set.levels.clone()).collect(),
        })
    }
}

impl LevelPredictor for NearestNeighbour {
    fn name(&self) -> &str {
        "nearest neighbour"
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        check_shape(phases, self.shape)?;
        let per_curve = self.shape[0] * self.shape[1];
        each_curve(phases, |i| {
            let own = phases.samples(i);
            let mut best = (f64::INFINITY, 0, 0);
            for (set, known) in self.phases.iter().enumerate() {
                for j in 0..known.curves() {
                    let pairs = own.iter().zip(known.samples(j));
                    let distance: f64 = pairs.map(|(x, y)| (x - y) * (x - y)).sum();
                    if distance < best.0 {
                        best = (distance, set, j);
                    }
                }
            }
            let (_, set, j) = best;
            Ok(self.levels[set][j * per_curve..][..per_curve].to_vec())
        })
    }
}

/// Boxes and levels of all `sets`.
pub(super) fn common_shape(sets: &[HeftData]) -> Result<[usize; 2]> {
    let boxes = |set: &HeftData| (set.spec.lengths.clone(), set.spec.levels, set.spec.energies);
    let curves: usize = sets.iter().map(|set| set.spec.curves).sum();
    match sets.first() {
        Some(first) if curves > 0 && sets.iter().all(|set| boxes(set) == boxes(first)) => {
            Ok([first.spec.lengths.len(), first.spec.levels])
        }
        _ => Err(Error::argument(
            "sets",
            format!("{} sets of {curves} curves", sets.len()),
            "some, of the same boxes and energies",
        )),
    }
}

/// Passes if `phases` asks for the boxes and levels of the training set.
pub(super) fn check_shape(phases: &Phases, [boxes, levels]: [usize; 2]) -> Result<()> {
    if phases.lengths().len() == boxes && phases.levels() == levels {
        return Ok(());
    }
    let found = format!(
        "{} boxes, {} levels",
        phases.lengths().len(),
        phases.levels()
    );
    Err(Error::argument(
        "boxes",
        found,
        format!("{boxes} boxes, {levels} levels, as in training"),
    ))
}
