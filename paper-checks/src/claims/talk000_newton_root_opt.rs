//! `newton-root-opt`: Newton's method finds roots, and optima as the roots of `f'`.
//!
//! The order of convergence is read off the last three steps in 640 binary places, against roots
//! from bisection (`reference::fixed`). As an optimiser the method finds any stationary point,
//! maxima and saddles included: that is the qualification, and the saddles are counted, with the
//! Hessian from forward-mode differentiation (`reference::dual`).

use std::f64::consts::TAU;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, Evidence, Verdict, check, exact, fact};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::fixed::{Fixed, bisect};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// 640 places: errors of 1e-10, 1e-20, …, 1e-160 are all seen.
type X = Fixed<640>;

const ORDER: Tol = Tol::abs(0.05).because("the ledger's window; higher terms are below 1e-3");
const DIGITS: Tol = Tol::abs(1e-50).because("fifty digits, of which 640 places hold 192");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "newton-root-opt",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"How to Train a NN\"",
        "Newton's method in Root Finding: x_{n+1} = x_n − f(x)/f'(x); Newton's Method In \
         Optimization: x_{n+1} = x_n − f'(x)/f''(x); many saddle points / local minima",
        vec![
            Statement::says(
                "optimisation",
                "x_{n+1} = x_n − f'(x_n)/f''(x_n) converges to an optimum of f with order 2.",
                "an order other than 2, or a stationary point missed",
            )
            .decided_by(
                Verdict::Qualified,
                finds_stationary_points,
                Update::Newton,
                Alteration::new("step → 0.9 step (damped)", Update::Damped),
            ),
            Statement::says(
                "root finding",
                "x_{n+1} = x_n − f(x_n)/f'(x_n) converges to a simple root of f with order 2.",
                "an order other than 2, or another root than bisection's",
            )
            .decided_by(
                Verdict::Supported,
                finds_roots,
                Update::Newton,
                Alteration::new("f'(x_n) → f'(x_{n−1}) (one step late)", Update::Lagged),
            ),
            Statement::says(
                "n dimensions",
                "x − H⁻¹∇f minimises a convex quadratic in one step and reaches the minimum of \
                 Rosenbrock's valley.",
                "a quadratic that needs a second step",
            )
            .decided_by(
                Verdict::Supported,
                minimises_in_n_dimensions,
                1.0,
                Alteration::new("Hessian of xᵀAx/2: A → 2A", 2.0),
            ),
            Statement::says(
                "saddle points",
                "Saddles are a challenge: on cos(u + v) + cos(u − v), half of whose stationary points \
                 are saddles, Newton's step from a random start ends at one in half of the cases.",
                "another share of starts that end at a saddle",
            )
            .decided_by(
                Verdict::Supported,
                ends_at_saddles,
                Curvature::Signed,
                // No saddle attracts any longer: the share falls from a half to nothing.
                Alteration::of_size("H → |H| (saddle-free Newton)", Curvature::Absolute, 0.5),
            ),
        ],
    )
}

/// The iteration, or an alteration of it.
#[derive(Clone, Copy, Debug)]
enum Update {
    Newton,
    Lagged,
    Damped,
}

/// A function, its slope, and where to look for its root.
struct Problem {
    name: &'static str,
    f: fn(&X) -> X,
    slope: fn(&X) -> X,
    bracket: [i64; 2],
    start: [i64; 2],
}

/// The distance to the root, step by step, until the next one could not be resolved.
fn errors(problem: &Problem, update: Update, root: &X) -> Vec<X> {
    const STEPS: usize = 400;
    let resolved = X::integer(1).scaled_by_power_of_two(-250);
    let damping = X::ratio(9, 10);
    let mut x = X::ratio(problem.start[0], problem.start[1]);
    let mut previous = x.clone();
    let mut errors = Vec::new();
    while errors.len() < STEPS {
        let error = (&x - root).abs();
        let finished = error < resolved;
        errors.push(error);
        if finished {
            break;
        }
        let at = match update {
            Update::Lagged => &previous,
            Update::Newton | Update::Damped => &x,
        };
        let mut step = &(problem.f)(&x) / &(problem.slope)(at);
        if let Update::Damped = update {
            step = &step * &damping;
        }
        let next = &x - &step;
        previous = x;
        x = next;
    }
    errors
}

