//! `mse-definition`: the "mean square error" of the slide is a sum.
//!
//! A mean does not change when every datum is entered twice, and the mean of equal squares is that
//! square; the printed form fails both. As something to minimise it is as good as the mean: same
//! minimiser, gradient `N` times larger, so the learning rate means something else at every `N`.
//! Decider: algebraic laws of a mean; gradients by `reference::dual`.

use std::ops::{Add, Mul, Sub};

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::verdict::{Evidence, Verdict, fact};
use fieldassay_reference::dual::Dual;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// What multiplies `Σ_i (ŷ_i − f_i)²` for `n` data.
type Prefactor = fn(f64) -> f64;

const SUM: Prefactor = |_| 1.0;
const HALF_SUM: Prefactor = |_| 0.5;
const MEAN: Prefactor = |n| 1.0 / n;
const UNBIASED: Prefactor = |n| 1.0 / (n - 1.0);

const ROUNDING: Tol = Tol::rel(1e-13).because("compensated sums of at most 3200 squares");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "mse-definition",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"How to distinguish Good or Bad\"",
        "Regression → Mean Square Error or χ²: MSE := Σ_i (ŷ_i − f(x_i;θ))²",
        vec![
            Statement::says(
                "as printed",
                "Σ_i (ŷ_i − f(x_i;θ))², without 1/N, is the mean square error.",
                "a change of the value when every datum is entered twice",
            )
            .decided_by(
                Verdict::Refuted,
                is_a_mean,
                SUM,
                Alteration::new("factor 1 → ½, as in χ²/2", HALF_SUM),
            ),
            Statement::says(
                "corrected",
                "(1/N) Σ_i (ŷ_i − f(x_i;θ))² is the mean square error.",
                "a change of the value when every datum is entered twice",
            )
            .decided_by(
                Verdict::Supported,
                is_a_mean,
                MEAN,
                Alteration::new("1/N → 1/(N−1), as in a sample variance", UNBIASED),
            ),
            Statement::says(
                "as a loss",
                "Minimising the printed sum gives the same θ as minimising the mean; its gradient, \
                 and so the effective learning rate, is N times larger.",
                "another minimiser, or gradients in another ratio than N",
            )
            .decided_by(
                Verdict::Supported,
                same_minimiser,
                1.0,
                Alteration::new("ratio of the gradients N → √N", 0.5),
            ),
        ],
    )
}

fn is_a_mean(context: &Context<'_>, prefactor: &Prefactor) -> Result<Finding> {
    let loss = |residuals: &[f64]| {
        prefactor(residuals.len() as f64) * compensated_sum(residuals.iter().map(|r| r * r))
    };
    let mut rng = context.stream("residuals");
    let mut duplicated = Worst::new(ROUNDING);
    let mut constant = Worst::new(ROUNDING);
    let mut doubling = f64::NAN;
    for n in [2_usize, 3, 10, 32, 100, 320] {
        let residuals: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        for copies in [2, 3, 10] {
            let repeated = residuals.repeat(copies);
            duplicated.see(loss(&repeated), loss(&residuals), || {
                format!("{n} data, {copies} times")
            });
        }
        let c = rng.uniform_in(0.5, 2.0);
        constant.see(loss(&vec![c; n]), c * c, || format!("{n} residuals of {c}"));
        doubling = loss(&residuals.repeat(2)) / loss(&residuals);
    }
    let evidence = Evidence::from_iter([
        duplicated.into_check("the loss of repeated data is the loss of the data", 18),
        constant.into_check("the loss of equal residuals c is c²", 6),
    ]);
    let headline = Headline {
        quantity: "loss of 640 data that are 320 data entered twice, over the loss of the 320".into(),
        claimed: 1.0,
        value: doubling,
        error: 1e-13,
    };
    Ok(Finding::new(evidence, headline))
}

/// A straight line through `(x, y)`, its two losses, and their gradients.
struct Line {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Line {
    fn noisy(context: &Context<'_>, n: usize) -> Self {
        let mut rng = context.stream(&format!("line/{n}"));
        let x: Vec<f64> = (0..n).map(|_| rng.uniform_in(-1.0, 1.0)).collect();
        let y = (x.iter())
            .map(|x| 0.7 - 1.3 * x + 0.2 * rng.normal())
            .collect();
        Self { x, y }
    }

