//! The steps of a plan.

use std::fmt::Write as _;
use std::sync::Arc;

use super::fuse::{Unit, source, units};
use super::memory::{Layout, Place, Space, layout, unit_of};
use super::stage::stages;
use super::{GROUPS, LEAF_BYTES, LEAF_STEP, LONGEST_LEAF, root};
use crate::autodiff::grad::reaches;
use crate::error::{Error, Result};
use crate::tensor::kernel::strided::Axes;
use crate::tensor::op::{Combine, Copy, Op, Role};
use crate::tensor::{Extent, Feed, Graph, Real, Var};

/// Everything that a run needs to know.
#[derive(Debug)]
pub(super) struct Program<T> {
    pub(super) batch: usize,
    /// Samples of a leaf.
    pub(super) leaf: usize,
    pub(super) leaves: usize,
    pub(super) groups: usize,
    pub(super) passes: Vec<Pass>,
    pub(super) layout: Layout,
    pub(super) outputs: Vec<Output>,
    pub(super) scratch: usize,
    pub(super) slots: usize,
    pub(super) number: std::marker::PhantomData<T>,
}

/// Shared steps, then a loop over leaves.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) shared: Vec<Step>,
    pub(super) leaf: Vec<Step>,
    /// Sums over the batch: where, and how partial results are joined.
    pub(super) sums: Vec<(Place, Combine)>,
    /// Batched outputs.
    pub(super) outputs: Vec<Output>,
}

/// An output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    pub(super) place: Place,
    /// The first row of a batched one in the matrix of all of them, `(rows, batch)`.
    pub(super) row: usize,
}

impl Output {
    /// Its rows, if it is batched.
    pub(super) const fn rows(&self) -> std::ops::Range<usize> {
        let rows = if self.place.batched {
            self.place.size
        } else {
            0
        };
        self.row..self.row + rows
    }
}

/// One unit.
#[derive(Debug)]
pub(super) enum Step {
    Kernel(KernelStep),
    Fused(FusedStep),
}

/// An operand: where it lies, and its extents.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) place: Place,
    pub(super) dims: Vec<usize>,
}

impl Operand {
    /// The operand's extents for a leaf of `lanes` samples.
    pub(super) fn extent(&self, lanes: usize) -> Extent<'_> {
        Extent {
            dims: &self.dims,
            lanes: if self.place.batched { lanes } else { 1 },
        }
    }
}

/// A kernel with its operands.
#[derive(Debug)]
pub(super) struct KernelStep {
    pub(super) op: Arc<dyn Op>,
    pub(super) inputs: Vec<Operand>,
    pub(super) output: Operand,
}

/// Elementwise operations that run block by block.
#[derive(Debug)]
pub(super) struct FusedStep {
    /// Numbers per sample, and whether there is one set per sample.
    pub(super) size: usize,
    pub(super) batched: bool,
    pub(super) ops: Vec<FusedOp>,
}

/// A step on one block; results go to a slot.
#[derive(Debug)]
pub(super) enum FusedOp {
    /// Repeats a value. The axes are those of a full leaf and of the last one.
    Load {
        place: Place,
        axes: Box<[Axes; 2]>,
        slot: usize,
    },
    /// Applies an operation.
    Apply {
        op: Arc<dyn Op>,
        args: Vec<Arg>,
        out: Arg,
    },
    /// `softplus` and `sigmoid` of one operand, from one exponential.
    SoftplusSigmoid {
        arg: Arg,
        softplus: usize,
        sigmoid: usize,
    },
    /// Copies a slot to memory.
    Store { slot: usize, place: Place },
}

impl FusedOp {
    /// Whether the result goes to memory.
    pub(super) const fn is_stored(&self) -> bool {
        match self {
            Self::Apply { out, .. } => matches!(out, Arg::Memory(_)),
            Self::Store { .. } => true,
            Self::Load { .. } | Self::SoftplusSigmoid { .. } => false,
        }
    }
}

/// Where an operand of an elementwise operation lies, or its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    Slot(usize),
    Memory(Place),
}

