//! What tuning finds of one kind of trajectories, and of all.

use super::integrator::Trajectory;
use crate::error::{Error, Result};
use crate::stats::{Estimate, GammaMethod, Histories, student_t_quantile_two_sided};

/// Whether a candidate may be the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Eligible,
    /// Its acceptance lies below the window, or above it with more steps than are needed.
    Acceptance,
    /// Cold and hot starts differ, at a false-fail rate of 1e-6 an observable.
    Starts,
    /// Its chains are too short for their autocorrelation.
    Short,
    /// Some observable never changed.
    Frozen,
}

/// A point of the grid.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The trajectories, before jitter.
    pub trajectory: Trajectory,
    /// The share accepted.
    pub acceptance: f64,
    /// Trajectories that ran away.
    pub divergent: u64,
    /// `τ_int` of each observable, in trajectories; none where it never changed or its chains are far too short.
    pub tau_int: Vec<Option<Estimate>>,
    /// The observable with the largest `τ_int`, if all have one.
    pub slowest: Option<usize>,
    /// `2 τ_int` of the slowest observable times the forces of a trajectory: forces per independent measurement.
    pub cost: Option<Estimate>,
    /// Whether it may be the baseline.
    pub standing: Standing,
}

/// The grid, and what is best on it.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// All candidates that were run.
    pub grid: Vec<Candidate>,
    /// The eligible one of the lowest cost.
    pub best: Option<usize>,
}

/// The rate at which equal starts are said to differ, an observable.
const STARTS_DIFFER: f64 = 1e-6;

impl Candidate {
    /// Times and cost from what was measured, the first half of the chains from cold starts; no acceptance yet.
    ///
    /// # Shapes  `series: [observable][chain](trajectories,)`.
    pub(super) fn of_series(trajectory: Trajectory, series: &[Vec<Vec<f64>>]) -> Result<Self> {
        let forces = trajectory.forces() as f64;
        let (mut tau_int, mut short, mut differ, mut frozen) = (Vec::new(), false, false, false);
        for chains in series {
            let still = |chain: &Vec<f64>| chain.iter().all(|value| *value == chain[0]);
            if chains.iter().all(still) {
                frozen = true;
                tau_int.push(None);
                continue;
            }
            differ |= starts_differ(chains)?;
            let replicas: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
            let histories = Histories::new(&[replicas])?;
            match GammaMethod::default().derived_with_gradient(&histories, |a| a[0], &[1.0]) {
                Ok(found) => {
                    short |= found.too_short;
                    tau_int.push(Some(found.tau_int));
                }
                // A sum of correlations that is not positive.
                Err(Error::Domain { .. }) => {
                    short = true;
                    tau_int.push(None);
                }
                Err(other) => return Err(other),
            }
        }
        let standing = if frozen {
            Standing::Frozen
        } else if differ {
            Standing::Starts
        } else if short {
            Standing::Short
        } else {
            Standing::Eligible
        };
        let known: Option<Vec<Estimate>> = tau_int.iter().copied().collect();
        let slowest = known.and_then(|taus| {
            let by_time = |a: &usize, b: &usize| taus[*a].value().total_cmp(&taus[*b].value());
            (0..taus.len()).max_by(by_time)
        });
        let cost = slowest.and_then(|slowest| tau_int[slowest]);
        Ok(Self {
            cost: cost.map(|tau| tau.scaled(2.0 * forces)),
            trajectory,
            acceptance: 0.0,
            divergent: 0,
            tau_int,
            slowest,
            standing,
        })
    }

    /// Looks at the acceptance too; that of the fewest steps that reach the window may lie above it.
    pub(super) fn stand(&mut self, [low, high]: [f64; 2], fewest: bool) {
        let inside = self.acceptance >= low && (fewest || self.acceptance <= high);
        if self.standing == Standing::Eligible && !inside {
            self.standing = Standing::Acceptance;
        }
    }
}

/// Whether the means of the chains of the first half, and of the second, differ by more than chance.
fn starts_differ(chains: &[Vec<f64>]) -> Result<bool> {
    let mean = |chain: &Vec<f64>| chain.iter().sum::<f64>() / chain.len() as f64;
    let means: Vec<f64> = chains.iter().map(mean).collect();
    let (cold, hot) = means.split_at(means.len() / 2);
    let difference = Estimate::from_independent(cold)?.minus(&Estimate::from_independent(hot)?);
    let freedom = cold.len() as f64 - 1.0;
    let bound = student_t_quantile_two_sided(STARTS_DIFFER, freedom) * difference.error();
    Ok(!(difference.value().abs() <= bound))
}

impl Baseline {
    pub(super) fn of(grid: Vec<Candidate>) -> Self {
        let cost = |i: &usize| grid[*i].cost.map_or(f64::INFINITY, |cost| cost.value());
        let best = (0..grid.len())
            .filter(|&i| grid[i].standing == Standing::Eligible)
            .min_by(|a, b| cost(a).total_cmp(&cost(b)));
        Self { grid, best }
    }

    /// The eligible candidate of the lowest cost.
    #[must_use]
    pub fn best(&self) -> Option<&Candidate> {
        self.best.map(|best| &self.grid[best])
    }
}
