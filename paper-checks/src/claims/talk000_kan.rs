//! `kan`: a Kolmogorov–Arnold network in place of affine layers and fixed activations.
//!
//! `f(x, y) = exp(sin πx + y²)` is `Φ(φ₁(x) + φ₂(y))` exactly, so that a network [2, 1, 1] whose three edges are
//! cubic splines errs only as splines do. Decider: the same composition with `Φ`, `φ₁` and `φ₂` interpolated by
//! complete cubic splines on the same grids (`reference::spline`), which lies in the network's own space.
//! The fit starts near the decomposition: what a fit from random edges would find is not asked here.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad};
use fieldassay::linalg::Matrix;
use fieldassay::optimize::{FitOptions, Lbfgs, LevenbergMarquardt, LineSearch, Stop};
use fieldassay::report::{Figure, Plot};
use fieldassay::stats::Estimate;
use fieldassay::tensor::{Batched, Feed, Graph, Shape};
use fieldassay::verdict::{Check, Evidence, Verdict, check, fact};
use fieldassay_reference::network::Activation;
use fieldassay_reference::spline::Complete;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::mlp::{Mlp, constants};
use crate::random_features::median;

const GRIDS: [usize; 5] = [3, 5, 8, 12, 20];
/// Where `x` and `y` lie.
const INNER: [f64; 2] = [-1.0, 1.0];
/// Where `sin πx + y²` lies; a wider grid would have functions that no point of the fit touches.
const OUTER: [f64; 2] = [-1.0, 2.0];
/// Points of the fit in each direction.
const POINTS: usize = 30;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "kan",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Architecture Extensions\"",
        "KAN. Ziming Liu et. al [arXiv:2404.19756]. UATs are still not fully understood! Much to explore",
        vec![
            Statement::says(
                "alternative",
                "A Kolmogorov–Arnold network [2, 1, 1] with cubic splines on 20 intervals, fitted from near the \
                 exact decomposition, represents exp(sin πx + y²) to 1e-3.",
                "a root mean square error above 1e-3, or above that of the interpolated decomposition",
            )
            .decided_by(
                Verdict::Qualified,
                represents,
                3,
                Alteration::new("cubic splines → piecewise linear ones", 1),
            ),
            Statement::says(
                "scaling",
                "Its error falls with the number of intervals G like G^−α, with α near the 4 of cubic splines.",
                "α outside 3 to 4.5 between 5 and 20 intervals",
            )
            .decided_by(
                Verdict::Supported,
                scales,
                3,
                Alteration::new("cubic splines → piecewise linear ones, whose α is 2", 1),
            ),
            Statement::says(
                "against affine layers",
                "With 69 parameters each, fitted to the same points, it errs less than the median of ten networks [2, 17, 1] of \
                 affine layers and tanh after 1000 steps of L-BFGS from random weights (more in the longer tiers).",
                "a median error of those networks, or a mean logarithm of it, below the Kolmogorov–Arnold network's",
            )
            .decided_by(
                Verdict::Qualified,
                beats_affine_layers,
                1.0,
                Alteration::of_size("errs less → errs less by a factor of 10⁴", 1e4, 9.2),
            ),
        ],
    )
    .with_figures(figures)
}

/// Uniform B-splines of one degree.
#[derive(Clone, Copy, Debug)]
struct Basis {
    domain: [f64; 2],
    grid: usize,
    degree: usize,
}

impl Basis {
    fn step(self) -> f64 {
        (self.domain[1] - self.domain[0]) / self.grid as f64
    }

    fn size(self) -> usize {
        self.grid + self.degree
    }

    /// The first basis function that does not vanish at `x`, and the values from there on of those of `degree`.
    fn values(self, x: f64, degree: usize) -> (usize, Vec<f64>) {
        let place = (x - self.domain[0]) / self.step();
        let interval = (place.max(0.0) as usize).min(self.grid - 1);
        let u = place - interval as f64;
        let mut values = vec![1.0];
        for d in 1..=degree {
            let mut next = vec![0.0; d + 1];
            for (r, value) in values.iter().enumerate() {
                let part = value / d as f64;
                next[r] += ((r + 1) as f64 - u) * part;
                next[r + 1] += (u + (d - r - 1) as f64) * part;
            }
            values = next;
        }
        (interval, values)
    }

