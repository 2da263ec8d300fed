//! How fast the core is, on workloads that programs in other frameworks time too.
//!
//! A workload is defined by its arithmetic (shapes, number type, what one call does), so that a program in
//! PyTorch, JAX or C can do the same; results are one JSON object a measurement, with the same fields as theirs, and
//! with [`serve`] both can be timed in turns. Speed is measured, never tested.
//!
//! # Design
//!
//! On one thread the clock is the CPU time of the process, which other programs on the machine disturb least; on
//! several it is the wall's. A value is the median over chunks of about 0.15 s. `roofline` is the part of
//! the speed of a large product of matrices, measured in the same process.

mod attention;
mod convolution;
mod gemm;
mod heft;
mod hmc;
mod ising;
mod measure;
mod mlp;
mod realnvp;
mod scalar_graph;
mod score;
mod serve;
mod steps;
mod threads;
mod u1_flow;

use serde_json::Value as Json;

use crate::error::{Error, Result};

pub use measure::{Measurement, measure};
pub use serve::serve;

/// Calls a macro with every workload's module and name.
macro_rules! for_each_workload {
    ($callback:ident) => {
        $callback! {
            gemm::GEMM, mlp::TRAIN, mlp::INFER, convolution::CONVOLUTION, scalar_graph::SCALAR_GRAPH,
            realnvp::TRAIN, realnvp::SAMPLE, u1_flow::TRAIN, u1_flow::SAMPLE, score::TRAIN, score::STEP, attention::ATTENTION,
            heft::DENSE, heft::SECULAR, hmc::PHI4, hmc::PHI4_CHAINS, hmc::U1, hmc::U1_CHAINS,
            ising::METROPOLIS
        }
    };
}

/// A workload.
#[derive(Debug)]
pub struct Workload {
    /// Its name.
    pub id: &'static str,
    /// One line on what a call does.
    pub summary: &'static str,
    /// What the size counts.
    pub size: &'static str,
    /// The sizes that are published; the first is the default.
    pub sizes: &'static [usize],
    /// What is counted per second.
    pub unit: &'static str,
    /// Prepares it for a size and a number of threads.
    pub start: fn(usize, usize) -> Result<Started>,
}

/// A workload, ready to run.
pub struct Started {
    /// What makes the calls.
    pub calls: Box<dyn Calls>,
    /// Floating-point operations of a call: multiplications and additions of products and convolutions.
    pub flops: f64,
    /// Units of work of a call.
    pub units: f64,
    /// Shapes and number type.
    pub shapes: Json,
}

/// What makes the calls of a workload.
pub trait Calls {
    /// Makes `count` calls.
    ///
    /// # Errors  those of the library; they are defects of the workload.
    fn run(&mut self, count: usize) -> Result<()>;

    /// A number from the last call that other programs print too: a loss, a mean.
    fn check(&self) -> f64;
}

macro_rules! registry {
    ($($module:ident::$row:ident),+ $(,)?) => { &[$(&$module::$row),+] };
}

/// Every workload.
pub static ALL: &[&Workload] = for_each_workload!(registry);

impl Workload {
    /// The workload called `id`.
    ///
    /// # Errors  `Error::UnknownName` with the names that look like it.
    pub fn find(id: &str) -> Result<&'static Self> {
        let found = ALL.iter().find(|workload| workload.id == id);
        found
            .copied()
            .ok_or_else(|| Error::unknown("workload", id, ALL.iter().map(|workload| workload.id)))
    }
}
