//! Newton's method in n dimensions: `θ ← θ − H⁻¹∇f`, as printed or held to descent.
//!
//! The plain step goes to the nearest stationary point of the local quadratic, maxima and saddles
//! included. The minimising one adds a multiple of the identity until the Hessian is positive definite (Cholesky
//! decides), and halves the step until the value falls.

use super::outcome::{Outcome, Point, Reason, Stop, along, dot};
use crate::error::Result;
use crate::linalg::{Cholesky, Lu, Matrix};

/// Which step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewtonStep {
    /// `−H⁻¹∇f`, wherever it leads.
    Plain,
    /// `−α(H + τ)⁻¹∇f` with `τ ≥ 0` and `α ≤ 1` such that it descends.
    Minimising,
}

/// Newton's method from a starting point.
///
/// ```
/// use fieldassay::linalg::Matrix;
/// use fieldassay::optimize::{Newton, NewtonStep, Stop};
/// let mut saddle = |x: &[f64], g: &mut [f64], h: &mut Matrix<f64>| {
///     g.copy_from_slice(&[2.0 * x[0], 4.0 * x[1].powi(3) - 2.0 * x[1]]);
///     *h = Matrix::diagonal(&[2.0, 12.0 * x[1] * x[1] - 2.0]);
///     x[0] * x[0] + x[1].powi(4) - x[1] * x[1]
/// };
/// let from = |step| Newton::new(vec![1.0, 0.1], step);
/// let plain = from(NewtonStep::Plain).run(&mut saddle, &Stop::default())?;
/// assert!(plain.converged() && plain.theta[1].abs() < 1e-6);
/// let minimum = from(NewtonStep::Minimising).run(&mut saddle, &Stop::default())?;
/// assert!(minimum.converged() && (minimum.theta[1] - 0.5_f64.sqrt()).abs() < 1e-8);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Newton {
    step: NewtonStep,
    theta: Vec<f64>,
    iterations: usize,
    evaluations: usize,
}

/// A point and its Hessian.
struct Curved {
    point: Point,
    hessian: Matrix<f64>,
}

impl Newton {
    /// A search from `theta`.
    #[must_use]
    pub const fn new(theta: Vec<f64>, step: NewtonStep) -> Self {
        Self {
            step,
            theta,
            iterations: 0,
            evaluations: 0,
        }
    }

    /// Iterates until `stop`; a second run continues where the first ended.
    ///
    /// `objective` writes gradient and Hessian and returns the value.
    ///
    /// # Errors  `Error::Matrix` for a Hessian that is not finite (where the gradient is) or not
    /// symmetric, `Error::ShapeMismatch` for one of another shape.
    pub fn run<F>(&mut self, objective: &mut F, stop: &Stop) -> Result<Outcome>
    where
        F: FnMut(&[f64], &mut [f64], &mut Matrix<f64>) -> f64,
    {
        let mut here = self.at(self.theta.clone(), objective);
        let end = self.iterations + stop.iterations;
        let reason = loop {
            if !here.point.is_finite() {
                break Reason::NotFinite;
            }
            if here.point.gradient_norm() <= stop.gradient {
                break Reason::GradientSmall;
            }
            if self.iterations == end {
                break Reason::IterationsSpent;
            }
            let next = match self.step {
                NewtonStep::Plain => self.plain(&here, objective)?,
                NewtonStep::Minimising => self.descend(&here, objective)?,
            };
            match next {
                Ok(next) => here = next,
                Err(reason) => break reason,
            }
            self.iterations += 1;
        };
        self.theta.clone_from(&here.point.theta);
        Ok(here
            .point
            .outcome(self.iterations, self.evaluations, reason))
    }

    fn at<F>(&mut self, theta: Vec<f64>, objective: &mut F) -> Curved
    where
        F: FnMut(&[f64], &mut [f64], &mut Matrix<f64>) -> f64,
    {
        self.evaluations += 1;
        let mut hessian = Matrix::zeros(theta.len(), theta.len());
        let point = Point::at(theta, &mut |x: &[f64], g: &mut [f64]| {
            objective(x, g, &mut hessian)
        });
        Curved { point, hessian }
    }

    fn plain<F>(
        &mut self,
        here: &Curved,
        objective: &mut F,
    ) -> Result<std::result::Result<Curved, Reason>>
    where
        F: FnMut(&[f64], &mut [f64], &mut Matrix<f64>) -> f64,
    {
        let lu = Lu::new(&here.hessian)?;
        if lu.is_singular() {
            return Ok(Err(Reason::Singular));
        }
        let step = lu.solve(&column(&here.point.gradient)?)?.into_vec();
        let next = self.at(along(&here.point.theta, -1.0, &step), objective);
        Ok(if next.point.is_finite() {
            Ok(next)
        } else {
            Err(Reason::NotFinite)
        })
    }

    fn descend<F>(
        &mut self,
        here: &Curved,
        objective: &mut F,
    ) -> Result<std::result::Result<Curved, Reason>>
    where
        F: FnMut(&[f64], &mut [f64], &mut Matrix<f64>) -> f64,
    {
        const HALVINGS: i32 = 60;
        const SUFFICIENT: f64 = 1e-4;
        let step = positive(&here.hessian)?
            .solve(&column(&here.point.gradient)?)?
            .into_vec();
        let slope = -dot(&step, &here.point.gradient);
        let noise = 8.0 * f64::EPSILON * here.point.value.abs();
        for halving in 0..HALVINGS {
            let alpha = 0.5_f64.powi(halving);
            let next = self.at(along(&here.point.theta, -alpha, &step), objective);
            let change = next.point.value - here.point.value;
            // Where the values agree to rounding, the gradient says whether it is nearer.
            let nearer =
                change.abs() <= noise && next.point.gradient_norm() < here.point.gradient_norm();
            if next.point.is_finite() && (change <= SUFFICIENT * alpha * slope || nearer) {
                return Ok(Ok(next));
            }
        }
        Ok(Err(Reason::LineSearchFailed))
    }
}

fn column(x: &[f64]) -> Result<Matrix<f64>> {
    Matrix::from_vec(x.len(), 1, x.to_vec())
}

/// The factor of `H + τ` for the first `τ` of 0, 1e-3, 4e-3, … of the largest entry that makes it
/// positive definite.
fn positive(hessian: &Matrix<f64>) -> Result<Cholesky<f64>> {
    hessian.check_finite("Newton::run")?;
    let unit = hessian.max_abs().max(f64::MIN_POSITIVE / f64::EPSILON);
    let mut shift = 0.0;
    loop {
        let mut shifted = hessian.clone();
        for i in 0..shifted.rows() {
            shifted[(i, i)] += shift * unit;
        }
        match Cholesky::new(&shifted) {
            // By Gershgorin's theorem a shift of n entries is enough.
            Err(_) if shift <= 4.0 * hessian.rows() as f64 => shift = (4.0 * shift).max(1e-3),
            decided => return decided,
        }
    }
}
