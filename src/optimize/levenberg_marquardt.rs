//! Levenberg–Marquardt: least squares of residuals that are not linear in the parameters.
//!
//! A step minimises `|r + Jp|² + μ|Dp|²` by QR of `J` above `√μ·D`; the normal equations, which square
//! the condition number, are never formed. `D` holds the largest norm that each column of `J` has had, so that
//! the units of the parameters do not matter.
//!
//! # Design
//!
//! Damping: `μ` starts at [`FitOptions::damping`]. With ρ the decrease of `|r|²` over the predicted one, a
//! step with ρ > 0 is taken and `μ ← μ·max(1/3, 1 − (2ρ − 1)³)`; else `μ ← νμ`, `ν ← 2ν` from 2 on. Source: H. B.
//! Nielsen, report IMM-REP-1999-05, Technical University of Denmark. Convergence is judged without the
//! damping, which could make any step small: by the share of the residuals that the linear model could
//! still explain, `|Qᵀr| ≤ tolerance·|r|` (D. M. Bates, D. G. Watts, Technometrics 23 (1981) 179), or by a full
//! Gauss–Newton step below rounding, where the residuals vanish.
//!
//! Witness: `reference::optimize::gauss_newton` (normal equations in double-double).  Laws: `tests/laws/optimize`.

use super::first_order::check_positive;
use super::outcome::{Reason, along, dot};
use crate::error::{Error, Result};
use crate::linalg::{Matrix, Qr};
use crate::num::compensated_sum;

/// When a fit stops, and where its damping starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitOptions {
    /// The share of `|r|` that the linear model may still explain.
    pub tolerance: f64,
    /// The most iterations of one run.
    pub iterations: usize,
    /// The first `μ`.
    pub damping: f64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            tolerance: 1e-10,
            iterations: 200,
            damping: 1e-3,
        }
    }
}

/// Where a fit ended, and why.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The parameters.
    pub theta: Vec<f64>,
    /// `Σ r²`: χ² if the residuals are in units of their errors.
    pub chi2: f64,
    /// Data minus parameters; negative if there are more of the latter.
    pub degrees_of_freedom: isize,
    /// `(JᵀJ)⁻¹`: the covariance of the parameters for residuals in units of their errors; none
    /// if the columns of `J` are dependent (or not finite).
    pub covariance: Option<Matrix<f64>>,
    /// `|Qᵀr|/|r|`: the share of the residuals that the linear model could still explain.
    pub gradient_norm: f64,
    /// Steps taken since the fit was made.
    pub iterations: usize,
    /// Calls of the model for residuals since the fit was made; its Jacobian was asked for once a step.
    pub evaluations: usize,
    /// Why it ended.
    pub reason: Reason,
}

impl Fit {
    /// Whether it ended because it had arrived.
    #[must_use]
    pub const fn converged(&self) -> bool {
        self.reason.is_convergence()
    }
}

/// A fit in progress.
///
/// ```
/// use fieldassay::linalg::Matrix;
/// use fieldassay::optimize::{FitOptions, LevenbergMarquardt};
/// let data = [(0.0, 2.0), (1.0, 1.2), (2.0, 0.75), (3.0, 0.42)];
/// // r_i = (a e^{−b x_i} − y_i)/σ with σ = 0.05
/// let mut model = |p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
///     for (r, (x, y)) in r.iter_mut().zip(data) {
///         *r = (p[0] * (-p[1] * x).exp() - y) / 0.05;
///     }
///     if let Some(j) = jacobian {
///         for (i, (x, _)) in data.into_iter().enumerate() {
///             let decay = (-p[1] * x).exp() / 0.05;
///             j.row_mut(i).copy_from_slice(&[decay, -p[0] * x * decay]);
///         }
///     }
/// };
/// let fit = LevenbergMarquardt::new(vec![1.0, 1.0], 4, FitOptions::default())?.run(&mut model)?;
/// assert!(fit.converged() && (fit.theta[0] - 2.0).abs() < 0.05 && fit.chi2 < 2.0);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LevenbergMarquardt {
    options: FitOptions,
    theta: Vec<f64>,
    data: usize,
    damping: f64,
    scale: Vec<f64>,
    iterations: usize,
    evaluations: usize,
}

/// The linear model at a point.
struct Linear {
    residuals: Vec<f64>,
    jacobian: Matrix<f64>,
    qr: Qr<f64>,
    offset: f64,
}

impl LevenbergMarquardt {
    /// A fit of as many parameters as `theta` has to `data` residuals.
    ///
    /// # Errors  `Error::Domain` for a tolerance or a damping that is not positive, or nothing to fit.
    pub fn new(theta: Vec<f64>, data: usize, options: FitOptions) -> Result<Self> {
        check_positive("tolerance of a fit", options.tolerance)?;
        check_positive("damping of a fit", options.damping)?;
        check_positive("number of parameters", theta.len() as f64)?;
        check_positive("number of residuals", data as f64)?;
        Ok(Self {
            options,
            damping: options.damping,
            scale: vec![0.0; theta.len()],
            theta,
            data,
            iterations: 0,
            evaluations: 0,
        })
    }

