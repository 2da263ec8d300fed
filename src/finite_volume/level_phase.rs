//! From measured levels to phase shifts, with errors.
//!
//! Single errors go through the derivative of the zeta function along the level's trajectory; samples are
//! taken through one by one, masses included, and bring the correlations of the results with them.
//! `k cot δ` and `δ` are not linear in the energy: beside the standard error stands how far the image of
//! one standard error reaches to each side, which next to a free level is anything but symmetric.

use std::f64::consts::PI;

use super::branch::PhaseBranch;
use super::level_samples::{LevelSamples, covariance_of};
use super::level_table::{EnergyFrame, LevelTable, MeasuredLevel};
use super::s_wave::{BoxPoint, SWave};
use crate::error::Result;
use crate::linalg::Matrix;
use crate::stats::Resampling;

/// A number with its standard error and the reach of one standard error to each side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// The value.
    pub value: f64,
    /// The standard error.
    pub error: f64,
    /// How far it reaches down, as a distance.
    pub down: f64,
    /// How far it reaches up, as a distance.
    pub up: f64,
}

/// What one level says of the S wave.
#[derive(Clone, Copy, Debug)]
pub struct LevelPhase {
    /// Energy in the centre-of-mass frame.
    pub e_cm: Spread,
    /// `k²`.
    pub k2: Spread,
    /// `q² = (kL/2π)²`.
    pub q2: Spread,
    /// `k cot δ`.
    pub k_cot_delta: Spread,
    /// `δ` in radians, above threshold.
    pub delta: Option<Spread>,
    /// The distance to the nearest free level, where `δ = 0 mod π`, in standard errors; infinite without errors.
    pub from_free_level: f64,
}

/// The phases of a table of levels.
#[derive(Clone, Debug)]
pub struct LevelPhases {
    /// In the order of the table.
    pub levels: Vec<LevelPhase>,
    /// The covariance of `k cot δ`.
    pub k_cot_delta_covariance: Matrix<f64>,
    /// The covariance of `δ`, zero for levels below threshold.
    pub delta_covariance: Matrix<f64>,
}

impl LevelTable {
    /// `k²`, `q²`, `δ` and `k cot δ` of every level, with the errors of the table, or those of `samples`
    /// if there are some.
    ///
    /// # Units     energies as the table's; `δ` in radians on `branch`.
    /// # Errors    `Error::Domain` for a level, or a sample of one, that lies on a free level.
    /// # Accuracy  `k cot δ` as [`SWave::at`]; errors to first order in those of the levels without samples.
    pub fn phases(
        &self,
        samples: Option<&LevelSamples>,
        branch: PhaseBranch,
    ) -> Result<LevelPhases> {
        let n = self.levels().len();
        let mut phases = LevelPhases {
            levels: Vec::with_capacity(n),
            k_cot_delta_covariance: Matrix::zeros(n, n),
            delta_covariance: Matrix::zeros(n, n),
        };
        for (i, level) in self.levels().iter().enumerate() {
            let sampled = samples.map(|s| (s, i));
            phases
                .levels
                .push(level_phase(self.frame(), level, sampled)?);
        }
        phases.choose(branch);
        match samples {
            Some(samples) => phases.sampled_covariances(self, samples)?,
            None => phases.diagonal_covariances(),
        }
        Ok(phases)
    }
}

impl LevelPhases {
    /// Puts every `δ` on `branch`, in the order of `k²`.
    fn choose(&mut self, branch: PhaseBranch) {
        let mut order: Vec<usize> = (0..self.levels.len())
            .filter(|i| self.levels[*i].delta.is_some())
            .collect();
        order.sort_by(|a, b| {
            self.levels[*a]
                .k2
                .value
                .total_cmp(&self.levels[*b].k2.value)
        });
        let value = |i: &usize| self.levels[*i].delta.map_or(0.0, |delta| delta.value);
        let mut values: Vec<f64> = order.iter().map(value).collect();
        branch.choose(&mut values);
        for (i, value) in order.into_iter().zip(values) {
            if let Some(delta) = &mut self.levels[i].delta {
                delta.value = value;
            }
        }
    }

    fn diagonal_covariances(&mut self) {
        for (i, level) in self.levels.iter().enumerate() {
            self.k_cot_delta_covariance[(i, i)] = level.k_cot_delta.error.powi(2);
            self.delta_covariance[(i, i)] = level.delta.map_or(0.0, |d| d.error.powi(2));
        }
    }

    fn sampled_covariances(&mut self, table: &LevelTable, samples: &LevelSamples) -> Result<()> {
        let n = self.levels.len();
        let mut cot = Matrix::zeros(samples.count(), n);
        let mut delta = Matrix::zeros(samples.count(), n);
        for (i, level) in table.levels().iter().enumerate() {
            let centre = self.levels[i].delta.map_or(0.0, |delta| delta.value);
            for (b, point) in points(table.frame(), level, samples, i)?.iter().enumerate() {
                cot[(b, i)] = point.k_cot_delta;
                delta[(b, i)] = match self.levels[i].delta {
                    Some(_) => near(point, centre),
                    None => 0.0,
                };
            }
        }
        self.k_cot_delta_covariance = covariance_of(samples.resampling(), &cot)?;
        self.delta_covariance = covariance_of(samples.resampling(), &delta)?;
        Ok(())
    }
}

