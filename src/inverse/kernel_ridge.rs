//! Kernel ridge regression from phase shifts to levels: smooth interpolation of the training set, without a network.

use rayon::prelude::*;

use super::HeftData;
use super::encoding::{FreeLevel, LevelInput};
use super::lookup::{check_shape, common_shape};
use super::phases::Phases;
use super::predictor::LevelPredictor;
use super::training::Training;
use crate::error::Result;
use crate::linalg::{Cholesky, Matrix, View, matmul};

/// Widths of the kernel that are tried, in units of the root mean square distance of two phase shifts.
const WIDTHS: [f64; 6] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
/// Ridges that are tried.
const RIDGES: [f64; 4] = [1e-9, 1e-7, 1e-5, 1e-3];
/// Of so many training curves one is held out to choose among them.
const HELD_OUT: usize = 5;
/// At most so many curves are used to choose.
const CHOICE: usize = 600;

/// `E_n − E_n^free = mean + Σ_i α_i e^{−|δ − δ_i|²/2w²}` for every box and level, with scaled phase shifts.
#[derive(Debug)]
pub struct KernelRidge {
    shape: [usize; 2],
    training: Training,
    known: Vec<Vec<f64>>,
    width: f64,
    ridge: f64,
    /// `(curves, lengths·levels)`.
    alpha: Matrix<f64>,
    mean: Vec<f64>,
}

impl KernelRidge {
    /// Fits to `sets`; width and ridge are chosen by the mean absolute deviation on a fifth of them.
    ///
    /// # Errors  `Error::Argument` for no set, or sets of different boxes; those of the linear solver.
    pub fn new(sets: &[HeftData]) -> Result<Self> {
        let shape = common_shape(sets)?;
        let phases: Vec<Phases> = sets.iter().map(Phases::of).collect::<Result<_>>()?;
        let training = Training::of(sets, &phases, LevelInput::Energy)?;
        let free = FreeLevel::all(&phases[0])?;
        let per_curve = shape[0] * shape[1];
        let mut known = Vec::new();
        let mut targets: Vec<Vec<f64>> = Vec::new();
        for (data, phases) in sets.iter().zip(&phases) {
            for i in 0..phases.curves() {
                known.push(scaled(&training, phases.samples(i)));
                let levels = &data.levels[i * per_curve..][..per_curve];
                let shifts = levels.iter().zip(&free).map(|(e, free)| e - free.energy);
                targets.push(shifts.collect());
            }
        }
        let mean = mean(&targets);
        let (width, ridge) = choose(&known, &targets, &mean)?;
        let alpha = fit(&known, &targets, &mean, width, ridge)?;
        Ok(Self {
            shape,
            training,
            known,
            width,
            ridge,
            alpha,
            mean,
        })
    }

    /// Width of the kernel and ridge, as chosen.
    #[must_use]
    pub const fn chosen(&self) -> [f64; 2] {
        [self.width, self.ridge]
    }
}

impl LevelPredictor for KernelRidge {
    fn name(&self) -> &str {
        "kernel ridge"
    }

    fn levels(&self, phases: &Phases) -> Result<Vec<f64>> {
        check_shape(phases, self.shape)?;
        self.training.check_energies(phases)?;
        let asked: Vec<Vec<f64>> = (0..phases.curves())
            .map(|i| scaled(&self.training, phases.samples(i)))
            .collect();
        let found = predict(&asked, &self.known, &self.alpha, &self.mean, self.width)?;
        let free = FreeLevel::all(phases)?;
        let levels = found.as_slice().iter().zip(free.iter().cycle());
        Ok(levels.map(|(shift, free)| shift + free.energy).collect())
    }
}

fn scaled(training: &Training, samples: &[f64]) -> Vec<f64> {
    training.scaled(samples).map(f64::from).collect()
}

