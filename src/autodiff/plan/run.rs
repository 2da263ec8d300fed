//! Running the steps.
//!
//! # Design
//!
//! Steps address memory by [`Place`], and every access goes through slices that the borrow checker knows: the
//! arena that a step writes to is split around the output, so a mistake of the layout is a panic
//! and never a wrong number.

use std::ops::Range;
use std::sync::Mutex;

use super::memory::{Place, Space};
use super::program::{Arg, FusedOp, FusedStep, KernelStep, Output, Pass, Program, Step};
use super::workspace::{Aligned, BLOCK, Workspace};
use crate::linalg::ColumnsMut;
use crate::tensor::kernel::strided::{add_assign, max_assign};
use crate::tensor::op::pointwise::MOST_OPERANDS;
use crate::tensor::op::{Combine, MAX_INPUTS, Op};
use crate::tensor::{Extent, Feed, Io, Real};

/// Memory that outlives a leaf.
#[derive(Debug)]
pub(super) struct Memory<T> {
    shared: Aligned<T>,
    /// One region per leaf.
    spill: Aligned<T>,
    /// Sums over the batch: per pass, per group of leaves.
    sums: Vec<Vec<Aligned<T>>>,
    /// Batched outputs, put together from the leaves: `(rows, batch)`.
    gathered: Vec<T>,
}

impl<T: Real> Memory<T> {
    pub(super) fn new(program: &Program<T>) -> Self {
        let layout = &program.layout;
        let mut shared = Aligned::new(layout.shared);
        for (offset, values) in &layout.constants {
            let batch = [program.batch as f64];
            let values = values.as_deref().unwrap_or(&batch);
            for (x, value) in shared.get_mut()[*offset..].iter_mut().zip(values) {
                *x = T::of(*value);
            }
        }
        let sums = layout
            .sums
            .iter()
            .map(|&size| (0..program.groups).map(|_| Aligned::new(size)).collect());
        let rows = program.outputs.last().map_or(0, |last| last.rows().end);
        Self {
            shared,
            spill: Aligned::new(layout.spill * program.leaf * program.leaves),
            sums: sums.collect(),
            gathered: vec![T::ZERO; rows * program.batch],
        }
    }

    /// Outputs `range` as one slice, if they lie one after the other.
    pub(super) fn joined(&self, program: &Program<T>, range: Range<usize>) -> Option<&[T]> {
        let outputs = program.outputs.get(range)?;
        let (first, last) = (outputs.first()?.place, outputs.last()?.place);
        let follow = |pair: &[Output]| {
            let [before, after] = [pair[0].place, pair[1].place];
            before.space == after.space && before.offset + before.size == after.offset
        };
        match first.space {
            Space::Sums(pass) if outputs.windows(2).all(follow) => {
                Some(&self.sums[pass][0].get()[first.offset..last.offset + last.size])
            }
            _ => None,
        }
    }

    pub(super) fn output(&self, program: &Program<T>, i: usize) -> &[T] {
        let output = program.outputs[i];
        let (place, rows) = (output.place, output.rows());
        let range = place.offset..place.offset + place.size;
        match place.space {
            _ if place.batched => {
                &self.gathered[rows.start * program.batch..rows.end * program.batch]
            }
            Space::Sums(pass) => &self.sums[pass][0].get()[range],
            _ => &self.shared.get()[range],
        }
    }
}

/// Runs all passes.
pub(super) fn run<T: Real>(
    program: &Program<T>,
    memory: &mut Memory<T>,
    workspaces: &[Mutex<Workspace<T>>],
    feed: &Feed<'_, T>,
    held: usize,
    in_pool: bool,
) {
    let inputs = Inputs {
        parameters: feed.parameters,
        shared: feed.shared,
        held,
    };
    for (index, pass) in program.passes.iter().enumerate() {
        shared_steps(program, pass, memory, workspaces, inputs);
        if pass.leaf.is_empty() {
            continue;
        }
        let (before, rest) = memory.sums.split_at_mut(index);
        let context = Context {
            program,
            pass,
            feed,
            inputs,
            workspaces,
            shared: memory.shared.get(),
            sums: before,
            in_pool,
        };
        let rows = memory.gathered.len() / program.batch.max(1);
        let gathered = ColumnsMut::new(&mut memory.gathered, rows, program.batch);
        groups(&context, 0, &mut rest[0], memory.spill.get_mut(), gathered);
        join_sums(pass, &mut rest[0]);
    }
}