impl<T: Real> Program<T> {
    pub(super) fn new(graph: &Graph, outputs: &[Var], batch: usize, fuse: bool) -> Self {
        let mut graph = graph.clone();
        let outputs: Vec<Var> = outputs
            .iter()
            .map(|&var| computed(&mut graph, var))
            .collect();
        let graph = &graph;
        let needed = reaches(graph, &outputs);
        let stages = stages(graph, &needed);
        let mut units = units(graph, &needed, &outputs, &stages, fuse);
        units.sort_by_key(|unit| (unit.stage.pass, unit.stage.in_loop));
        let layout = layout(graph, &units, &outputs, &needed);
        let leaf = leaf_length::<T>(&layout, batch);
        let leaves = batch.div_ceil(leaf);
        let tail = batch - leaf * leaves.saturating_sub(1);
        let emit = Emit {
            graph,
            unit_of: unit_of(graph, &units),
            layout: &layout,
            lanes: [leaf, tail],
        };
        let mut passes: Vec<Pass> = Vec::new();
        passes.resize_with(layout.sums.len(), Pass::default);
        for (index, unit) in units.iter().enumerate() {
            let pass = &mut passes[unit.stage.pass];
            let step = emit.step(index, unit);
            if let Step::Kernel(step) = &step
                && let Space::Sums(_) = step.output.place.space
            {
                pass.sums.push((step.output.place, step.op.combine()));
            }
            if unit.stage.in_loop {
                pass.leaf.push(step)
            } else {
                pass.shared.push(step)
            }
        }
        let mut row = 0;
        let place = |&var: &Var| {
            let stored = root(graph, var);
            let output = Output {
                place: layout.places[&stored],
                row,
            };
            row = output.rows().end;
            let unit = emit.unit_of[stored.index()].expect("outputs are computed");
            if output.place.batched {
                passes[units[unit].stage.pass].outputs.push(output);
            }
            output
        };
        let outputs = outputs.iter().map(place).collect();
        let mut program = Self {
            batch,
            leaf,
            leaves,
            groups: leaves.clamp(1, GROUPS),
            scratch: 0,
            slots: 0,
            passes,
            outputs,
            layout,
            number: std::marker::PhantomData,
        };
        program.scratch = program.most(|step, lanes| step.scratch::<T>(lanes));
        program.slots = program.most(|step, _| step.slots());
        program
    }

    fn most(&self, of: impl Fn(&Step, usize) -> usize) -> usize {
        let lanes = self.leaf;
        let steps = self.passes.iter().flat_map(|pass| {
            let shared = pass.shared.iter().map(|step| (step, 1));
            shared.chain(pass.leaf.iter().map(move |step| (step, lanes)))
        });
        steps
            .map(|(step, lanes)| of(step, lanes))
            .max()
            .unwrap_or(0)
    }

    /// Samples in leaf `index`.
    pub(super) fn lanes_of(&self, index: usize) -> usize {
        self.first_of(index + 1) - self.first_of(index)
    }

    /// The sample that leaf `index` starts with; the size of the batch for the end of the last one.
    pub(super) fn first_of(&self, index: usize) -> usize {
        self.batch.min(index * self.leaf)
    }

    /// The leaves of group `index`.
    pub(super) fn leaves_of(&self, group: usize) -> std::ops::Range<usize> {
        group * self.leaves / self.groups..(group + 1) * self.leaves / self.groups
    }

    /// How many shared inputs the feed's parameters hold; they hold whole inputs, the first ones.
    ///
    /// # Errors  `Error::Argument` naming the first input that is missing or has another length.
    pub(super) fn check(&self, feed: &Feed<'_, T>) -> Result<usize> {
        let [shared, batched] = &self.layout.inputs;
        let held = self.parameters_held(feed)?;
        for (kind, inputs, given) in [
            ("shared", &shared[held..], feed.shared.len()),
            ("batched", batched, feed.batched.len()),
        ] {
            if inputs.len() != given {
                let names: Vec<&str> = inputs.iter().map(|(name, _)| name.as_str()).collect();
                let expected = format!("{}: {}", inputs.len(), names.join(", "));
                return Err(Error::argument(
                    format!("{kind} inputs"),
                    given.to_string(),
                    expected,
                ));
            }
        }
        for ((name, size), given) in shared[held..].iter().zip(feed.shared) {
            if given.len() != *size {
                let found = format!("{} numbers", given.len());
                return Err(Error::argument(name, found, format!("{size} numbers")));
            }
        }
        for ((name, size), given) in batched.iter().zip(feed.batched) {
            if !given.fits(*size, self.batch) {
                let expected = format!("{} samples of {size} numbers", self.batch);
                return Err(Error::argument(name, "another number of them", expected));
            }
        }
        Ok(held)
    }

    fn parameters_held(&self, feed: &Feed<'_, T>) -> Result<usize> {
        let mut rest = feed.parameters.len();
        let shared = &self.layout.inputs[0];
        for (held, (name, size)) in shared.iter().enumerate() {
            if rest == 0 {
                return Ok(held);
            }
            rest = rest.checked_sub(*size).ok_or_else(|| {
                Error::argument(name, format!("{rest} numbers"), format!("{size} numbers"))
            })?;
        }
        match rest {
            0 => Ok(shared.len()),
            _ => {
                let all: usize = shared.iter().map(|(_, size)| size).sum();
                let found = format!("{} numbers", feed.parameters.len());
                Err(Error::argument(
                    "parameters",
                    found,
                    format!("{all} numbers"),
                ))
            }
        }
    }

