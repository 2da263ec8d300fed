//! Fits of an amplitude to correlated levels: the levels are predicted and compared with their covariance.
//!
//! `χ² = Σ_ij (E_i − E_i(θ)) C⁻¹_ij (E_j − E_j(θ))`, the errors being those of the energies, where they are
//! Gaussian, and not those of `k cot δ`, where next to a free level they are not. Masses are exact in a fit and
//! fluctuate from sample to sample.
//!
//! # Design
//!
//! An amplitude without poles puts one level between each free level and the next (unless it rises faster
//! than the box allows, which no interaction of finite range does), so that a level is named by its number in
//! its box and frame. Numbers come from the free levels around each measurement; after a fit they are read
//! again from the prediction, since a level that interacts weakly may fluctuate to the wrong side, and the fit
//! is repeated until they stay.
//!
//! Laws: `tests/laws/luscher/fit.rs`.  Pulls: `tests/statistical/luscher.rs`.

use super::amplitude_model::AmplitudeModel;
use super::level_samples::{LevelSamples, covariance_of};
use super::level_table::LevelTable;
use super::prediction::Slot;
use super::s_wave::SWave;
use crate::error::{Error, Result};
use crate::linalg::{Cholesky, Matrix};
use crate::optimize::{Fit, FitOptions, LevenbergMarquardt};
use crate::stats::{Resampling, chi2_tail};

/// A `χ` below this is a minimum, whatever its slope: nothing lower could move a parameter by more of its error.
const NO_RESIDUAL: f64 = 1e-6;

/// How often levels may be numbered anew.
const RENUMBERINGS: usize = 5;

/// A fit of an amplitude to levels.
#[derive(Clone, Debug)]
pub struct LevelFit {
    /// What was fitted.
    pub model: AmplitudeModel,
    /// The parameters, in powers of the unit of energy.
    pub theta: Vec<f64>,
    /// Their covariance, from the curvature of χ² or, with samples, from the fits of the samples.
    pub covariance: Matrix<f64>,
    /// The parameters of every sample, one row each.
    pub samples: Option<(Resampling, Matrix<f64>)>,
    /// The minimum of χ².
    pub chi2: f64,
    /// Levels minus parameters.
    pub degrees_of_freedom: usize,
    /// The number of each level in its box and frame: how many free levels lie below it.
    pub numbers: Vec<usize>,
    /// The fitted energies, in the frame of the table.
    pub energies: Vec<f64>,
    /// Whether the minimum was reached, in the fit itself and in every sample.
    pub converged: bool,
}

/// The levels of a fit, whitened by the covariance.
struct Problem<'a> {
    table: &'a LevelTable,
    model: AmplitudeModel,
    lower: Matrix<f64>,
    slots: Vec<Slot>,
}

/// At the minimum by the slope of χ², or since there is nothing left to explain.
fn arrived(fit: &Fit) -> bool {
    fit.converged() || fit.chi2.sqrt() <= NO_RESIDUAL
}

impl LevelFit {
    /// `P(χ² > chi2)`, none without degrees of freedom.
    #[must_use]
    pub fn p_value(&self) -> Option<f64> {
        (self.degrees_of_freedom > 0).then(|| chi2_tail(self.chi2, self.degrees_of_freedom))
    }

    /// The standard errors of the parameters.
    #[must_use]
    pub fn errors(&self) -> Vec<f64> {
        let n = self.theta.len();
        (0..n).map(|i| self.covariance[(i, i)].sqrt()).collect()
    }
}

impl LevelFit {
    /// The standard error of a function of the parameters: from the samples, or linear in their covariance.
    ///
    /// # Errors  `Error::Domain` for a function that is not finite in a sample.
    pub fn error_of(&self, function: &dyn Fn(&[f64]) -> f64) -> Result<f64> {
        if let Some((resampling, rows)) = &self.samples {
            let values: Vec<f64> = (0..rows.rows()).map(|b| function(rows.row(b))).collect();
            return resampling.error(&values);
        }
        let gradient: Vec<f64> = (0..self.theta.len())
            .map(|j| {
                let step = 1e-3 * self.covariance[(j, j)].sqrt();
                let moved = |sign: f64| {
                    let mut theta = self.theta.clone();
                    theta[j] += sign * step;
                    function(&theta)
                };
                (moved(1.0) - moved(-1.0)) / (2.0 * step)
            })
            .collect();
        let n = gradient.len();
        let entries = (0..n * n).map(|k| (k / n, k % n));
        let variance: f64 = entries
            .map(|(i, j)| gradient[i] * self.covariance[(i, j)] * gradient[j])
            .sum();
        Ok(variance.max(0.0).sqrt())
    }
}

