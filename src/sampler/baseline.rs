//! The honest baseline: hybrid Monte Carlo tuned as well as it can be, before anything is compared with it.
//!
//! # Design
//!
//! A grid of trajectory lengths, integrators and numbers of steps, all with jitter. For each length and integrator the numbers of
//! steps are those whose acceptance lies in a window, or the fewest that jump over it: to leave these out, for being too good, would
//! make the baseline a worse one. Each such candidate is run from cold and from hot starts side by side, and
//! its cost is `2 τ_int × forces` of a trajectory for the observable that is slowest with it. Nothing is kept whose starts
//! disagree, whose chains are too short for their `τ_int`, or in which an observable does not move at all. Costs are in force
//! evaluations: no clock is read here; a caller that wants seconds multiplies by the measured time of one.

use super::candidate::{Baseline, Candidate};
use super::hmc::Hmc;
use super::integrator::{Integrator, Trajectory};
use crate::density::{Action, Aux, Info, Kernel, Observable};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field};
use crate::rng::{Chains, Seed};

/// What is tried, and how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Lengths of trajectories.
    pub lengths: Vec<f64>,
    /// Integrators.
    pub integrators: Vec<Integrator>,
    /// The window of the acceptance.
    pub acceptance: [f64; 2],
    /// The share by which lengths vary.
    pub jitter: f64,
    /// More steps than this are not tried.
    pub most_steps: usize,
    /// Chains side by side, half of them from a cold start and half from a hot one.
    pub chains: usize,
    /// Trajectories that an acceptance is looked up with.
    pub probe: usize,
    /// Trajectories before measurements.
    pub warm_up: usize,
    /// Trajectories measured.
    pub trajectories: usize,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            lengths: vec![0.5, 1.0, 2.0, 4.0],
            integrators: vec![
                Integrator::Leapfrog,
                Integrator::Omelyan,
                Integrator::ForceGradient,
            ],
            acceptance: [0.6, 0.9],
            jitter: 0.1,
            most_steps: 256,
            chains: 16,
            probe: 20,
            warm_up: 200,
            trajectories: 1000,
        }
    }
}