    /// Derivatives of the same functions.
    fn slopes(self, x: f64) -> Vec<f64> {
        let (_, lower) = self.values(x, self.degree - 1);
        let of = |r: Option<usize>| r.and_then(|r| lower.get(r)).copied().unwrap_or(0.0);
        (0..=self.degree)
            .map(|r| (of(r.checked_sub(1)) - of(Some(r))) / self.step())
            .collect()
    }

    /// Coefficients that reproduce `f` up to its second derivative: its values where the functions are centred.
    fn near(self, f: fn(f64) -> f64) -> Vec<f64> {
        let centre = |j: usize| j as f64 - 0.5 * (self.degree as f64 - 1.0);
        (0..self.size()).map(|j| f(self.domain[0] + centre(j) * self.step())).collect()
    }
}

fn dot(coefficients: &[f64], (first, values): &(usize, Vec<f64>)) -> f64 {
    values.iter().zip(&coefficients[*first..]).map(|(v, c)| v * c).sum()
}

/// The network: one spline for each of `x`, `y` and their sum.
struct Kan {
    inner: Basis,
    outer: Basis,
    theta: Vec<f64>,
}

fn truth([x, y]: [f64; 2]) -> f64 {
    ((PI * x).sin() + y * y).exp()
}

/// Midpoints of `n × n` cells.
fn lattice(n: usize) -> Vec<[f64; 2]> {
    let at = |k: usize| (2 * k + 1) as f64 / n as f64 - 1.0;
    (0..n * n).map(|k| [at(k / n), at(k % n)]).collect()
}

fn root_mean_square(f: impl Fn([f64; 2]) -> f64) -> f64 {
    let points = lattice(101);
    let squares = points.iter().map(|&point| (f(point) - truth(point)).powi(2));
    (squares.sum::<f64>() / points.len() as f64).sqrt()
}

impl Kan {
    fn near_the_truth(grid: usize, degree: usize) -> Self {
        let inner = Basis { domain: INNER, grid, degree };
        let outer = Basis { domain: OUTER, grid, degree };
        let theta = [inner.near(|x| (PI * x).sin()), inner.near(|y| y * y), outer.near(f64::exp)].concat();
        Self { inner, outer, theta }
    }

    /// The value, and where asked its derivatives by the coefficients.
    fn value(&self, theta: &[f64], [x, y]: [f64; 2], gradient: Option<&mut [f64]>) -> f64 {
        let n = self.inner.size();
        let (of_x, of_y) = (self.inner.values(x, self.inner.degree), self.inner.values(y, self.inner.degree));
        let sum = dot(&theta[..n], &of_x) + dot(&theta[n..2 * n], &of_y);
        let outer = self.outer.values(sum, self.outer.degree);
        if let Some(gradient) = gradient {
            gradient.fill(0.0);
            let slope = dot(&theta[2 * n..], &(outer.0, self.outer.slopes(sum)));
            for (start, (first, values), factor) in [(0, &of_x, slope), (n, &of_y, slope), (2 * n, &outer, 1.0)] {
                for (k, value) in values.iter().enumerate() {
                    gradient[start + first + k] = factor * value;
                }
            }
        }
        dot(&theta[2 * n..], &outer)
    }

    fn fitted(grid: usize, degree: usize) -> Result<Self> {
        let mut kan = Self::near_the_truth(grid, degree);
        let points = lattice(POINTS);
        let options = FitOptions { tolerance: 1e-6, iterations: 25, ..FitOptions::default() };
        let mut search = LevenbergMarquardt::new(kan.theta.clone(), points.len(), options)?;
        let mut model = |theta: &[f64], r: &mut [f64], mut jacobian: Option<&mut Matrix<f64>>| {
            for (i, &point) in points.iter().enumerate() {
                let row = jacobian.as_mut().map(|jacobian| jacobian.row_mut(i));
                r[i] = kan.value(theta, point, row) - truth(point);
            }
        };
        let theta = search.run(&mut model)?.theta;
        kan.theta = theta;
        Ok(kan)
    }

