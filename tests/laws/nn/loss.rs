//! Losses against closed forms, quadrature and obvious loops.

use fieldassay::linalg::{Cholesky, Matrix};
use fieldassay::nn::loss::{self, Gaussian};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Graph, Shape, Var};
use fieldassay::{Error, Result};

use super::{SEED, normals};
use fieldassay::autodiff::{Plan, grad};
use fieldassay::tensor::{Batched, Feed};

const LOOPS: Tol = Tol::rel_abs(1e-12, 1e-13).because("sums of at most a hundred terms");

/// The loss of `rows`, one array `(batch, ..)` for each operand, and its gradient by the first, `(.., batch)`.
fn value(
    dims: &[usize],
    rows: &[&[f64]],
    make: impl Fn(&mut Graph, &[Var]) -> Result<Var>,
) -> (f64, Vec<f64>) {
    let mut g = Graph::new();
    let batch = rows[0].len() / dims.iter().product::<usize>();
    let input = |(i, _)| {
        g.input(&format!("{i}"), Shape::batched(dims))
            .expect("an input")
    };
    let inputs: Vec<Var> = rows.iter().enumerate().map(input).collect();
    let loss = make(&mut g, &inputs).expect("shapes that fit");
    let slope = grad(&mut g, loss, &inputs[..1]).expect("a gradient")[0];
    let mut plan = Plan::<f64>::new(&g, &[loss, slope], batch).expect("a plan");
    let rows: Vec<Batched<'_, f64>> = rows.iter().map(|rows| Batched::Rows(rows)).collect();
    plan.run(&Feed::new(&[], &rows)).expect("a feed that fits");
    (plan.output(0)[0], plan.output(1).to_vec())
}

fn softmax(z: &[f64]) -> Vec<f64> {
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    z.iter().map(|z| z.exp() / sum).collect()
}

type Make = fn(&mut Graph, &[Var]) -> Result<Var>;

fn mse(g: &mut Graph, v: &[Var]) -> Result<Var> {
    loss::mean_squared_error(g, v[0], v[1])
}

fn mae(g: &mut Graph, v: &[Var]) -> Result<Var> {
    loss::mean_absolute_error(g, v[0], v[1])
}

fn entropy(g: &mut Graph, v: &[Var]) -> Result<Var> {
    loss::cross_entropy(g, v[0], v[1])
}

fn kl(g: &mut Graph, v: &[Var]) -> Result<Var> {
    loss::kl_divergence(g, v[0], v[1])
}

fn kl_gaussian(g: &mut Graph, v: &[Var]) -> Result<Var> {
    let gaussian = |mean, ln_sigma| Gaussian { mean, ln_sigma };
    loss::kl_gaussian(g, gaussian(v[0], v[1]), gaussian(v[2], v[3]))
}

fn covariance() -> Matrix<f64> {
    Matrix::from_rows(&[[2.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 0.5]]).expect("rows")
}

fn chi_squared(g: &mut Graph, v: &[Var]) -> Result<Var> {
    loss::chi_squared(g, v[0], v[1], &covariance())
}

const BATCH: usize = 7;

#[test]
fn losses_are_their_loops() {
    let mut r = SEED.stream("nn/losses");
    let mut worst = Worst::new(LOOPS);
    for case in 0..20 {
        let (y, t) = (normals(6 * BATCH, &mut r), normals(6 * BATCH, &mut r));
        let pairs = || y.iter().zip(&t).map(|(y, t)| y - t);
        let count = (6 * BATCH) as f64;
        let squares = pairs().map(|d| d * d).sum::<f64>() / count;
        worst.see(value(&[2, 3], &[&y, &t], mse).0, squares, || {
            format!("mse {case}")
        });
        let sizes = pairs().map(f64::abs).sum::<f64>() / count;
        worst.see(value(&[6], &[&y, &t], mae).0, sizes, || {
            format!("mae {case}")
        });
        let huber = pairs().map(|d| (1.0 + 4.0 * d * d).sqrt() - 1.0);
        let huber = huber.sum::<f64>() / count;
        let loss = |g: &mut Graph, v: &[Var]| loss::pseudo_huber(g, v[0], v[1], 0.5);
        worst.see(value(&[6], &[&y, &t], loss).0, huber, || {
            format!("huber {case}")
        });
        let p: Vec<f64> = t.chunks_exact(6).flat_map(softmax).collect();
        let q: Vec<f64> = y.chunks_exact(6).flat_map(softmax).collect();
        let terms = || p.iter().zip(&q);
        let cross = -terms().map(|(p, q)| p * q.ln()).sum::<f64>() / BATCH as f64;
        worst.see(value(&[6], &[&y, &p], entropy).0, cross, || {
            format!("entropy {case}")
        });
        let divergence = terms().map(|(p, q)| p * (p / q).ln()).sum::<f64>() / BATCH as f64;
        worst.see(value(&[6], &[&p, &q], kl).0, divergence, || {
            format!("kl {case}")
        });
    }
    worst.assert_at_least(100);
}

