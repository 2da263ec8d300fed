//! Gradient descent with momentum: plain, heavy ball, Nesterov; with weight decay.
//!
//! `g ← g + λθ`, `u ← μu + g`, then `θ ← θ − ηu` (heavy ball) or `θ ← θ − η(g + μu)` (Nesterov).
//! Convention: the rate is not inside the velocity `u`, so that changing the rate does not rescale the
//! past; the decay is the gradient of `λ|θ|²/2` (coupled), which for plain descent is the decoupled one too.
//!
//! Witness: `reference::optimize::descend` (double-double).  Laws: `tests/laws/optimize`.

use serde::{Deserialize, Serialize};

use super::first_order::{
    FirstOrder, OptimizerState, check_fraction, check_not_negative, check_step,
};
use crate::error::Result;
use crate::num::simd::{Float, Isa, Level};
use crate::simd_kernel;

/// What is kept of earlier gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Momentum {
    /// Nothing.
    #[default]
    None,
    /// `u ← μu + g`, `θ ← θ − ηu`, with `μ` in `[0, 1)`.
    HeavyBall(f64),
    /// `u ← μu + g`, `θ ← θ − η(g + μu)`, with `μ` in `[0, 1)`.
    Nesterov(f64),
}

/// The constants of [`Sgd`]; plain descent by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SgdOptions {
    /// What is kept of earlier gradients.
    pub momentum: Momentum,
    /// `λ` of the penalty `λ|θ|²/2`; zero or positive.
    pub weight_decay: f64,
}

/// Gradient descent; see the module's head.
#[derive(Clone, Debug)]
pub struct Sgd<T> {
    options: SgdOptions,
    level: Level,
    steps: u64,
    parameters: usize,
    velocity: Vec<T>,
}

const VELOCITY: &str = "sgd.velocity";

impl<T: Float> Sgd<T> {
    /// An optimiser for `parameters` numbers, at rest.
    ///
    /// # Errors  `Error::Domain` naming the option: a momentum outside `[0, 1)`, a weight decay that is
    /// negative or not finite.
    pub fn new(parameters: usize, options: SgdOptions) -> Result<Self> {
        check_not_negative("weight decay", options.weight_decay)?;
        let length = match options.momentum {
            Momentum::None => 0,
            Momentum::HeavyBall(mu) | Momentum::Nesterov(mu) => {
                check_fraction("momentum", mu)?;
                parameters
            }
        };
        Ok(Self {
            options,
            level: Level::best(),
            steps: 0,
            parameters,
            velocity: vec![T::ZERO; length],
        })
    }

    /// The same with the instructions of `level` instead of the widest ones.
    #[must_use]
    pub const fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }
}

impl<T: Float> FirstOrder<T> for Sgd<T> {
    fn step(&mut self, rate: f64, theta: &mut [T], gradient: &[T]) -> Result<()> {
        check_step(
            "Sgd::step",
            rate,
            [theta.len(), gradient.len()],
            self.parameters,
        )?;
        self.steps += 1;
        let (rate, decay) = (T::of(rate), T::of(self.options.weight_decay));
        let velocity = &mut self.velocity;
        match self.options.momentum {
            Momentum::None => plain_at(self.level, rate, decay, theta, gradient),
            Momentum::HeavyBall(mu) => {
                // θ ← θ − η(0·g + 1·u)
                let mixture = [T::ZERO, T::ONE];
                moving_at(
                    self.level,
                    rate,
                    decay,
                    T::of(mu),
                    mixture,
                    theta,
                    gradient,
                    velocity,
                );
            }
            Momentum::Nesterov(mu) => {
                let mixture = [T::ONE, T::of(mu)];
                moving_at(
                    self.level,
                    rate,
                    decay,
                    T::of(mu),
                    mixture,
                    theta,
                    gradient,
                    velocity,
                );
            }
        }
        Ok(())
    }

    fn state(&self) -> OptimizerState<T> {
        match self.options.momentum {
            Momentum::None => OptimizerState::of(self.steps, &[]),
            _ => OptimizerState::of(self.steps, &[(VELOCITY, &self.velocity)]),
        }
    }

    fn restore(&mut self, state: &OptimizerState<T>) -> Result<()> {
        if self.options.momentum == Momentum::None {
            state.take([], 0, |_, _| true)?;
        } else {
            [self.velocity] = state.take([VELOCITY], self.parameters, |_, x| x.is_finite())?;
        }
        self.steps = state.steps;
        Ok(())
    }
}

#[inline(always)]
fn plain_body<I: Isa, T: Float>(rate: T, decay: T, theta: &mut [T], gradient: &[T]) {
    for (theta, &g) in theta.iter_mut().zip(gradient) {
        let g = I::mul_add(decay, *theta, g);
        *theta = I::mul_add(-rate, g, *theta);
    }
}

#[inline(always)]
fn moving_body<I: Isa, T: Float>(
    rate: T,
    decay: T,
    mu: T,
    mixture: [T; 2],
    theta: &mut [T],
    gradient: &[T],
    velocity: &mut [T],
) {
    for ((theta, &g), velocity) in theta.iter_mut().zip(gradient).zip(velocity) {
        let g = I::mul_add(decay, *theta, g);
        let u = I::mul_add(mu, *velocity, g);
        let step = I::mul_add(mixture[1], u, mixture[0] * g);
        *theta = I::mul_add(-rate, step, *theta);
        *velocity = u;
    }
}

simd_kernel! {
    /// One step without momentum.
    fn plain, plain_at<T: Float>(rate: T, decay: T, theta: &mut [T], gradient: &[T]) = plain_body;
}

simd_kernel! {
    /// One step with momentum.
    fn moving, moving_at<T: Float>(
        rate: T, decay: T, mu: T, mixture: [T; 2], theta: &mut [T], gradient: &[T], velocity: &mut [T],
    ) = moving_body;
}
