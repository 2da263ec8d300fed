//! Functions from outside the graph: a lattice action whose derivative is its force, a table, a foreign code.
//!
//! # Design
//!
//! An [`External`] computes numbers and, like every operation, answers with nodes when it is asked for its
//! derivative. Those may be ordinary operations, and then every order exists; or another external function, such
//! as the force of an action, and then whoever asks for second derivatives gets an error that names it.
//! [`Potential`] is that case ready made: a number per sample, and its gradient.

use std::fmt::Debug;
use std::sync::Arc;

use bytemuck::pod_align_to_mut;

use super::{Call, Change, Example, Kernel, MAX_INPUTS, Op, REAL, Sample, misfit, random_extent};
use crate::error::{Error, Result};
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::{Extent, Io};
use crate::tensor::shape::Shape;

/// A function from outside, of whole operands.
pub trait External: Debug + Send + Sync + 'static {
    /// Its name, used in errors.
    fn name(&self) -> &'static str;

    /// The shape of the result. A shared result of batched operands must be a sum over samples: then
    /// [`External::forward`] adds to the output if [`Io::accumulate`] says so.
    ///
    /// # Errors  `Error::Operands` naming the function and all shapes.
    fn shape(&self, inputs: &[&Shape]) -> Result<Shape>;

    /// Computes the output, of every sample; it should not allocate.
    fn forward(&self, io: Io<'_, f64>);

    /// The same in `f32`; by default the operands are converted there and back.
    fn forward_single(&self, io: Io<'_, f32>) {
        through_double(self, io);
    }

    /// Length of the scratch space that `forward` needs.
    fn scratch(&self, _inputs: &[Extent<'_>], _output: Extent<'_>) -> usize {
        0
    }

    /// Appends the cotangents of the operands.
    ///
    /// # Errors  by default `Error::Unsupported` naming the function.
    fn vjp(&self, _: &mut Graph, _: &Call<'_>, _cotangent: Var) -> Result<Vec<Option<Var>>> {
        Err(no_derivative(self.name()))
    }

    /// Appends the tangent of the result.
    ///
    /// # Errors  by default `Error::Unsupported` naming the function.
    fn jvp(&self, _: &mut Graph, _: &Call<'_>, _tangents: &[Option<Var>]) -> Result<Option<Var>> {
        Err(no_derivative(self.name()))
    }
}

/// A number per sample with its gradient, such as an action with its force.
pub trait Potential: Debug + Send + Sync + 'static {
    /// Its name, used in errors.
    fn name(&self) -> &'static str;

    /// Writes the value of every sample.
    ///
    /// # Shapes  `x: (extent.dims.., extent.lanes)`, `value: (extent.lanes,)`.
    fn value(&self, x: &[f64], extent: Extent<'_>, value: &mut [f64]);

    /// Writes the derivative of the value of every sample (minus the force).
    ///
    /// # Shapes  `x` and `gradient: (extent.dims.., extent.lanes)`.
    fn gradient(&self, x: &[f64], extent: Extent<'_>, gradient: &mut [f64]);

    /// Appends the second derivative at `x` times `direction`.
    ///
    /// # Errors  by default `Error::Unsupported` naming the potential.
    fn curvature(&self, _: &mut Graph, _x: Var, _direction: Var) -> Result<Var> {
        Err(Error::Unsupported {
            what: format!("the second derivative of `{}`", self.name()),
            expected: "first derivatives only, unless the potential gives its curvature as a graph"
                .to_owned(),
        })
    }
}

fn no_derivative(name: &str) -> Error {
    Error::Unsupported {
        what: format!("a derivative of `{name}`"),
        expected: "an external function without a rule for this derivative".to_owned(),
    }
}

/// A call of an external function.
#[derive(Clone, Debug)]
pub struct ExternalCall {
    function: Arc<dyn External>,
}

impl Op for ExternalCall {
    fn name(&self) -> &'static str {
        self.function.name()
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        self.function.shape(inputs)
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        self.function.vjp(g, call, cotangent)
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        self.function.jvp(g, call, tangents)
    }

    /// The node keeps its function alive, so that no other one can have its address.
    fn key(&self) -> Option<String> {
        Some(format!("external {:p}", Arc::as_ptr(&self.function)))
    }
}

impl Kernel<f64> for ExternalCall {
    fn run(&self, io: Io<'_, f64>) {
        self.function.forward(io);
    }

    fn scratch(&self, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
        self.function.scratch(inputs, output)
    }
}

impl Kernel<f32> for ExternalCall {
    fn run(&self, io: Io<'_, f32>) {
        self.function.forward_single(io);
    }

    /// Room for all operands in `f64`, and for the alignment of the first.
    fn scratch(&self, inputs: &[Extent<'_>], output: Extent<'_>) -> usize {
        let operands: usize = inputs.iter().map(Extent::len).sum();
        2 * (operands + output.len() + self.function.scratch(inputs, output)) + 1
    }
}

fn through_double<E: External + ?Sized>(function: &E, io: Io<'_, f32>) {
    let (_, mut free, _) = pod_align_to_mut::<f32, f64>(io.scratch);
    let mut take = |numbers: &[f32]| {
        let (taken, rest) = std::mem::take(&mut free).split_at_mut(numbers.len());
        for (wide, x) in taken.iter_mut().zip(numbers) {
            *wide = f64::from(*x);
        }
        free = rest;
        taken
    };
    let output = take(io.output);
    let mut inputs: [&[f64]; MAX_INPUTS] = [&[]; MAX_INPUTS];
    for (wide, x) in inputs.iter_mut().zip(io.inputs) {
        *wide = take(x);
    }
    function.forward(Io {
        inputs: &inputs[..io.inputs.len()],
        extents: io.extents,
        output,
        output_extent: io.output_extent,
        accumulate: io.accumulate,
        scratch: free,
    });
    for (x, wide) in io.output.iter_mut().zip(output) {
        *x = *wide as f32;
    }
}

/// The value of a potential.
#[derive(Clone, Debug)]
struct Value(Arc<dyn Potential>);

/// Its gradient.
#[derive(Clone, Debug)]
struct Gradient(Arc<dyn Potential>);

impl Value {
    fn gradient(&self, g: &mut Graph, x: Var) -> Result<Var> {
        g.external(Arc::new(Gradient(Arc::clone(&self.0))), &[x])
    }
}

fn one(name: &'static str, inputs: &[&Shape]) -> Result<Shape> {
    match inputs {
        [x] => Ok((*x).clone()),
        _ => misfit(name, inputs, "one operand"),
    }
}

impl External for Value {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        Ok(one(self.name(), inputs)?.with_dims(&[]))
    }

    fn forward(&self, io: Io<'_, f64>) {
        self.0.value(io.inputs[0], io.extents[0], io.output);
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let gradient = self.gradient(g, call.inputs[0])?;
        Ok(vec![Some(g.mul(gradient, cotangent)?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let Some(tangent) = tangents[0] else {
            return Ok(None);
        };
        let gradient = self.gradient(g, call.inputs[0])?;
        let terms = g.mul(gradient, tangent)?;
        g.sum(terms).map(Some)
    }
}

impl External for Gradient {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        one(self.name(), inputs)
    }

    fn forward(&self, io: Io<'_, f64>) {
        self.0.gradient(io.inputs[0], io.extents[0], io.output);
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        Ok(vec![Some(self.0.curvature(
            g,
            call.inputs[0],
            cotangent,
        )?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        tangents[0]
            .map(|tangent| self.0.curvature(g, call.inputs[0], tangent))
            .transpose()
    }
}

impl Graph {
    /// The result of a function from outside.
    ///
    /// # Errors  those of the function's shape rule.
    pub fn external(&mut self, function: Arc<dyn External>, inputs: &[Var]) -> Result<Var> {
        self.push(ExternalCall { function }, inputs)
    }

    /// The value of a potential for every sample; its derivative is the potential's gradient.
    ///
    /// # Shapes  `x: [..]` → `[]`, batched if `x` is.
    /// # Errors  none; `Result` as all builders.
    pub fn potential(&mut self, potential: Arc<dyn Potential>, x: Var) -> Result<Var> {
        self.external(Arc::new(Value(potential)), &[x])
    }
}

/// `Σ a·x³` of each sample, with derivatives as graphs: the example.
#[derive(Debug)]
struct Cubic;

impl Cubic {
    fn slopes(g: &mut Graph, [a, x]: [Var; 2]) -> Result<[Var; 2]> {
        let square = g.square(x)?;
        let cube = g.mul(square, x)?;
        let weighted = g.mul(a, square)?;
        Ok([cube, g.scale(weighted, 3.0)?])
    }
}

impl External for Cubic {
    fn name(&self) -> &'static str {
        "cubic"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [a, x] if !a.is_batched() && a.dims() == x.dims() => Ok(x.with_dims(&[])),
            _ => misfit(self.name(), inputs, "shared weights and as many numbers"),
        }
    }

    fn forward(&self, io: Io<'_, f64>) {
        io.output.fill(0.0);
        let lanes = io.output_extent.lanes.max(1);
        for (a, x) in io.inputs[0].iter().zip(io.inputs[1].chunks_exact(lanes)) {
            for (y, x) in io.output.iter_mut().zip(x) {
                *y += a * x * x * x;
            }
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[a, x] = call.inputs else {
            unreachable!("the shape rule")
        };
        let [to_a, to_x] = Self::slopes(g, [a, x])?;
        let shape = g.shape(a).clone();
        let terms = g.mul(to_a, cotangent)?;
        Ok(vec![
            Some(g.sum_to(terms, &shape)?),
            Some(g.mul(to_x, cotangent)?),
        ])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let mut sum = None;
        let slopes = Self::slopes(g, [call.inputs[0], call.inputs[1]])?;
        for (slope, tangent) in slopes.into_iter().zip(tangents) {
            let Some(tangent) = *tangent else { continue };
            let term = g.mul(slope, tangent)?;
            let term = g.sum(term)?;
            sum = g.sum_of(sum, Some(term))?;
        }
        Ok(sum)
    }
}

impl Example for ExternalCall {
    fn example(r: &mut Rng) -> Result<Sample> {
        let dims = [random_extent(r, 4), random_extent(r, 3)];
        let x = Shape::shared(&dims).with_batched(r.below(3) > 0);
        let function = Arc::new(Cubic);
        let sample = Sample::of(
            Self { function },
            &[(Shape::shared(&dims), REAL), (x, REAL)],
        )?;
        Ok(sample.allows([Change::Batch(1)]))
    }
}
