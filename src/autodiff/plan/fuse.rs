//! Which elementwise operations share one loop.
//!
//! # Design
//!
//! A node joins the loop of an operand, or of another reader of its operand, if the extents agree and if the
//! joined loops can still be put in an order: no operand from outside may need the loop's own result.

use std::collections::HashMap;

use super::root;
use super::stage::Stage;
use crate::tensor::op::Role;
use crate::tensor::{Graph, Var};

/// One thing to do: nodes that are computed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The nodes, in an order of evaluation. More than one, or a single elementwise one: a fused loop.
    pub(super) members: Vec<Var>,
    /// When.
    pub(super) stage: Stage,
    /// Whether it is a loop of elementwise operations.
    pub(super) fused: bool,
}

/// Most members of a loop: keeps what it holds at a time within the nearest cache.
const MOST_MEMBERS: usize = 64;

/// What agrees for all members of a loop.
type LoopKey = (Stage, bool, usize);

struct Fuser<'a> {
    graph: &'a Graph,
    stages: &'a [Stage],
    units: Vec<Unit>,
    keys: Vec<Option<LoopKey>>,
    /// The unit that computes a node (not for inputs, constants, aliases, and broadcasts that loops absorb).
    unit_of: Vec<Option<usize>>,
    /// Units that must run before this one, directly.
    before: Vec<Vec<usize>>,
    /// Loops that read a node.
    readers: HashMap<Var, Vec<usize>>,
}

/// The units that compute all nodes that `needed` marks, in an order in which they can run.
pub(super) fn units(
    graph: &Graph,
    needed: &[bool],
    outputs: &[Var],
    stages: &[Stage],
    fuse: bool,
) -> Vec<Unit> {
    let stored = must_be_stored(graph, needed, outputs);
    let mut fuser = Fuser {
        graph,
        stages,
        units: Vec::new(),
        keys: Vec::new(),
        unit_of: vec![None; graph.len()],
        before: Vec::new(),
        readers: HashMap::new(),
    };
    for var in graph.vars().filter(|var| needed[var.index()]) {
        match graph.node(var).op().role() {
            Role::Input(_) | Role::Constant(_) | Role::BatchSize | Role::Alias => {}
            Role::Broadcast if !stored[var.index()] => {}
            Role::Broadcast | Role::Pointwise => fuser.place(var, fuse),
            Role::Kernel => fuser.open(var, None),
        }
    }
    fuser.ordered()
}

/// Broadcasts that someone other than an elementwise loop reads.
fn must_be_stored(graph: &Graph, needed: &[bool], outputs: &[Var]) -> Vec<bool> {
    let mut stored = vec![false; graph.len()];
    for &var in outputs {
        stored[root(graph, var).index()] = true;
    }
    for var in graph.vars().filter(|var| needed[var.index()]) {
        let node = graph.node(var);
        let elementwise = matches!(node.op().role(), Role::Pointwise);
        for &input in node.inputs() {
            let aliased = root(graph, input) != input;
            if !elementwise || aliased {
                stored[root(graph, input).index()] = true;
            }
        }
    }
    stored
}

impl Fuser<'_> {
    /// The nodes whose values `var` reads, behind aliases and absorbed broadcasts.
    fn sources(&self, var: Var) -> Vec<Var> {
        let inputs = self.graph.node(var).inputs();
        inputs
            .iter()
            .map(|&input| source(self.graph, &self.unit_of, input))
            .collect()
    }

    /// The units whose values `var` reads through a broadcast: a loop cannot repeat what it is computing.
    fn repeated_sources(&self, var: Var) -> Vec<Option<usize>> {
        let node = self.graph.node(var);
        let repeats = matches!(node.op().role(), Role::Broadcast);
        let inputs = node.inputs().iter();
        inputs
            .filter(|&&input| {
                repeats || source(self.graph, &self.unit_of, input) != root(self.graph, input)
            })
            .map(|&input| self.unit_of[source(self.graph, &self.unit_of, input).index()])
            .collect()
    }

    fn place(&mut self, var: Var, fuse: bool) {
        let shape = self.graph.shape(var);
        let key = (self.stages[var.index()], shape.is_batched(), shape.size());
        let sources = self.sources(var);
        let mut candidates: Vec<usize> = Vec::new();
        if fuse {
            candidates.extend(sources.iter().filter_map(|s| self.unit_of[s.index()]));
            for source in &sources {
                candidates.extend(self.readers.get(source).into_iter().flatten());
            }
            candidates.sort_unstable();
            candidates.dedup();
        }
        let repeated = self.repeated_sources(var);
        let fits = |fuser: &Self, &unit: &usize| {
            fuser.keys[unit] == Some(key)
                && !repeated.contains(&Some(unit))
                && fuser.units[unit].members.len() < MOST_MEMBERS
                && sources.iter().all(|s| {
                    fuser.unit_of[s.index()].is_none_or(|u| u == unit || !fuser.runs_after(u, unit))
                })
        };
        match candidates.iter().rev().find(|unit| fits(self, unit)) {
            Some(&unit) => self.join(var, unit),
            None => self.open(var, Some(key)),
        }
    }

    fn open(&mut self, var: Var, key: Option<LoopKey>) {
        self.units.push(Unit {
            members: Vec::new(),
            stage: self.stages[var.index()],
            fused: key.is_some(),
        });
        self.keys.push(key);
        self.before.push(Vec::new());
        self.join(var, self.units.len() - 1);
    }

    fn join(&mut self, var: Var, unit: usize) {
        for source in self.sources(var) {
            if let Some(earlier) = self.unit_of[source.index()].filter(|&u| u != unit) {
                self.before[unit].push(earlier);
            }
            if self.units[unit].fused {
                self.readers.entry(source).or_default().push(unit);
            }
        }
        self.units[unit].members.push(var);
        self.unit_of[var.index()] = Some(unit);
    }

    /// Whether `later` needs, directly or not, what `earlier` computes.
    fn runs_after(&self, later: usize, earlier: usize) -> bool {
        let mut seen = vec![false; self.units.len()];
        let mut open = vec![later];
        while let Some(unit) = open.pop() {
            if unit == earlier {
                return true;
            }
            if !std::mem::replace(&mut seen[unit], true) {
                open.extend(&self.before[unit]);
            }
        }
        false
    }

    /// The units in an order of evaluation: among those that can run, the one of the earliest node.
    fn ordered(self) -> Vec<Unit> {
        let count = self.units.len();
        let mut waiting = vec![0; count];
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (unit, before) in self.before.iter().enumerate() {
            for &earlier in before {
                waiting[unit] += 1;
                after[earlier].push(unit);
            }
        }
        let first = |unit: usize| self.units[unit].members[0].index();
        let mut ready: std::collections::BTreeSet<(usize, usize)> = (0..count)
            .filter(|&u| waiting[u] == 0)
            .map(|u| (first(u), u))
            .collect();
        let mut ordered = Vec::with_capacity(count);
        while let Some((_, unit)) = ready.pop_first() {
            ordered.push(self.units[unit].clone());
            for &next in &after[unit] {
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    ready.insert((first(next), next));
                }
            }
        }
        assert_eq!(ordered.len(), count, "fusion made a cycle");
        ordered
    }
}

/// The node whose stored value is read where `var` stands: behind aliases, and behind a broadcast that no
/// unit stores.
pub(super) fn source(graph: &Graph, unit_of: &[Option<usize>], var: Var) -> Var {
    let mut var = root(graph, var);
    while matches!(graph.node(var).op().role(), Role::Broadcast) && unit_of[var.index()].is_none() {
        var = root(graph, graph.node(var).inputs()[0]);
    }
    var
}
