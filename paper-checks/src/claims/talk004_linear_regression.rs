//! `linear-regression`: a parabola fitted by minimising half the sum of squares.
//!
//! Decider: the normal equations in double-double (`reference::optimize::gauss_newton`). The library's
//! gradient descent and L-BFGS minimise the printed function and must end there.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{
    FirstOrder, Lbfgs, LineSearch, Momentum, Sgd, SgdOptions, Stop,
};
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, fact};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::optimize::gauss_newton;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// `a x² + b x + c` of the truth.
const TRUTH: [f64; 3] = [1.25, -0.5, 0.75];
const POINTS: usize = 20;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "linear-regression",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用: section \"What is machine learning?\"",
        "E.g. Linear regression ∈ Supervised learning. f_{a,b,c}(x) = ax² + bx + c, \
         E = ½ Σ_d |f_{a,b,c}(x^(d)) − y^(d)|²; a, b, c, are determined by minimizing E (training = \
         fitting by data). Now we can predict y value which not in the data",
        vec![
            Statement::says(
                "minimisation",
                "Descending E = ½ Σ |f(x) − y|² leads to the least-squares parabola, from wherever it starts.",
                "an end other than the solution of the normal equations",
            )
            .decided_by(
                Verdict::Supported,
                reaches_least_squares,
                2.0,
                Alteration::new("|f − y|² → |f − y|^2.1", 2.1),
            ),
            Statement::says(
                "prediction",
                "The fitted parabola predicts y at x that are not in the data.",
                "a prediction that differs from the truth behind data without noise",
            )
            .decided_by(
                Verdict::Qualified,
                predicts,
                0.0,
                Alteration::new("truth a parabola → with 0.1 x³", 0.1),
            ),
        ],
    )
    .with_figures(figures)
}

type Data = Vec<[f64; 2]>;

/// Points of the truth with `cubic·x³` and a noise of `sigma` on it, `x` in [−1, 1].
fn data(cubic: f64, sigma: f64, rng: &mut Rng) -> Data {
    (0..POINTS)
        .map(|_| {
            let x = rng.uniform_in(-1.0, 1.0);
            [x, parabola(&TRUTH, x) + cubic * x * x * x + sigma * rng.normal()]
        })
        .collect()
}

fn parabola(p: &[f64], x: f64) -> f64 {
    (p[0] * x + p[1]) * x + p[2]
}

/// `½ Σ |r|^power` and its gradient.
fn loss(data: &Data, power: f64, p: &[f64], g: &mut [f64]) -> f64 {
    g.fill(0.0);
    let mut sum = 0.0;
    for [x, y] in data {
        let r = parabola(p, *x) - y;
        sum += 0.5 * r.abs().powf(power);
        let slope = 0.5 * power * r.abs().powf(power - 1.0).copysign(r);
        for (g, basis) in g.iter_mut().zip([x * x, *x, 1.0]) {
            *g += slope * basis;
        }
    }
    sum
}

/// The least-squares parabola: one Gauss–Newton step solves a linear problem, the second removes rounding.
fn normal_equations(data: &Data) -> Vec<f64> {
    let model = |p: &[Dd]| {
        let row = |[x, y]: &[f64; 2]| {
            let (x, y) = (Dd::from(*x), Dd::from(*y));
            ((p[0] * x + p[1]) * x + p[2] - y, vec![x * x, x, Dd::ONE])
        };
        data.iter().map(row).unzip()
    };
    gauss_newton(model, &[0.0; 3], 2).0.iter().map(|p| p.to_f64()).collect()
}

fn by_descent(data: &Data, power: f64, start: &[f64]) -> Result<Vec<f64>> {
    const STEPS: usize = 4000;
    // Σ(1 + x² + x⁴) bounds the largest curvature of the sum of squares.
    let curvature: f64 = data.iter().map(|[x, _]| 1.0 + x * x + x.powi(4)).sum();
    let options = SgdOptions { momentum: Momentum::HeavyBall(0.8), ..SgdOptions::default() };
    let mut sgd = Sgd::new(3, options)?;
    let (mut theta, mut g) = (start.to_vec(), [0.0; 3]);
    for _ in 0..STEPS {
        loss(data, power, &theta, &mut g);
        sgd.step(1.0 / curvature, &mut theta, &g)?;
    }
    Ok(theta)
}

