//! `nn-universal-strong`: "any function", and what is meant.
//!
//! Two kinds of functions that no network of continuous units mimics:
//!
//! - with a jump of one at zero: `f(−δ)` and `f(δ)` tend to one number, whose distance from one of 0 and 1 is ½ or more;
//!   so the largest error is at least half the jump, attained by `½(1 + tanh sx)`;
//! - on all the line: beyond its last kink a ReLU network is a straight line, and no straight line comes closer to `x²`
//!   on an interval of length `ℓ` than `ℓ²/8` (Chebyshev), attained by the chord, lowered by as much.
//!
//! For continuous functions on a bounded closed interval the statement is the theorem; drawn hidden weights with a
//! readout by least squares show it. Medians are over 21 draws, and a factor of three and more from the bounds.

use fieldassay::Result;
use fieldassay::linalg::Matrix;
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::random_features::{self as features, Activation, Hidden};

const ACTIVATIONS: [Activation; 4] =
    [Activation::Tanh, Activation::Softplus, Activation::Relu, Activation::Sin];
const DRAWS: usize = 21;
/// What counts as mimicked, for functions of order one.
const CLOSE: f64 = 0.05;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "nn-universal-strong",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用: section \"What is the neural networks?\"",
        "Fact: Neural network can mimic any function = A systematic variational function.",
        vec![
            Statement::says(
                "as printed",
                "For any function the largest error of a network falls below 0.05 as it is made wider.",
                "a function whose error stays",
            )
            .decided_by(
                Verdict::Refuted,
                mimics,
                ANY,
                Alteration::new("any function → functions with a jump", JUMPING),
            ),
            Statement::says(
                "corrected",
                "For a continuous function on a bounded closed interval it does.",
                "a continuous function whose error stays",
            )
            .decided_by(
                Verdict::Supported,
                mimics,
                CONTINUOUS,
                Alteration::new("continuous → with a jump", JUMPING),
            ),
            Statement::says(
                "at a jump",
                "The largest error of a network at a jump is at least half of it, whatever the width.",
                "a network that comes closer on both sides",
            )
            .decided_by(
                Verdict::Supported,
                misses_a_jump_by,
                0.5,
                Alteration::new("half the jump → 0.52 of it", 0.52),
            ),
            Statement::says(
                "far away",
                "Beyond its kinks a ReLU network misses x² by at least ℓ²/8 on an interval of length ℓ.",
                "a ReLU network that comes closer",
            )
            .decided_by(
                Verdict::Supported,
                misses_the_parabola_by,
                8.0,
                Alteration::new("ℓ²/8 → ℓ²/7", 7.0),
            ),
        ],
    )
    .with_figures(figures)
}

/// A function, and the largest `|x|` at which it is looked at; networks are fitted on `[−1, 1]`.
#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    f: fn(f64) -> f64,
    reach: f64,
}

const ABS: Case = Case { name: "|x|", f: f64::abs, reach: 1.0 };
const BELL: Case = Case { name: "exp(−20x²)", f: |x| (-20.0 * x * x).exp(), reach: 1.0 };
const SQUARE: Case = Case { name: "x²", f: |x| x * x, reach: 1.0 };
const FAR: Case = Case { name: "x² on [−100, 100]", f: |x| x * x, reach: 100.0 };
const STEP: Case = Case { name: "step", f: step, reach: 1.0 };
const ANY: &[Case] = &[ABS, BELL, SQUARE, STEP, FAR];
const CONTINUOUS: &[Case] = &[ABS, BELL, SQUARE];
const JUMPING: &[Case] = &[STEP];

fn step(x: f64) -> f64 {
    f64::from(u8::from(x >= 0.0))
}

/// The middles of `count` equal cells of `[−reach, reach]`.
fn middles(count: u32, reach: f64) -> Vec<f64> {
    (0..count).map(|k| reach * ((2.0 * f64::from(k) + 1.0) / f64::from(count) - 1.0)).collect()
}

/// Points on which the largest error is taken: both sides of zero, at no distance for any network.
fn judged(reach: f64) -> Vec<f64> {
    [&middles(1001, reach)[..], &[-reach, reach, -1e-300, 1e-300]].concat()
}

fn column(f: fn(f64) -> f64, points: &[f64]) -> Matrix<f64> {
    Matrix::from_fn(points.len(), 1, |i, _| f(points[i]))
}

/// The readout of `net` that fits `f` on `[−1, 1]`.
fn readout(net: &Hidden, f: fn(f64) -> f64) -> Result<Matrix<f64>> {
    let train = middles(400, 1.0);
    features::fit(&net.features(&train)?, &column(f, &train))
}

fn largest_error(net: &Hidden, readout: &Matrix<f64>, f: fn(f64) -> f64, points: &[f64]) -> Result<f64> {
    let left = features::residuals(&net.features(points)?, readout, &column(f, points))?;
    Ok(features::largest(&left, 0))
}

/// Median of the largest errors of networks of this width.
fn typical(case: &Case, activation: Activation, units: usize, rng: &mut Rng) -> Result<f64> {
    let points = judged(case.reach);
    let mut one = || {
        let net = Hidden::on_interval(activation, units, rng);
        largest_error(&net, &readout(&net, case.f)?, case.f, &points)
    };
    let errors: Vec<f64> = (0..DRAWS).map(|_| one()).collect::<Result<_>>()?;
    Ok(features::median(&errors))
}

