//! Operations, one file each: shape rule, derivative rules that emit operations, kernel, laws' example.
//!
//! # Design
//!
//! A derivative rule never computes: it appends nodes to the graph, so derivatives of any order are
//! again graphs. An operation on batched values whose result is shared (a sum over the batch) must be
//! additive over samples, or take a maximum ([`Op::combine`]): the planner evaluates it chunk by chunk.
//! Elementwise operations implement [`Pointwise`] and are fused; all others are kernels over whole operands.

use std::fmt::Debug;

use super::graph::{Graph, Var};
use super::io::{Extent, Io};
use super::real::Real;
use super::shape::Shape;
use crate::error::{Error, Result};

mod example;
pub mod pointwise;

pub use example::{Change, Domain, Example, REAL, Sample, random_extent, random_shape};
pub use pointwise::{Pointwise, Slope};

/// Most operands that an operation can have.
pub const MAX_INPUTS: usize = 8;

/// An operation of a graph.
pub trait Op: Debug + Send + Sync + 'static + Kernel<f32> + Kernel<f64> {
    /// The registry's name, used in errors.
    fn name(&self) -> &'static str;

    /// The shape of the result.
    ///
    /// # Errors  `Error::Operands` naming the operation and all shapes.
    fn shape(&self, inputs: &[&Shape]) -> Result<Shape>;

    /// Appends the cotangents of the operands, given that of the result; `None` where it is zero.
    ///
    /// # Errors  those of the operations that it appends.
    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>>;

    /// Appends the tangent of the result, given those of the operands; `None` where it is zero.
    ///
    /// # Errors  those of the operations that it appends.
    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>>;

    /// Equal keys and equal operands make one node; `None` keeps every call apart.
    fn key(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    /// What the planner does with the operation.
    fn role(&self) -> Role<'_> {
        Role::Kernel
    }

    /// How partial results over chunks of the batch are joined.
    fn combine(&self) -> Combine {
        Combine::Sum
    }
}

/// The numbers of an operation.
pub trait Kernel<T: Real> {
    /// Computes the output from the inputs.
    fn run(&self, io: Io<'_, T>);

    /// Length of the scratch space that a run needs.
    fn scratch(&self, _inputs: &[Extent], _output: Extent) -> usize {
        0
    }
}

/// A call of an operation in a graph.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The operands.
    pub inputs: &'a [Var],
    /// The result.
    pub output: Var,
}

/// What the planner does with an operation.
#[derive(Clone, Copy, Debug)]
pub enum Role<'a> {
    /// Fed from outside.
    Input(&'a Input),
    /// Numbers of the graph.
    Constant(&'a [f64]),
    /// The number of samples of the run.
    BatchSize,
    /// The operand's numbers under another shape.
    Alias,
    /// Elementwise.
    Pointwise,
    /// The operand repeated along axes or the batch; absorbed by elementwise operations.
    Broadcast,
    /// A kernel of its own.
    Kernel,
}

/// How partial results of chunks of the batch are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// Their sum.
    Sum,
    /// Their maximum.
    Max,
}

/// The error of an operation whose operands do not fit.
pub(crate) fn misfit<T>(
    op: &'static str,
    inputs: &[&Shape],
    expected: impl Into<String>,
) -> Result<T> {
    Err(Error::Operands {
        op,
        found: inputs.iter().map(ToString::to_string).collect(),
        expected: expected.into(),
    })
}

mod abs;
mod add;
mod atan;
mod batch_size;
mod broadcast;
mod concat;
mod constant;
mod convolution;
mod convolution_weight;
mod copy;
mod cos;
mod cumulative_sum;
mod div;
mod erf;
mod exp;
mod expm1;
mod external;
mod fft;
mod floor;
mod gather;
mod input;
mod inverse;
mod linear;
mod linear_weight;
mod ln;
mod ln_1p;
mod ln_abs_det;
mod log_sum_exp;
mod matmul;
mod max;
mod maximum;
mod minimum;
mod mul;
mod neg;
mod pad;
mod permute;
mod power;
mod relu;
mod reshape;
mod scale_shift;
mod scatter_add;
mod select;
mod sigmoid;
mod sign;
mod sign_det;
mod sin;
mod slice;
mod softplus;
mod solve;
mod sqrt;
mod step;
mod stop_gradient;
mod sub;
mod sum;
mod tan;
mod tanh;

