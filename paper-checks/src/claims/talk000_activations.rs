//! `activations`: SoftPlus, `ln(eˣ + 1)`, is a smooth version of ReLU.
//!
//! With `softplus_β(x) = ln(1 + e^{βx})/β` the distance from ReLU is largest at 0, where it is `ln 2/β`;
//! the derivative is the sigmoid. As printed the formula overflows in doubles from x = 710 on and
//! loses all digits below −37; the core computes the same function without either. The "triangular
//! functions" of the slide are the trigonometric ones.
//!
//! Decider: `ln(e⁰ + eˣ)` and `1/(e⁻ˣ + 1)` in 1280 binary places (`reference::probability`).

use std::f64::consts::LN_2;

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad};
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::tensor::{Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::probability;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const KERNEL: Tol = Tol::rel_abs(1e-15, 1e-307).because("2 ulp of the kernels; doubles below 1e-307");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "activations",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Activation Functions\"",
        "Rectified Linear Unit (ReLU): Piecewise linear function; SoftPlus: log(e^x + 1), Smooth \
         Version of ReLU; Triangular Functions: sin, cos, etc...",
        vec![
            Statement::says(
                "as printed",
                "SoftPlus is a smooth version of ReLU: ln(1 + e^{βx})/β lies above ReLU by at most \
                 ln 2/β, and by that at x = 0.",
                "a distance outside [0, ln 2/β], or another one at 0",
            )
            .decided_by(
                Verdict::Supported,
                is_near_relu,
                LN_2,
                Alteration::new("ln 2/β → 1/(2β)", 0.5),
            ),
            Statement::says(
                "derivative",
                "The derivative of ln(1 + e^{βx})/β is the sigmoid of βx, and tends to the step as β grows.",
                "another slope from automatic differentiation or in 1280 binary places",
            )
            .decided_by(
                Verdict::Supported,
                has_the_sigmoid_as_slope,
                0.0,
                Alteration::new("σ(βx) → β σ(βx)", 1.0),
            ),
            Statement::says(
                "in doubles",
                "The function can be computed in doubles to 1e-15 for |x| ≤ 800.",
                "an overflow or a relative error beyond 1e-15",
            )
            .decided_by(
                Verdict::Supported,
                is_stable,
                Formula::Core,
                Alteration::new("the core's softplus → ln(eˣ + 1) as it stands", Formula::Printed),
            ),
        ],
    )
    .with_figures(figures)
}

/// `outputs(x)` of the core at every point.
fn evaluate(
    points: &[f64],
    outputs: impl Fn(&mut Graph, Var) -> Result<Vec<Var>>,
) -> Result<Vec<Vec<f64>>> {
    let mut g = Graph::new();
    let x = g.input("x", Shape::shared(&[points.len()]))?;
    let vars = outputs(&mut g, x)?;
    let mut plan = Plan::<f64>::new(&g, &vars, 1)?;
    plan.run(&Feed::shared(&[points]))?;
    Ok((0..vars.len()).map(|i| plan.output(i).to_vec()).collect())
}

/// `ln(1 + e^{βx})/β`.
fn softplus(g: &mut Graph, x: Var, beta: f64) -> Result<Var> {
    let scaled = g.scale(x, beta)?;
    let y = g.softplus(scaled)?;
    g.scale(y, beta.recip())
}

/// Powers of two, so that scaling by them is exact.
const BETAS: [f64; 5] = [0.25, 1.0, 4.0, 64.0, 1024.0];

/// From −20 to 20, with 0.
fn grid() -> Vec<f64> {
    (-1280..=1280).map(|i| f64::from(i) / 64.0).collect()
}

fn is_near_relu(_: &Context<'_>, numerator: &f64) -> Result<Finding> {
    let mut within = Worst::new(Tol::abs(8e-15).because("1 ulp of numbers up to 20, twice"));
    let mut at_zero = Worst::new(Tol::rel(5e-16).because("2 ulp of the kernel"));
    let points = grid();
    let mut at_one = f64::NAN;
    for beta in BETAS {
        let both = evaluate(&points, |g, x| Ok(vec![softplus(g, x, beta)?, g.relu(x)?]))?;
        let largest = numerator / beta;
        for ((x, soft), hard) in points.iter().zip(&both[0]).zip(&both[1]) {
            let above = soft - hard;
            within.see(above, above.clamp(0.0, largest), || format!("β = {beta}, x = {x}"));
            if *x == 0.0 {
                at_zero.see(above, largest, || format!("β = {beta}"));
                if beta == 1.0 {
                    at_one = above;
                }
            }
        }
    }
    let evidence = Evidence::from_iter([
        within.into_check("0 ≤ softplus_β − ReLU ≤ ln 2/β", BETAS.len() * points.len()),
        at_zero.into_check("the distance at x = 0", BETAS.len()),
        exact(
            "softplus(0) in 1280 binary places",
            at_one,
            probability::log_sum_exp(&[0.0, 0.0]),
            KERNEL,
        ),
    ]);
    let headline = Headline {
        quantity: "largest distance between SoftPlus and ReLU".into(),
        claimed: *numerator,
        value: at_one,
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline))
}