    /// Iterates until it has converged or may not go on; a second run continues where the first ended.
    ///
    /// `model` writes the residuals at given parameters and, if asked, their Jacobian `∂r_i/∂θ_j`.
    ///
    /// # Errors  `Error::ShapeMismatch` for a Jacobian whose shape the model has changed.
    pub fn run<F>(&mut self, model: &mut F) -> Result<Fit>
    where
        F: FnMut(&[f64], &mut [f64], Option<&mut Matrix<f64>>),
    {
        let end = self.iterations + self.options.iterations;
        loop {
            let Some(linear) = self.linearise(model)? else {
                return Ok(self.not_finite());
            };
            let reason = match self.arrived(&linear)? {
                Some(reason) => reason,
                None if self.iterations == end => Reason::IterationsSpent,
                None => match self.advance(&linear, model)? {
                    None => continue,
                    Some(reason) => reason,
                },
            };
            return self.finish(&linear, reason);
        }
    }

    /// Residuals and Jacobian here; none if they are not finite.
    fn linearise<F>(&mut self, model: &mut F) -> Result<Option<Linear>>
    where
        F: FnMut(&[f64], &mut [f64], Option<&mut Matrix<f64>>),
    {
        let shape = (self.data, self.theta.len());
        let mut residuals = vec![0.0; self.data];
        let mut jacobian = Matrix::zeros(shape.0, shape.1);
        self.evaluations += 1;
        model(&self.theta, &mut residuals, Some(&mut jacobian));
        if jacobian.shape() != shape {
            let found = vec![jacobian.rows(), jacobian.cols()];
            let (op, rhs) = ("LevenbergMarquardt::run", vec![shape.0, shape.1]);
            return Err(Error::ShapeMismatch {
                op,
                lhs: found,
                rhs,
            });
        }
        let finite = jacobian
            .as_slice()
            .iter()
            .chain(&residuals)
            .all(|x| x.is_finite());
        if !finite {
            return Ok(None);
        }
        for (j, scale) in self.scale.iter_mut().enumerate() {
            let column = jacobian.column(j);
            *scale = scale.max(dot(&column, &column).sqrt());
        }
        let qr = Qr::new(&jacobian)?;
        let parts = (0..qr.q().cols()).map(|k| dot(&qr.q().column(k), &residuals).powi(2));
        let norm = sum_of_squares(&residuals).sqrt();
        let explained = compensated_sum(parts).sqrt();
        let offset = if norm == 0.0 { 0.0 } else { explained / norm };
        Ok(Some(Linear {
            residuals,
            jacobian,
            qr,
            offset,
        }))
    }

    /// Why the point is the minimum, if it is.
    fn arrived(&self, linear: &Linear) -> Result<Option<Reason>> {
        if linear.offset <= self.options.tolerance {
            return Ok(Some(Reason::GradientSmall));
        }
        if linear.qr.rank() < self.theta.len() {
            return Ok(None);
        }
        let right = Matrix::from_vec(self.data, 1, linear.residuals.clone())?;
        let step = linear.qr.least_squares(&right)?.into_vec();
        let rounding = 4.0 * f64::EPSILON * self.size(&self.theta);
        Ok((self.size(&step) <= rounding).then_some(Reason::StepSmall))
    }

    /// `|Dx|`: how far a change `x` of the parameters moves the residuals, at most.
    fn size(&self, x: &[f64]) -> f64 {
        let squares = x.iter().zip(&self.scale).map(|(x, d)| (x * d).powi(2));
        squares.sum::<f64>().sqrt()
    }

    /// Raises the damping until a step can be taken; why none can, if so.
    fn advance<F>(&mut self, linear: &Linear, model: &mut F) -> Result<Option<Reason>>
    where
        F: FnMut(&[f64], &mut [f64], Option<&mut Matrix<f64>>),
    {
        let chi2 = sum_of_squares(&linear.residuals);
        // Residuals are differences of data and a model of size |Dθ|, and carry its rounding.
        let noise = 8.0 * f64::EPSILON * (chi2 + chi2.sqrt() * self.size(&self.theta));
        let mut growth = 2.0;
        let mut finite = true;
        while self.damping < 1e100 {
            let step = self.damped_step(linear)?;
            let theta = along(&self.theta, 1.0, &step);
            let mut residuals = vec![0.0; self.data];
            self.evaluations += 1;
            model(&theta, &mut residuals, None);
            let gain = decrease(&linear.residuals, &residuals);
            let predicted = decrease(&linear.residuals, &linear.model(&step));
            finite = gain.is_finite();
            // Where the values agree to rounding, their ratio says nothing: the linear model is trusted.
            let rounding = predicted <= noise && gain.abs() <= noise;
            if gain > 0.0 || rounding {
                let ratio = if rounding { 1.0 } else { gain / predicted };
                let surplus = 2.0 * ratio.clamp(0.0, 1.0) - 1.0;
                self.damping *= (1.0_f64 / 3.0).max(1.0 - surplus.powi(3));
                self.damping = self.damping.max(least_damping(self.data, self.theta.len()));
                self.theta = theta;
                self.iterations += 1;
                return Ok(None);
            }
            self.damping *= growth;
            growth *= 2.0;
        }
        Ok(Some(if finite {
            Reason::LineSearchFailed
        } else {
            Reason::NotFinite
        }))
    }