/// The shared inputs: the first `held` in one array, the others apart.
#[derive(Clone, Copy)]
struct Inputs<'a, T> {
    parameters: &'a [T],
    shared: &'a [&'a [T]],
    held: usize,
}

/// What all leaves of a pass read.
struct Context<'a, T> {
    program: &'a Program<T>,
    pass: &'a Pass,
    feed: &'a Feed<'a, T>,
    inputs: Inputs<'a, T>,
    workspaces: &'a [Mutex<Workspace<T>>],
    shared: &'a [T],
    sums: &'a [Vec<Aligned<T>>],
    in_pool: bool,
}

/// Runs groups `first ..`, one for each of `sums`; `spill` and `outputs` start with their first leaf.
fn groups<T: Real>(
    context: &Context<'_, T>,
    first: usize,
    sums: &mut [Aligned<T>],
    spill: &mut [T],
    outputs: ColumnsMut<'_, T>,
) {
    let program = context.program;
    if let [sums] = sums {
        let index = if context.in_pool {
            rayon::current_thread_index().unwrap_or(0)
        } else {
            0
        };
        let mut workspace = context.workspaces[index]
            .lock()
            .expect("no thread panicked");
        return group(
            context,
            first,
            &mut workspace,
            sums.get_mut(),
            spill,
            outputs,
        );
    }
    let half = sums.len() / 2;
    let start = program.leaves_of(first).start;
    let middle = program.leaves_of(first + half).start;
    let (low, high) = sums.split_at_mut(half);
    let region = program.layout.spill * program.leaf;
    let (spill_low, spill_high) = spill.split_at_mut((middle - start) * region);
    let samples = program.first_of(middle) - program.first_of(start);
    let (outputs_low, outputs_high) = outputs.split_at(samples);
    let lower = || groups(context, first, low, spill_low, outputs_low);
    let higher = || groups(context, first + half, high, spill_high, outputs_high);
    if context.in_pool {
        rayon::join(lower, higher);
    } else {
        lower();
        higher();
    }
}

fn group<T: Real>(
    context: &Context<'_, T>,
    group: usize,
    workspace: &mut Workspace<T>,
    sums: &mut [T],
    spill: &mut [T],
    mut outputs: ColumnsMut<'_, T>,
) {
    let program = context.program;
    let region = program.layout.spill * program.leaf;
    let leaves = program.leaves_of(group);
    if leaves.is_empty() {
        for (place, combine) in &context.pass.sums {
            let neutral = match combine {
                Combine::Sum => T::ZERO,
                Combine::Max => T::of(f64::NEG_INFINITY),
            };
            sums[place.offset..place.offset + place.size].fill(neutral);
        }
    }
    for (at, leaf) in leaves.enumerate() {
        let lanes = program.lanes_of(leaf);
        let spill = &mut spill[at * region..(at + 1) * region];
        for (input, staging) in context.feed.batched.iter().zip(&mut workspace.batch) {
            let size = staging.get().len() / program.leaf;
            let out = &mut staging.get_mut()[..size * lanes];
            input.load(program.batch, leaf * program.leaf, lanes, out);
        }
        let mut frame = Frame {
            lanes,
            full: program.leaf,
            accumulate: at > 0,
            inputs: context.inputs,
            batch: &workspace.batch,
            shared: Shared::Read(context.shared),
            earlier: context.sums,
            leaf: workspace.leaf.get_mut(),
            spill,
            sums: &mut *sums,
            scratch: workspace.scratch.get_mut(),
            slots: workspace.slots.get_mut(),
        };
        for step in &context.pass.leaf {
            frame.step(step);
        }
        let (own, others) = outputs.split_at(lanes);
        frame.put_out(&context.pass.outputs, own);
        outputs = others;
    }
}

