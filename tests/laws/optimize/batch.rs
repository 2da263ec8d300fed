//! BFGS, L-BFGS and Newton: terminations that theory fixes, Wolfe's conditions, superlinear ends.

use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{
    Bfgs, Lbfgs, LineSearch, Metric, Newton, NewtonStep, Outcome, QuasiNewton, Reason, Stop,
};
use fieldassay::rng::Rng;
use fieldassay::{Error, Seed};
use fieldassay_reference::optimize as witness;

fn stream(label: &str) -> Rng {
    Seed(20_260_901).stream(&format!("laws/optimize/{label}"))
}

/// `½(x − x₀)ᵀA(x − x₀)`; the eigenvalues of `A` are 1, 3, …, 2n − 1, so that nothing ends before n steps.
struct Quadratic {
    a: Matrix<f64>,
    minimum: Vec<f64>,
}

impl Quadratic {
    /// Diagonal, reflected at the plane across a random direction.
    fn random(n: usize, rng: &mut Rng) -> Self {
        let v: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let square: f64 = v.iter().map(|v| v * v).sum();
        let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
        let mirror = |i: usize, j: usize| unit(i, j) - 2.0 * v[i] * v[j] / square;
        let eigenvalue = |k: usize| (2 * k + 1) as f64;
        let a = Matrix::from_fn(n, n, |i, j| {
            (0..n)
                .map(|k| mirror(i, k) * eigenvalue(k) * mirror(j, k))
                .sum()
        });
        Self {
            a,
            minimum: (0..n).map(|_| rng.normal()).collect(),
        }
    }

    fn value(&self, x: &[f64], g: &mut [f64]) -> f64 {
        let d: Vec<f64> = x.iter().zip(&self.minimum).map(|(x, m)| x - m).collect();
        let mut value = 0.0;
        for (i, g) in g.iter_mut().enumerate() {
            *g = self.a.row(i).iter().zip(&d).map(|(a, d)| a * d).sum();
            value += 0.5 * *g * d[i];
        }
        value
    }
}

/// Rosenbrock's valley in `n` dimensions, pairs of neighbours coupled: `Σ 100(x_{i+1} − x_i²)² + (1 − x_i)²`.
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
    (0..n)
        .map(|i| if i % 2 == 0 { -1.2 } else { 1.0 })
        .collect()
}

const TIGHT: Stop = Stop {
    gradient: 1e-9,
    iterations: 1000,
};
const AT_MINIMUM: Tol = Tol::abs(1e-8).because("a gradient of 1e-9 over curvatures of at least 1");

fn exact(n: usize) -> (Bfgs, Lbfgs) {
    let bfgs = Bfgs::new(vec![0.0; n], LineSearch::ExactQuadratic).expect("sound");
    let lbfgs = Lbfgs::with_history(vec![0.0; n], n, LineSearch::ExactQuadratic).expect("sound");
    (bfgs, lbfgs)
}

#[test]
fn quadratics_end_within_n_plus_one_exact_steps_and_leave_the_inverse_hessian() {
    const INVERSE: Tol =
        Tol::abs(1e-8).because("n steps conjugate to rounding times the condition, 39");
    let mut rng = stream("quadratics");
    let (mut minima, mut inverse) = (Worst::new(AT_MINIMUM), Worst::new(INVERSE));
    for n in [1, 2, 5, 10, 20] {
        let problem = Quadratic::random(n, &mut rng);
        let mut objective = |x: &[f64], g: &mut [f64]| problem.value(x, g);
        let (mut bfgs, mut lbfgs) = exact(n);
        for end in [
            bfgs.run(&mut objective, &TIGHT),
            lbfgs.run(&mut objective, &TIGHT),
        ] {
            assert!(
                end.converged() && end.iterations <= n + 1,
                "n = {n}: {end:?}"
            );
            for (x, m) in end.theta.iter().zip(&problem.minimum) {
                minima.see(*x, *m, || format!("n = {n}"));
            }
        }
        for i in 0..n {
            for j in 0..n {
                let product: f64 = (0..n)
                    .map(|k| bfgs.inverse_hessian()[(i, k)] * problem.a[(k, j)])
                    .sum();
                inverse.see(product, f64::from(u8::from(i == j)), || {
                    format!("n = {n}, HA_{i}{j}")
                });
            }
        }
    }
    println!("{}\n{}", minima.summary(), inverse.summary());
    minima.assert_at_least(76);
    inverse.assert_at_least(530);
}

