//! Levenberg–Marquardt against Gauss–Newton on normal equations in double-double.

use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{Fit, FitOptions, LevenbergMarquardt, Reason};
use fieldassay::rng::Rng;
use fieldassay::{Error, Seed};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::optimize as witness;

fn stream(label: &str) -> Rng {
    Seed(20_260_901).stream(&format!("laws/optimize/fits/{label}"))
}

fn fit<F>(start: &[f64], data: usize, mut model: F) -> Fit
where
    F: FnMut(&[f64], &mut [f64], Option<&mut Matrix<f64>>),
{
    let fit = LevenbergMarquardt::new(start.to_vec(), data, FitOptions::default());
    fit.expect("sound options")
        .run(&mut model)
        .expect("the shapes fit")
}

/// Rosenbrock's residuals `10(y − x²)`, `1 − x`.
fn valley(p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>) {
    r.copy_from_slice(&[10.0 * (p[1] - p[0] * p[0]), 1.0 - p[0]]);
    if let Some(j) = jacobian {
        j.row_mut(0).copy_from_slice(&[-20.0 * p[0], 10.0]);
        j.row_mut(1).copy_from_slice(&[-1.0, 0.0]);
    }
}

/// M. J. D. Powell's singular function: the Jacobian at the minimum 0 has rank 2.
fn singular(p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>) {
    let (a, b) = (p[1] - 2.0 * p[2], p[0] - p[3]);
    let (five, ten) = (5f64.sqrt(), 10f64.sqrt());
    r.copy_from_slice(&[p[0] + 10.0 * p[1], five * (p[2] - p[3]), a * a, ten * b * b]);
    if let Some(j) = jacobian {
        j.row_mut(0).copy_from_slice(&[1.0, 10.0, 0.0, 0.0]);
        j.row_mut(1).copy_from_slice(&[0.0, 0.0, five, -five]);
        j.row_mut(2).copy_from_slice(&[0.0, 2.0 * a, -4.0 * a, 0.0]);
        j.row_mut(3)
            .copy_from_slice(&[2.0 * ten * b, 0.0, 0.0, -2.0 * ten * b]);
    }
}

#[test]
fn classical_problems_end_at_their_minima() {
    let end = fit(&[-1.2, 1.0], 2, valley);
    assert!(end.converged() && end.chi2 < 1e-25, "{end:?}");
    assert!(end.theta.iter().all(|x| (x - 1.0).abs() < 1e-12), "{end:?}");
    // Linear convergence only, by a half a step, until χ² is below any rounding.
    let options = FitOptions {
        tolerance: 1e-10,
        iterations: 60,
        damping: 1e-3,
    };
    let mut slow = LevenbergMarquardt::new(vec![3.0, -1.0, 0.0, 1.0], 4, options).expect("sound");
    let end = slow.run(&mut singular).expect("the shapes fit");
    assert!(
        end.theta.iter().all(|x| x.abs() < 1e-7) && end.chi2 < 1e-25,
        "{end:?}"
    );
}

const POINTS: usize = 25;

/// Data of `a(1 − e^{−bx})` at `x = 1, 2, …`, with a noise of σ.
fn saturating(sigma: f64, rng: &mut Rng) -> Vec<[f64; 2]> {
    let point = |i: usize| {
        let x = (i + 1) as f64;
        [x, 240.0 * (1.0 - (-0.055 * x).exp()) + sigma * rng.normal()]
    };
    (0..POINTS).map(point).collect()
}

/// `(a(1 − e^{−bx}) − y)/σ`, to be fitted.
fn fit_saturating(data: &[[f64; 2]], sigma: f64, start: &[f64]) -> Fit {
    fit(
        start,
        data.len(),
        |p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
            for (r, [x, y]) in r.iter_mut().zip(data) {
                *r = (p[0] * (1.0 - (-p[1] * x).exp()) - y) / sigma;
            }
            if let Some(j) = jacobian {
                for (i, [x, _]) in data.iter().enumerate() {
                    let decay = (-p[1] * x).exp();
                    j.row_mut(i)
                        .copy_from_slice(&[(1.0 - decay) / sigma, p[0] * x * decay / sigma]);
                }
            }
        },
    )
}