    fn sum_of_squares<T>(&self, theta: [T; 2], constant: fn(f64) -> T) -> T
    where
        T: Copy + Add<Output = T> + Sub<Output = T> + Mul<Output = T>,
    {
        let residuals = (self.x.iter().zip(&self.y))
            .map(|(&x, &y)| constant(y) - theta[0] - theta[1] * constant(x));
        residuals.fold(constant(0.0), |sum, r| sum + r * r)
    }

    /// The gradient of the printed sum, by forward-mode automatic differentiation.
    fn gradient_of_sum(&self, theta: [f64; 2]) -> [f64; 2] {
        let [a, b] = theta;
        let along = |theta| self.sum_of_squares(theta, Dual::constant).slope;
        [
            along([Dual::variable(a), Dual::constant(b)]),
            along([Dual::constant(a), Dual::variable(b)]),
        ]
    }

    /// The gradient of the mean, by its formula.
    fn gradient_of_mean(&self, [a, b]: [f64; 2]) -> [f64; 2] {
        let n = self.x.len() as f64;
        let residual = |x: f64, y: f64| a + b * x - y;
        let moment = |power: i32| {
            let terms = self.x.iter().zip(&self.y);
            compensated_sum(terms.map(|(&x, &y)| residual(x, y) * x.powi(power)))
        };
        [2.0 * moment(0) / n, 2.0 * moment(1) / n]
    }

    /// The least-squares line, from the normal equations.
    fn fit(&self) -> [f64; 2] {
        let n = self.x.len() as f64;
        let mean = |values: &[f64]| compensated_sum(values.iter().copied()) / n;
        let (mx, my) = (mean(&self.x), mean(&self.y));
        let sxx = compensated_sum(self.x.iter().map(|x| (x - mx) * (x - mx)));
        let sxy = compensated_sum(self.x.iter().zip(&self.y).map(|(x, y)| (x - mx) * (y - my)));
        [my - sxy / sxx * mx, sxy / sxx]
    }

    fn descend(&self, rate: f64, gradient: fn(&Self, [f64; 2]) -> [f64; 2]) -> [f64; 2] {
        (0..300).fold([0.0; 2], |theta, _| {
            let g = gradient(self, theta);
            [theta[0] - rate * g[0], theta[1] - rate * g[1]]
        })
    }
}

fn same_minimiser(context: &Context<'_>, exponent: &f64) -> Result<Finding> {
    const RATE: f64 = 0.3;
    const AGREE: Tol = Tol::rel(1e-11).because("sums of 1000 terms without compensation");
    const ARRIVED: Tol = Tol::abs(1e-10).because("300 steps contract by at most 0.85 each");
    let mut gradients = Worst::new(AGREE);
    let mut minimisers = Worst::new(ARRIVED);
    let mut ratio = f64::NAN;
    for n in [10, 100, 1000] {
        let line = Line::noisy(context, n);
        let scale = (n as f64).powf(*exponent);
        let (sum, mean) = (
            line.gradient_of_sum([0.1, 0.2]),
            line.gradient_of_mean([0.1, 0.2]),
        );
        let by_sum = line.descend(RATE / scale, Line::gradient_of_sum);
        let by_mean = line.descend(RATE, Line::gradient_of_mean);
        for k in 0..2 {
            gradients.see(sum[k], scale * mean[k], || format!("∂/∂θ_{k}, N = {n}"));
            minimisers.see(by_sum[k], line.fit()[k], || format!("sum, θ_{k}, N = {n}"));
            minimisers.see(by_mean[k], line.fit()[k], || format!("mean, θ_{k}, N = {n}"));
        }
        ratio = sum[0] / mean[0];
    }
    let crowd = Line::noisy(context, 1000).descend(RATE, Line::gradient_of_sum);
    let evidence = Evidence::from_iter([
        gradients.into_check("∇(sum) = N ∇(mean)", 6),
        minimisers.into_check("descents at rates ε/N and ε end at the least-squares line", 12),
        fact(
            "at one learning rate for both, the sum over 1000 data runs away",
            crowd.iter().any(|theta| !theta.is_finite()),
            format!("θ = {crowd:?} after 300 steps of {RATE}"),
        ),
    ]);
    let headline = Headline {
        quantity: "ratio of the gradients at N = 1000".into(),
        claimed: 1000_f64.powf(*exponent),
        value: ratio,
        error: 1e-8,
    };
    Ok(Finding::new(evidence, headline))
}