#[test]
fn a_short_history_still_solves_a_large_quadratic() {
    let n = 200;
    let problem = Quadratic::random(n, &mut stream("large"));
    let mut objective = |x: &[f64], g: &mut [f64]| problem.value(x, g);
    let mut search = Lbfgs::with_history(vec![0.0; n], 5, LineSearch::default()).expect("sound");
    let end = search.run(&mut objective, &TIGHT);
    assert!(end.converged(), "{end:?}");
    let mut worst = Worst::new(AT_MINIMUM);
    for (x, m) in end.theta.iter().zip(&problem.minimum) {
        worst.see(*x, *m, || "n = 200".into());
    }
    worst.assert_at_least(n);
}

/// One iteration at a time: the points, and the gradient norms.
fn path<M: Metric>(mut search: QuasiNewton<M>) -> (Vec<Outcome>, Outcome) {
    let one = Stop {
        iterations: 1,
        ..TIGHT
    };
    let mut points = vec![search.run(
        &mut valley,
        &Stop {
            iterations: 0,
            ..TIGHT
        },
    )];
    loop {
        let next = search.run(&mut valley, &one);
        points.push(next.clone());
        if next.reason != Reason::IterationsSpent {
            return (points, next);
        }
        assert!(points.len() < 1000, "{next:?}");
    }
}

fn bfgs(n: usize) -> Bfgs {
    Bfgs::new(start(n), LineSearch::default()).expect("sound")
}

fn lbfgs(n: usize) -> Lbfgs {
    Lbfgs::with_history(start(n), 20, LineSearch::default()).expect("sound")
}

#[test]
fn the_valley_is_left_superlinearly_at_its_known_minimum() {
    for n in [2, 10] {
        for (points, end) in [path(bfgs(n)), path(lbfgs(n))] {
            assert!(end.converged(), "n = {n}: {end:?}");
            assert!(
                end.theta.iter().all(|x| (x - 1.0).abs() < 1e-7),
                "n = {n}: {:?}",
                end.theta
            );
            let error = |o: &Outcome| {
                o.theta
                    .iter()
                    .map(|x| (x - 1.0).powi(2))
                    .sum::<f64>()
                    .sqrt()
            };
            let errors: Vec<f64> = points.iter().map(error).collect();
            // Linear convergence would keep a ratio; here three steps gain more than any three before.
            let gain = |at: usize| errors[at] / errors[at - 3];
            let last = errors.len() - 2;
            assert!(gain(last) < 0.01, "n = {n}: {:?}", &errors[last - 6..]);
        }
    }
}