/// What the box says of a level in every sample.
fn points(
    frame: EnergyFrame,
    level: &MeasuredLevel,
    samples: &LevelSamples,
    i: usize,
) -> Result<Vec<BoxPoint>> {
    let point = |b: usize| {
        let channel = samples.channel(b, &level.channel);
        channel.at(frame.to_cm(channel.frame(), samples.energies(b)[i])?)
    };
    (0..samples.count()).map(point).collect()
}

/// `δ` within π/2 of `centre`; below threshold, where it has none, 0 there.
fn near(point: &BoxPoint, centre: f64) -> f64 {
    point
        .phase()
        .map_or(centre, |delta| delta - PI * ((delta - centre) / PI).round())
}

fn level_phase(
    frame: EnergyFrame,
    level: &MeasuredLevel,
    samples: Option<(&LevelSamples, usize)>,
) -> Result<LevelPhase> {
    let channel = &level.channel;
    let e_cm = frame.to_cm(channel.frame(), level.energy)?;
    let here = channel.at(e_cm)?;
    match samples {
        None => {
            let error = level.error * frame.cm_slope(channel.frame(), e_cm);
            single(channel, here, error)
        }
        Some((samples, i)) => {
            let points = points(frame, level, samples, i)?;
            sampled(channel, here, &points, samples.resampling())
        }
    }
}

/// By the derivative along the trajectory, and its two ends for the reach.
fn single(channel: &SWave, here: BoxPoint, error: f64) -> Result<LevelPhase> {
    let ends = ends(channel, here.e_cm, error);
    let centre = here.phase();
    let delta = centre.map(|centre| {
        let slope = here.phase_slope().unwrap_or(0.0);
        let image = ends.map(|(a, b)| (near(&a, centre), near(&b, centre)));
        spread(centre, slope * error, image)
    });
    let of = |value: f64, slope: f64, read: fn(&BoxPoint) -> f64| {
        spread(
            value,
            slope * error,
            ends.map(|(a, b)| (read(&a), read(&b))),
        )
    };
    let to_q2 = channel.frame().unit().powi(-2);
    Ok(LevelPhase {
        e_cm: of(here.e_cm, 1.0, |p| p.e_cm),
        k2: of(here.k2, here.k2_slope, |p| p.k2),
        q2: of(here.q2, here.k2_slope * to_q2, |p| p.q2),
        k_cot_delta: of(here.k_cot_delta, here.k_cot_delta_slope, |p| p.k_cot_delta),
        delta,
        from_free_level: from_free_level(channel, here.e_cm, error)?,
    })
}

/// The trajectory one error below and above, if no free level lies between.
fn ends(channel: &SWave, e_cm: f64, error: f64) -> Option<(BoxPoint, BoxPoint)> {
    let crossed = from_free_level(channel, e_cm, error).map_or(true, |distance| distance <= 1.0);
    if crossed || error == 0.0 {
        return None;
    }
    Some((
        channel.at(e_cm - error).ok()?,
        channel.at(e_cm + error).ok()?,
    ))
}

/// The distance to the nearest free level, in errors.
fn from_free_level(channel: &SWave, e_cm: f64, error: f64) -> Result<f64> {
    let free = channel.free_levels(e_cm + 2.0 * error + 1e-6 * e_cm)?;
    let distance = free
        .iter()
        .map(|f| (f - e_cm).abs())
        .fold(f64::INFINITY, f64::min);
    Ok(if error == 0.0 {
        f64::INFINITY
    } else {
        distance / error
    })
}

fn spread(value: f64, error: f64, ends: Option<(f64, f64)>) -> Spread {
    let error = error.abs();
    let (down, up) = ends.map_or((error, error), |(a, b)| {
        (value - a.min(b), a.max(b) - value)
    });
    Spread {
        value,
        error,
        down,
        up,
    }
}

/// Sample by sample.
fn sampled(
    channel: &SWave,
    here: BoxPoint,
    points: &[BoxPoint],
    resampling: Resampling,
) -> Result<LevelPhase> {
    let energies: Vec<f64> = points.iter().map(|p| p.e_cm).collect();
    let error = resampling.error(&energies)?;
    let ends = match resampling {
        Resampling::Jackknife => ends(channel, here.e_cm, error),
        Resampling::Bootstrap => None,
    };
    let of = |value: f64, read: &dyn Fn(&BoxPoint) -> f64| -> Result<Spread> {
        let samples: Vec<f64> = points.iter().map(read).collect();
        let error = resampling.error(&samples)?;
        if resampling == Resampling::Jackknife {
            return Ok(spread(
                value,
                error,
                ends.map(|(a, b)| (read(&a), read(&b))),
            ));
        }
        let (down, up) = resampling.interval(value, &samples)?;
        Ok(Spread {
            value,
            error,
            down,
            up,
        })
    };
    let delta = match here.phase() {
        Some(centre) => Some(of(centre, &|p| near(p, centre))?),
        None => None,
    };
    Ok(LevelPhase {
        e_cm: of(here.e_cm, &|p| p.e_cm)?,
        k2: of(here.k2, &|p| p.k2)?,
        q2: of(here.q2, &|p| p.q2)?,
        k_cot_delta: of(here.k_cot_delta, &|p| p.k_cot_delta)?,
        delta,
        from_free_level: from_free_level(channel, here.e_cm, error)?,
    })
}