impl LevelTable {
    /// Fits `model` to the levels with their `covariance`; with `samples` every sample is fitted too, and the
    /// covariance of the parameters comes from those fits.
    ///
    /// # Shapes    `covariance: (levels, levels)`, of the energies in the frame of the table.
    /// # Errors    `Error::Matrix` for a covariance that is not positive definite; `Error::ShapeMismatch` for one of
    /// another size; `Error::Domain` for fewer levels than parameters, or a start without a level to compare.
    /// # Accuracy  of the minimum: `√(16ε E/σ)` of χ (1e-6 for errors of a per mille), where the rounding of the energies hides the rest; of the covariance: first order in the errors.
    pub fn fit(
        &self,
        model: AmplitudeModel,
        covariance: &Matrix<f64>,
        samples: Option<&LevelSamples>,
    ) -> Result<LevelFit> {
        let (mut problem, mut theta) = Problem::new(self, model, covariance)?;
        let energies: Vec<f64> = self.levels().iter().map(|level| level.energy).collect();
        let channels: Vec<SWave> = self.levels().iter().map(|level| level.channel).collect();
        let mut fit = problem.minimise(&channels, &energies, theta)?;
        for _ in 0..RENUMBERINGS {
            theta = fit.theta.clone();
            if !problem.renumber(&channels, &energies, &theta)? {
                break;
            }
            fit = problem.minimise(&channels, &energies, theta)?;
        }
        if !fit.chi2.is_finite() {
            return Err(Error::Domain {
                what: "χ²",
                value: fit.chi2,
                expected: "a level of the amplitude in every box where one was measured".to_owned(),
            });
        }
        let Some(by_curvature) = fit.covariance.clone() else {
            return Err(Error::Matrix {
                op: "LevelTable::fit",
                expected: "of full rank",
                detail: "the levels do not determine all parameters".to_owned(),
            });
        };
        let mut converged = arrived(&fit);
        let sampled = match samples {
            None => None,
            Some(samples) => {
                let (rows, all) = problem.fit_samples(samples, &fit.theta)?;
                converged &= all;
                Some((samples.resampling(), rows))
            }
        };
        let covariance = match &sampled {
            Some((resampling, rows)) => covariance_of(*resampling, rows)?,
            None => by_curvature,
        };
        Ok(LevelFit {
            model,
            energies: problem.energies(&channels, &energies, &fit.theta)?,
            theta: fit.theta,
            covariance,
            samples: sampled,
            chi2: fit.chi2,
            degrees_of_freedom: self.levels().len() - model.parameters(),
            numbers: problem.slots.iter().map(|slot| slot.n).collect(),
            converged,
        })
    }
}

impl<'a> Problem<'a> {
    fn new(
        table: &'a LevelTable,
        model: AmplitudeModel,
        covariance: &Matrix<f64>,
    ) -> Result<(Self, Vec<f64>)> {
        let n = table.levels().len();
        if covariance.shape() != (n, n) {
            return Err(Error::ShapeMismatch {
                op: "LevelTable::fit",
                lhs: vec![covariance.rows(), covariance.cols()],
                rhs: vec![n, n],
            });
        }
        if n < model.parameters() {
            return Err(Error::Domain {
                what: "number of levels",
                value: n as f64,
                expected: format!("at least {}, one per parameter", model.parameters()),
            });
        }
        let lower = Cholesky::new(covariance)?.lower().clone();
        let mut slots = Vec::with_capacity(n);
        let mut points = Vec::with_capacity(n);
        for (i, level) in table.levels().iter().enumerate() {
            let e_cm = table.frame().to_cm(level.channel.frame(), level.energy)?;
            let all = level.channel.slots(e_cm)?;
            let own = all.iter().find(|slot| slot.high > e_cm);
            slots.push(own.copied().unwrap_or(all[0]));
            let error = covariance[(i, i)].sqrt();
            points.push((level.channel.at(e_cm)?, error));
        }
        let problem = Self {
            table,
            model,
            lower,
            slots,
        };
        Ok((problem, model.start(&points)?))
    }

    /// The fitted energies, in the frame of the table.
    fn energies(&self, channels: &[SWave], data: &[f64], theta: &[f64]) -> Result<Vec<f64>> {
        let energy = |i: usize| {
            let predicted = self.level(&channels[i], i, data[i], theta)?;
            Ok(predicted.map_or(f64::NAN, |(energy, _)| energy))
        };
        (0..data.len()).map(energy).collect()
    }

