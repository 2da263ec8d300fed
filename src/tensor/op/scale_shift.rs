//! `scale·x + shift` with fixed numbers.

use super::pointwise::{Pointwise, Slope};
use super::{Call, Example, REAL, Sample};
use crate::error::Result;
use crate::num::simd::Isa;
use crate::rng::Rng;
use crate::simd_kernel;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::real::Real;

/// `scale·x + shift`.
#[derive(Clone, Copy, Debug)]
pub struct ScaleShift {
    scale: f64,
    shift: f64,
}

#[inline(always)]
fn body<I: Isa, T: Real>(scale: T, shift: T, x: &[T], y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = I::mul_add(*x, scale, shift);
    }
}

simd_kernel! {
    fn run, run_at<T: Real>(scale: T, shift: T, x: &[T], y: &mut [T]) = body;
}

impl Pointwise for ScaleShift {
    const NAME: &'static str = "scale_shift";
    const ARITY: usize = 1;

    fn apply<T: Real>(&self, x: &[&[T]], y: &mut [T]) {
        run(T::of(self.scale), T::of(self.shift), x[0], y);
    }

    fn slope(&self, g: &mut Graph, call: &Call<'_>, _: usize) -> Result<Slope> {
        let shape = g.shape(call.output).clone();
        Ok(Slope::Is(g.filled(&shape, self.scale)?))
    }
}

impl Example for ScaleShift {
    fn example(r: &mut Rng) -> Result<Sample> {
        let op = Self {
            scale: r.normal(),
            shift: r.normal(),
        };
        Sample::pointwise(r, op, &[REAL])
    }
}

impl ScaleShift {
    pub(crate) fn emit(g: &mut Graph, x: Var, scale: f64, shift: f64) -> Result<Var> {
        if scale == 1.0 && shift == 0.0 {
            return Ok(x);
        }
        g.push(Self { scale, shift }, &[x])
    }
}

impl Graph {
    /// `scale·x + shift`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn scale_shift(&mut self, x: Var, scale: f64, shift: f64) -> Result<Var> {
        ScaleShift::emit(self, x, scale, shift)
    }

    /// `scale·x`.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn scale(&mut self, x: Var, scale: f64) -> Result<Var> {
        ScaleShift::emit(self, x, scale, 0.0)
    }
}