#[test]
fn classes_are_the_first_axis_and_others_are_averaged() {
    let mut r = SEED.stream("nn/classes");
    let (z, t) = (
        normals(3 * 4 * BATCH, &mut r),
        normals(3 * 4 * BATCH, &mut r),
    );
    let mut sum = 0.0;
    let mut targets = vec![0.0; z.len()];
    for (sample, column) in (0..BATCH).flat_map(|s| (0..4).map(move |c| (s, c))) {
        let place = |class: usize| sample * 12 + class * 4 + column;
        let at = |values: &[f64]| [0, 1, 2].map(|class| values[place(class)]);
        let (p, q) = (softmax(&at(&t)), softmax(&at(&z)));
        for class in 0..3 {
            targets[place(class)] = p[class];
            sum -= p[class] * q[class].ln();
        }
    }
    let got = value(&[3, 4], &[&z, &targets], entropy).0;
    assert!(LOOPS.compare(got, sum / (4 * BATCH) as f64).passed, "{got}");
}

#[test]
fn the_gradient_of_cross_entropy_is_softmax_minus_target() {
    let mut r = SEED.stream("nn/softmax");
    let mut worst = Worst::new(LOOPS);
    let z = normals(4 * BATCH, &mut r);
    let t: Vec<f64> = (0..BATCH)
        .flat_map(|i| (0..4).map(move |c| f64::from(c == i % 4)))
        .collect();
    let (_, slope) = value(&[4], &[&z, &t], entropy);
    for (i, z) in z.chunks_exact(4).enumerate() {
        for (c, p) in softmax(z).into_iter().enumerate() {
            let expected = (p - t[4 * i + c]) / BATCH as f64;
            worst.see(slope[c * BATCH + i], expected, || {
                format!("sample {i}, class {c}")
            });
        }
    }
    worst.assert_at_least(4 * BATCH);
}

#[test]
fn no_logit_is_too_large() {
    for (z, expected) in [
        ([1e4, 0.0], 0.0),
        ([-1e4, 0.0], 1e4),
        ([700.0, 710.0], 10.0 + (-10_f64).exp().ln_1p()),
        ([-1e300, -1e300], std::f64::consts::LN_2),
    ] {
        let (got, slope) = value(&[2], &[&z, &[1.0, 0.0]], entropy);
        assert!(LOOPS.compare(got, expected).passed, "{z:?}: {got}");
        assert!(slope.iter().all(|s| s.is_finite()), "{z:?}: {slope:?}");
    }
    assert!(
        value(&[2], &[&[f64::NAN, 0.0], &[1.0, 0.0]], entropy)
            .0
            .is_nan()
    );
}

#[test]
fn divergences_know_zero_and_refuse_what_is_no_probability() {
    let of = |p: &[f64], q: &[f64]| value(&[2], &[p, q], kl).0;
    assert_eq!(of(&[0.0, 1.0], &[0.5, 0.5]), std::f64::consts::LN_2);
    assert_eq!(of(&[0.0, 1.0], &[0.0, 1.0]), 0.0);
    assert_eq!(of(&[0.5, 0.5], &[0.0, 1.0]), f64::INFINITY);
    assert!(of(&[-0.5, 1.5], &[0.5, 0.5]).is_nan());
    assert!(of(&[0.5, 0.5], &[-0.5, 1.5]).is_nan());
    assert!(of(&[f64::NAN, 0.5], &[0.5, 0.5]).is_nan());
}

/// `∫ p (ln p − ln q)` by the trapezoidal rule, which for Gaussians converges faster than any power.
fn kl_by_quadrature([mu_p, s_p, mu_q, s_q]: [f64; 4]) -> f64 {
    let ln_density = |x: f64, mu: f64, ln_sigma: f64| {
        let z = (x - mu) / ln_sigma.exp();
        -0.5 * z * z - ln_sigma - 0.5 * std::f64::consts::TAU.ln()
    };
    let step = 0.05;
    let integrand = |k: i32| {
        let x = mu_p + s_p.exp() * step * f64::from(k);
        let ln_p = ln_density(x, mu_p, s_p);
        ln_p.exp() * (ln_p - ln_density(x, mu_q, s_q)) * step * s_p.exp()
    };
    (-300..=300).map(integrand).sum()
}

