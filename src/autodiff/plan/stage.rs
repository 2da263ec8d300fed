//! Which pass a node belongs to.

use crate::tensor::op::Role;
use crate::tensor::{Graph, Var};

/// When a node is computed, and when its value can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stage {
    /// The pass: in its shared steps, or in its loop over leaves if `in_loop`.
    pub(super) pass: usize,
    /// Computed leaf by leaf: batched, or a sum over the batch.
    pub(super) in_loop: bool,
}

impl Stage {
    /// The first pass whose shared steps can read the value.
    const fn readable(self, batched: bool) -> usize {
        if self.in_loop && !batched {
            self.pass + 1
        } else {
            self.pass
        }
    }
}

/// The stages of all nodes that `needed` marks.
pub(super) fn stages(g: &Graph, needed: &[bool]) -> Vec<Stage> {
    let mut stages = vec![Stage::default(); g.len()];
    for var in g.vars().filter(|var| needed[var.index()]) {
        let node = g.node(var);
        let pass = node
            .inputs()
            .iter()
            .map(|input| stages[input.index()].readable(g.shape(*input).is_batched()))
            .max()
            .unwrap_or(0);
        let in_loop = node.shape().is_batched() || is_batch_sum(g, var);
        stages[var.index()] = Stage { pass, in_loop };
    }
    stages
}

/// Whether the node reduces batched operands to a shared value.
pub(super) fn is_batch_sum(g: &Graph, var: Var) -> bool {
    let node = g.node(var);
    !node.shape().is_batched()
        && !matches!(node.op().role(), Role::Input(_))
        && node
            .inputs()
            .iter()
            .any(|input| g.shape(*input).is_batched())
}