/// Runs the shared steps of a pass.
fn shared_steps<T: Real>(
    program: &Program<T>,
    pass: &Pass,
    memory: &mut Memory<T>,
    workspaces: &[Mutex<Workspace<T>>],
    inputs: Inputs<'_, T>,
) {
    if pass.shared.is_empty() {
        return;
    }
    let mut workspace = workspaces[0].lock().expect("no thread panicked");
    let workspace = &mut *workspace;
    let mut frame = Frame {
        lanes: 1,
        full: program.leaf,
        accumulate: false,
        inputs,
        batch: &[],
        shared: Shared::Write(memory.shared.get_mut()),
        earlier: &memory.sums,
        leaf: &mut [],
        spill: &mut [],
        sums: &mut [],
        scratch: workspace.scratch.get_mut(),
        slots: workspace.slots.get_mut(),
    };
    for step in &pass.shared {
        frame.step(step);
    }
}

/// Joins the groups' partial results, in their order, in the first group's memory.
fn join_sums<T: Real>(pass: &Pass, sums: &mut [Aligned<T>]) {
    let (first, others) = sums.split_first_mut().expect("at least one group");
    for other in others {
        for (place, combine) in &pass.sums {
            let range = place.offset..place.offset + place.size;
            let (x, y) = (&other.get()[range.clone()], &mut first.get_mut()[range]);
            match combine {
                Combine::Sum => add_assign(x, y),
                Combine::Max => max_assign(x, y),
            }
        }
    }
}

/// The shared arena: written by shared steps, read by leaves.
enum Shared<'a, T> {
    Read(&'a [T]),
    Write(&'a mut [T]),
}

/// What the steps of one leaf, or the shared steps of a pass, see.
struct Frame<'a, T> {
    lanes: usize,
    /// Samples of a full leaf, which offsets are counted in.
    full: usize,
    accumulate: bool,
    inputs: Inputs<'a, T>,
    batch: &'a [Aligned<T>],
    shared: Shared<'a, T>,
    earlier: &'a [Vec<Aligned<T>>],
    leaf: &'a mut [T],
    spill: &'a mut [T],
    sums: &'a mut [T],
    scratch: &'a mut [T],
    slots: &'a mut [T],
}

/// A slice without the part that is being written.
#[derive(Clone, Copy)]
struct Hole<'a, T> {
    low: &'a [T],
    high: &'a [T],
    high_start: usize,
}

impl<'a, T> Hole<'a, T> {
    const fn whole(all: &'a [T]) -> Self {
        Self {
            low: all,
            high: &[],
            high_start: all.len(),
        }
    }

    /// The slice without `range`, and `range`.
    fn around(all: &'a mut [T], start: usize, length: usize) -> (Self, &'a mut [T]) {
        let (low, rest) = all.split_at_mut(start);
        let (out, high) = rest.split_at_mut(length);
        (
            Self {
                low,
                high,
                high_start: start + length,
            },
            out,
        )
    }

    fn get(&self, start: usize, length: usize) -> &'a [T] {
        match start.checked_sub(self.high_start) {
            Some(start) if length > 0 => &self.high[start..start + length],
            _ => &self.low[start.min(self.low.len())..][..length],
        }
    }
}

/// All memory that a step may read.
struct Readable<'a, T> {
    lanes: usize,
    full: usize,
    inputs: Inputs<'a, T>,
    batch: &'a [Aligned<T>],
    shared: Hole<'a, T>,
    earlier: &'a [Vec<Aligned<T>>],
    leaf: Hole<'a, T>,
    spill: Hole<'a, T>,
}

/// Start and length of a place in its memory.
fn span(place: Place, lanes: usize, full: usize) -> (usize, usize) {
    match place.space {
        Space::Leaf | Space::Spill | Space::Batch(_) => (place.offset * full, place.size * lanes),
        _ => (place.offset, place.size),
    }
}

impl<'a, T: Real> Readable<'a, T> {
    #[inline]
    fn get(&self, place: Place) -> &'a [T] {
        let (start, length) = span(place, self.lanes, self.full);
        match place.space {
            Space::Leaf => self.leaf.get(start, length),
            Space::Spill => self.spill.get(start, length),
            Space::Shared => self.shared.get(start, length),
            Space::Sums(pass) => &self.earlier[pass][0].get()[start..start + length],
            Space::Input(index) => match index.checked_sub(self.inputs.held) {
                Some(index) => self.inputs.shared[index],
                None => &self.inputs.parameters[start..start + length],
            },
            Space::Batch(index) => &self.batch[index].get()[..length],
        }
    }
}

