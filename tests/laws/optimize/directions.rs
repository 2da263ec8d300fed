//! What a method tries next, trial by trial, against the formula of its step: an end at the minimum says little about
//! that, since a worse direction arrives there too.
//!
//! Every call of the objective is recorded. The first trial of an iteration is the full step, so that it shows the
//! direction; the witness forms it densely.

use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{
    Bfgs, FitOptions, Lbfgs, LevenbergMarquardt, LineSearch, Metric, Newton, NewtonStep,
    QuasiNewton, Reason, Stop,
};

const N: usize = 5;
const HISTORY: usize = 3;
const ITERATIONS: usize = 14;

/// `Σ k(x_k − 1)² + (Σ x_k)⁴/10 + Σ cos x_k`: no quadratic, and bounded below.
fn bowl(x: &[f64], g: &mut [f64]) -> f64 {
    let sum: f64 = x.iter().sum();
    let mut value = 0.1 * sum.powi(4);
    for (k, (x, g)) in x.iter().zip(g).enumerate() {
        let weight = (k + 1) as f64;
        value += weight * (x - 1.0).powi(2) + x.cos();
        *g = 2.0 * weight * (x - 1.0) - x.sin() + 0.4 * sum.powi(3);
    }
    value
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Steps and changes of the gradient, the oldest first.
type Pairs = Vec<(Vec<f64>, Vec<f64>)>;

/// `H ← (1 − ρsyᵀ)H(1 − ρysᵀ) + ρssᵀ` over the pairs, from `γ` times the identity.
fn inverse_hessian(gamma: f64, pairs: &[(Vec<f64>, Vec<f64>)]) -> Vec<Vec<f64>> {
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let mut h: Vec<Vec<f64>> = (0..N)
        .map(|i| (0..N).map(|j| gamma * unit(i, j)).collect())
        .collect();
    for (s, y) in pairs {
        let rho = 1.0 / dot(s, y);
        let left = |i: usize, k: usize| unit(i, k) - rho * s[i] * y[k];
        let product = |i: usize, j: usize| -> f64 {
            let terms = (0..N).flat_map(|k| (0..N).map(move |l| (k, l)));
            terms.map(|(k, l)| left(i, k) * h[k][l] * left(j, l)).sum()
        };
        h = (0..N)
            .map(|i| (0..N).map(|j| product(i, j) + rho * s[i] * s[j]).collect())
            .collect();
    }
    h
}

/// Runs one iteration at a time and compares the first trial of each with `θ − H·g`.
fn follow<M: Metric>(
    name: &str,
    mut search: QuasiNewton<M>,
    inverse: impl Fn(&Pairs) -> Vec<Vec<f64>>,
) {
    const ROUNDING: Tol =
        Tol::abs(1e-11).because("fifteen products of conditions up to some hundred");
    let mut worst = Worst::new(ROUNDING);
    let stop = Stop {
        gradient: 1e-12,
        iterations: 1,
    };
    let (mut theta, mut gradient) = (vec![2.0; N], vec![0.0; N]);
    bowl(&theta, &mut gradient);
    let mut pairs = Pairs::new();
    for iteration in 0..ITERATIONS {
        let mut trials: Vec<Vec<f64>> = Vec::new();
        let mut objective = |x: &[f64], g: &mut [f64]| {
            trials.push(x.to_vec());
            bowl(x, g)
        };
        let outcome = search.run(&mut objective, &stop);
        // The first run also looks at the start.
        let first = &trials[usize::from(iteration == 0)];
        if iteration > 0 {
            let h = inverse(&pairs);
            for i in 0..N {
                worst.see(first[i], theta[i] - dot(&h[i], &gradient), || {
                    format!("{name}, iteration {iteration}, x_{i}")
                });
            }
        }
        let mut next = vec![0.0; N];
        bowl(&outcome.theta, &mut next);
        pairs.push((
            difference(&outcome.theta, &theta),
            difference(&next, &gradient),
        ));
        (theta, gradient) = (outcome.theta, next);
        if gradient.iter().all(|g| g.abs() < 1e-7) {
            break;
        }
    }
    // More steps than the history holds.
    assert!(pairs.len() >= HISTORY + 3, "{name}: {} steps", pairs.len());
    worst.assert_at_least(N * (HISTORY + 2));
}

#[test]
fn every_quasi_newton_step_is_the_dense_update_of_its_pairs() {
    let search = LineSearch::default();
    let scale = |(s, y): &(Vec<f64>, Vec<f64>)| dot(s, y) / dot(y, y);
    let bfgs = Bfgs::new(vec![2.0; N], search).expect("sound");
    follow("BFGS", bfgs, |pairs| {
        inverse_hessian(scale(&pairs[0]), pairs)
    });
    let lbfgs = Lbfgs::with_history(vec![2.0; N], HISTORY, search).expect("sound");
    follow("L-BFGS", lbfgs, |pairs| {
        let kept = &pairs[pairs.len().saturating_sub(HISTORY)..];
        inverse_hessian(scale(&pairs[pairs.len() - 1]), kept)
    });
}

/// On a cubic the interpolation is exact: the trial after a first one that went too far is the minimum.
#[test]
fn a_line_search_finds_the_minimum_of_a_cubic_in_one_interpolation() {
    let mut trials = Vec::new();
    // −x + x² + x³ from 0: slope −1, so that the first trial is at 1, where it has risen; its minimum is at 1/3.
    let mut cubic = |x: &[f64], g: &mut [f64]| {
        trials.push(x[0]);
        g[0] = -1.0 + 2.0 * x[0] + 3.0 * x[0] * x[0];
        -x[0] + x[0] * x[0] + x[0].powi(3)
    };
    let mut search = Bfgs::new(vec![0.0], LineSearch::default()).expect("sound");
    let stop = Stop {
        gradient: 1e-12,
        iterations: 1,
    };
    search.run(&mut cubic, &stop);
    assert_eq!(trials[..2], [0.0, 1.0]);
    assert!((trials[2] - 1.0 / 3.0).abs() < 1e-14, "{trials:?}");
}

/// Beside 10¹⁰ a decrease is lost in rounding long before the gradient is small: then the gradient decides.
#[test]
fn newton_arrives_where_values_agree_to_rounding() {
    let mut objective = |x: &[f64], g: &mut [f64], hessian: &mut Matrix<f64>| {
        let mut value = 1e10;
        for (k, (x, g)) in x.iter().zip(g).enumerate() {
            let d = x - k as f64;
            value += 0.5 * d * d + 0.25 * d.powi(4);
            *g = d + d.powi(3);
            hessian[(k, k)] = 1.0 + 3.0 * d * d;
        }
        value
    };
    let stop = Stop {
        gradient: 1e-12,
        iterations: 50,
    };
    let mut search = Newton::new(vec![2.0, -1.0, 2.5], NewtonStep::Minimising);
    let outcome = search.run(&mut objective, &stop).expect("finite Hessians");
    assert_eq!(outcome.reason, Reason::GradientSmall, "{outcome:?}");
    for (k, x) in outcome.theta.iter().enumerate() {
        assert!((x - k as f64).abs() < 1e-11, "{outcome:?}");
    }
}

/// A call of a fit's model: where, the residuals there, and the Jacobian if it was asked for.
struct Call {
    theta: Vec<f64>,
    residuals: Vec<f64>,
    jacobian: Option<Vec<[f64; 2]>>,
}

const DATA: usize = 6;

/// `a·e^{bx} − y`, whose second column grows and shrinks with `a` and `b`.
fn growth(theta: &[f64]) -> (Vec<f64>, Vec<[f64; 2]>) {
    let x = |i: usize| 0.2 * i as f64;
    let y = |i: usize| 1.5 * (-1.2 * x(i)).exp() + 0.01 * f64::from(u8::from(i.is_multiple_of(2)));
    let rise = |i: usize| (theta[1] * x(i)).exp();
    let residuals = (0..DATA).map(|i| theta[0] * rise(i) - y(i)).collect();
    let jacobian = (0..DATA)
        .map(|i| [rise(i), theta[0] * x(i) * rise(i)])
        .collect();
    (residuals, jacobian)
}

fn calls_of_a_fit(damping: f64) -> Vec<Call> {
    let mut calls = Vec::new();
    let options = FitOptions {
        damping,
        ..FitOptions::default()
    };
    let mut model = |theta: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
        let (residuals, columns) = growth(theta);
        r.copy_from_slice(&residuals);
        let asked = jacobian.is_some();
        if let Some(j) = jacobian {
            for (i, row) in columns.iter().enumerate() {
                j.row_mut(i).copy_from_slice(row);
            }
        }
        calls.push(Call {
            theta: theta.to_vec(),
            residuals,
            jacobian: asked.then_some(columns),
        });
    };
    let mut search = LevenbergMarquardt::new(vec![4.0, 1.5], DATA, options).expect("sound");
    let fit = search.run(&mut model).expect("the shapes fit");
    assert!(fit.converged(), "{fit:?}");
    assert_eq!(fit.degrees_of_freedom, DATA as isize - 2);
    calls
}