    pub(super) fn describe(&self) -> String {
        let mut text = format!(
            "{} samples in {} leaves of {}, {} groups; per sample {} + {} numbers\n",
            self.batch, self.leaves, self.leaf, self.groups, self.layout.leaf, self.layout.spill
        );
        for (index, pass) in self.passes.iter().enumerate() {
            for (kind, steps) in [("shared", &pass.shared), ("leaf", &pass.leaf)] {
                for step in steps {
                    let _ = writeln!(text, "pass {index} {kind}: {}", step.describe());
                }
            }
        }
        text
    }
}

/// `var`, or a copy of it if it is an input or a constant, which no step computes.
fn computed(graph: &mut Graph, var: Var) -> Var {
    match graph.node(root(graph, var)).op().role() {
        Role::Input(_) | Role::Constant(_) | Role::BatchSize => graph
            .push(Copy, &[var])
            .expect("a copy has the shape of its operand"),
        _ => var,
    }
}

/// Samples per leaf: as many as fit the cache, the leaves about equally long.
fn leaf_length<T>(layout: &Layout, batch: usize) -> usize {
    let inputs: usize = layout.inputs[1].iter().map(|(_, size)| size).sum();
    let bytes = (layout.leaf + layout.spill + inputs) * size_of::<T>();
    let fitting = (LEAF_BYTES / bytes.max(1)).clamp(LEAF_STEP, LONGEST_LEAF);
    let leaves = batch.div_ceil(fitting / LEAF_STEP * LEAF_STEP).max(1);
    batch
        .div_ceil(leaves)
        .next_multiple_of(LEAF_STEP)
        .max(LEAF_STEP)
}

struct Emit<'a> {
    graph: &'a Graph,
    unit_of: Vec<Option<usize>>,
    layout: &'a Layout,
    lanes: [usize; 2],
}

impl Emit<'_> {
    fn step(&self, index: usize, unit: &Unit) -> Step {
        match unit.members.as_slice() {
            &[var] if !unit.fused => Step::Kernel(self.kernel(var)),
            members => Step::Fused(self.fused(index, members)),
        }
    }

    fn operand(&self, var: Var) -> Operand {
        let mut place = self.layout.places[&source(self.graph, &self.unit_of, var)];
        place.batched = self.graph.shape(var).is_batched();
        Operand {
            place,
            dims: self.graph.shape(var).dims().to_vec(),
        }
    }

    fn kernel(&self, var: Var) -> KernelStep {
        let node = self.graph.node(var);
        KernelStep {
            op: Arc::clone(&node.op),
            inputs: node
                .inputs()
                .iter()
                .map(|&input| self.operand(input))
                .collect(),
            output: self.operand(var),
        }
    }

    fn fused(&self, index: usize, members: &[Var]) -> FusedStep {
        let shape = self.graph.shape(members[0]);
        let mut fused = FusedStep {
            size: shape.size(),
            batched: shape.is_batched(),
            ops: Vec::new(),
        };
        let mut slots = Slots::new(self, index, members);
        for (at, &var) in members.iter().enumerate() {
            self.member(var, members, &mut slots, &mut fused);
            slots.release(at);
        }
        fused
    }

    fn member(&self, var: Var, members: &[Var], slots: &mut Slots, fused: &mut FusedStep) {
        if !slots.holds(var) {
            let node = self.graph.node(var);
            if let Role::Broadcast = node.op().role() {
                let slot = slots.take(var);
                fused.ops.push(self.load(var, slot));
            } else {
                let args: Vec<Arg> = node
                    .inputs()
                    .iter()
                    .map(|&input| self.arg(input, slots, fused))
                    .collect();
                match self
                    .partner(var, members)
                    .filter(|&partner| !slots.holds(partner))
                {
                    Some(partner) => {
                        let (own, other) = (slots.take(var), slots.take(partner));
                        let first = node.op().name() == "softplus";
                        let (softplus, sigmoid) = if first { (own, other) } else { (other, own) };
                        fused.ops.push(FusedOp::SoftplusSigmoid {
                            arg: args[0],
                            softplus,
                            sigmoid,
                        });
                    }
                    None => {
                        // A value that is kept goes to its place at once, where later members read it.
                        let out = match self.layout.places.get(&var) {
                            Some(&place) => Arg::Memory(place),
                            None => Arg::Slot(slots.take(var)),
                        };
                        fused.ops.push(FusedOp::Apply {
                            op: Arc::clone(&node.op),
                            args,
                            out,
                        });
                    }
                }
            }
        }
        if let (Some(&place), Some(&slot)) = (self.layout.places.get(&var), slots.of.get(&var)) {
            fused.ops.push(FusedOp::Store { slot, place });
        }
    }

    /// The other one of `softplus` and `sigmoid` of the same operand, if the loop has both.
    fn partner(&self, var: Var, members: &[Var]) -> Option<Var> {
        let node = self.graph.node(var);
        let wanted = match node.op().name() {
            "softplus" => "sigmoid",
            "sigmoid" => "softplus",
            _ => return None,
        };
        members.iter().copied().find(|&other| {
            let other = self.graph.node(other);
            other.op().name() == wanted && other.inputs() == node.inputs()
        })
    }

    fn arg(&self, input: Var, slots: &mut Slots, fused: &mut FusedStep) -> Arg {
        let var = root(self.graph, input);
        if let Some(&slot) = slots.of.get(&var) {
            return Arg::Slot(slot);
        }
        let absorbed = matches!(self.graph.node(var).op().role(), Role::Broadcast)
            && self.unit_of[var.index()].is_none();
        if absorbed {
            let slot = slots.take(var);
            fused.ops.push(self.load(var, slot));
            return Arg::Slot(slot);
        }
        Arg::Memory(self.operand(input).place)
    }

    fn load(&self, broadcast: Var, slot: usize) -> FusedOp {
        let operand = self.operand(self.graph.node(broadcast).inputs()[0]);
        let shape = self.graph.shape(broadcast);
        let axes = self.lanes.map(|lanes| {
            let long = Extent {
                dims: shape.dims(),
                lanes: if shape.is_batched() { lanes } else { 1 },
            };
            Axes::new(operand.extent(lanes), long).expect("the shape rule of broadcast")
        });
        FusedOp::Load {
            place: operand.place,
            axes: Box::new(axes),
            slot,
        }
    }
}