pub use abs::Abs;
pub use add::Add;
pub use atan::Atan;
pub use batch_size::BatchSize;
pub use broadcast::BroadcastTo;
pub use concat::Concat;
pub use constant::Constant;
pub use convolution::{Convolution, Geometry};
pub use convolution_weight::ConvolutionWeight;
pub use copy::Copy;
pub use cos::Cos;
pub use cumulative_sum::CumulativeSum;
pub use div::Div;
pub use erf::Erf;
pub use exp::Exp;
pub use expm1::Expm1;
pub use external::{External, ExternalCall, Potential};
pub use fft::Fft;
pub use floor::Floor;
pub use gather::{Gather, Table};
pub use input::Input;
pub use inverse::Inverse;
pub use linear::Linear;
pub use linear_weight::LinearWeight;
pub use ln::Ln;
pub use ln_1p::Ln1p;
pub use ln_abs_det::LnAbsDet;
pub use log_sum_exp::LogSumExp;
pub use matmul::Matmul;
pub use max::MaxTo;
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use mul::Mul;
pub use neg::Neg;
pub use pad::Pad;
pub use permute::Permute;
pub use power::Power;
pub use relu::Relu;
pub use reshape::Reshape;
pub use scale_shift::ScaleShift;
pub use scatter_add::ScatterAdd;
pub use select::Select;
pub use sigmoid::Sigmoid;
pub use sign::Sign;
pub use sign_det::SignDet;
pub use sin::Sin;
pub use slice::Slice;
pub use softplus::Softplus;
pub use solve::Solve;
pub use sqrt::Sqrt;
pub use step::Step;
pub use stop_gradient::StopGradient;
pub use sub::Sub;
pub use sum::SumTo;
pub use tan::Tan;
pub use tanh::Tanh;

/// Calls a macro with every file of operations and what it defines: `module: Op, Op;`.
#[macro_export]
macro_rules! for_each_op {
    ($callback:ident) => {
        $callback! {
            input: Input;
            constant: Constant;
            batch_size: BatchSize;
            copy: Copy;
            add: Add;
            sub: Sub;
            mul: Mul;
            div: Div;
            neg: Neg;
            scale_shift: ScaleShift;
            exp: Exp;
            expm1: Expm1;
            ln: Ln;
            ln_1p: Ln1p;
            sqrt: Sqrt;
            power: Power;
            abs: Abs;
            sign: Sign;
            step: Step;
            floor: Floor;
            relu: Relu;
            maximum: Maximum;
            minimum: Minimum;
            select: Select;
            tanh: Tanh;
            sigmoid: Sigmoid;
            softplus: Softplus;
            sin: Sin;
            cos: Cos;
            tan: Tan;
            atan: Atan;
            erf: Erf;
            stop_gradient: StopGradient;
            reshape: Reshape;
            broadcast: BroadcastTo;
            sum: SumTo;
            max: MaxTo;
            linear: Linear;
            linear_weight: LinearWeight;
            convolution: Convolution;
            convolution_weight: ConvolutionWeight;
            permute: Permute;
            slice: Slice;
            pad: Pad;
            concat: Concat;
            gather: Gather;
            scatter_add: ScatterAdd;
            cumulative_sum: CumulativeSum;
            log_sum_exp: LogSumExp;
            matmul: Matmul;
            ln_abs_det: LnAbsDet;
            sign_det: SignDet;
            inverse: Inverse;
            solve: Solve;
            fft: Fft;
            external: ExternalCall;
        }
    };
}