#[test]
fn every_accepted_step_satisfies_both_wolfe_conditions() {
    let tight = LineSearch::StrongWolfe {
        sufficient: 1e-4,
        curvature: 0.1,
    };
    let mut seen = 0;
    for (search, curvature) in [(LineSearch::default(), 0.9), (tight, 0.1)] {
        for n in [2, 10] {
            let method = Bfgs::new(start(n), search).expect("sound");
            for pair in path(method).0.windows(2) {
                let mut g = [vec![0.0; n], vec![0.0; n]];
                let f = [0, 1].map(|k| valley(&pair[k].theta, &mut g[k]));
                let slope = |g: &[f64]| -> f64 {
                    (0..n)
                        .map(|i| g[i] * (pair[1].theta[i] - pair[0].theta[i]))
                        .sum()
                };
                let (before, after) = (slope(&g[0]), slope(&g[1]));
                let rounding = 1e-12 * before.abs() + 1e-15 * f[0].abs();
                assert!(
                    f[1] <= f[0] + 1e-4 * before + rounding,
                    "n = {n}: {f:?}, {before}"
                );
                assert!(
                    after.abs() <= curvature * before.abs() + rounding,
                    "n = {n}: {before}, {after}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 100, "{seen} steps");
}

#[test]
fn bfgs_and_its_witness_find_the_same_minimum() {
    let mut worst = Worst::new(
        Tol::abs(1e-7).because("gradients of 1e-9 on curvatures of 0.4 and more, twice"),
    );
    for n in [2, 4, 10] {
        let gradient = |x: &[f64]| {
            let mut g = vec![0.0; n];
            valley(x, &mut g);
            g
        };
        let value = |x: &[f64]| valley(x, &mut vec![0.0; n]);
        let (points, _) = witness::bfgs(value, gradient, &start(n), 1e-9, 500);
        let ours = bfgs(n).run(&mut valley, &TIGHT);
        assert!(ours.converged() && points.len() < 500, "n = {n}");
        for (x, y) in ours.theta.iter().zip(&points[points.len() - 1]) {
            worst.see(*x, *y, || format!("n = {n}"));
        }
    }
    worst.assert_at_least(16);
}

#[test]
fn an_interrupted_search_continues_bit_by_bit() {
    let (mut whole, mut parts) = (lbfgs(10), lbfgs(10));
    let once = whole.run(&mut valley, &TIGHT);
    let mut last = parts.run(
        &mut valley,
        &Stop {
            iterations: 3,
            ..TIGHT
        },
    );
    while last.reason == Reason::IterationsSpent {
        last = parts.run(
            &mut valley,
            &Stop {
                iterations: 3,
                ..TIGHT
            },
        );
    }
    assert_eq!(once, last);
}

#[test]
fn what_does_not_converge_says_why() {
    let spent = bfgs(2).run(
        &mut valley,
        &Stop {
            iterations: 3,
            ..TIGHT
        },
    );
    assert_eq!(
        (spent.reason, spent.iterations, spent.converged()),
        (Reason::IterationsSpent, 3, false)
    );
    let mut wall = |x: &[f64], g: &mut [f64]| {
        g[0] = 1.0 / x[0];
        x[0].ln()
    };
    let mut search = Bfgs::new(vec![-1.0], LineSearch::default()).expect("sound");
    assert_eq!(search.run(&mut wall, &TIGHT).reason, Reason::NotFinite);
    // A gradient with the wrong sign.
    let mut wrong = |x: &[f64], g: &mut [f64]| {
        g[0] = -2.0 * x[0];
        x[0] * x[0]
    };
    let mut search = Lbfgs::with_history(vec![1.0], 3, LineSearch::default()).expect("sound");
    let end = search.run(&mut wrong, &TIGHT);
    assert_eq!(
        (end.reason, end.theta),
        (Reason::LineSearchFailed, vec![1.0])
    );
    // −x² has no minimum, and an exact search sees that it curves downwards.
    let mut hill = |x: &[f64], g: &mut [f64]| {
        g[0] = -2.0 * x[0];
        -x[0] * x[0]
    };
    let mut search = Bfgs::new(vec![1.0], LineSearch::ExactQuadratic).expect("sound");
    assert!(!search.run(&mut hill, &TIGHT).converged());
    let bad = LineSearch::StrongWolfe {
        sufficient: 0.9,
        curvature: 0.1,
    };
    assert!(matches!(
        Bfgs::new(vec![1.0], bad),
        Err(Error::Domain { .. })
    ));
    assert!(matches!(
        Lbfgs::with_history(vec![1.0], 0, bad),
        Err(Error::Domain { .. })
    ));
}

/// Rosenbrock's valley in two dimensions with its Hessian.
fn curved_valley(x: &[f64], g: &mut [f64], h: &mut Matrix<f64>) -> f64 {
    h[(0, 0)] = 2.0 - 400.0 * (x[1] - 3.0 * x[0] * x[0]);
    h[(0, 1)] = -400.0 * x[0];
    h[(1, 0)] = h[(0, 1)];
    h[(1, 1)] = 200.0;
    valley(x, g)
}

/// `cos x + cos y`: minima, maxima and saddles at multiples of π.
fn egg_box(x: &[f64], g: &mut [f64], h: &mut Matrix<f64>) -> f64 {
    for i in 0..2 {
        g[i] = -x[i].sin();
        h[(i, i)] = -x[i].cos();
    }
    x[0].cos() + x[1].cos()
}

#[test]
fn newton_reaches_the_valley_and_any_stationary_point_if_asked_plainly() {
    let mut worst =
        Worst::new(Tol::abs(1e-9).because("quadratic convergence past a gradient of 1e-9"));
    for step in [NewtonStep::Plain, NewtonStep::Minimising] {
        let end = Newton::new(vec![-1.2, 1.0], step)
            .run(&mut curved_valley, &TIGHT)
            .expect("finite");
        assert!(end.converged() && end.iterations < 40, "{end:?}");
        end.theta
            .iter()
            .for_each(|x| worst.see(*x, 1.0, || format!("{step:?}")));
    }
    let pi = std::f64::consts::PI;
    for (from, to) in [
        ([0.3, 0.2], [0.0, 0.0]),
        ([0.3, 2.9], [0.0, pi]),
        ([3.3, 2.9], [pi, pi]),
    ] {
        let end = Newton::new(from.to_vec(), NewtonStep::Plain)
            .run(&mut egg_box, &TIGHT)
            .expect("finite");
        assert!(end.converged());
        (0..2).for_each(|i| worst.see(end.theta[i], to[i], || format!("plainly from {from:?}")));
        let end = Newton::new(from.to_vec(), NewtonStep::Minimising)
            .run(&mut egg_box, &TIGHT)
            .expect("finite");
        assert!(
            end.converged() && (end.value + 2.0).abs() < 1e-12,
            "{from:?}: {end:?}"
        );
    }
    worst.assert_at_least(10);
    let mut flat = |_: &[f64], g: &mut [f64], _: &mut Matrix<f64>| {
        g[0] = 1.0;
        0.0
    };
    let end = Newton::new(vec![0.0], NewtonStep::Plain)
        .run(&mut flat, &TIGHT)
        .expect("finite");
    assert_eq!(end.reason, Reason::Singular);
}
