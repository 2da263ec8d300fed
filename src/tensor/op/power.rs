//! `x^p` with a fixed exponent.

use super::pointwise::{Pointwise, Slope};
use super::{Call, Domain, Example, Sample};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::real::Real;

/// `x^p`.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    exponent: f64,
}

impl Pointwise for Power {
    const NAME: &'static str = "power";
    const ARITY: usize = 1;

    fn apply<T: Real>(&self, x: &[&[T]], y: &mut [T]) {
        for (y, x) in y.iter_mut().zip(x[0]) {
            *y = T::of(x.to_f64().powf(self.exponent));
        }
    }

    fn slope(&self, g: &mut Graph, call: &Call<'_>, _: usize) -> Result<Slope> {
        let lower = g.power(call.inputs[0], self.exponent - 1.0)?;
        Ok(Slope::Is(g.scale(lower, self.exponent)?))
    }
}

impl Example for Power {
    fn example(r: &mut Rng) -> Result<Sample> {
        let op = Self {
            exponent: r.uniform_in(-2.5, 3.5),
        };
        Sample::pointwise(r, op, &[Domain::Within(0.3, 2.5)])
    }
}

impl Graph {
    /// `x^p`; NaN for a negative `x` unless `p` is an integer.
    ///
    /// # Errors  none; `Result` as all builders.
    pub fn power(&mut self, x: Var, exponent: f64) -> Result<Var> {
        if exponent == 0.0 {
            let shape = self.shape(x).clone();
            return self.filled(&shape, 1.0);
        }
        if exponent == 1.0 {
            return Ok(x);
        }
        if exponent == 2.0 {
            return self.square(x);
        }
        self.push(Power { exponent }, &[x])
    }
}