fn mean(targets: &[Vec<f64>]) -> Vec<f64> {
    let mut mean = vec![0.0; targets[0].len()];
    for row in targets {
        mean.iter_mut().zip(row).for_each(|(m, y)| *m += y);
    }
    mean.iter_mut().for_each(|m| *m /= targets.len() as f64);
    mean
}

fn distance2(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

fn kernel(asked: &[Vec<f64>], known: &[Vec<f64>], width: f64) -> Result<Matrix<f64>> {
    let factor = -0.5 / (width * width);
    let rows: Vec<f64> = asked
        .par_iter()
        .flat_map_iter(|a| known.iter().map(move |b| (factor * distance2(a, b)).exp()))
        .collect();
    Matrix::from_vec(asked.len(), known.len(), rows)
}

fn fit(
    known: &[Vec<f64>],
    targets: &[Vec<f64>],
    mean: &[f64],
    width: f64,
    ridge: f64,
) -> Result<Matrix<f64>> {
    let mut k = kernel(known, known, width)?;
    for i in 0..known.len() {
        k.row_mut(i)[i] += ridge;
    }
    let y = Matrix::from_fn(known.len(), mean.len(), |i, j| targets[i][j] - mean[j]);
    Cholesky::new(&k)?.solve(&y)
}

fn predict(
    asked: &[Vec<f64>],
    known: &[Vec<f64>],
    alpha: &Matrix<f64>,
    mean: &[f64],
    width: f64,
) -> Result<Matrix<f64>> {
    let k = kernel(asked, known, width)?;
    let mut found = matmul(
        View::new(k.as_slice(), asked.len(), known.len(), known.len())?,
        View::new(alpha.as_slice(), known.len(), mean.len(), mean.len())?,
    )?;
    for i in 0..asked.len() {
        found
            .row_mut(i)
            .iter_mut()
            .zip(mean)
            .for_each(|(x, m)| *x += m);
    }
    Ok(found)
}

/// The width and the ridge that predict held-out curves best.
fn choose(known: &[Vec<f64>], targets: &[Vec<f64>], mean: &[f64]) -> Result<(f64, f64)> {
    let step = known.len().div_ceil(CHOICE);
    let used: Vec<usize> = (0..known.len()).step_by(step).collect();
    let part = |held_out: bool| -> Vec<usize> {
        let chosen = used.iter().enumerate();
        let chosen = chosen.filter(|(at, _)| (at % HELD_OUT == HELD_OUT - 1) == held_out);
        chosen.map(|(_, i)| *i).collect()
    };
    let rows = |of: &[usize], all: &[Vec<f64>]| of.iter().map(|&i| all[i].clone()).collect();
    let (train, test) = (part(false), part(true));
    let unit = {
        let pairs = used.iter().zip(used.iter().rev());
        let squares: Vec<f64> = pairs
            .map(|(&i, &j)| distance2(&known[i], &known[j]))
            .collect();
        (squares.iter().sum::<f64>() / squares.len() as f64)
            .sqrt()
            .max(1e-6)
    };
    if test.is_empty() {
        return Ok((unit, RIDGES[0]));
    }
    let (x, y): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (rows(&train, known), rows(&train, targets));
    let asked: Vec<Vec<f64>> = rows(&test, known);
    let mut best = (f64::INFINITY, unit, RIDGES[0]);
    for width in WIDTHS.map(|w| w * unit) {
        for ridge in RIDGES {
            // A kernel so wide that its matrix is singular in double precision is no candidate.
            let Ok(alpha) = fit(&x, &y, mean, width, ridge) else {
                continue;
            };
            let found = predict(&asked, &x, &alpha, mean, width)?;
            let deviation: f64 = test
                .iter()
                .enumerate()
                .map(|(row, &i)| {
                    let pairs = found.row(row).iter().zip(&targets[i]);
                    pairs.map(|(a, b)| (a - b).abs()).sum::<f64>()
                })
                .sum();
            if deviation < best.0 {
                best = (deviation, width, ridge);
            }
        }
    }
    Ok((best.1, best.2))
}
