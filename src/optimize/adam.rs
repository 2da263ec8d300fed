//! Adam and AdamW, one fused pass over parameters, gradient and both moments.
//!
//! `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`, `t = 1, 2, …`;
//! `θ ← (1 − ηλ)θ − η m̂/(√v̂ + ε)`, or with ε inside the root, `η m̂/√(v̂ + ε)` ([`Epsilon`]).
//! Convention: the decay `λ` is decoupled (AdamW) and multiplied by the rate; a penalty `λ|θ|²/2` in the
//! loss is another method, for which the caller adds `λθ` to the gradient.
//! Source: D. P. Kingma, J. Ba, arXiv:1412.6980, algorithm 1; I. Loshchilov, F. Hutter, arXiv:1711.05101.
//!
//! # Design
//!
//! Both placements of ε are one kernel, `√(v/(1−β₂ᵗ) + ε₁) + ε₂` with the other ε zero, which changes no
//! bit. In `f32` a gradient below about 1e-22 has a square that is zero, and one above 1e19 one that is infinite (the
//! parameter then stands still), as in every implementation.
//!
//! Witness: `reference::optimize::adam` (double-double).  Laws: `tests/laws/optimize`.

use serde::{Deserialize, Serialize};

use super::first_order::{
    FirstOrder, OptimizerState, check_fraction, check_not_negative, check_positive, check_step,
};
use crate::error::Result;
use crate::num::simd::{Float, Isa, Level};
use crate::simd_kernel;

/// Where ε stands, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Epsilon {
    /// `√v̂ + ε`: algorithm 1 of the paper. A gradient scaled by `c` moves parameters as ε/c would.
    OutsideRoot(f64),
    /// `√(v̂ + ε)`: as printed on some slides. The same number acts like its root outside.
    InsideRoot(f64),
}

/// The constants of [`Adam`]; the defaults are those of the paper, without decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamOptions {
    /// Decay of the mean of gradients, in `[0, 1)`.
    pub beta1: f64,
    /// Decay of the mean of squared gradients, in `[0, 1)`.
    pub beta2: f64,
    /// The regularisation of the quotient; positive.
    pub epsilon: Epsilon,
    /// Decoupled decay `λ` (AdamW); zero for Adam.
    pub weight_decay: f64,
}

impl Default for AdamOptions {
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: Epsilon::OutsideRoot(1e-8),
            weight_decay: 0.0,
        }
    }
}

/// Adam, or AdamW with a decay; see the module's head.
#[derive(Clone, Debug)]
pub struct Adam<T> {
    options: AdamOptions,
    level: Level,
    steps: u64,
    mean: Vec<T>,
    square: Vec<T>,
}

const NAMES: [&str; 2] = ["adam.mean", "adam.square"];

impl<T: Float> Adam<T> {
    /// An optimiser for `parameters` numbers, at step zero.
    ///
    /// # Errors  `Error::Domain` naming the option: a decay rate outside `[0, 1)`, ε not positive, a
    /// weight decay that is negative or not finite.
    pub fn new(parameters: usize, options: AdamOptions) -> Result<Self> {
        check_fraction("beta1", options.beta1)?;
        check_fraction("beta2", options.beta2)?;
        check_not_negative("weight decay", options.weight_decay)?;
        let (Epsilon::OutsideRoot(epsilon) | Epsilon::InsideRoot(epsilon)) = options.epsilon;
        check_positive("epsilon", epsilon)?;
        // In single precision a small number may have become zero.
        check_positive("epsilon", T::of(epsilon).to_f64())?;
        Ok(Self {
            options,
            level: Level::best(),
            steps: 0,
            mean: vec![T::ZERO; parameters],
            square: vec![T::ZERO; parameters],
        })
    }

    /// The same with the instructions of `level` instead of the widest ones.
    #[must_use]
    pub const fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The constants.
    #[must_use]
    pub const fn options(&self) -> AdamOptions {
        self.options
    }

    /// The scalars of step `t ≥ 1` at this rate.
    fn scalars(&self, rate: f64, t: u64) -> Scalars<T> {
        let AdamOptions {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } = self.options;
        let (inside, outside) = match epsilon {
            Epsilon::InsideRoot(epsilon) => (epsilon, 0.0),
            Epsilon::OutsideRoot(epsilon) => (0.0, epsilon),
        };
        Scalars {
            beta1: T::of(beta1),
            rest1: T::of(1.0 - beta1),
            beta2: T::of(beta2),
            rest2: T::of(1.0 - beta2),
            step: T::of(rate / bias(beta1, t)),
            unbias: T::of(bias(beta2, t).recip()),
            inside: T::of(inside),
            outside: T::of(outside),
            keep: T::of(1.0 - rate * weight_decay),
        }
    }
}

/// `1 − βᵗ`, to a few ε although `βᵗ` may be next to one.
fn bias(beta: f64, t: u64) -> f64 {
    -libm::expm1(t as f64 * libm::log1p(beta - 1.0))
}

impl<T: Float> FirstOrder<T> for Adam<T> {
    fn step(&mut self, rate: f64, theta: &mut [T], gradient: &[T]) -> Result<()> {
        let lengths = [theta.len(), gradient.len()];
        check_step("Adam::step", rate, lengths, self.mean.len())?;
        self.steps += 1;
        let scalars = self.scalars(rate, self.steps);
        update_at(
            self.level,
            scalars,
            theta,
            gradient,
            &mut self.mean,
            &mut self.square,
        );
        Ok(())
    }

    fn state(&self) -> OptimizerState<T> {
        OptimizerState::of(
            self.steps,
            &[(NAMES[0], &self.mean), (NAMES[1], &self.square)],
        )
    }

    fn restore(&mut self, state: &OptimizerState<T>) -> Result<()> {
        let sound = |k, x: T| x.is_finite() && (k == 0 || x >= T::ZERO);
        [self.mean, self.square] = state.take(NAMES, self.mean.len(), sound)?;
        self.steps = state.steps;
        Ok(())
    }
}

/// What is the same for every parameter of one step.
#[derive(Clone, Copy, Debug)]
struct Scalars<T> {
    beta1: T,
    rest1: T,
    beta2: T,
    rest2: T,
    step: T,
    unbias: T,
    inside: T,
    outside: T,
    keep: T,
}

#[inline(always)]
fn update_body<I: Isa, T: Float>(
    c: Scalars<T>,
    theta: &mut [T],
    gradient: &[T],
    mean: &mut [T],
    square: &mut [T],
) {
    let moments = mean.iter_mut().zip(square);
    for ((theta, &g), (mean, square)) in theta.iter_mut().zip(gradient).zip(moments) {
        let m = I::mul_add(c.beta1, *mean, c.rest1 * g);
        let v = I::mul_add(c.beta2, *square, c.rest2 * g * g);
        let root = I::mul_add(v, c.unbias, c.inside).sqrt() + c.outside;
        *theta = I::mul_add(c.keep, *theta, -(c.step * m / root));
        *mean = m;
        *square = v;
    }
}

simd_kernel! {
    /// One step on all parameters.
    fn update, update_at<T: Float>(
        c: Scalars<T>, theta: &mut [T], gradient: &[T], mean: &mut [T], square: &mut [T],
    ) = update_body;
}