impl<T: Real> Frame<'_, T> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Kernel(step) => self.kernel(step),
            Step::Fused(step) => self.fused(step),
        }
    }

    /// Copies the leaf's samples of batched outputs to where they are read after the run.
    fn put_out(&self, outputs: &[Output], mut columns: ColumnsMut<'_, T>) {
        for output in outputs {
            let (start, length) = span(output.place, self.lanes, self.full);
            let memory = match output.place.space {
                Space::Spill => &*self.spill,
                _ => &*self.leaf,
            };
            let values = memory[start..start + length].chunks_exact(self.lanes);
            for (row, values) in output.rows().zip(values) {
                columns.row_mut(row).copy_from_slice(values);
            }
        }
    }

    /// Everything that can be read while the value at `output` is written.
    fn open(&mut self, output: Place) -> (Readable<'_, T>, &mut [T], Work<'_, T>) {
        let (start, length) = span(output, self.lanes, self.full);
        let space = output.space;
        let cut = |memory, here| match here {
            true => {
                let (hole, out) = Hole::around(memory, start, length);
                (hole, Some(out))
            }
            false => (Hole::whole(&*memory), None),
        };
        let (leaf, in_leaf) = cut(&mut *self.leaf, space == Space::Leaf);
        let (spill, in_spill) = cut(&mut *self.spill, space == Space::Spill);
        let (shared, in_shared) = match &mut self.shared {
            Shared::Read(memory) => (Hole::whole(memory), None),
            Shared::Write(memory) => cut(&mut **memory, space == Space::Shared),
        };
        let in_sums =
            matches!(space, Space::Sums(_)).then(|| &mut self.sums[start..start + length]);
        let out = in_leaf.or(in_spill).or(in_shared).or(in_sums);
        let readable = Readable {
            lanes: self.lanes,
            full: self.full,
            inputs: self.inputs,
            batch: self.batch,
            shared,
            earlier: self.earlier,
            leaf,
            spill,
        };
        (
            readable,
            out.expect("a step writes to an arena of its own phase"),
            Work {
                scratch: &mut *self.scratch,
                slots: &mut *self.slots,
            },
        )
    }

    fn kernel(&mut self, step: &KernelStep) {
        let lanes = self.lanes;
        let accumulate = self.accumulate && matches!(step.output.place.space, Space::Sums(_));
        let (readable, output, work) = self.open(step.output.place);
        let empty = Extent {
            dims: &[],
            lanes: 1,
        };
        let mut inputs: [&[T]; MAX_INPUTS] = [&[]; MAX_INPUTS];
        let mut extents = [empty; MAX_INPUTS];
        for (i, operand) in step.inputs.iter().enumerate() {
            inputs[i] = readable.get(operand.place);
            extents[i] = operand.extent(lanes);
        }
        let count = step.inputs.len();
        let io = Io {
            inputs: &inputs[..count],
            extents: &extents[..count],
            output,
            output_extent: step.output.extent(lanes),
            accumulate,
            scratch: work.scratch,
        };
        T::run_op(&*step.op, io);
    }

    fn fused(&mut self, step: &FusedStep) {
        let total = step.size * if step.batched { self.lanes } else { 1 };
        for start in (0..total).step_by(BLOCK) {
            let length = BLOCK.min(total - start);
            for run in step
                .ops
                .chunk_by(|op, next| !op.is_stored() && !next.is_stored())
            {
                match run {
                    [op] if op.is_stored() => self.stored_block(op, start, length),
                    _ => {
                        let (readable, slots) = self.open_slots();
                        for op in run {
                            block_in_slots(&readable, slots, op, start, length);
                        }
                    }
                }
            }
        }
    }

    /// Runs one step of a fused loop, whose result goes to memory, on entries `start..` of its values.
    fn stored_block(&mut self, op: &FusedOp, start: usize, length: usize) {
        match op {
            FusedOp::Apply {
                op,
                args,
                out: Arg::Memory(place),
            } => {
                let (readable, out, work) = self.open(*place);
                let out = &mut out[start..start + length];
                apply(&readable, Hole::whole(work.slots), &**op, args, start, out);
            }
            FusedOp::Store { slot, place } => {
                let (_, out, work) = self.open(*place);
                out[start..start + length].copy_from_slice(&work.slots[slot * BLOCK..][..length]);
            }
            _ => unreachable!("the caller tells them apart"),
        }
    }

    /// All memory to read from, and the slots to write to.
    fn open_slots(&mut self) -> (Readable<'_, T>, &mut [T]) {
        let readable = Readable {
            lanes: self.lanes,
            full: self.full,
            inputs: self.inputs,
            batch: self.batch,
            shared: Hole::whole(match &self.shared {
                Shared::Read(memory) => memory,
                Shared::Write(memory) => memory,
            }),
            earlier: self.earlier,
            leaf: Hole::whole(self.leaf),
            spill: Hole::whole(self.spill),
        };
        (readable, &mut *self.slots)
    }
}