/// Residuals and Jacobian of the same, in double-double.
fn saturating_exactly(data: &[[f64; 2]], sigma: f64, p: &[Dd]) -> (Vec<Dd>, Vec<Vec<Dd>>) {
    let (one, sigma) = (Dd::ONE, Dd::from(sigma));
    let row = |[x, y]: &[f64; 2]| {
        let (x, y) = (Dd::from(*x), Dd::from(*y));
        let decay = (-(p[1] * x)).exp();
        let residual = (p[0] * (one - decay) - y) / sigma;
        (
            residual,
            vec![(one - decay) / sigma, p[0] * x * decay / sigma],
        )
    };
    data.iter().map(row).unzip()
}

#[test]
fn a_fit_agrees_with_gauss_newton_in_double_double() {
    let mut theta = Worst::new(Tol::rel(1e-9).because("a tolerance of 1e-10 of the residuals"));
    let mut spread =
        Worst::new(Tol::rel(1e-8).because("the derivative of the covariance times 1e-9"));
    for (case, sigma) in [0.5, 2.0, 5.0].into_iter().enumerate() {
        let data = saturating(sigma, &mut stream(&format!("saturating/{case}")));
        let ours = fit_saturating(&data, sigma, &[500.0, 0.01]);
        assert_eq!(
            (ours.reason, ours.degrees_of_freedom),
            (Reason::GradientSmall, 23),
            "{ours:?}"
        );
        let exactly = |p: &[Dd]| saturating_exactly(&data, sigma, p);
        let (p, chi2, covariance) = witness::gauss_newton(exactly, &[240.0, 0.055], 30);
        theta.see(ours.chi2, chi2.to_f64(), || format!("χ², σ = {sigma}"));
        let found = ours.covariance.expect("a regular fit");
        for i in 0..2 {
            theta.see(ours.theta[i], p[i].to_f64(), || {
                format!("θ_{i}, σ = {sigma}")
            });
            for j in 0..2 {
                let place = || format!("C_{i}{j}, σ = {sigma}");
                spread.see(found[(i, j)], covariance[i][j].to_f64(), place);
            }
        }
    }
    println!("{}\n{}", theta.summary(), spread.summary());
    theta.assert_at_least(9);
    spread.assert_at_least(12);
}

#[test]
fn without_noise_a_fit_returns_what_made_the_data() {
    let data = saturating(0.0, &mut stream("exact"));
    for start in [[500.0, 0.01], [100.0, 0.5], [1.0, 0.001]] {
        let end = fit_saturating(&data, 1.0, &start);
        assert!(end.converged(), "{end:?}");
        assert!((end.theta[0] / 240.0 - 1.0).abs() < 1e-11, "{end:?}");
        assert!((end.theta[1] / 0.055 - 1.0).abs() < 1e-11, "{end:?}");
    }
}

#[test]
fn the_covariance_of_a_straight_line_is_its_closed_form() {
    let mut worst = Worst::new(Tol::rel(1e-12).because("a linear problem of condition 30"));
    let (n, sigma) = (12, 0.3);
    let mut rng = stream("line");
    let data: Vec<[f64; 2]> = (0..n)
        .map(|i| [i as f64, 1.0 + 0.5 * i as f64 + sigma * rng.normal()])
        .collect();
    let end = fit(
        &[0.0, 0.0],
        n,
        |p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
            for (r, [x, y]) in r.iter_mut().zip(&data) {
                *r = (p[0] + p[1] * x - y) / sigma;
            }
            if let Some(j) = jacobian {
                for (i, [x, _]) in data.iter().enumerate() {
                    j.row_mut(i).copy_from_slice(&[1.0 / sigma, x / sigma]);
                }
            }
        },
    );
    // Σx = 66, Σx² = 506, and the determinant 12·506 − 66² = 1716.
    let factor = sigma * sigma / 1716.0;
    let closed = [
        [506.0 * factor, -66.0 * factor],
        [-66.0 * factor, 12.0 * factor],
    ];
    let found = end.covariance.as_ref().expect("a regular fit");
    for i in 0..2 {
        for j in 0..2 {
            worst.see(found[(i, j)], closed[i][j], || format!("C_{i}{j}"));
        }
    }
    worst.assert_at_least(4);
    assert!(end.converged() && end.iterations <= 10, "{end:?}");
}

#[test]
fn pulls_of_fits_are_standard_normal() {
    const FITS: usize = 2000;
    let mut rng = stream("pulls");
    let mut squares = 0.0;
    for _ in 0..FITS {
        let data = saturating(0.5, &mut rng);
        let end = fit_saturating(&data, 0.5, &[200.0, 0.05]);
        assert!(end.converged(), "{end:?}");
        let covariance = end.covariance.expect("a regular fit");
        squares += (end.theta[0] - 240.0).powi(2) / covariance[(0, 0)] / FITS as f64;
    }
    // The mean square of 2000 normal pulls is 1 ± √(2/2000): 6.1 of these is a false-fail rate of 1e-9.
    assert!(
        (squares - 1.0).abs() <= 6.1 * (2.0 / FITS as f64).sqrt(),
        "{squares}"
    );
}

