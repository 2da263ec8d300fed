//! Plans: a graph turned into steps for one number type and one batch size.
//!
//! # Design
//!
//! The batch is cut into *leaves* of a fixed number of samples, chosen from the graph and the batch size
//! alone so that what a leaf touches stays in the second-level cache ([`LEAF_BYTES`]). All batched steps run leaf by leaf
//! in one small arena; sums over the batch are added leaf after leaf within a fixed number of
//! *groups* of leaves ([`GROUPS`]), whose results are added in order. Threads take groups, so that how many there
//! are changes nothing in the result, to the bit.
//!
//! A value that depends on a sum over the batch belongs to a later *pass* ([`stage`]): a pass is some shared
//! steps, then a loop over leaves. Elementwise operations of equal extent are fused ([`fuse`]) and run block by
//! block; arenas are laid out by liveness ([`memory`]).

mod fuse;
mod memory;
mod program;
mod run;
mod stage;
mod workspace;

use crate::error::{Error, Result};
use crate::tensor::op::Role;
use crate::tensor::{Feed, Graph, Real, Var};
use program::Program;
use workspace::Workspace;

use std::sync::{Arc, Mutex};

/// Bytes that the steps of a leaf may touch: part of a second-level cache of 1 MiB.
const LEAF_BYTES: usize = 640 << 10;
/// Longest leaf: enough for every kernel to run at its best.
const LONGEST_LEAF: usize = 512;
/// Leaves are multiples of this many samples, so that rows of a leaf start aligned.
const LEAF_STEP: usize = 16;
/// Partial sums over the batch, at most.
const GROUPS: usize = 8;

/// What a plan may be told; nothing here changes a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// Threads that share the leaves; 1 runs on the calling thread.
    pub threads: usize,
    /// Whether elementwise operations are fused; `false` only to test that it changes nothing.
    pub fuse: bool,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            threads: 1,
            fuse: true,
        }
    }
}

/// The steps that compute some nodes of a graph for a batch of fixed size.
///
/// A run allocates nothing, except for what a thread pool needs to wake its threads.
#[derive(Debug)]
pub struct Plan<T> {
    program: Program<T>,
    memory: run::Memory<T>,
    workspaces: Vec<Mutex<Workspace<T>>>,
    pool: Option<Arc<rayon::ThreadPool>>,
}

impl<T: Real> Plan<T> {
    /// Plans `outputs` for a batch of `batch` samples, on one thread.
    ///
    /// # Errors  as [`Plan::with_options`].
    pub fn new(graph: &Graph, outputs: &[Var], batch: usize) -> Result<Self> {
        Self::with_options(graph, outputs, batch, PlanOptions::default())
    }

    /// Plans `outputs` for a batch of `batch` samples.
    ///
    /// # Errors  `Error::Argument` for no threads, `Error::Unsupported` if they cannot be started.
    /// # Panics  if an output belongs to another graph.
    pub fn with_options(
        graph: &Graph,
        outputs: &[Var],
        batch: usize,
        options: PlanOptions,
    ) -> Result<Self> {
        if options.threads == 0 {
            return Err(Error::argument("threads", "0", "at least 1"));
        }
        let program = Program::new(graph, outputs, batch, options.fuse);
        let threads = options.threads;
        let pool =
            (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
        let pool = pool.transpose().map_err(|error| Error::Unsupported {
            what: format!("{threads} threads ({error})"),
            expected: "fewer threads".to_owned(),
        })?;
        Ok(Self {
            memory: run::Memory::new(&program),
            workspaces: (0..threads)
                .map(|_| Mutex::new(Workspace::new(&program)))
                .collect(),
            program,
            pool: pool.map(Arc::new),
        })
    }

    /// Computes the outputs.
    ///
    /// # Errors  `Error::Argument` naming the input that is missing or has another length.
    pub fn run(&mut self, feed: &Feed<'_, T>) -> Result<()> {
        let held = self.program.check(feed)?;
        let (program, memory, workspaces) = (&self.program, &mut self.memory, &self.workspaces);
        match &self.pool {
            Some(pool) if pool.current_thread_index().is_none() => {
                pool.install(|| run::run(program, memory, workspaces, feed, held, true));
            }
            pool => run::run(program, memory, workspaces, feed, held, pool.is_some()),
        }
        Ok(())
    }

    /// Runs `work` on the plan's own threads, where its runs start without waking anyone: for training loops.
    pub fn install<R: Send>(&mut self, work: impl FnOnce(&mut Self) -> R + Send) -> R {
        match self.pool.clone() {
            Some(pool) => pool.install(|| work(self)),
            None => work(self),
        }
    }

    /// Output `i` of the last run, row-major, samples fastest.
    ///
    /// # Shapes  as the node; `(.., batch)` if it is batched.
    /// # Panics  if there is no such output.
    #[must_use]
    pub fn output(&self, i: usize) -> &[T] {
        self.memory.output(&self.program, i)
    }

    /// Outputs `range` of the last run as one slice, if they lie one after the other: sums over the batch of one
    /// pass do if they were asked for one after the other, such as the gradient of a loss.
    #[must_use]
    pub fn joined(&self, range: std::ops::Range<usize>) -> Option<&[T]> {
        self.memory.joined(&self.program, range)
    }

    /// Copies outputs `first`, `first + 1`, … of the last run to `out`, one after the other, until it is full: a gradient
    /// as one array.
    ///
    /// # Panics  if there are not enough outputs, or the last of them does not end with `out`.
    pub fn collect(&self, first: usize, out: &mut [T]) {
        let (mut rest, mut output) = (out, first);
        while !rest.is_empty() {
            let part = self.output(output);
            let (own, others) = rest.split_at_mut(part.len());
            own.copy_from_slice(part);
            (rest, output) = (others, output + 1);
        }
    }

    /// The number of samples of a run.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.program.batch
    }

    /// Samples of a leaf.
    #[must_use]
    pub const fn leaf(&self) -> usize {
        self.program.leaf
    }

    /// A short account of the steps: for tests and for the curious.
    #[must_use]
    pub fn describe(&self) -> String {
        self.program.describe()
    }
}

/// Follows aliases to the node whose numbers they show.
fn root(graph: &Graph, mut var: Var) -> Var {
    while let Role::Alias = graph.node(var).op().role() {
        var = graph.node(var).inputs()[0];
    }
    var
}