/// Each trial minimises `|r + Jp|² + μ|Dp|²`, with the largest columns so far in `D` and Nielsen's rule for `μ`.
#[test]
fn every_trial_of_a_fit_solves_its_damped_problem() {
    const STATIONARY: Tol =
        Tol::abs(1e-9).because("relative to |Jᵀr|; p is a difference of two parameters");
    let mut worst = Worst::new(STATIONARY);
    let mut shrunk = 0;
    for first in [1e-3, 1.0, 100.0] {
        let (mut mu, mut growth, mut scale) = (first, 2.0, [0.0_f64; 2]);
        let calls = calls_of_a_fit(first);
        let mut here: Option<&Call> = None;
        for (number, call) in calls.iter().enumerate() {
            if let Some(jacobian) = &call.jacobian {
                for (k, scale) in scale.iter_mut().enumerate() {
                    let norm = jacobian
                        .iter()
                        .map(|row| row[k] * row[k])
                        .sum::<f64>()
                        .sqrt();
                    shrunk += usize::from(norm < 0.9 * *scale);
                    *scale = scale.max(norm);
                }
                (here, growth) = (Some(call), 2.0);
                continue;
            }
            let from = here.expect("a fit begins with a Jacobian");
            let jacobian = from.jacobian.as_ref().expect("asked for");
            let p = difference(&call.theta, &from.theta);
            let moved: Vec<f64> = (jacobian.iter().zip(&from.residuals))
                .map(|(row, r)| r + dot(row, &p))
                .collect();
            let project = |r: &[f64], k: usize| {
                jacobian
                    .iter()
                    .zip(r)
                    .map(|(row, r)| row[k] * r)
                    .sum::<f64>()
            };
            let size = project(&from.residuals, 0).hypot(project(&from.residuals, 1));
            // Close to the end a step is rounded to the digits of the parameters.
            let large = dot(&p, &p).sqrt() > 1e-5;
            for k in (0..2).filter(|_| large) {
                let stationary = project(&moved, k) + mu * scale[k] * scale[k] * p[k];
                worst.see(stationary / size, 0.0, || {
                    format!("μ = {first}, call {number}, p_{k}")
                });
            }
            let square = |r: &[f64]| dot(r, r);
            let gain = square(&from.residuals) - square(&call.residuals);
            let ratio = gain / (square(&from.residuals) - square(&moved));
            if gain > 0.0 {
                let surplus = 2.0 * ratio.clamp(0.0, 1.0) - 1.0;
                mu *= (1.0_f64 / 3.0).max(1.0 - surplus.powi(3));
            } else {
                mu *= growth;
                growth *= 2.0;
            }
        }
    }
    assert!(shrunk >= 3, "columns shrank {shrunk} times only");
    worst.assert_at_least(20);
}