#[test]
fn what_cannot_be_fitted_says_so() {
    let twice = |p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
        r.copy_from_slice(&[p[0] + p[1] - 1.0, 2.0 * (p[0] + p[1]) - 2.5, p[0] + p[1]]);
        if let Some(j) = jacobian {
            j.row_mut(0).fill(1.0);
            j.row_mut(1).fill(2.0);
            j.row_mut(2).fill(1.0);
        }
    };
    let end = fit(&[0.0, 3.0], 3, twice);
    assert!(end.converged() && end.covariance.is_none(), "{end:?}");
    assert!((end.theta[0] + end.theta[1] - 1.0).abs() < 1e-9, "{end:?}");
    let broken = fit(
        &[1.0],
        1,
        |_: &[f64], r: &mut [f64], _: Option<&mut Matrix<f64>>| r[0] = f64::NAN,
    );
    assert_eq!(
        (broken.reason, broken.converged()),
        (Reason::NotFinite, false)
    );
    let mut few = LevenbergMarquardt::new(
        vec![-1.2, 1.0],
        2,
        FitOptions {
            iterations: 2,
            ..FitOptions::default()
        },
    )
    .expect("sound");
    assert_eq!(
        few.run(&mut valley).expect("the shapes fit").reason,
        Reason::IterationsSpent
    );
    for bad in [
        FitOptions {
            tolerance: 0.0,
            ..FitOptions::default()
        },
        FitOptions {
            damping: f64::NAN,
            ..FitOptions::default()
        },
    ] {
        assert!(matches!(
            LevenbergMarquardt::new(vec![1.0], 1, bad),
            Err(Error::Domain { .. })
        ));
    }
    assert!(LevenbergMarquardt::new(vec![], 1, FitOptions::default()).is_err());
    let mut reshaped = LevenbergMarquardt::new(vec![1.0], 2, FitOptions::default()).expect("sound");
    let mut model = |_: &[f64], _: &mut [f64], jacobian: Option<&mut Matrix<f64>>| {
        if let Some(j) = jacobian {
            *j = Matrix::zeros(1, 1);
        }
    };
    assert!(matches!(
        reshaped.run(&mut model),
        Err(Error::ShapeMismatch { .. })
    ));
}

/// `e^{a + b} x + 10⁻³⁰ c x²` at eleven points: `a` and `b` always act as one, and `c` hardly at all.
fn redundant(p: &[f64], r: &mut [f64], jacobian: Option<&mut Matrix<f64>>) {
    const FAINT: f64 = 1e-30;
    let x = |i: usize| 0.1 + 0.2 * i as f64;
    let rise = (p[0] + p[1]).exp();
    for (i, r) in r.iter_mut().enumerate() {
        *r = rise * x(i) + FAINT * p[2] * x(i).powi(2) - 2.0 * x(i);
    }
    if let Some(j) = jacobian {
        for i in 0..j.rows() {
            let slope = rise * x(i);
            j.row_mut(i)
                .copy_from_slice(&[slope, slope, FAINT * x(i).powi(2)]);
        }
    }
}

/// A damping far below rounding, or columns of very different lengths, left the damped problem without its rank.
#[test]
fn r3_a_fit_of_dependent_columns_ends_in_an_outcome() {
    for damping in [1e-3, 1e-25, 1e-300] {
        let options = FitOptions {
            damping,
            ..FitOptions::default()
        };
        let mut search = LevenbergMarquardt::new(vec![1.0; 3], 11, options).expect("sound");
        let end = search
            .run(&mut redundant)
            .expect("an outcome, not an error");
        assert!(end.chi2 < 1e-25, "{end:?}");
        let sum = end.theta[0] + end.theta[1];
        assert!((sum - 2f64.ln()).abs() < 1e-12, "{end:?}");
        // Of all that fit alike, the nearest: what acts as one moves as one, up to rounding, of which damping holds back
        // the less the smaller it is: at the least that is allowed a hundredth is left.
        assert!((end.theta[0] - end.theta[1]).abs() < 0.05, "{end:?}");
    }
}