fn reaches_least_squares(context: &Context<'_>, power: &f64) -> Result<Finding> {
    const AGREE: Tol = Tol::abs(1e-10).because("the ledger's window; conditions below 100");
    let mut rng = context.stream("noisy");
    let mut worst = Worst::new(AGREE);
    let mut converged = true;
    let mut shown = [f64::NAN; 2];
    for set in 0..5 {
        let data = data(0.0, 0.2, &mut rng);
        let exact = normal_equations(&data);
        for scale in [0.0, 1.0, 10.0] {
            let start: Vec<f64> = (0..3).map(|_| scale * rng.normal()).collect();
            let mut objective = |p: &[f64], g: &mut [f64]| loss(&data, *power, p, g);
            let mut search = Lbfgs::with_history(start.clone(), 5, LineSearch::default())?;
            let end = search.run(&mut objective, &Stop { gradient: 1e-11, iterations: 500 });
            converged &= end.gradient_norm < 1e-9;
            let descended = by_descent(&data, *power, &start)?;
            for k in 0..3 {
                worst.see(end.theta[k], exact[k], || format!("L-BFGS, set {set}, parameter {k}"));
                worst.see(descended[k], exact[k], || format!("descent, set {set}, parameter {k}"));
            }
            shown = [descended[0], exact[0]];
        }
    }
    let evidence = Evidence::from_iter([
        worst.into_check("minimiser of E against the normal equations", 90),
        fact("every search ends at a stationary point", converged, "gradients below 1e-9"),
    ]);
    let headline = Headline {
        quantity: "a of the last data set by gradient descent".into(),
        claimed: shown[1],
        value: shown[0],
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline))
}

fn predicts(context: &Context<'_>, cubic: &f64) -> Result<Finding> {
    const EXACT: Tol = Tol::abs(1e-9).because("parameters to 1e-10, at |x| ≤ 2");
    let mut rng = context.stream("exact");
    let mut worst = Worst::new(EXACT);
    for _ in 0..5 {
        let data = data(*cubic, 0.0, &mut rng);
        let fitted = by_descent(&data, 2.0, &[0.0; 3])?;
        for tenth in -20..=20 {
            let x = f64::from(tenth) / 10.0;
            let truth = parabola(&TRUTH, x) + cubic * x * x * x;
            worst.see(parabola(&fitted, x), truth, || format!("x = {x}"));
        }
    }
    let furthest = worst.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence = Evidence::from_iter([worst.into_check("prediction at 41 new x in [−2, 2]", 205)]);
    let headline = Headline {
        quantity: "largest error of a prediction".into(),
        claimed: 0.0,
        value: furthest,
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "the truth has to be in the family that is fitted: 0.1 x³ more, and the predictions are wrong, \
         most of all outside the data",
    ))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let data = data(0.0, 0.2, &mut context.stream("noisy"));
    let fitted = by_descent(&data, 2.0, &[0.0; 3])?;
    let curve = |p: &[f64]| -> Vec<(f64, f64)> {
        (-50..=50).map(|k| f64::from(k) / 40.0).map(|x| (x, parabola(p, x))).collect()
    };
    let figure = Plot::new("Twenty data and the parabola of least squares")
        .x_label("x")
        .y_label("y")
        .points("data, σ = 0.2", data.iter().map(|[x, y]| (*x, *y)))
        .line("fit by gradient descent", vec![curve(&fitted)])
        .line("truth", vec![curve(&TRUTH)])
        .render("regression", "The minimum of E is found to 1e-10 of the normal equations' solution.")?;
    Ok(vec![figure])
}
