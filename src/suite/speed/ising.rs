//! `ising_metropolis`: checkerboard Metropolis of the two-dimensional Ising model at the critical point, one chain a
//! thread.
//!
//! A call is sixteen sweeps from spins that are packed already, and one field written. The check is the energy a spin,
//! `−√2` in infinite volume.

use serde_json::json;

use super::threads::on_threads;
use super::{Calls, Started, Workload};
use crate::Seed;
use crate::action::Ising;
use crate::density::{Aux, Info, Kernel, Target};
use crate::error::{Error, Result};
use crate::lattice::{Field, Spin};
use crate::rng::Chains;
use crate::sampler::MultiSpin;

/// One chain.
pub static METROPOLIS: Workload = Workload {
    id: "ising_metropolis",
    summary: "2D Ising on L×L at the critical point, sixteen checkerboard sweeps, one chain a thread",
    size: "L",
    sizes: &[1024, 16, 64, 256],
    unit: "flips/ns",
    start,
};

const SWEEPS: usize = 16;

struct Thread {
    q: Field<Spin>,
    random: Chains,
}

struct Threads {
    model: Ising,
    threads: Vec<Thread>,
}

fn start(length: usize, threads: usize) -> Result<Started> {
    if threads == 0 {
        return Err(Error::argument("threads", "0", "at least 1"));
    }
    let model = Ising::new(&[length, length], Ising::critical_beta())?;
    MultiSpin::new(&model, SWEEPS)?;
    let cold = |thread: usize| Thread {
        q: model.neutral(1),
        random: Seed(0).chains(&format!("speed/ising/{thread}"), 1),
    };
    let ready: Vec<Thread> = (0..threads).map(cold).collect();
    let mut calls = Threads {
        model,
        threads: ready,
    };
    calls.run(20)?;
    let flips = (SWEEPS * threads * length * length) as f64;
    Ok(Started {
        calls: Box::new(calls),
        flops: 0.0,
        units: flips * 1e-9,
        shapes: json!({"extents": [length, length], "sweeps": SWEEPS, "flips": "attempted", "chains_per_thread": 1}),
    })
}

impl Calls for Threads {
    fn run(&mut self, count: usize) -> Result<()> {
        let model = &self.model;
        on_threads(&mut self.threads, |thread| {
            let mut kernel = MultiSpin::new(model, SWEEPS)?;
            let (mut aux, mut info) = (Aux::default(), Info::default());
            for _ in 0..count {
                kernel.step(&mut thread.q, &mut aux, &mut thread.random, &mut info);
            }
            Ok(())
        })
    }

    fn check(&self) -> f64 {
        let (q, mut s) = (&self.threads[0].q, [0.0]);
        self.model.value(q, &Aux::default(), &mut s);
        s[0] / (self.model.beta() * q.lattice().sites() as f64)
    }
}
