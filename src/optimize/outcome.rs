//! How a batch method ended.

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// The largest `|∂f/∂θ_i|` that counts as zero.
    pub gradient: f64,
    /// The most iterations of one run.
    pub iterations: usize,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            gradient: 1e-8,
            iterations: 1000,
        }
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The gradient is below the limit: a stationary point. For a fit, the residuals are orthogonal
    /// to all that the model can change.
    GradientSmall,
    /// A fit's full Gauss–Newton step is below the rounding of the parameters.
    StepSmall,
    /// As many iterations as were allowed; run again to continue.
    IterationsSpent,
    /// No acceptable step along steepest descent either: rounding, or a gradient that is not one of the value.
    LineSearchFailed,
    /// The Hessian has no inverse.
    Singular,
    /// A value or a gradient that is not finite, at the start or wherever a step was tried.
    NotFinite,
}

impl Reason {
    /// Whether the run ended because it had arrived.
    #[must_use]
    pub const fn is_convergence(self) -> bool {
        matches!(self, Self::GradientSmall | Self::StepSmall)
    }
}

/// Where a minimisation ended, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The last point.
    pub theta: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The largest `|∂f/∂θ_i|` there.
    pub gradient_norm: f64,
    /// Iterations since the optimiser was made.
    pub iterations: usize,
    /// Calls of the function since the optimiser was made.
    pub evaluations: usize,
    /// Why it ended.
    pub reason: Reason,
}

impl Outcome {
    /// Whether it ended because it had arrived.
    #[must_use]
    pub const fn converged(&self) -> bool {
        self.reason.is_convergence()
    }
}

/// A point with value and gradient.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub theta: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

impl Point {
    /// The point at `theta`, by one call of `objective`.
    pub fn at(theta: Vec<f64>, objective: &mut impl FnMut(&[f64], &mut [f64]) -> f64) -> Self {
        let mut gradient = vec![0.0; theta.len()];
        let value = objective(&theta, &mut gradient);
        Self {
            theta,
            value,
            gradient,
        }
    }

    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|g| g.is_finite())
    }

    /// The largest `|g_i|`; NaN if an entry is.
    pub fn gradient_norm(&self) -> f64 {
        largest(&self.gradient)
    }

    pub fn outcome(&self, iterations: usize, evaluations: usize, reason: Reason) -> Outcome {
        Outcome {
            theta: self.theta.clone(),
            value: self.value,
            gradient_norm: self.gradient_norm(),
            iterations,
            evaluations,
            reason,
        }
    }
}

/// `max |x_i|`; NaN if an entry is, 0 of none.
fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |max, x| {
        if max >= x.abs() || max.is_nan() {
            max
        } else {
            x.abs()
        }
    })
}

/// `Σ a_i b_i`, from left to right.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `x + alpha·d`.
pub(super) fn along(x: &[f64], alpha: f64, d: &[f64]) -> Vec<f64> {
    x.iter().zip(d).map(|(x, d)| x + alpha * d).collect()
}
