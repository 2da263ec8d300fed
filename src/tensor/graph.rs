//! The static graph: nodes in single assignment, each an operation on earlier nodes.
//!
//! Nodes are only ever appended, so the order of nodes is an order of evaluation. Equal operations
//! on equal operands are one node: a builder or a vjp rule may ask twice for the same value at no cost.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::kernel::strided::MAX_RANK;
use super::op::{Input, MAX_INPUTS, Op, misfit};
use super::shape::Shape;
use crate::error::{Error, Result};

/// A node of one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Var {
    graph: u32,
    index: u32,
}

impl Var {
    /// The node's place in its graph.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index as usize
    }
}

/// An operation, its operands and the shape of its result.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) op: Arc<dyn Op>,
    pub(crate) inputs: Vec<Var>,
    pub(crate) shape: Shape,
}

impl Node {
    /// The operation.
    #[must_use]
    pub fn op(&self) -> &dyn Op {
        &*self.op
    }

    /// The operands.
    #[must_use]
    pub fn inputs(&self) -> &[Var] {
        &self.inputs
    }

    /// The shape of the result.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }
}

/// A computation: inputs, constants, and operations on them.
///
/// ```
/// use fieldassay::autodiff::{Plan, grad};
/// use fieldassay::tensor::{Feed, Graph, Shape};
/// let mut g = Graph::new();
/// let x = g.input("x", Shape::shared(&[3]))?;
/// let squares = g.mul(x, x)?;
/// let y = g.sum_all(squares)?;
/// let slope = grad(&mut g, y, &[x])?[0];
/// let mut plan = Plan::<f64>::new(&g, &[y, slope], 1)?;
/// plan.run(&Feed::shared(&[&[1.0, 2.0, 3.0]]))?;
/// assert_eq!(plan.output(0), [14.0]);
/// assert_eq!(plan.output(1), [2.0, 4.0, 6.0]);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Graph {
    id: u32,
    nodes: Vec<Node>,
    known: HashMap<(String, Vec<Var>), Var>,
    inputs: Vec<Var>,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// A graph without nodes.
    #[must_use]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Self {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            nodes: Vec::new(),
            known: HashMap::new(),
            inputs: Vec::new(),
        }
    }

    /// An input, fed at every run in the order of these calls (shared ones and batched ones apart).
    ///
    /// # Errors  `Error::Argument` if the graph has an input of that name.
    pub fn input(&mut self, name: &str, shape: Shape) -> Result<Var> {
        if self
            .inputs
            .iter()
            .any(|&v| self.input_name(v) == Some(name))
        {
            return Err(Error::argument(
                "name",
                name,
                "a name that no other input has",
            ));
        }
        let var = self.push(
            Input {
                name: name.to_owned(),
                shape,
            },
            &[],
        )?;
        self.inputs.push(var);
        Ok(var)
    }

    /// The inputs, in the order in which they were declared.
    #[must_use]
    pub fn inputs(&self) -> &[Var] {
        &self.inputs
    }

    /// The name of an input; `None` for another node.
    #[must_use]
    pub fn input_name(&self, var: Var) -> Option<&str> {
        match self.node(var).op().role() {
            super::op::Role::Input(input) => Some(&input.name),
            _ => None,
        }
    }

    /// The result of `op` on `inputs`: a new node, or the one that already computes it.
    ///
    /// # Errors  those of the operation's shape rule, which name the operation and the shapes.
    /// # Panics  if an operand belongs to another graph.
    pub fn push(&mut self, op: impl Op, inputs: &[Var]) -> Result<Var> {
        let shapes: Vec<&Shape> = inputs.iter().map(|&v| self.shape(v)).collect();
        let shape = op.shape(&shapes)?;
        if shape.rank() > MAX_RANK || inputs.len() > MAX_INPUTS {
            let most =
                format!("at most {MAX_INPUTS} operands and a result of at most {MAX_RANK} axes");
            return misfit(op.name(), &shapes, most);
        }
        let key = op.key().map(|key| (key, inputs.to_vec()));
        if let Some(&known) = key.as_ref().and_then(|key| self.known.get(key)) {
            return Ok(known);
        }
        let var = Var {
            graph: self.id,
            index: u32::try_from(self.nodes.len()).expect("fewer than 2³² nodes"),
        };
        self.nodes.push(Node {
            op: Arc::new(op),
            inputs: inputs.to_vec(),
            shape,
        });
        if let Some(key) = key {
            self.known.insert(key, var);
        }
        Ok(var)
    }

    /// The node behind `var`.
    ///
    /// # Panics  if `var` belongs to another graph.
    #[must_use]
    pub fn node(&self, var: Var) -> &Node {
        assert_eq!(var.graph, self.id, "{var:?} belongs to another graph");
        &self.nodes[var.index()]
    }

    /// The shape of `var`.
    ///
    /// # Panics  if `var` belongs to another graph.
    #[must_use]
    pub fn shape(&self, var: Var) -> &Shape {
        &self.node(var).shape
    }

    /// All nodes, in an order of evaluation.
    pub fn vars(&self) -> impl DoubleEndedIterator<Item = Var> + use<> {
        let graph = self.id;
        let count = u32::try_from(self.nodes.len()).expect("fewer than 2³² nodes");
        (0..count).map(move |index| Var { graph, index })
    }

    /// The number of nodes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