/// Which slot holds which value of a fused loop.
struct Slots {
    of: std::collections::HashMap<Var, usize>,
    free: Vec<usize>,
    count: usize,
    /// Values that are not read after member `at`.
    dying: Vec<Vec<Var>>,
}

impl Slots {
    fn new(emit: &Emit<'_>, index: usize, members: &[Var]) -> Self {
        let mut last = std::collections::HashMap::new();
        for (at, &var) in members.iter().enumerate() {
            last.entry(var).or_insert(at);
            for &input in emit.graph.node(var).inputs() {
                let input = root(emit.graph, input);
                let own = emit.unit_of[input.index()].is_none_or(|unit| unit == index);
                if own {
                    last.insert(input, at);
                }
            }
        }
        let mut dying = vec![Vec::new(); members.len()];
        let mut by_var: Vec<(Var, usize)> = last.into_iter().collect();
        by_var.sort_unstable();
        for (var, at) in by_var {
            dying[at].push(var);
        }
        Self {
            of: std::collections::HashMap::new(),
            free: Vec::new(),
            count: 0,
            dying,
        }
    }

    fn holds(&self, var: Var) -> bool {
        self.of.contains_key(&var)
    }

    fn take(&mut self, var: Var) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        });
        self.of.insert(var, slot);
        slot
    }

    fn release(&mut self, at: usize) {
        for var in std::mem::take(&mut self.dying[at]) {
            if let Some(slot) = self.of.remove(&var) {
                self.free.push(slot);
            }
        }
    }
}

impl Step {
    fn scratch<T: Real>(&self, lanes: usize) -> usize {
        let Self::Kernel(step) = self else { return 0 };
        let extents: Vec<Extent<'_>> = step
            .inputs
            .iter()
            .map(|input| input.extent(lanes))
            .collect();
        T::scratch_of(&*step.op, &extents, step.output.extent(lanes))
    }

    fn slots(&self) -> usize {
        let Self::Fused(step) = self else { return 0 };
        let used = step.ops.iter().map(|op| match op {
            FusedOp::Load { slot, .. } => slot + 1,
            FusedOp::Apply {
                out: Arg::Slot(slot),
                ..
            } => slot + 1,
            FusedOp::Apply { .. } | FusedOp::Store { .. } => 0,
            FusedOp::SoftplusSigmoid {
                softplus, sigmoid, ..
            } => softplus.max(sigmoid) + 1,
        });
        used.max().unwrap_or(0)
    }

    fn describe(&self) -> String {
        match self {
            Self::Kernel(step) => format!("{} {:?}", step.op.name(), step.output.dims),
            Self::Fused(step) => {
                let names = step.ops.iter().map(|op| match op {
                    FusedOp::Load { .. } => "load",
                    FusedOp::Apply { op, .. } => op.name(),
                    FusedOp::SoftplusSigmoid { .. } => "softplus+sigmoid",
                    FusedOp::Store { .. } => "store",
                });
                let names: Vec<&str> = names.collect();
                let stored = step.ops.iter().filter(|op| op.is_stored()).count();
                format!(
                    "fused ({}) × {}, {stored} stored",
                    names.join(" "),
                    step.size
                )
            }
        }
    }
}