/// Order and limit of the iteration on each problem, as two checks and the order furthest from 2.
fn converge(problems: &[Problem], update: Update) -> (Vec<Check>, f64) {
    let mut orders = Worst::new(ORDER);
    let mut limits = Worst::new(DIGITS);
    for problem in problems {
        let [low, high] = problem.bracket.map(X::integer);
        let root = bisect(problem.f, &low, &high);
        let errors = errors(problem, update, &root);
        let ln: Vec<f64> = (errors.iter())
            .map(|e| if e.is_zero() { f64::NAN } else { e.ln().to_f64() })
            .collect();
        for window in ln.windows(3).rev().take(3) {
            let order = (window[2] - window[1]) / (window[1] - window[0]);
            orders.see(order, 2.0, || problem.name.to_owned());
        }
        let last = errors.last().map_or(f64::NAN, X::to_f64);
        limits.see(last, 0.0, || problem.name.to_owned());
    }
    let furthest = orders.worst().map_or(f64::NAN, |(_, c)| c.actual);
    let seen = problems.len();
    let checks = vec![
        orders.into_check("order of the last three steps", 3 * seen),
        limits.into_check("distance from the root of bisection", seen),
    ];
    (checks, furthest)
}

fn headline(order: f64) -> Headline {
    Headline {
        quantity: "order of convergence furthest from 2".into(),
        claimed: 2.0,
        value: order,
        error: 1e-3,
    }
}

fn finds_roots(_: &Context<'_>, update: &Update) -> Result<Finding> {
    let cubic = Problem {
        name: "x³ − 2x − 5",
        f: |x| &(&(&(x * x) * x) - &x.scaled_by_power_of_two(1)) - &X::integer(5),
        slope: |x| &(&X::integer(3) * &(x * x)) - &X::integer(2),
        bracket: [2, 3],
        start: [5, 2],
    };
    let omega = Problem {
        name: "x eˣ − 1",
        f: |x| &(x * &x.exp()) - &X::integer(1),
        slope: |x| &(x + &X::integer(1)) * &x.exp(),
        bracket: [0, 1],
        start: [1, 1],
    };
    let logarithm = Problem {
        name: "eˣ − 3",
        f: |x| &x.exp() - &X::integer(3),
        slope: X::exp,
        bracket: [1, 2],
        start: [1, 1],
    };
    let (checks, order) = converge(&[cubic, omega, logarithm], *update);
    Ok(Finding::new(Evidence::from_iter(checks), headline(order)))
}

/// `e^{−2x}`.
fn decay(x: &X) -> X {
    (-&x.scaled_by_power_of_two(1)).exp()
}

fn finds_stationary_points(_: &Context<'_>, update: &Update) -> Result<Finding> {
    let quartic = Problem {
        name: "minimum of x⁴ + x² − 6x",
        f: |x| &(&X::integer(4) * &(&(x * x) * x)) + &(&X::integer(2) * &(x - &X::integer(3))),
        slope: |x| &(&X::integer(12) * &(x * x)) + &X::integer(2),
        bracket: [0, 3],
        start: [2, 1],
    };
    let exponentials = Problem {
        name: "minimum of eˣ + e^{−2x}",
        f: |x| &x.exp() - &decay(x).scaled_by_power_of_two(1),
        slope: |x| &x.exp() + &decay(x).scaled_by_power_of_two(2),
        bracket: [-1, 1],
        start: [1, 2],
    };
    let maximum = Problem {
        name: "maximum of 6x − x³",
        f: |x| &X::integer(6) - &(&X::integer(3) * &(x * x)),
        slope: |x| &X::integer(-6) * x,
        bracket: [1, 2],
        start: [1, 1],
    };
    let curvature = (maximum.slope)(&X::integer(2).sqrt()).to_f64();
    let (checks, order) = converge(&[quartic, exponentials, maximum], *update);
    let mut evidence = Evidence::from_iter(checks);
    evidence.push(fact(
        "one of the points found is a maximum",
        curvature < 0.0,
        format!("f'' = {curvature} at x = √2, where the iteration on 6x − x³ ends"),
    ));
    Ok(Finding::new(evidence, headline(order)).qualified(
        "the iteration finds stationary points: it is a minimum only where f'' > 0, and the same \
         step ends at maxima and at saddles",
    ))
}