fn mimics(context: &Context<'_>, cases: &&[Case]) -> Result<Finding> {
    let mut rng = context.stream("hidden weights");
    let points = middles(60, 1.0);
    let net = Hidden::on_interval(Activation::Tanh, 8, &mut rng);
    let small = features::agrees_with_witness(&net.features(&points)?, &column(f64::abs, &points))?;
    let mut evidence = Evidence::from_iter([small]);
    let mut worst: f64 = 0.0;
    for case in *cases {
        for activation in [Activation::Tanh, Activation::Relu] {
            let narrow = typical(case, activation, 8, &mut rng)?;
            let wide = typical(case, activation, 128, &mut rng)?;
            worst = worst.max(wide);
            evidence.push(fact(
                format!("{}: 128 units come within {CLOSE} of {}", activation.name(), case.name),
                wide <= CLOSE && wide < narrow,
                format!("largest error {narrow:.1e} with 8 units, {wide:.1e} with 128"),
            ));
        }
    }
    let headline = Headline {
        quantity: "largest error of 128 units, worst function".into(),
        claimed: 0.0,
        value: worst,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// `½(1 + tanh 10⁶x)` as a hidden layer and its readout: the network that attains half the jump.
fn steep() -> Result<(Hidden, Matrix<f64>)> {
    let net = Hidden { weights: vec![1e6], biases: vec![0.0], activation: Activation::Tanh };
    Ok((net, Matrix::from_rows(&[[0.5], [0.5]])?))
}

fn misses_a_jump_by(context: &Context<'_>, fraction: &f64) -> Result<Finding> {
    let mut rng = context.stream("steps");
    let points = judged(1.0);
    let (unit, sum) = steep()?;
    let mut errors = vec![largest_error(&unit, &sum, step, &points)?];
    for activation in ACTIVATIONS {
        for units in [4, 16, 64, 128] {
            for _ in 0..5 {
                let net = Hidden::on_interval(activation, units, &mut rng);
                errors.push(largest_error(&net, &readout(&net, step)?, step, &points)?);
            }
        }
    }
    // Sums of 128 terms with coefficients that reach thousands.
    let below = errors.iter().filter(|e| !(**e >= fraction - 1e-9)).count();
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let check = fact(
        format!("every network misses one side of the jump by {fraction}"),
        below == 0 && errors.len() == 81,
        format!("{} networks, {below} below, smallest {least:.6}", errors.len()),
    );
    let headline = Headline {
        quantity: "largest error at a jump of one, best of all networks".into(),
        claimed: *fraction,
        value: least,
        error: 1e-9,
    };
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

/// Where the kinks of the networks end.
const BEYOND: f64 = 2.0;

/// The chord of `x²` from `p` to `p + length`, lowered by `length²/8`, as one ReLU unit.
fn chord(p: f64, length: f64) -> Result<(Hidden, Matrix<f64>)> {
    let net = Hidden { weights: vec![1.0], biases: vec![0.0], activation: Activation::Relu };
    let q = p + length;
    Ok((net, Matrix::from_rows(&[[-p * q - length * length / 8.0], [p + q]])?))
}

fn misses_the_parabola_by(context: &Context<'_>, divisor: &f64) -> Result<Finding> {
    let mut rng = context.stream("parabola");
    let mut nearest = f64::INFINITY;
    let (mut seen, mut below) = (0, 0);
    for length in [1.0, 10.0, 100.0, 1000.0] {
        let points: Vec<f64> = (0..=200).map(|k| BEYOND + length * f64::from(k) / 200.0).collect();
        let mut see = |net: &Hidden, c: &Matrix<f64>| -> Result<()> {
            let ratio = largest_error(net, c, |x| x * x, &points)? / (length * length);
            seen += 1;
            // Rounding of numbers of order ℓ².
            below += usize::from(!(ratio >= (1.0 - 1e-12) / divisor));
            nearest = nearest.min(ratio);
            Ok(())
        };
        let (net, c) = chord(BEYOND, length)?;
        see(&net, &c)?;
        for units in [4, 16, 64, 128] {
            for _ in 0..5 {
                let net = Hidden::on_interval(Activation::Relu, units, &mut rng);
                see(&net, &readout(&net, |x| x * x)?)?;
            }
        }
    }
    let check = fact(
        format!("every network misses x² by ℓ²/{divisor}"),
        below == 0 && seen == 84,
        format!("{seen} networks and intervals, {below} below, smallest {nearest:.6} ℓ²"),
    );
    let headline = Headline {
        quantity: "largest error against x² beyond the kinks over ℓ², best of all networks".into(),
        claimed: 1.0 / divisor,
        value: nearest,
        error: 1e-9,
    };
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut rng = context.stream("figure");
    let curve = |f: fn(f64) -> f64, reach: f64, rng: &mut Rng| -> Result<Vec<(f64, f64)>> {
        let net = Hidden::on_interval(Activation::Relu, 64, rng);
        let c = readout(&net, f)?;
        let points = middles(600, reach);
        let values = features::residuals(&net.features(&points)?, &c, &Matrix::zeros(600, 1))?;
        Ok(points.into_iter().zip(values.into_vec()).collect())
    };
    let truth = middles(600, 3.0).into_iter().map(|x| (x, x * x)).collect();
    let figure = Plot::new("64 ReLU units, fitted on [−1, 1]")
        .x_label("x")
        .y_label("value")
        .line("x²", vec![truth])
        .line("network for x²", vec![curve(|x| x * x, 3.0, &mut rng)?])
        .line("network for a step", vec![curve(step, 1.0, &mut rng)?])
        .vertical_rules("edge of the data", [-1.0, 1.0])
        .render(
            "beyond-the-data",
            "Where it was not fitted the network goes on straight; at the step it passes through the middle.",
        )?;
    Ok(vec![figure])
}
