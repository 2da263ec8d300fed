//! Hybrid (Hamiltonian) Monte Carlo.

use std::fmt;

use super::integrator::{Integrator, Path, Trajectory};
use super::langevin::molecular_step;
use crate::density::{Action, Aux, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field, kinetic_energy};
use crate::rng::Chains;

/// Hybrid Monte Carlo: momenta from `e^{−p²/2}`, a trajectory of molecular dynamics, and acceptance with
/// `min(1, e^{−ΔH})`. Exact for any step size.
///
/// # Source  S. Duane, A. D. Kennedy, B. J. Pendleton, D. Roweth, Phys. Lett. B 195 (1987) 216.
/// # Witness  `reference::molecular_dynamics`.
pub struct Hmc<'a, M: Continuous> {
    action: &'a dyn Action<M>,
    trajectory: Trajectory,
    jitter: f64,
    path: Option<Path<M>>,
    /// The action of the field of this revision, which need not be computed again.
    known: Option<(u64, Vec<f64>)>,
    kinetic: [Vec<f64>; 2],
    uniforms: Vec<f64>,
}

/// An energy that rises by more than this is a trajectory that has left the integrator's region of stability.
const RUN_AWAY: f64 = 1000.0;

impl<M: Continuous> fmt::Debug for Hmc<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hmc({}, {:?})", self.action.spec(), self.trajectory)
    }
}

impl<'a, M: Continuous> Hmc<'a, M> {
    /// The sampler of `action` by trajectories of this form.
    ///
    /// # Errors  none; `Result` as for all samplers.
    pub fn new(action: &'a dyn Action<M>, trajectory: Trajectory) -> Result<Self> {
        Ok(Self {
            action,
            trajectory,
            jitter: 0.0,
            path: None,
            known: None,
            kinetic: [Vec::new(), Vec::new()],
            uniforms: Vec::new(),
        })
    }

    /// The Langevin step of `epsilon` with a decision, "MALA": a trajectory of one leapfrog step of `√(2ε)`.
    ///
    /// # Errors  `Error::Argument` unless `epsilon` is positive and finite.
    /// # Source  P. J. Rossky, J. D. Doll, H. L. Friedman, J. Chem. Phys. 69 (1978) 4628.
    pub fn langevin(action: &'a dyn Action<M>, epsilon: f64) -> Result<Self> {
        let step = molecular_step(epsilon)?;
        Self::new(action, Trajectory::new(Integrator::Leapfrog, step, 1)?)
    }

    /// Trajectories whose length is uniform within `jitter` times itself, in as many steps: no mode is met at the same phase
    /// every time. One length for all chains, from the random numbers of the first.
    ///
    /// # Errors  `Error::Argument` unless `jitter` lies in `[0, 1)`.
    /// # Source  P. B. Mackenzie, Phys. Lett. B 226 (1989) 369.
    pub fn with_jitter(mut self, jitter: f64) -> Result<Self> {
        if !(0.0..1.0).contains(&jitter) {
            let found = jitter.to_string();
            return Err(Error::argument("jitter", found, "a share in [0, 1)"));
        }
        self.jitter = jitter;
        Ok(self)
    }

    /// The trajectories.
    #[must_use]
    pub const fn trajectory(&self) -> &Trajectory {
        &self.trajectory
    }
}

impl<M: Continuous> Kernel<M> for Hmc<'_, M> {
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        let path = Path::for_field(&mut self.path, q);
        let [before, after] = &mut self.kinetic;
        for numbers in [&mut *before, &mut *after, &mut self.uniforms] {
            numbers.resize(chains, 0.0);
        }

        self.action.refresh(q, aux, r);
        r.normal(path.p.numbers_mut());
        r.uniform(&mut self.uniforms);
        kinetic_energy(&path.p, before);
        let revision = q.revision();
        let mut old = match self.known.take() {
            Some((known, s)) if known == revision && aux.numbers.is_empty() => s,
            _ => {
                let mut s = vec![0.0; chains];
                self.action.value(q, aux, &mut s);
                info.actions += chains as u64;
                s
            }
        };
        let mut new = vec![0.0; chains];
        let stretched = (self.jitter > 0.0).then(|| {
            let factor = self.jitter.mul_add(2.0 * r.uniform_of(0) - 1.0, 1.0);
            self.trajectory
                .stretched(factor)
                .expect("a share below one")
        });
        let trajectory = stretched.as_ref().unwrap_or(&self.trajectory);
        trajectory.run(self.action, aux, q, path, &mut new);
        info.forces += self.trajectory.forces() * chains as u64;
        info.actions += chains as u64;
        kinetic_energy(&path.p, after);
        for chain in 0..chains {
            let delta_h = (after[chain] - before[chain]) + (new[chain] - old[chain]);
            // Far from equilibrium an energy may fall by as much as it likes.
            let divergent = !delta_h.is_finite() || delta_h >= RUN_AWAY;
            // An energy that is no number is one that nothing accepts.
            info.delta_h[chain] = if delta_h.is_nan() {
                f64::INFINITY
            } else {
                delta_h
            };
            info.divergent[chain] = divergent;
            // 1 − u lies in (0, 1].
            info.accepted[chain] = !divergent && (1.0 - self.uniforms[chain]).ln() <= -delta_h;
            if info.accepted[chain] {
                old[chain] = new[chain];
            }
        }
        q.take(&mut path.q, &info.accepted);
        self.known = Some((q.revision(), old));
    }
}