#[test]
fn the_divergence_of_gaussians_is_its_integral() {
    let mut r = SEED.stream("nn/gaussians");
    let mut worst = Worst::new(LOOPS);
    for case in 0..20 {
        let rows: Vec<Vec<f64>> = (0..4).map(|_| normals(2 * BATCH, &mut r)).collect();
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let each = |i: usize| kl_by_quadrature([0, 1, 2, 3].map(|k| rows[k][i]));
        let expected = (0..2 * BATCH).map(each).sum::<f64>() / BATCH as f64;
        worst.see(value(&[2], &rows, kl_gaussian).0, expected, || {
            format!("case {case}")
        });
        let same = [rows[0], rows[1], rows[0], rows[1]];
        assert_eq!(value(&[2], &same, kl_gaussian).0, 0.0);
    }
    worst.assert_at_least(20);
    // Close widths: ε² to first order, without cancellation.
    let close = value(&[1], &[&[0.0], &[1e-9], &[0.0], &[0.0]], kl_gaussian).0;
    assert!((close / 1e-18 - 1.0).abs() < 1e-6, "{close:e}");
}

#[test]
fn chi_squared_is_the_quadratic_form() {
    let mut r = SEED.stream("nn/chi");
    let (y, t) = (normals(3 * BATCH, &mut r), normals(3 * BATCH, &mut r));
    let cholesky = Cholesky::new(&covariance()).expect("positive definite");
    let mut sum = 0.0;
    for (y, t) in y.chunks_exact(3).zip(t.chunks_exact(3)) {
        let residual: Vec<f64> = y.iter().zip(t).map(|(y, t)| y - t).collect();
        let column = Matrix::from_vec(3, 1, residual.clone()).expect("a column");
        let solved = cholesky.solve(&column).expect("a solution");
        sum += residual
            .iter()
            .zip(solved.as_slice())
            .map(|(r, s)| r * s)
            .sum::<f64>();
    }
    let got = value(&[3], &[&y, &t], chi_squared).0;
    assert!(LOOPS.compare(got, sum / BATCH as f64).passed, "{got}");
    let indefinite = Matrix::from_rows(&[[1.0, 2.0], [2.0, 1.0]]).expect("rows");
    let mut g = Graph::new();
    let x = g.input("x", Shape::batched(&[2])).expect("an input");
    let refused = loss::chi_squared(&mut g, x, x, &indefinite);
    assert!(matches!(refused, Err(Error::Matrix { .. })));
    let refused = loss::chi_squared(&mut g, x, x, &covariance());
    assert!(matches!(
        refused,
        Err(Error::Operands {
            op: "chi_squared",
            ..
        })
    ));
}

/// A loss is a mean: the same samples twice change nothing.
#[test]
fn losses_do_not_grow_with_the_batch() {
    let mut r = SEED.stream("nn/twice");
    let probabilities = |r: &mut _| -> Vec<f64> {
        normals(3 * BATCH, r)
            .chunks_exact(3)
            .flat_map(softmax)
            .collect()
    };
    let losses: [(&str, Make, usize); 6] = [
        ("mse", mse, 2),
        ("mae", mae, 2),
        ("entropy", entropy, 2),
        ("kl", kl, 2),
        ("kl_gaussian", kl_gaussian, 4),
        ("chi_squared", chi_squared, 2),
    ];
    let mut worst = Worst::new(LOOPS);
    for (name, make, operands) in losses {
        let rows: Vec<Vec<f64>> = (0..operands).map(|_| probabilities(&mut r)).collect();
        let twice: Vec<Vec<f64>> = rows.iter().map(|rows| rows.repeat(2)).collect();
        let slices = |rows: &[Vec<f64>]| -> f64 {
            let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            value(&[3], &rows, make).0
        };
        let once = slices(&rows);
        assert!(once > 0.0, "{name}: {once}");
        worst.see(slices(&twice), once, || name.to_owned());
    }
    worst.assert_at_least(6);
}

#[test]
fn operands_of_different_shapes_are_refused_not_repeated() {
    let mut g = Graph::new();
    let a = g.input("a", Shape::batched(&[3, 1])).expect("an input");
    let b = g.input("b", Shape::batched(&[1, 3])).expect("an input");
    let c = g.input("c", Shape::shared(&[3, 1])).expect("an input");
    let losses: [(&str, Make); 4] = [
        ("mean_squared_error", mse),
        ("mean_absolute_error", mae),
        ("cross_entropy", entropy),
        ("kl_divergence", kl),
    ];
    for (name, make) in losses {
        for operands in [[a, b], [a, c], [c, c]] {
            let refused = make(&mut g, &operands);
            assert!(
                matches!(refused, Err(Error::Operands { op, .. }) if op == name),
                "{name}"
            );
        }
    }
}
