//! Elementwise operations: what they have in common.
//!
//! All operands have the result's shape (broadcasting is an operation of its own, which the planner fuses
//! away); the planner evaluates chains of them block by block, so that intermediate values stay in the
//! nearest cache.

use std::fmt::Debug;

use super::{Call, Kernel, Op, Role, misfit};
use crate::error::Result;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// Most operands of an elementwise function.
pub const MOST_OPERANDS: usize = 3;

/// An elementwise function of one to three operands.
pub trait Pointwise: Debug + Send + Sync + 'static {
    /// The registry's name.
    const NAME: &'static str;
    /// The number of operands.
    const ARITY: usize;

    /// Evaluates the function; all slices have the length of `y`.
    fn apply<T: Real>(&self, x: &[&[T]], y: &mut [T]);

    /// The partial derivative with respect to operand `i`.
    ///
    /// # Errors  those of the operations that it appends.
    fn slope(&self, g: &mut Graph, call: &Call<'_>, i: usize) -> Result<Slope>;
}

/// A partial derivative of an elementwise function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slope {
    /// Zero everywhere.
    Zero,
    /// One everywhere.
    One,
    /// Minus one everywhere.
    MinusOne,
    /// The value of a node.
    Is(Var),
}

impl Slope {
    /// The slope times `x`; `None` where that is zero.
    fn times(self, g: &mut Graph, x: Var) -> Result<Option<Var>> {
        Ok(match self {
            Self::Zero => None,
            Self::One => Some(x),
            Self::MinusOne => Some(g.neg(x)?),
            Self::Is(slope) => Some(g.mul(slope, x)?),
        })
    }
}

impl<P: Pointwise, T: Real> Kernel<T> for P {
    fn run(&self, io: Io<'_, T>) {
        Pointwise::apply(self, io.inputs, io.output);
    }
}

impl<P: Pointwise> Op for P {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [first, rest @ ..] if inputs.len() == P::ARITY && rest.iter().all(|s| s == first) => {
                Ok((*first).clone())
            }
            _ => misfit(P::NAME, inputs, format!("{} of equal shape", P::ARITY)),
        }
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        (0..P::ARITY)
            .map(|i| self.slope(g, call, i)?.times(g, cotangent))
            .collect()
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let mut sum = None;
        for (i, tangent) in tangents.iter().enumerate() {
            let Some(tangent) = *tangent else { continue };
            let term = self.slope(g, call, i)?.times(g, tangent)?;
            sum = g.sum_of(sum, term)?;
        }
        Ok(sum)
    }

    fn role(&self) -> Role<'_> {
        Role::Pointwise
    }
}

/// Defines an elementwise operation from its name, its value for one element and its slopes.
macro_rules! pointwise {
    (
        $(#[$meta:meta])*
        $op:ident = $name:literal: ($($x:ident in $domain:expr),+) -> $value:expr;
        $(slope $i:literal: |$g:ident, $call:ident| $slope:expr;)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $op;

        #[inline(always)]
        #[allow(non_snake_case, unused_variables)]
        fn body<I: $crate::num::simd::Isa, T: $crate::tensor::Real>($($x: &[T],)+ y: &mut [T]) {
            let n = y.len();
            $(let $x = &$x[..n];)+
            for i in 0..n {
                $(let $x = $x[i];)+
                y[i] = $value;
            }
        }

        $crate::simd_kernel! {
            fn run, run_at<T: $crate::tensor::Real>($($x: &[T],)+ y: &mut [T]) = body;
        }

        impl $crate::tensor::op::Pointwise for $op {
            const NAME: &'static str = $name;
            const ARITY: usize = [$(stringify!($x)),+].len();

            fn apply<T: $crate::tensor::Real>(&self, x: &[&[T]], y: &mut [T]) {
                let &[$($x),+] = x else {
                    unreachable!("the shape rule counts the operands of {}", $name)
                };
                run::<T>($($x,)+ y);
            }

            $crate::tensor::op::pointwise::slopes!($($i: |$g, $call| $slope;)+);
        }

        impl $crate::tensor::op::Example for $op {
            fn example(r: &mut $crate::rng::Rng) -> $crate::Result<$crate::tensor::op::Sample> {
                $crate::tensor::op::Sample::pointwise(r, $op, &[$($domain),+])
            }
        }
    };
}

/// Defines an elementwise operation whose kernel is a vectorised function of slices.
macro_rules! pointwise_function {
    (
        $(#[$meta:meta])*
        $op:ident = $name:literal: $function:ident on $domain:expr;
        slope: |$g:ident, $call:ident| $slope:expr;
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $op;

        impl $crate::tensor::op::Pointwise for $op {
            const NAME: &'static str = $name;
            const ARITY: usize = 1;

            fn apply<T: $crate::tensor::Real>(&self, x: &[&[T]], y: &mut [T]) {
                T::$function(x[0], y);
            }

            $crate::tensor::op::pointwise::slopes!(0: |$g, $call| $slope;);
        }

        impl $crate::tensor::op::Example for $op {
            fn example(r: &mut $crate::rng::Rng) -> $crate::Result<$crate::tensor::op::Sample> {
                $crate::tensor::op::Sample::pointwise(r, $op, &[$domain])
            }
        }
    };
}

macro_rules! slopes {
    ($($i:literal: |$g:ident, $call:ident| $slope:expr;)+) => {
        #[allow(unused_variables)]
        fn slope(
            &self,
            graph: &mut $crate::tensor::Graph,
            call: &$crate::tensor::op::Call<'_>,
            i: usize,
        ) -> $crate::Result<$crate::tensor::op::Slope> {
            #[allow(unused_imports)]
            use $crate::tensor::op::Slope::{Is, MinusOne, One, Zero};
            match i {
                $($i => {
                    let ($g, $call) = (&mut *graph, call);
                    Ok($slope)
                })+
                _ => unreachable!("the shape rule counts the operands"),
            }
        }
    };
}

pub(crate) use {pointwise, pointwise_function, slopes};