/// Solves `A x = b` by elimination with partial pivoting.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))
            .unwrap_or(k);
        a.swap(k, pivot);
        b.swap(k, pivot);
        let (row, value) = (a[k].clone(), b[k]);
        for i in k + 1..n {
            let factor = a[i][k] / row[k];
            for (x, y) in a[i].iter_mut().zip(&row) {
                *x -= factor * y;
            }
            b[i] -= factor * value;
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    b
}

/// `BᵀB + n·1`: positive definite, with a condition number of a few.
fn positive_definite(n: usize, rng: &mut Rng) -> Vec<Vec<f64>> {
    let b: Vec<Vec<f64>> = (0..n)
        .map(|_| (0..n).map(|_| rng.normal()).collect())
        .collect();
    let entry = |i: usize, j: usize| {
        let product: f64 = b.iter().map(|row| row[i] * row[j]).sum();
        product + if i == j { n as f64 } else { 0.0 }
    };
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

fn minimises_in_n_dimensions(context: &Context<'_>, hessian_factor: &f64) -> Result<Finding> {
    const ROUNDING: Tol = Tol::abs(1e-12).because("one solve with a condition number below 100");
    let mut rng = context.stream("quadratics");
    let mut one_step = Worst::new(ROUNDING);
    for n in [1, 2, 5, 10, 20] {
        let a = positive_definite(n, &mut rng);
        let minimum: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let x: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let gradient = (a.iter())
            .map(|row| (0..n).map(|j| row[j] * (x[j] - minimum[j])).sum())
            .collect();
        let hessian = (a.iter())
            .map(|row| row.iter().map(|h| hessian_factor * h).collect())
            .collect();
        let step = solve(hessian, gradient);
        for k in 0..n {
            one_step.see(x[k] - step[k], minimum[k], || format!("n = {n}, x_{k}"));
        }
    }
    let error = one_step.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let mut valley = Worst::new(ROUNDING);
    let mut x = [-1.2, 1.0];
    for _ in 0..8 {
        let step = rosenbrock_step(x, *hessian_factor);
        x = [x[0] - step[0], x[1] - step[1]];
    }
    valley.see(x[0], 1.0, || "x".into());
    valley.see(x[1], 1.0, || "y".into());
    let evidence = Evidence::from_iter([
        one_step.into_check("x − H⁻¹∇f is the minimum of a quadratic", 38),
        valley.into_check("eight steps from (−1.2, 1) reach Rosenbrock's minimum", 2),
    ]);
    let headline = Headline {
        quantity: "largest distance from the minimum of a quadratic after one step".into(),
        claimed: 0.0,
        value: error,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// Newton's step on `(1−x)² + 100 (y−x²)²`.
fn rosenbrock_step([x, y]: [f64; 2], hessian_factor: f64) -> Vec<f64> {
    let gradient = vec![
        -2.0 * (1.0 - x) - 400.0 * x * (y - x * x),
        200.0 * (y - x * x),
    ];
    let hessian = [
        [2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x],
        [-400.0 * x, 200.0],
    ];
    let scaled = hessian.map(|row| row.map(|h| hessian_factor * h).to_vec());
    solve(scaled.to_vec(), gradient)
}

/// Whether the step uses the Hessian or its absolute value.
#[derive(Clone, Copy, Debug)]
enum Curvature {
    Signed,
    Absolute,
}

impl Curvature {
    /// `H`, or `|H| = (H² + |det H|)/√(tr H² + 2|det H|)`, which has the eigenvalues `|λ|`.
    fn of(self, h: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let det = (h[0][0] * h[1][1] - h[0][1] * h[1][0]).abs();
        let square = |i: usize, j: usize| h[i][0] * h[0][j] + h[i][1] * h[1][j];
        let norm = (square(0, 0) + square(1, 1) + 2.0 * det).sqrt();
        let entry = |i: usize, j: usize| match self {
            Self::Signed => h[i][j],
            Self::Absolute => (square(i, j) + if i == j { det } else { 0.0 }) / norm,
        };
        (0..2).map(|i| (0..2).map(|j| entry(i, j)).collect()).collect()
    }
}

/// `f = cos(u + v) + cos(u − v)`: in a period two maxima, two minima and four saddles.
fn surface(x: &[Dual]) -> Dual {
    (x[0] + x[1]).cos() + (x[0] - x[1]).cos()
}

/// `∇f`, in dual numbers, so that its Jacobian is the Hessian.
fn surface_gradient(x: &[Dual]) -> Vec<Dual> {
    let (sum, difference) = ((x[0] + x[1]).sin(), (x[0] - x[1]).sin());
    let zero = Dual::constant(0.0);
    vec![zero - sum - difference, difference - sum]
}

/// What kind of point an iteration ended at; none if it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Minimum,
    Saddle,
    Maximum,
    Nowhere,
}

/// Newton's optimisation from `x` until the gradient is below 1e-12.
fn end_of_iteration(mut x: Vec<f64>, curvature: Curvature) -> End {
    const STEPS: usize = 300;
    for _ in 0..STEPS {
        let constants: Vec<Dual> = x.iter().map(|x| Dual::constant(*x)).collect();
        let gradient: Vec<f64> = surface_gradient(&constants).iter().map(|g| g.value).collect();
        let h = jacobian(surface_gradient, &x);
        if gradient[0].hypot(gradient[1]) < 1e-12 {
            let det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
            return match (det > 0.0, h[0][0] + h[1][1] > 0.0) {
                (false, _) => End::Saddle,
                (true, true) => End::Minimum,
                (true, false) => End::Maximum,
            };
        }
        let step = solve(curvature.of(&h), gradient);
        // Back into one period: far out the rounding of x would hide the zero of the gradient.
        x = (x.iter().zip(step))
            .map(|(x, step)| (x - step).rem_euclid(TAU))
            .collect();
    }
    End::Nowhere
}

/// In `a = u + v` and `b = u − v` the step is `a → a − tan a`, `b → b − tan b`. Each map commutes
/// with a shift by π, which exchanges maxima (even multiples of π) and minima of the cosine: from a
/// uniform start each is reached with probability ½, so saddles get ½, maxima and minima ¼ each.
fn ends_at_saddles(context: &Context<'_>, curvature: &Curvature) -> Result<Finding> {
    const STARTS: usize = 4000;
    let mut rng = context.stream("starts");
    let mut gradients = Worst::new(Tol::abs(1e-14).because("sums of two sines"));
    let mut ends = Vec::with_capacity(STARTS);
    for start in 0..STARTS {
        let x: Vec<f64> = (0..2).map(|_| rng.uniform_in(0.0, TAU)).collect();
        let constants: Vec<Dual> = x.iter().map(|x| Dual::constant(*x)).collect();
        let by_formula = surface_gradient(&constants);
        let by_duals = jacobian(|x| vec![surface(x)], &x);
        for (formula, dual) in by_formula.iter().zip(&by_duals[0]) {
            gradients.see(formula.value, *dual, || format!("start {start}"));
        }
        ends.push(end_of_iteration(x, *curvature));
    }
    let count = |kind: End| ends.iter().filter(|end| **end == kind).count() as f64;
    let n = STARTS as f64;
    // The binomial error at the true share, which symmetry gives.
    let saddles = Estimate::new(count(End::Saddle) / n, 0.5 / n.sqrt(), None)?;
    let evidence = Evidence::from_iter([
        gradients.into_check("∇f against forward-mode differentiation of f", 2 * STARTS),
        exact("iterations that end nowhere", count(End::Nowhere), 0.0, Tol::EXACT),
        check("share of starts that end at a saddle", saddles)
            .false_fail(1e-7)
            .resolves(0.17)
            .against(0.5),
    ]);
    let headline = Headline {
        quantity: "share of starts from which Newton's step ends at a saddle".into(),
        claimed: 0.5,
        value: saddles.value(),
        error: saddles.error(),
    };
    Ok(Finding::new(evidence, headline))
}