    /// Energy and gradient of level `i` in the frame of the table.
    fn level(
        &self,
        channel: &SWave,
        i: usize,
        near: f64,
        theta: &[f64],
    ) -> Result<Option<(f64, Vec<f64>)>> {
        let (frame, own) = (self.table.frame(), channel.frame());
        let slot = self.slot_of(channel, i)?;
        let guess = frame.to_cm(own, near).unwrap_or(slot.low);
        let predicted = channel.predict(self.model, theta, &slot, guess)?;
        Ok(predicted.map(|level| {
            let slope = 1.0 / frame.cm_slope(own, level.e_cm);
            let gradient = level.gradient.into_iter().map(|g| g * slope).collect();
            (frame.from_cm(own, level.e_cm), gradient)
        }))
    }

    /// The slot of level `i`, at the masses of `channel`.
    fn slot_of(&self, channel: &SWave, i: usize) -> Result<Slot> {
        let own = self.slots[i];
        if channel.pair() == self.table.levels()[i].channel.pair() {
            return Ok(own);
        }
        let slots = channel.slots(own.high)?;
        Ok(slots.get(own.n).copied().unwrap_or(own))
    }

    /// Residuals and Jacobian in units of the errors: `L⁻¹(E(θ) − E)` with `C = LLᵀ`.
    fn residuals(
        &self,
        channels: &[SWave],
        data: &[f64],
        theta: &[f64],
        r: &mut [f64],
        jacobian: Option<&mut Matrix<f64>>,
    ) {
        let n = data.len();
        let mut rows = Matrix::zeros(n, theta.len());
        for i in 0..n {
            match self.level(&channels[i], i, data[i], theta) {
                Ok(Some((energy, gradient))) => {
                    r[i] = energy - data[i];
                    rows.row_mut(i).copy_from_slice(&gradient);
                }
                // No level there: not a place to go.
                Ok(None) | Err(_) => r[i] = f64::NAN,
            }
        }
        self.whiten(r, 1);
        if let Some(jacobian) = jacobian {
            self.whiten(rows.as_mut_slice(), theta.len());
            *jacobian = rows;
        }
    }

    /// `x ← L⁻¹x` for `columns` right-hand sides, row by row.
    fn whiten(&self, x: &mut [f64], columns: usize) {
        for i in 0..self.lower.rows() {
            for j in 0..columns {
                let known: f64 = (0..i)
                    .map(|k| self.lower[(i, k)] * x[k * columns + j])
                    .sum();
                x[i * columns + j] = (x[i * columns + j] - known) / self.lower[(i, i)];
            }
        }
    }

    /// Down to what the rounding of the energies lets χ² show: a share `√(16ε E/σ)` of χ.
    fn minimise(&self, channels: &[SWave], data: &[f64], theta: Vec<f64>) -> Result<Fit> {
        let finest = (0..data.len()).map(|i| data[i] / self.lower[(i, i)]);
        let rounding = 16.0 * f64::EPSILON * finest.fold(0.0, f64::max);
        let options = FitOptions {
            tolerance: rounding.sqrt().max(1e-8),
            ..FitOptions::default()
        };
        let mut model = |theta: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
            self.residuals(channels, data, theta, r, jacobian);
        };
        LevenbergMarquardt::new(theta, data.len(), options)?.run(&mut model)
    }

    /// Names every level by the nearest prediction, in order; whether a name has changed.
    fn renumber(&mut self, channels: &[SWave], data: &[f64], theta: &[f64]) -> Result<bool> {
        let mut changed = false;
        for i in 0..data.len() {
            let (frame, own) = (self.table.frame(), channels[i].frame());
            let e_cm = frame.to_cm(own, data[i])?;
            let mut nearest = (f64::INFINITY, self.slots[i]);
            for slot in channels[i].slots(e_cm)? {
                let guess = 0.5 * (slot.low + slot.high);
                if let Some(level) = channels[i].predict(self.model, theta, &slot, guess)? {
                    let distance = (level.e_cm - e_cm).abs();
                    if distance < nearest.0 {
                        nearest = (distance, slot);
                    }
                }
            }
            changed |= nearest.1.n != self.slots[i].n;
            self.slots[i] = nearest.1;
        }
        Ok(changed)
    }

    /// The parameters of every sample, and whether all fits converged.
    fn fit_samples(&self, samples: &LevelSamples, theta: &[f64]) -> Result<(Matrix<f64>, bool)> {
        let mut rows = Matrix::zeros(samples.count(), theta.len());
        let mut converged = true;
        for b in 0..samples.count() {
            let levels = self.table.levels().iter();
            let channels: Vec<SWave> = levels.map(|l| samples.channel(b, &l.channel)).collect();
            let fit = self.minimise(&channels, samples.energies(b), theta.to_vec())?;
            converged &= arrived(&fit);
            rows.row_mut(b).copy_from_slice(&fit.theta);
        }
        Ok((rows, converged))
    }
}
