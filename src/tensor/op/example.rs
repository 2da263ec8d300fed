//! Random calls of an operation, on which its laws are tested.

use super::pointwise::Pointwise;
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::shape::Shape;

/// An operation that can show itself: the laws of every registry row run on these samples.
pub trait Example {
    /// A random call with random small shapes, empty and size-one extents among them.
    ///
    /// # Errors  those of the operations that it appends; an error is a defect of the example.
    fn example(r: &mut Rng) -> Result<Sample>;
}

/// A graph of one call, and where its inputs may lie.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The graph.
    pub graph: Graph,
    /// Its inputs, and the domain of each.
    pub inputs: Vec<(Var, Domain)>,
    /// The result.
    pub output: Var,
    /// Changes of the operands' shapes that the operation accepts; it refuses all others.
    pub allowed: Vec<Change>,
}

/// A change of the operands' shapes, which most operations must refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This operand is longer by 1000 along this axis.
    Longer(usize, usize),
    /// This operand has one more axis, the slowest, of extent 1003.
    Axis(usize),
    /// This operand is batched instead of shared, or shared instead of batched.
    Batch(usize),
    /// This operand is missing.
    Without(usize),
    /// The first operand, or a number if there is none, is also the last.
    Further,
}

impl Change {
    /// Every change of operands of these shapes.
    #[must_use]
    pub fn all(shapes: &[Shape]) -> Vec<Self> {
        let mut all = vec![Self::Further];
        for (operand, shape) in shapes.iter().enumerate() {
            all.extend([
                Self::Axis(operand),
                Self::Batch(operand),
                Self::Without(operand),
            ]);
            all.extend((0..shape.rank()).map(|axis| Self::Longer(operand, axis)));
        }
        all
    }

    /// The operands' shapes after the change.
    #[must_use]
    pub fn apply(self, shapes: &[Shape]) -> Vec<Shape> {
        let mut changed = shapes.to_vec();
        match self {
            Self::Longer(operand, axis) => {
                let mut dims = shapes[operand].dims().to_vec();
                dims[axis] += 1000;
                changed[operand] = shapes[operand].with_dims(&dims);
            }
            Self::Axis(operand) => {
                let dims = [&[1003], shapes[operand].dims()].concat();
                changed[operand] = shapes[operand].with_dims(&dims);
            }
            Self::Batch(operand) => {
                let batched = shapes[operand].is_batched();
                changed[operand] = shapes[operand].clone().with_batched(!batched);
            }
            Self::Without(operand) => drop(changed.remove(operand)),
            Self::Further => {
                let further = shapes.first().cloned();
                changed.push(further.unwrap_or_else(|| Shape::shared(&[])));
            }
        }
        changed
    }
}

/// Where a random input is drawn so that finite differences make sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// Normal with width 1.5.
    Real,
    /// Uniform in the interval.
    Within(f64, f64),
    /// As `Real`, but at least this far from zero.
    AwayFromZero(f64),
    /// In `(−4, 4)`, at least this far from every integer.
    BetweenIntegers(f64),
    /// As `Real`, and no two entries of all inputs so marked are closer than this: no ties.
    Apart(f64),
    /// Zero or one; derivatives do not move it.
    Bit,
    /// As `Real`; derivatives do not move it.
    Fixed,
}

/// The default domain.
pub const REAL: Domain = Domain::Real;

impl Sample {
    /// A call of an elementwise operation.
    ///
    /// # Errors  those of the operations that it appends.
    pub fn pointwise(r: &mut Rng, op: impl Pointwise, domains: &[Domain]) -> Result<Self> {
        let shape = random_shape(r, 3, 5);
        let sample = Self::of(
            op,
            &domains
                .iter()
                .map(|&d| (shape.clone(), d))
                .collect::<Vec<_>>(),
        )?;
        Ok(match domains {
            [_] => sample.allows_any_shape(),
            _ => sample,
        })
    }

    /// The call of `op` on inputs of these shapes and domains.
    ///
    /// # Errors  those of the operation's shape rule.
    pub fn of(op: impl super::Op, inputs: &[(Shape, Domain)]) -> Result<Self> {
        let mut graph = Graph::new();
        let mut vars = Vec::new();
        for (i, (shape, _)) in inputs.iter().enumerate() {
            vars.push(graph.input(&format!("x{i}"), shape.clone())?);
        }
        let output = graph.push(op, &vars)?;
        let domains = inputs.iter().map(|&(_, domain)| domain);
        Ok(Self {
            graph,
            inputs: vars.into_iter().zip(domains).collect(),
            output,
            allowed: Vec::new(),
        })
    }

    /// Declares changes of the operands' shapes that the operation accepts.
    #[must_use]
    pub fn allows(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.allowed.extend(changes);
        self
    }

    /// Declares that operand `operand` may be longer along some axes.
    #[must_use]
    pub fn allows_longer(self, operand: usize, axes: impl IntoIterator<Item = usize>) -> Self {
        self.allows(axes.into_iter().map(|axis| Change::Longer(operand, axis)))
    }

    /// Declares that the only operand may have any shape.
    #[must_use]
    pub fn allows_any_shape(self) -> Self {
        let rank = self.graph.shape(self.inputs[0].0).rank();
        self.allows([Change::Axis(0), Change::Batch(0)])
            .allows_longer(0, 0..rank)
    }
}

/// Up to `rank` axes of extent 0 to `longest` (mostly not 0), batched or not.
#[must_use]
pub fn random_shape(r: &mut Rng, rank: usize, longest: usize) -> Shape {
    let dims: Vec<usize> = (0..r.below(rank + 1))
        .map(|_| random_extent(r, longest))
        .collect();
    Shape::shared(&dims).with_batched(r.below(2) == 0)
}

/// 1 to `longest`, now and then 0.
#[must_use]
pub fn random_extent(r: &mut Rng, longest: usize) -> usize {
    match r.below(20) {
        0 => 0,
        _ => 1 + r.below(longest),
    }
}
