//! BFGS with a dense inverse Hessian, and L-BFGS, which keeps the last steps only.
//!
//! Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed., algorithms 6.1 and 7.4 (two-loop
//! recursion). Before the first update the metric is scaled by `sᵀy/yᵀy`; L-BFGS scales anew in every step.
//!
//! Witness: `reference::optimize::bfgs` (matrix products as printed, bisection).  Laws: `tests/laws/optimize`.

use std::collections::VecDeque;

use super::outcome::{Outcome, Point, Reason, Stop, dot};
use super::wolfe::LineSearch;
use crate::error::{Error, Result};
use crate::linalg::Matrix;
use crate::num::compensated_sum;

/// An approximation of the inverse Hessian that learns from steps.
pub trait Metric {
    /// Forgets everything.
    fn reset(&mut self);
    /// Whether nothing has been learned.
    fn is_fresh(&self) -> bool;
    /// `H·gradient`.
    fn apply(&self, gradient: &[f64]) -> Vec<f64>;
    /// Learns that the step `s` changed the gradient by `y`, where `sᵀy > 0`.
    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>);
}

/// A dense inverse Hessian.
#[derive(Clone, Debug)]
pub struct DenseInverse {
    matrix: Matrix<f64>,
    fresh: bool,
}

impl Metric for DenseInverse {
    fn reset(&mut self) {
        self.matrix = Matrix::identity(self.matrix.rows());
        self.fresh = true;
    }

    fn is_fresh(&self) -> bool {
        self.fresh
    }

    fn apply(&self, gradient: &[f64]) -> Vec<f64> {
        (0..self.matrix.rows())
            .map(|i| dot(self.matrix.row(i), gradient))
            .collect()
    }

    /// `H ← (1 − ρsyᵀ)H(1 − ρysᵀ) + ρssᵀ`, `ρ = 1/sᵀy`, multiplied out.
    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>) {
        let sy = dot(&s, &y);
        if std::mem::take(&mut self.fresh) {
            let scale = sy / dot(&y, &y);
            self.matrix = Matrix::diagonal(&vec![scale; s.len()]);
        }
        let hy = self.apply(&y);
        let weight = (1.0 + dot(&y, &hy) / sy) / sy;
        for i in 0..s.len() {
            for (j, h) in self.matrix.row_mut(i).iter_mut().enumerate() {
                *h += weight * s[i] * s[j] - (s[i] * hy[j] + hy[i] * s[j]) / sy;
            }
        }
    }
}

/// The last steps and changes of the gradient, newest last.
#[derive(Clone, Debug)]
pub struct History {
    length: usize,
    pairs: VecDeque<Pair>,
}

#[derive(Clone, Debug)]
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    sy: f64,
}

impl Metric for History {
    fn reset(&mut self) {
        self.pairs.clear();
    }

    fn is_fresh(&self) -> bool {
        self.pairs.is_empty()
    }

    fn apply(&self, gradient: &[f64]) -> Vec<f64> {
        let mut q = gradient.to_vec();
        let mut weights = Vec::with_capacity(self.pairs.len());
        for Pair { s, y, sy } in self.pairs.iter().rev() {
            let weight = dot(s, &q) / sy;
            q.iter_mut().zip(y).for_each(|(q, y)| *q -= weight * y);
            weights.push(weight);
        }
        if let Some(Pair { y, sy, .. }) = self.pairs.back() {
            let scale = sy / dot(y, y);
            q.iter_mut().for_each(|q| *q *= scale);
        }
        for (Pair { s, y, sy }, weight) in self.pairs.iter().zip(weights.into_iter().rev()) {
            let correction = weight - dot(y, &q) / sy;
            q.iter_mut().zip(s).for_each(|(q, s)| *q += correction * s);
        }
        q
    }

    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>) {
        if self.pairs.len() == self.length {
            self.pairs.pop_front();
        }
        let sy = dot(&s, &y);
        self.pairs.push_back(Pair { s, y, sy });
    }
}

/// BFGS: `n²` numbers and operations an iteration.
pub type Bfgs = QuasiNewton<DenseInverse>;
/// L-BFGS: `2·history·n` of both.
pub type Lbfgs = QuasiNewton<History>;

/// Minimisation along `−H·gradient`, with an `H` that learns.
///
/// ```
/// use fieldassay::optimize::{Lbfgs, LineSearch, Stop};
/// let mut valley = |x: &[f64], g: &mut [f64]| {
///     let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
///     g[0] = -2.0 * a - 400.0 * x[0] * b;
///     g[1] = 200.0 * b;
///     a * a + 100.0 * b * b
/// };
/// let mut search = Lbfgs::with_history(vec![-1.2, 1.0], 10, LineSearch::default())?;
/// let end = search.run(&mut valley, &Stop::default());
/// assert!(end.converged() && (end.theta[0] - 1.0).abs() < 1e-7);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct QuasiNewton<M> {
    metric: M,
    search: LineSearch,
    start: Vec<f64>,
    point: Option<Point>,
    iterations: usize,
    evaluations: usize,
}

