//! `quasi-newton-bfgs`: an approximated `f''`, learned from gradients, in place of the exact one.
//!
//! Deciders: the inverse Hessian of a quadratic by elimination (`reference::linalg::solve`), the known
//! minimum of Rosenbrock's valley, and BFGS with dense matrices and bisection (`reference::optimize::bfgs`).

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{Bfgs, LineSearch, Stop};
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, exact, fact};
use fieldassay_reference::linalg::{Rows, complexify, solve};
use fieldassay_reference::optimize as witness;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const INVERSE: Tol = Tol::abs(1e-8).because("the ledger's window; conjugate to rounding it is 1e-12");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "quasi-newton-bfgs",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"How to Train a NN\"",
        "f'(x), f''(x) may be difficult: Use approximated f''(x); Quasi-Newton methods: e.g. BFGS etc",
        vec![
            Statement::says(
                "f'' is learned",
                "On a quadratic in n dimensions BFGS with an exact line search is at the minimum after n \
                 steps, and its matrix is then the inverse of f''.",
                "a gradient left after n steps, or another matrix than the inverse",
            )
            .decided_by(
                Verdict::Supported,
                learns_the_inverse,
                0,
                Alteration::new("n steps → n − 1 steps", 1),
            ),
            Statement::says(
                "superlinear",
                "Without any f'', BFGS reaches the minimum of Rosenbrock's valley in 2 and 10 dimensions, \
                 and the error falls faster than geometrically.",
                "another point, or a last factor per step that is not far below the earlier ones",
            )
            .decided_by(
                Verdict::Supported,
                leaves_the_valley,
                Memory::Kept,
                Alteration::new("f'' learned → f'' = 1 (steepest descent)", Memory::Lost),
            ),
        ],
    )
    .with_figures(figures)
}

