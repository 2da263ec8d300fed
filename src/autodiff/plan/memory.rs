//! Where every value lives: liveness, and one arena for each kind of memory.

use std::collections::{HashMap, HashSet};

use super::fuse::{Unit, source};
use super::root;
use super::stage::is_batch_sum;
use crate::tensor::op::Role;
use crate::tensor::{Graph, Var};

/// A kind of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// Values of one leaf, reused as soon as they are not read any more; outputs after the pass.
    Leaf,
    /// Batched values that a later pass reads: one region per leaf.
    Spill,
    /// Sums over the batch of a pass.
    Sums(usize),
    /// Shared values and constants.
    Shared,
    /// A shared input; its offset is where it starts if all shared inputs are fed as one array.
    Input(usize),
    /// The leaf's samples of a batched input.
    Batch(usize),
}

/// Where a value lies. Offset and size count numbers of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) space: Space,
    pub(super) offset: usize,
    pub(super) size: usize,
    pub(super) batched: bool,
}

/// The layout of all memory of a plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The place of every value that is stored (roots of aliases).
    pub(super) places: HashMap<Var, Place>,
    /// Numbers per sample in the arena of a leaf.
    pub(super) leaf: usize,
    /// Numbers per sample that survive a loop.
    pub(super) spill: usize,
    /// Numbers that each pass sums over the batch.
    pub(super) sums: Vec<usize>,
    /// Numbers in the shared arena.
    pub(super) shared: usize,
    /// Sizes of the shared and the batched inputs, in the order of the feed.
    pub(super) inputs: [Vec<(String, usize)>; 2],
    /// Constants: where, and what; `None` is the size of the batch.
    pub(super) constants: Vec<(usize, Option<Vec<f64>>)>,
}

/// Shared values start at multiples of this many numbers.
const ALIGN: usize = 16;

/// Free intervals of an arena that grows when none is long enough.
#[derive(Debug, Default)]
struct Arena {
    free: Vec<(usize, usize)>,
    end: usize,
}

impl Arena {
    fn take(&mut self, size: usize) -> usize {
        let best = (0..self.free.len())
            .filter(|&i| self.free[i].1 >= size)
            .min_by_key(|&i| self.free[i].1);
        match best {
            Some(i) => {
                let (start, length) = self.free[i];
                if length == size {
                    self.free.remove(i);
                } else {
                    self.free[i] = (start + size, length - size);
                }
                start
            }
            None => {
                let start = self.end;
                self.end += size;
                start
            }
        }
    }

    fn give_back(&mut self, start: usize, size: usize) {
        if size == 0 {
            return;
        }
        let at = self.free.partition_point(|&(other, _)| other < start);
        self.free.insert(at, (start, size));
        if at + 1 < self.free.len() && start + size == self.free[at + 1].0 {
            self.free[at].1 += self.free.remove(at + 1).1;
        }
        if at > 0 && self.free[at - 1].0 + self.free[at - 1].1 == start {
            self.free[at - 1].1 += self.free.remove(at).1;
        }
    }
}

/// Lays out what `units`, in this order, compute; `outputs` survive the run.
pub(super) fn layout(graph: &Graph, units: &[Unit], outputs: &[Var], needed: &[bool]) -> Layout {
    let mut layout = Layout::default();
    place_inputs(graph, needed, &mut layout);
    let unit_of = unit_of(graph, units);
    let kept: HashSet<Var> = outputs.iter().map(|&var| root(graph, var)).collect();
    let mut last_read = last_reads(graph, units, &unit_of);
    for &var in &kept {
        let own = unit_of[var.index()].expect("outputs are computed");
        last_read.entry(var).or_insert(own);
    }
    let passes = units
        .iter()
        .map(|unit| unit.stage.pass + 1)
        .max()
        .unwrap_or(0);
    layout.sums = vec![0; passes];
    place_sums(graph, units, outputs, &mut layout);

    let mut shared = Arena {
        free: Vec::new(),
        end: layout.shared,
    };
    let mut leaf = Arena::default();
    let mut leaf_pass = 0;
    let mut ends: Vec<Vec<(Space, usize, usize)>> = vec![Vec::new(); units.len()];
    for (at, unit) in units.iter().enumerate() {
        if unit.stage.in_loop && unit.stage.pass != leaf_pass {
            layout.leaf = layout.leaf.max(leaf.end);
            (leaf, leaf_pass) = (Arena::default(), unit.stage.pass);
        }
        for &var in &unit.members {
            let Some(&last) = last_read.get(&var) else {
                continue;
            };
            let shape = graph.shape(var);
            if layout.places.contains_key(&var) {
                continue;
            }
            let size = shape.size();
            let (space, offset, taken) = if !shape.is_batched() {
                let padded = size.next_multiple_of(ALIGN);
                (Space::Shared, shared.take(padded), padded)
            } else if units[last].stage.pass != unit.stage.pass {
                layout.spill += size;
                (Space::Spill, layout.spill - size, 0)
            } else {
                (Space::Leaf, leaf.take(size), size)
            };
            if !kept.contains(&var) {
                ends[last].push((space, offset, taken));
            }
            let batched = shape.is_batched();
            layout.places.insert(
                var,
                Place {
                    space,
                    offset,
                    size,
                    batched,
                },
            );
        }
        for &(space, offset, size) in &ends[at] {
            match space {
                Space::Leaf => leaf.give_back(offset, size),
                Space::Shared => shared.give_back(offset, size),
                _ => {}
            }
        }
    }
    layout.leaf = layout.leaf.max(leaf.end);
    layout.shared = shared.end;
    layout
}

