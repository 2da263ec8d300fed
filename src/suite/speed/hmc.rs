//! `phi4_hmc` and `u1_hmc`: hybrid Monte Carlo of two-dimensional φ⁴ and compact U(1), one chain a thread, and the
//! same with sixteen chains side by side.
//!
//! A call is a trajectory of ten leapfrog steps: momenta, energies and the decision included. φ⁴ in form (b),
//! `m² = −4`, `λ = 8`, steps of `0.1·√(32/L)`, the check is the acceptance; U(1) at `β = 2`, steps of 0.1, the check
//! is the plaquette, 0.69777.

use serde_json::json;

use super::threads::on_threads;
use super::{Calls, Started, Workload};
use crate::Seed;
use crate::action::{Couplings, Phi4, U1TwoD};
use crate::density::{Action, Aux, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Circle, Continuous, Field, RealLine};
use crate::rng::Chains;
use crate::sampler::{Hmc, Integrator, Path, Trajectory};

/// φ⁴, one chain.
pub static PHI4: Workload = Workload {
    id: "phi4_hmc",
    summary: "2D φ⁴ on L×L, a trajectory of ten leapfrog steps, one chain a thread",
    size: "L",
    sizes: &[32, 64, 128, 256, 512],
    unit: "site_updates/s",
    start: |length, threads| phi4(length, threads, 1),
};

/// φ⁴, sixteen chains.
pub static PHI4_CHAINS: Workload = Workload {
    id: "phi4_hmc_chains",
    summary: "phi4_hmc with sixteen chains side by side",
    start: |length, threads| phi4(length, threads, MANY),
    ..PHI4
};

/// U(1), one chain.
pub static U1: Workload = Workload {
    id: "u1_hmc",
    summary: "2D U(1) at β = 2 on L×L, a trajectory of ten leapfrog steps, one chain a thread",
    size: "L",
    sizes: &[16, 32, 64],
    unit: "trajectories/s",
    start: |length, threads| u1(length, threads, 1),
};

/// U(1), sixteen chains.
pub static U1_CHAINS: Workload = Workload {
    id: "u1_hmc_chains",
    summary: "u1_hmc with sixteen chains side by side",
    start: |length, threads| u1(length, threads, MANY),
    ..U1
};

const MANY: usize = 16;
const LEAPFROGS: usize = 10;
/// Trajectories before the clock runs, every one accepted.
const WARM_UP: usize = 30;
const BETA: f64 = 2.0;

fn phi4(length: usize, threads: usize, chains: usize) -> Result<Started> {
    let action = Phi4::new(
        &[length, length],
        Couplings::from_mass_squared(-4.0, 8.0, 2),
    )?;
    let step = 0.1 * (32.0 / length as f64).sqrt();
    let sites = (length * length) as f64;
    let check: Check<RealLine> = |_, lane| lane.accepted as f64 / lane.decided as f64;
    let units = LEAPFROGS as f64 * sites;
    // Per site: nine operations for the force, two each for kick and drift; energies and momenta as below.
    let flops = sites * (LEAPFROGS as f64 * 13.0 + 45.0);
    start(action, step, [threads, chains], [units, flops], check)
}

fn u1(length: usize, threads: usize, chains: usize) -> Result<Started> {
    let action = U1TwoD::new(&[length, length], BETA)?;
    let sites = (length * length) as f64;
    let check: Check<Circle> = |action, lane| {
        let mut s = vec![0.0; lane.q.chains()];
        action.value(&lane.q, &Aux::default(), &mut s);
        let mean = s.iter().sum::<f64>() / s.len() as f64;
        -mean / (BETA * lane.q.lattice().sites() as f64)
    };
    let flops = sites * (LEAPFROGS as f64 * 40.0 + 60.0);
    start(action, 0.1, [threads, chains], [1.0, flops], check)
}

type Check<M> = fn(&dyn Action<M>, &Thread<M>) -> f64;

/// What one thread works on.
struct Thread<M: Continuous> {
    q: Field<M>,
    random: Chains,
    accepted: usize,
    decided: usize,
}

struct Threads<M: Continuous, A> {
    action: A,
    trajectory: Trajectory,
    threads: Vec<Thread<M>>,
    check: Check<M>,
}

fn start<M: Continuous, A: Action<M> + 'static>(
    action: A,
    step: f64,
    [threads, chains]: [usize; 2],
    [units, flops]: [f64; 2],
    check: Check<M>,
) -> Result<Started> {
    if threads == 0 {
        return Err(Error::argument("threads", "0", "at least 1"));
    }
    let trajectory = Trajectory::new(Integrator::Leapfrog, step, LEAPFROGS)?;
    let warmed = |thread: usize| {
        let mut random = Seed(0).chains(&format!("speed/hmc/{thread}"), chains);
        let mut q = action.neutral(chains);
        random.normal(q.numbers_mut());
        q.numbers_mut().iter_mut().for_each(|x| *x *= 0.5);
        let (mut path, mut s) = (Path::new(&q), vec![0.0; chains]);
        for _ in 0..WARM_UP {
            random.normal(path.p.numbers_mut());
            trajectory.run(&action, &Aux::default(), &q, &mut path, &mut s);
            q.take(&mut path.q, &vec![true; chains]);
        }
        Thread {
            q,
            random,
            accepted: 0,
            decided: 0,
        }
    };
    let threads: Vec<Thread<M>> = (0..threads).map(warmed).collect();
    let work = (threads.len() * chains) as f64;
    let extents = threads[0].q.lattice().extents().to_vec();
    let forces = trajectory.forces();
    Ok(Started {
        calls: Box::new(Threads {
            action,
            trajectory,
            threads,
            check,
        }),
        flops: flops * work,
        units: units * work,
        shapes: json!({
            "extents": extents, "leapfrog_steps": LEAPFROGS, "force_evals": forces, "dtype": "f64",
            "chains_per_thread": chains,
        }),
    })
}

impl<M: Continuous, A: Action<M>> Threads<M, A> {
    fn advance(&self, thread: &mut Thread<M>, count: usize) -> Result<()> {
        let mut hmc = Hmc::new(&self.action, self.trajectory.clone())?;
        let (mut aux, mut info) = (Aux::default(), Info::default());
        for _ in 0..count {
            hmc.step(&mut thread.q, &mut aux, &mut thread.random, &mut info);
            thread.accepted += info.accepted.iter().filter(|&&yes| yes).count();
            thread.decided += info.accepted.len();
        }
        Ok(())
    }
}

impl<M: Continuous, A: Action<M>> Calls for Threads<M, A> {
    fn run(&mut self, count: usize) -> Result<()> {
        let mut threads = std::mem::take(&mut self.threads);
        let shared = &*self;
        let done = on_threads(&mut threads, |one| shared.advance(one, count));
        self.threads = threads;
        done
    }

    fn check(&self) -> f64 {
        (self.check)(&self.action, &self.threads[0])
    }
}