impl Protocol {
    fn check(&self) -> Result<()> {
        let refuse = |field: &'static str, found: String, expected: &str| {
            Err(Error::argument(field, found, expected.to_owned()))
        };
        let [low, high] = self.acceptance;
        if !(0.0 < low && low < high && high <= 1.0) {
            let found = format!("{:?}", self.acceptance);
            return refuse("acceptance", found, "two rising shares in (0, 1]");
        }
        if self.lengths.is_empty() || !self.lengths.iter().all(|l| *l > 0.0 && l.is_finite()) {
            let found = format!("{:?}", self.lengths);
            return refuse("lengths", found, "positive and finite ones");
        }
        for (field, found, least) in [
            ("integrators", self.integrators.len(), 1),
            ("chains", self.chains, 4),
            ("most_steps", self.most_steps, 1),
            ("probe", self.probe, 1),
            ("trajectories", self.trajectories, 100),
        ] {
            if found < least {
                return refuse(field, found.to_string(), &format!("{least} at least"));
            }
        }
        Ok(())
    }

    /// Runs the grid for `action`. `hot` makes a disordered field of every chain.
    ///
    /// # Errors  `Error::Argument` for a protocol that cannot be followed, or without observables.
    pub fn tune<M: Continuous>(
        &self,
        action: &dyn Action<M>,
        observables: &[&dyn Observable<M>],
        hot: impl Fn(&mut Field<M>, &mut Chains),
        seed: Seed,
    ) -> Result<Baseline> {
        self.check()?;
        if observables.is_empty() {
            return Err(Error::argument("observables", "none", "one at least"));
        }
        let mut r = seed.chains("baseline/start", self.chains);
        let mut start = action.neutral(self.chains);
        let mut disordered = start.clone();
        hot(&mut disordered, &mut r);
        let is_hot: Vec<bool> = (0..self.chains).map(|c| 2 * c >= self.chains).collect();
        start.take(&mut disordered, &is_hot);
        let mut grid = Vec::new();
        for integrator in &self.integrators {
            for length in &self.lengths {
                let with =
                    |steps: usize| Trajectory::new(*integrator, length / steps as f64, steps);
                let label = |steps: usize, what: &str| {
                    format!("baseline/{}/{length}/{steps}/{what}", integrator.name())
                };
                let tried = self.steps_in_window(|steps| {
                    let mut r = seed.chains(&label(steps, "probe"), self.chains);
                    let mut q = start.clone();
                    self.acceptance(action, with(steps)?, &mut q, &mut r)
                })?;
                for &steps in &tried {
                    let mut r = seed.chains(&label(steps, "run"), self.chains);
                    let (trajectory, fewest) = (with(steps)?, steps == tried[0]);
                    let mut run = self.measure(action, observables, trajectory, &start, &mut r)?;
                    run.stand(self.acceptance, fewest);
                    grid.push(run);
                }
            }
        }
        Ok(Baseline::of(grid))
    }

    /// The smallest, a middle and the largest number of steps whose acceptance lies in the window; the smallest that reaches it
    /// where none lies inside, and none where even the most steps do not reach it.
    fn steps_in_window(&self, acceptance: impl Fn(usize) -> Result<f64>) -> Result<Vec<usize>> {
        let [low, high] = self.acceptance;
        // The first number of steps with an acceptance of `least`, from `from` on.
        let first = |least: f64, from: usize| -> Result<Option<usize>> {
            let (mut below, mut at) = (from - 1, from);
            while acceptance(at)? < least {
                if at == self.most_steps {
                    return Ok(None);
                }
                (below, at) = (at, (2 * at).min(self.most_steps));
            }
            while at - below > 1 {
                let middle = usize::midpoint(below, at);
                if acceptance(middle)? < least {
                    below = middle;
                } else {
                    at = middle;
                }
            }
            Ok(Some(at))
        };
        let Some(least) = first(low, 1)? else {
            return Ok(Vec::new());
        };
        let most = match first(high, least)? {
            Some(beyond) => (beyond - 1).max(least),
            None => self.most_steps,
        };
        let mut steps = vec![least, usize::midpoint(least, most), most];
        steps.dedup();
        Ok(steps)
    }

    /// `⟨min(1, e^{−ΔH})⟩` after a warm-up.
    fn acceptance<M: Continuous>(
        &self,
        action: &dyn Action<M>,
        trajectory: Trajectory,
        q: &mut Field<M>,
        r: &mut Chains,
    ) -> Result<f64> {
        let mut hmc = Hmc::new(action, trajectory)?.with_jitter(self.jitter)?;
        let (mut aux, mut info) = (Aux::default(), Info::default());
        let mut sum = 0.0;
        for trajectory in 0..2 * self.probe {
            hmc.step(q, &mut aux, r, &mut info);
            if trajectory >= self.probe {
                let accepted = info.delta_h.iter().map(|delta_h| (-delta_h).exp().min(1.0));
                sum += accepted.sum::<f64>();
            }
        }
        Ok(sum / (self.probe * self.chains) as f64)
    }

    fn measure<M: Continuous>(
        &self,
        action: &dyn Action<M>,
        observables: &[&dyn Observable<M>],
        trajectory: Trajectory,
        start: &Field<M>,
        r: &mut Chains,
    ) -> Result<Candidate> {
        let mut hmc = Hmc::new(action, trajectory.clone())?.with_jitter(self.jitter)?;
        let (mut q, mut aux, mut info) = (start.clone(), Aux::default(), Info::default());
        // `[observable][chain][trajectory]`.
        let mut series = vec![vec![Vec::new(); self.chains]; observables.len()];
        let (mut values, mut accepted, mut divergent) = (vec![0.0; self.chains], 0, 0);
        for step in 0..self.warm_up + self.trajectories {
            hmc.step(&mut q, &mut aux, r, &mut info);
            if step < self.warm_up {
                continue;
            }
            let count = |marks: &[bool]| marks.iter().filter(|&&yes| yes).count() as u64;
            accepted += count(&info.accepted);
            divergent += count(&info.divergent);
            for (observable, series) in observables.iter().zip(&mut series) {
                observable.measure(&q, &mut values);
                for (chain, value) in series.iter_mut().zip(&values) {
                    chain.push(*value);
                }
            }
        }
        let acceptance = accepted as f64 / (self.chains * self.trajectories) as f64;
        Ok(Candidate {
            acceptance,
            divergent,
            ..Candidate::of_series(trajectory, &series)?
        })
    }
}