/// What a step may scribble on.
struct Work<'a, T> {
    scratch: &'a mut [T],
    slots: &'a mut [T],
}

/// Applies an operation to entries `start..` of its operands.
fn apply<T: Real>(
    readable: &Readable<'_, T>,
    slots: Hole<'_, T>,
    op: &dyn Op,
    args: &[Arg],
    start: usize,
    out: &mut [T],
) {
    let mut x: [&[T]; MOST_OPERANDS] = [&[]; MOST_OPERANDS];
    for (x, arg) in x.iter_mut().zip(args) {
        *x = read(readable, slots, *arg, start, out.len());
    }
    T::run_op(op, Io::elementwise(&x[..args.len()], out));
}

/// Runs one step of a fused loop whose results go to slots.
fn block_in_slots<T: Real>(
    readable: &Readable<'_, T>,
    slots: &mut [T],
    op: &FusedOp,
    start: usize,
    length: usize,
) {
    match op {
        FusedOp::Load { place, axes, slot } => {
            let axes = &axes[usize::from(readable.lanes != readable.full)];
            let out = &mut slots[slot * BLOCK..slot * BLOCK + length];
            axes.expand(readable.get(*place), start, out);
        }
        FusedOp::Apply { op, args, out } => {
            let Arg::Slot(slot) = *out else {
                unreachable!("the caller writes to memory itself")
            };
            let (slots, out) = Hole::around(slots, slot * BLOCK, length);
            apply(readable, slots, &**op, args, start, out);
        }
        FusedOp::SoftplusSigmoid {
            arg,
            softplus,
            sigmoid,
        } => {
            let (first, second) = (softplus.min(sigmoid), softplus.max(sigmoid));
            let (low, rest) = slots.split_at_mut(second * BLOCK);
            let (high_out, high) = rest.split_at_mut(BLOCK);
            let (low, low_out, middle) = three(low, first * BLOCK);
            let x = match *arg {
                Arg::Memory(place) => &readable.get(place)[start..start + length],
                Arg::Slot(slot) if slot < *first => &low[slot * BLOCK..][..length],
                Arg::Slot(slot) if slot < *second => {
                    &middle[(slot - first - 1) * BLOCK..][..length]
                }
                Arg::Slot(slot) => &high[(slot - second - 1) * BLOCK..][..length],
            };
            let (low_out, high_out) = (&mut low_out[..length], &mut high_out[..length]);
            let (plus, sig) = if softplus < sigmoid {
                (low_out, high_out)
            } else {
                (high_out, low_out)
            };
            T::softplus_sigmoid(x, plus, sig);
        }
        FusedOp::Store { .. } => unreachable!("the caller writes to memory itself"),
    }
}

/// `(before, block at start, after)`.
fn three<T>(slots: &mut [T], start: usize) -> (&[T], &mut [T], &[T]) {
    let (low, rest) = slots.split_at_mut(start);
    let (block, high) = rest.split_at_mut(BLOCK);
    (low, block, high)
}

fn read<'a, T: Real>(
    readable: &Readable<'a, T>,
    slots: Hole<'a, T>,
    arg: Arg,
    start: usize,
    length: usize,
) -> &'a [T] {
    match arg {
        Arg::Slot(slot) => slots.get(slot * BLOCK, length),
        Arg::Memory(place) => &readable.get(place)[start..start + length],
    }
}