/// A symmetric matrix with eigenvalues 1, 3, …, 2n − 1: diagonal, reflected at a random plane.
fn curvature(n: usize, rng: &mut Rng) -> Rows {
    let v: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let square: f64 = v.iter().map(|v| v * v).sum();
    let mirror = |i: usize, j: usize| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / square;
    let entry = |i: usize, j: usize| -> f64 {
        (0..n).map(|k| mirror(i, k) * (2 * k + 1) as f64 * mirror(j, k)).sum()
    };
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// The inverse by elimination with full pivoting.
fn inverse(a: &Rows) -> Rows {
    let n = a.len();
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let identity: Rows = (0..n).map(|i| (0..n).map(|j| unit(i, j)).collect()).collect();
    let columns = solve(&complexify(a), &complexify(&identity));
    columns.iter().map(|row| row.iter().map(|z| z.re).collect()).collect()
}

fn learns_the_inverse(context: &Context<'_>, missing: &usize) -> Result<Finding> {
    let mut rng = context.stream("quadratics");
    let (mut gradients, mut matrices) = (Worst::new(INVERSE), Worst::new(INVERSE));
    let mut largest = f64::NAN;
    for n in [2, 5, 10, 20] {
        let a = curvature(n, &mut rng);
        let minimum: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let mut quadratic = |x: &[f64], g: &mut [f64]| {
            for (g, row) in g.iter_mut().zip(&a) {
                *g = (0..n).map(|j| row[j] * (x[j] - minimum[j])).sum();
            }
            0.5 * (0..n).map(|i| g[i] * (x[i] - minimum[i])).sum::<f64>()
        };
        let mut search = Bfgs::new(vec![0.0; n], LineSearch::ExactQuadratic)?;
        let stop = Stop { gradient: 0.0, iterations: n - missing };
        let end = search.run(&mut quadratic, &stop);
        gradients.see(end.gradient_norm, 0.0, || format!("n = {n}"));
        largest = end.gradient_norm;
        for (i, row) in inverse(&a).iter().enumerate() {
            for (j, expected) in row.iter().enumerate() {
                let learned = search.inverse_hessian()[(i, j)];
                matrices.see(learned, *expected, || format!("n = {n}, H_{i}{j}"));
            }
        }
    }
    let evidence = Evidence::from_iter([
        gradients.into_check("largest |∂f/∂x_i| left", 4),
        matrices.into_check("matrix of BFGS against the inverse of f''", 529),
    ]);
    let headline = Headline {
        quantity: "gradient left on a quadratic in 20 dimensions".into(),
        claimed: 0.0,
        value: largest,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// Whether the matrix survives a step.
#[derive(Clone, Copy, Debug)]
enum Memory {
    Kept,
    Lost,
}

fn valley(x: &[f64], g: &mut [f64]) -> f64 {
    g.fill(0.0);
    let mut value = 0.0;
    for i in 0..x.len() - 1 {
        let (a, b) = (1.0 - x[i], x[i + 1] - x[i] * x[i]);
        value += a * a + 100.0 * b * b;
        g[i] += -2.0 * a - 400.0 * x[i] * b;
        g[i + 1] += 200.0 * b;
    }
    value
}

fn start(n: usize) -> Vec<f64> {
    (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect()
}

const LIMIT: f64 = 1e-9;
const MOST: usize = 300;

/// Distances from `(1, …, 1)`, step by step, until the gradient is below [`LIMIT`].
fn errors(n: usize, memory: Memory) -> Result<Vec<f64>> {
    let mut search = Bfgs::new(start(n), LineSearch::default())?;
    let mut errors = Vec::new();
    for iterations in std::iter::once(0).chain(std::iter::repeat_n(1, MOST)) {
        let end = search.run(&mut valley, &Stop { gradient: LIMIT, iterations });
        errors.push(end.theta.iter().map(|x| (x - 1.0).powi(2)).sum::<f64>().sqrt());
        if end.converged() {
            break;
        }
        if let Memory::Lost = memory {
            search = Bfgs::new(end.theta, LineSearch::default())?;
        }
    }
    Ok(errors)
}

fn leaves_the_valley(_: &Context<'_>, memory: &Memory) -> Result<Finding> {
    const REACHED: Tol = Tol::abs(1e-7).because("a gradient of 1e-9 over the smallest curvature, 0.4");
    let mut evidence = Evidence::new();
    let mut steps = f64::NAN;
    for n in [10, 2] {
        let errors = errors(n, *memory)?;
        let last = errors.len() - 1;
        evidence.push(exact(format!("distance from the minimum, n = {n}"), errors[last], 0.0, REACHED));
        // A geometric fall would keep this factor; the last error may be rounding.
        let late = errors[last - 1] / errors[last - 4];
        evidence.push(fact(
            format!("three of the last steps gain more than a factor of 100, n = {n}"),
            late < 0.01,
            format!("factor {late:.1e}, {last} steps"),
        ));
        let gradient = |x: &[f64]| {
            let mut g = vec![0.0; n];
            valley(x, &mut g);
            g
        };
        let value = |x: &[f64]| valley(x, &mut vec![0.0; n]);
        let (points, _) = witness::bfgs(value, gradient, &start(n), LIMIT, MOST);
        let there = points[points.len() - 1].iter().map(|x| (x - 1.0).powi(2)).sum::<f64>().sqrt();
        evidence.push(exact(format!("the same by the witness, n = {n}"), there, 0.0, REACHED));
        steps = last as f64;
    }
    let headline = Headline {
        quantity: "steps to the minimum in 2 dimensions (fewer than 100 expected)".into(),
        claimed: 100.0,
        value: steps,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |memory: Memory| -> Result<Vec<(f64, f64)>> {
        let errors = errors(2, memory)?;
        Ok((0..100).zip(errors).map(|(k, e)| (f64::from(k), e.max(1e-16))).collect())
    };
    let figure = Plot::new("Rosenbrock's valley from (−1.2, 1)")
        .x_label("step")
        .y_label("distance from the minimum")
        .y_log()
        .line("BFGS", vec![curve(Memory::Kept)?])
        .line("steepest descent", vec![curve(Memory::Lost)?])
        .render("bfgs-valley", "BFGS bends down, which is superlinear; steepest descent does not arrive.")?;
    Ok(vec![figure])
}