    /// `p` that minimises `|r + Jp|² + μ|Dp|²`.
    ///
    /// Solved for `Dp`: no column of `J·D⁻¹` is longer than one, and the damping below it is `√μ` in each. So all
    /// columns are independent to rounding whatever the rank of `J` and the units of the parameters.
    fn damped_step(&self, linear: &Linear) -> Result<Vec<f64>> {
        let (m, n) = linear.jacobian.shape();
        let root = self.damping.max(least_damping(m, n)).sqrt();
        let scale = self.positive_scale();
        let stacked = Matrix::from_fn(m + n, n, |i, j| match i.checked_sub(m) {
            None => linear.jacobian[(i, j)] / scale[j],
            Some(k) if k == j => root,
            Some(_) => 0.0,
        });
        let right = Matrix::from_fn(m + n, 1, |i, _| linear.residuals.get(i).map_or(0.0, |r| -r));
        let scaled = Qr::new(&stacked)?.least_squares(&right)?.into_vec();
        Ok(scaled.iter().zip(&scale).map(|(x, d)| x / d).collect())
    }

    /// `D`; a parameter without any effect so far is held by the scale of the others.
    fn positive_scale(&self) -> Vec<f64> {
        let largest = self.scale.iter().copied().fold(0.0, f64::max);
        let of = |&d: &f64| if d > 0.0 { d } else { largest.max(1.0) };
        self.scale.iter().map(of).collect()
    }

    fn finish(&self, linear: &Linear, reason: Reason) -> Result<Fit> {
        Ok(Fit {
            theta: self.theta.clone(),
            chi2: sum_of_squares(&linear.residuals),
            degrees_of_freedom: self.data as isize - self.theta.len() as isize,
            covariance: covariance(&linear.qr),
            gradient_norm: linear.offset,
            iterations: self.iterations,
            evaluations: self.evaluations,
            reason,
        })
    }

    fn not_finite(&self) -> Fit {
        Fit {
            theta: self.theta.clone(),
            chi2: f64::NAN,
            degrees_of_freedom: self.data as isize - self.theta.len() as isize,
            covariance: None,
            gradient_norm: f64::NAN,
            iterations: self.iterations,
            evaluations: self.evaluations,
            reason: Reason::NotFinite,
        }
    }
}

impl Linear {
    /// `r + Jp`.
    fn model(&self, step: &[f64]) -> Vec<f64> {
        let rows = (0..self.jacobian.rows()).map(|i| dot(self.jacobian.row(i), step));
        rows.zip(&self.residuals)
            .map(|(change, r)| r + change)
            .collect()
    }
}

/// Below it `√μ` would vanish in the rounding of a QR of `(m + n, n)`, and with it the rank of dependent columns.
fn least_damping(m: usize, n: usize) -> f64 {
    (4.0 * (m + n) as f64 * f64::EPSILON).powi(2)
}

/// `|a|² − |b|²` as `Σ(a − b)(a + b)`, which keeps the digits that the squares would lose.
fn decrease(a: &[f64], b: &[f64]) -> f64 {
    compensated_sum(a.iter().zip(b).map(|(a, b)| (a - b) * (a + b)))
}

fn sum_of_squares(x: &[f64]) -> f64 {
    compensated_sum(x.iter().map(|x| x * x))
}

/// `(JᵀJ)⁻¹ = P(RᵀR)⁻¹Pᵀ`, or none if the columns are dependent.
fn covariance(qr: &Qr<f64>) -> Option<Matrix<f64>> {
    let r = qr.r();
    let n = r.cols();
    if qr.rank() < n {
        return None;
    }
    // Column k of R⁻¹ by back substitution, into row `permutation[i]`.
    let mut inverse = Matrix::zeros(n, n);
    for k in 0..n {
        let mut x = vec![0.0; n];
        for i in (0..=k).rev() {
            let known = dot(&r.row(i)[i + 1..], &x[i + 1..]);
            x[i] = (f64::from(u8::from(i == k)) - known) / r[(i, i)];
            inverse[(qr.permutation()[i], k)] = x[i];
        }
    }
    Some(Matrix::from_fn(n, n, |i, j| {
        dot(inverse.row(i), inverse.row(j))
    }))
}