impl Bfgs {
    /// A search from `theta`.
    ///
    /// # Errors  `Error::Domain` for constants of the line search that are out of order.
    pub fn new(theta: Vec<f64>, search: LineSearch) -> Result<Self> {
        let metric = DenseInverse {
            matrix: Matrix::identity(theta.len()),
            fresh: true,
        };
        Self::with_metric(theta, metric, search)
    }

    /// The approximation of the inverse Hessian.
    #[must_use]
    pub const fn inverse_hessian(&self) -> &Matrix<f64> {
        &self.metric.matrix
    }
}

impl Lbfgs {
    /// A search from `theta` that keeps `history` steps.
    ///
    /// # Errors  `Error::Domain` for a history of nothing, or constants of the line search that are out of order.
    pub fn with_history(theta: Vec<f64>, history: usize, search: LineSearch) -> Result<Self> {
        if history == 0 {
            let (what, expected) = ("history of L-BFGS", "at least one step".to_owned());
            return Err(Error::Domain {
                what,
                value: 0.0,
                expected,
            });
        }
        Self::with_metric(
            theta,
            History {
                length: history,
                pairs: VecDeque::new(),
            },
            search,
        )
    }
}

impl<M: Metric> QuasiNewton<M> {
    fn with_metric(theta: Vec<f64>, metric: M, search: LineSearch) -> Result<Self> {
        Ok(Self {
            metric,
            search: search.check()?,
            start: theta,
            point: None,
            iterations: 0,
            evaluations: 0,
        })
    }

    /// Iterates until `stop`; a second run continues where the first ended, as one longer run would have.
    ///
    /// `objective` writes the gradient and returns the value; it must be the same function in every run.
    pub fn run<F>(&mut self, objective: &mut F, stop: &Stop) -> Outcome
    where
        F: FnMut(&[f64], &mut [f64]) -> f64,
    {
        let mut point = match self.point.take() {
            Some(point) => point,
            None => {
                self.evaluations += 1;
                Point::at(self.start.clone(), objective)
            }
        };
        let end = self.iterations + stop.iterations;
        let reason = loop {
            if !point.is_finite() {
                break Reason::NotFinite;
            }
            if point.gradient_norm() <= stop.gradient {
                break Reason::GradientSmall;
            }
            if self.iterations == end {
                break Reason::IterationsSpent;
            }
            match self.iterate(objective, &point) {
                Ok(next) => point = next,
                Err(reason) => break reason,
            }
        };
        let outcome = point.outcome(self.iterations, self.evaluations, reason);
        self.point = Some(point);
        outcome
    }

    /// The next point; a metric that leads nowhere is forgotten once.
    fn iterate<F>(&mut self, objective: &mut F, point: &Point) -> std::result::Result<Point, Reason>
    where
        F: FnMut(&[f64], &mut [f64]) -> f64,
    {
        loop {
            let direction: Vec<f64> = self
                .metric
                .apply(&point.gradient)
                .iter()
                .map(|d| -d)
                .collect();
            let fresh = self.metric.is_fresh();
            let first = if fresh { first_step(point) } else { 1.0 };
            let mut finite = true;
            if dot(&direction, &point.gradient) < 0.0 {
                let found = self.search.search(objective, point, &direction, first);
                self.evaluations += found.evaluations;
                if let Some(next) = found.point {
                    self.iterations += 1;
                    self.learn(point, &next);
                    return Ok(next);
                }
                finite = found.finite;
            }
            if fresh {
                return Err(if finite {
                    Reason::LineSearchFailed
                } else {
                    Reason::NotFinite
                });
            }
            self.metric.reset();
        }
    }

    fn learn(&mut self, from: &Point, to: &Point) {
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let s: Vec<f64> = difference(&to.theta, &from.theta);
        let y: Vec<f64> = difference(&to.gradient, &from.gradient);
        // Guaranteed by the line search, up to rounding: without it H loses its positivity.
        if dot(&s, &y) > f64::EPSILON * (dot(&s, &s) * dot(&y, &y)).sqrt() {
            self.metric.learn(s, y);
        }
    }
}

/// Before anything is known of the scale: a step that changes the parameters by at most one in sum.
fn first_step(point: &Point) -> f64 {
    1.0_f64.min(compensated_sum(point.gradient.iter().map(|g| g.abs())).recip())
}