fn place_inputs(graph: &Graph, needed: &[bool], layout: &mut Layout) {
    for &var in graph.inputs() {
        let shape = graph.shape(var);
        let kind = usize::from(shape.is_batched());
        let index = layout.inputs[kind].len();
        let name = graph.input_name(var).unwrap_or_default().to_owned();
        layout.inputs[kind].push((name, shape.size()));
        let space = if shape.is_batched() {
            Space::Batch(index)
        } else {
            Space::Input(index)
        };
        let (size, batched) = (shape.size(), shape.is_batched());
        // Where a shared input starts if all are fed as one array.
        let before = layout.inputs[kind][..index].iter().map(|(_, size)| size);
        let offset = if batched { 0 } else { before.sum() };
        layout.places.insert(
            var,
            Place {
                space,
                offset,
                size,
                batched,
            },
        );
    }
    for var in graph.vars().filter(|var| needed[var.index()]) {
        let values = match graph.node(var).op().role() {
            Role::Constant(values) => Some(values.to_vec()),
            Role::BatchSize => None,
            _ => continue,
        };
        let (offset, size) = (layout.shared, graph.shape(var).size());
        layout.shared += size.next_multiple_of(ALIGN);
        layout.places.insert(
            var,
            Place {
                space: Space::Shared,
                offset,
                size,
                batched: false,
            },
        );
        layout.constants.push((offset, values));
    }
}

/// Sums over the batch, outputs first and in their order, without gaps: a gradient is one slice.
fn place_sums(graph: &Graph, units: &[Unit], outputs: &[Var], layout: &mut Layout) {
    let pass_of: HashMap<Var, usize> = units
        .iter()
        .flat_map(|unit| unit.members.iter().map(|&var| (var, unit.stage.pass)))
        .collect();
    let all = units.iter().flat_map(|unit| unit.members.iter().copied());
    for var in outputs.iter().map(|&var| root(graph, var)).chain(all) {
        if is_batch_sum(graph, var) && !layout.places.contains_key(&var) {
            let pass = pass_of[&var];
            let (offset, size) = (layout.sums[pass], graph.shape(var).size());
            layout.sums[pass] += size;
            let space = Space::Sums(pass);
            layout.places.insert(
                var,
                Place {
                    space,
                    offset,
                    size,
                    batched: false,
                },
            );
        }
    }
}

/// The unit that computes each node.
pub(super) fn unit_of(graph: &Graph, units: &[Unit]) -> Vec<Option<usize>> {
    let mut unit_of = vec![None; graph.len()];
    for (index, unit) in units.iter().enumerate() {
        for var in &unit.members {
            unit_of[var.index()] = Some(index);
        }
    }
    unit_of
}

/// The last unit that reads each value; values that only their own unit reads are absent.
fn last_reads(graph: &Graph, units: &[Unit], unit_of: &[Option<usize>]) -> HashMap<Var, usize> {
    let mut last = HashMap::new();
    for (index, unit) in units.iter().enumerate() {
        for &var in &unit.members {
            for &input in graph.node(var).inputs() {
                let read = source(graph, unit_of, input);
                if unit_of[read.index()] != Some(index) {
                    last.insert(read, index);
                }
            }
            if !unit.fused {
                last.entry(var).or_insert(index);
            }
        }
    }
    last
}