    fn error(&self) -> f64 {
        root_mean_square(|point| self.value(&self.theta, point, None))
    }
}

/// The error of the decomposition with each of its functions interpolated on `grid` intervals.
fn interpolated(grid: usize) -> f64 {
    let first = Complete::through(|x| (PI * x).sin(), [-PI, -PI], INNER, grid);
    let second = Complete::through(|y| y * y, [-2.0, 2.0], INNER, grid);
    let outer = Complete::through(f64::exp, OUTER.map(f64::exp), OUTER, grid);
    root_mean_square(|[x, y]| outer.at(first.at(x) + second.at(y)))
}

fn errors(context: &Context<'_>, degree: usize) -> Result<Vec<(f64, f64)>> {
    let one = |&grid: &usize| {
        if context.interrupted() {
            return Err(interrupted());
        }
        Ok((grid as f64, Kan::fitted(grid, degree)?.error()))
    };
    GRIDS.iter().map(one).collect()
}

fn below(name: &str, value: f64, limit: f64) -> Check {
    fact(format!("{name} below {limit:.2e}"), value < limit, format!("{value:.3e}"))
}

fn represents(_: &Context<'_>, degree: &usize) -> Result<Finding> {
    let error = Kan::fitted(20, *degree)?.error();
    let evidence = Evidence::from_iter([
        below("error at 20 intervals", error, 1e-3),
        below("error at 20 intervals, that of interpolation", error, interpolated(20)),
    ]);
    let headline = Headline {
        quantity: "root mean square error at 20 intervals (of the interpolated decomposition)".into(),
        claimed: interpolated(20),
        value: error,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "if the fit starts near a decomposition that is known; what random edges lead to is not decided here",
    ))
}

/// Minus the slope of ln error in ln G by least squares, from 5 intervals on.
fn exponent(errors: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = (errors.iter().filter(|(grid, _)| *grid >= 5.0))
        .map(|(grid, error)| (grid.ln(), error.ln()))
        .collect();
    let n = logs.len() as f64;
    let (x, y) = logs.iter().fold((0.0, 0.0), |sum, log| (sum.0 + log.0 / n, sum.1 + log.1 / n));
    let covariance: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
    -covariance / logs.iter().map(|log| (log.0 - x).powi(2)).sum::<f64>()
}