fn has_the_sigmoid_as_slope(_: &Context<'_>, power: &f64) -> Result<Finding> {
    let mut formula = Worst::new(KERNEL);
    let mut precise = Worst::new(KERNEL);
    let mut step = Worst::new(Tol::abs(1e-6).because("e^{−16} at β|x| ≥ 16"));
    let points = grid();
    let mut middle = f64::NAN;
    for beta in BETAS {
        let both = evaluate(&points, |g, x| {
            let y = softplus(g, x, beta)?;
            let hard = g.relu(x)?;
            let [soft, hard] = [g.sum_all(y)?, g.sum_all(hard)?];
            let slopes = [grad(g, soft, &[x])?[0], grad(g, hard, &[x])?[0]];
            Ok(slopes.to_vec())
        })?;
        for (i, (&x, &slope)) in points.iter().zip(&both[0]).enumerate() {
            let label = || format!("β = {beta}, x = {x}");
            let claimed = |sigmoid: f64| beta.powf(*power) * sigmoid;
            formula.see(slope, claimed(1.0 / (1.0 + (-beta * x).exp())), label);
            if i % 128 == 0 {
                precise.see(slope, claimed(probability::sigmoid(beta * x)), label);
            }
            if beta * x.abs() >= 16.0 {
                step.see(slope, both[1][i], label);
            }
            if x == 0.0 && beta == 4.0 {
                middle = slope;
            }
        }
    }
    let evidence = Evidence::from_iter([
        formula.into_check("slope by reverse mode against the sigmoid", 12_000),
        precise.into_check("slope by reverse mode against the sigmoid in 1280 binary places", 100),
        step.into_check("far from 0 it is the slope of ReLU", 5000),
    ]);
    let headline = Headline {
        quantity: "slope at 0 for β = 4".into(),
        claimed: 4f64.powf(*power) / 2.0,
        value: middle,
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline))
}

/// How `ln(eˣ + 1)` is computed.
#[derive(Clone, Copy, Debug)]
enum Formula {
    Core,
    Printed,
}

fn is_stable(_: &Context<'_>, formula: &Formula) -> Result<Finding> {
    let points: Vec<f64> = (-80..=80).map(|i| 10.0 * f64::from(i) + 0.125 * f64::from(i % 3)).collect();
    let values = match formula {
        Formula::Core => evaluate(&points, |g, x| Ok(vec![g.softplus(x)?]))?.remove(0),
        Formula::Printed => points.iter().map(|x| (x.exp() + 1.0).ln()).collect(),
    };
    let mut worst = Worst::new(KERNEL);
    for (x, value) in points.iter().zip(&values) {
        worst.see(*value, probability::log_sum_exp(&[0.0, *x]), || format!("x = {x}"));
    }
    let last = values.last().copied().unwrap_or(f64::NAN);
    let evidence = Evidence::from_iter([
        worst.into_check("ln(eˣ + 1) in 1280 binary places, |x| ≤ 800", points.len()),
    ]);
    let headline = Headline {
        quantity: "SoftPlus at the largest x".into(),
        claimed: points[points.len() - 1],
        value: last,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let points: Vec<f64> = (-120..=120).map(|i| f64::from(i) / 40.0).collect();
    let curves = evaluate(&points, |g, x| {
        Ok(vec![g.relu(x)?, softplus(g, x, 1.0)?, softplus(g, x, 4.0)?])
    })?;
    let curve = |i: usize| vec![points.iter().copied().zip(curves[i].iter().copied()).collect()];
    let figure = Plot::new("SoftPlus and ReLU")
        .x_label("x")
        .y_label("activation")
        .line("ReLU", curve(0))
        .line("ln(1 + eˣ)", curve(1))
        .line("ln(1 + e⁴ˣ)/4", curve(2))
        .render(
            "activations-softplus",
            "SoftPlus lies above ReLU by ln 2/β at 0 and by less elsewhere; β = 1 and β = 4.",
        )?;
    Ok(vec![figure])
}