fn scales(context: &Context<'_>, degree: &usize) -> Result<Finding> {
    let errors = errors(context, *degree)?;
    let alpha = exponent(&errors);
    let reference: Vec<(f64, f64)> = GRIDS.iter().map(|&grid| (grid as f64, interpolated(grid))).collect();
    let expected = exponent(&reference);
    let inside = |name: &str, alpha: f64| {
        fact(format!("{name} between 3 and 4.5"), alpha > 3.0 && alpha < 4.5, format!("{alpha:.2}"))
    };
    let evidence = Evidence::from_iter([
        inside("α of the network", alpha),
        inside("α of the interpolated decomposition", expected),
    ]);
    let headline = Headline {
        quantity: "α (of the interpolated decomposition)".into(),
        claimed: expected,
        value: alpha,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// Hidden units, so that the network has as many parameters as three cubic splines on 20 intervals.
const UNITS: usize = 17;
const STARTS: usize = 10;
/// A factor of e⁵ between errors.
const RESOLVED: f64 = 5.0;

/// The mean square error of `net` on a batch, and its gradient by the parameters.
fn loss_and_gradient(net: &Mlp, batch: usize) -> Result<(Plan<f64>, usize)> {
    let mut g = Graph::new();
    let vars = net.inputs(&mut g)?;
    let x = g.input("x", Shape::batched(&[2]))?;
    let target = g.input("target", Shape::batched(&[1]))?;
    let y = net.output(&mut g, &vars, x)?;
    let error = g.sub(y, target)?;
    let square = g.square(error)?;
    let mean = g.mean(square)?;
    let loss = g.mean_batch(mean)?;
    let outputs = [&[loss], &grad(&mut g, loss, &vars)?[..]].concat();
    Ok((Plan::new(&g, &outputs, batch)?, outputs.len()))
}

/// Its error after a fit by L-BFGS from random weights.
fn affine_error(context: &Context<'_>, start: usize) -> Result<f64> {
    let mut rng = context.stream(&format!("affine layers/{start}"));
    let activations = [Activation::Tanh, Activation::Identity];
    let mut net = Mlp::random(&[2, UNITS, 1], &activations, [2.0, 1.0], &mut rng);
    let points = lattice(POINTS);
    let values: Vec<f64> = points.iter().map(|&point| truth(point)).collect();
    let (mut plan, outputs) = loss_and_gradient(&net, points.len())?;
    let batched = [Batched::Rows(points.as_flattened()), Batched::Rows(&values)];
    let mut objective = |theta: &[f64], slopes: &mut [f64]| {
        plan.run(&Feed::with_parameters(theta, &batched)).expect("parameters of the network");
        let parts = (1..outputs).flat_map(|i| plan.output(i));
        slopes.iter_mut().zip(parts).for_each(|(slope, part)| *slope = *part);
        plan.output(0)[0]
    };
    let stop = Stop { gradient: 1e-9, iterations: context.tier().pick(1000, 10_000, 50_000) };
    let mut search = Lbfgs::with_history(net.parameters.clone(), 20, LineSearch::default())?;
    net.parameters = search.run(&mut objective, &stop).theta;
    let layers = net.layers(&[]);
    Ok(root_mean_square(|point| {
        let output = layers.iter().fold(constants(&point), |u, layer| layer.of(&u));
        output[0].value
    }))
}

fn affine_errors(context: &Context<'_>) -> Result<Vec<f64>> {
    context.once("affine layers", || {
        let one = |start| match context.interrupted() {
            true => Err(interrupted()),
            false => affine_error(context, start),
        };
        (0..STARTS).map(one).collect()
    })
}

fn beats_affine_layers(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    let kan = Kan::fitted(20, 3)?.error();
    let mut errors = affine_errors(context)?;
    let ratios: Vec<f64> = errors.iter().map(|error| (error / (factor * kan)).ln()).collect();
    let median = median(&errors);
    errors.sort_by(f64::total_cmp);
    let evidence = Evidence::from_iter([
        fact(
            format!("median error of affine layers above {factor} times that of the splines"),
            median > factor * kan,
            format!("{median:.2e} ({:.2e} to {:.2e}) against {kan:.2e}", errors[0], errors[STARTS - 1]),
        ),
        check("mean logarithm of the ratio of errors", Estimate::from_independent(&ratios)?)
            .false_fail(1e-6)
            .resolves(RESOLVED)
            .at_least()
            .against(0.0),
    ]);
    let headline = Headline {
        quantity: "median error of affine layers (claimed: above that of the splines)".into(),
        claimed: kan,
        value: median,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "if the splines start near a decomposition that is known; affine layers have none to start near",
    ))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let reference = GRIDS.iter().map(|&grid| (grid as f64, interpolated(grid))).collect();
    let figure = Plot::new("KAN [2, 1, 1] for exp(sin πx + y²)")
        .x_label("intervals G")
        .y_label("root mean square error")
        .x_log()
        .y_log()
        .points("cubic", errors(context, 3)?)
        .points("piecewise linear", errors(context, 1)?)
        .line("decomposition, interpolated by cubic splines", vec![reference])
        .render("kan-scaling", "Both fall about as splines do, which is like G⁻⁴ for cubic edges and like G⁻² for linear ones.")?;
    Ok(vec![figure])
}
