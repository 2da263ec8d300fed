//! `uat-width`: one hidden layer, wider and wider, against four functions on `[−1, 1]`.
//!
//! The theorem (Hornik, and Leshno et al. 1993 for which activations suffice: all that are no polynomials) says that a
//! network exists; a training that fails is no counter-example. So hidden weights are drawn and the readout is solved
//! for, which is convex: errors that fall show the theorem at work, and polynomials show where it ends, since any
//! number of units `(wx + b)²` spans three dimensions. Targets: `sin 4πx`, `|x|`, `e^{−20x²}` and a step at zero; the
//! step has no uniform approximation by continuous functions, but has one in the mean square.
//!
//! Trained networks, from drawn weights and the best readout, show what the same widths can do: their errors fall too,
//! and lie below those of drawn ones; squares stay where they are. The quick tier trains tanh only.
//!
//! Medians are over 41 draws (21 for the step); from the first to the last octave they fall by factors of four and
//! more where a factor of two is asked. Deciders: the
//! error on points not fitted; the projection by Gram–Schmidt; the distance from quadratics in closed form.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::random_features::{self as features, Activation, Hidden};
use crate::trained_features::Trained;

const SUITABLE: &[Activation] =
    &[Activation::Tanh, Activation::Softplus, Activation::Relu, Activation::Sin];
const POLYNOMIAL: &[Activation] = &[Activation::Square];
const DRAWS: usize = 41;
const FEWER: usize = 21;
/// The continuous targets come first.
const CONTINUOUS: usize = 3;
const ABS: usize = 1;
const STEP: usize = 3;
/// A name and a function.
type Target = (&'static str, fn(f64) -> f64);
const TARGETS: [Target; 4] = [
    ("sin 4πx", |x| (4.0 * PI * x).sin()),
    ("|x|", f64::abs),
    ("exp(−20x²)", |x| (-20.0 * x * x).exp()),
    ("step", |x| f64::from(u8::from(x >= 0.0))),
];
const FALSE_FAIL: f64 = 1e-7;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "uat-width",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"NN Can Approximate 'Any' Function\"",
        "NN Can Approximate \"Any\" Function. Universal Approximation Theorem (UAT): ≈ A deep and wide-enough NN \
         can approximate \"any\" function with \"suitable activation functions\"",
        vec![
            Statement::says(
                "as printed",
                "With tanh, softplus, ReLU or sine the mean square error against each of the four functions falls as \
                 the network is made wider.",
                "a median error that does not fall over three octaves of width (a step: over all five)",
            )
            .decided_by(
                Verdict::Qualified,
                falls_with_width,
                SUITABLE,
                Alteration::new("activations tanh, softplus, ReLU, sin → square", POLYNOMIAL),
            ),
            Statement::says(
                "rate",
                "Against the continuous functions the error falls at least like the inverse square root of the width.",
                "a mean logarithmic slope significantly above −½",
            )
            .decided_by(
                Verdict::Supported,
                falls_like,
                -0.5,
                Alteration::of_size("width^(−½) → width^(−11/4)", -2.75, 2.25),
            ),
            Statement::says(
                "a step",
                "Against a step the mean square error falls, and the largest error stays above 0.4.",
                "a network whose largest error is smaller, or a mean square that stays",
            )
            .decided_by(
                Verdict::Supported,
                misses_the_step,
                0.4,
                Alteration::new("0.4 → 0.55, above half the jump", 0.55),
            ),
            Statement::says(
                "polynomials",
                "Units (wx + b)² reach the best quadratic and nothing better at any width.",
                "an error that differs from the distance to the quadratics",
            )
            .decided_by(
                Verdict::Supported,
                stays_quadratic,
                Activation::Square,
                Alteration::new("square → tanh", Activation::Tanh),
            ),
            Statement::says(
                "trained",
                "Trained networks do better than drawn ones of the same width, and their median error against the continuous \
                 functions falls with every octave of the width.",
                "a median error that does not fall over an octave, or lies above that of the drawn networks",
            )
            .decided_by(
                Verdict::Supported,
                training_helps,
                SUITABLE,
                Alteration::new("activations tanh, softplus, ReLU, sin → square", POLYNOMIAL),
            ),
        ],
    )
    .with_figures(figures)
}

/// The middles of `count` equal cells of `[−1, 1]`.
fn middles(count: u32) -> Vec<f64> {
    (0..count).map(|k| (2.0 * f64::from(k) + 1.0) / f64::from(count) - 1.0).collect()
}

fn columns(points: &[f64]) -> Matrix<f64> {
    Matrix::from_fn(points.len(), TARGETS.len(), |i, t| TARGETS[t].1(points[i]))
}

/// Errors of one network, one entry per target.
struct Errors {
    rms: [f64; 4],
    largest: [f64; 4],
}

/// Errors of `draws` networks of each width 4, 8, …: by width, then by draw.
fn errors(context: &Context<'_>, activation: Activation, draws: usize) -> Result<Vec<Vec<Errors>>> {
    let octaves = context.tier().pick(6, 8, 8);
    let train = middles(256);
    // Both sides of the step are looked at from nearby, for the largest error only.
    const CELLS: u32 = 1000;
    let test = [&middles(CELLS)[..], &[-1e-12, 1e-12]].concat();
    let cells: Vec<usize> = (0..CELLS as usize).collect();
    let (y, truth) = (columns(&train), columns(&test));
    let mut rng = context.stream(activation.name());
    let mut one = |units: usize| -> Result<Errors> {
        if context.interrupted() {
            return Err(interrupted());
        }
        let net = Hidden::on_interval(activation, units, &mut rng);
        let c = features::fit(&net.features(&train)?, &y)?;
        let left = features::residuals(&net.features(&test)?, &c, &truth)?;
        let in_cells = left.select_rows(&cells);
        Ok(Errors {
            rms: std::array::from_fn(|t| features::rms(&in_cells, t)),
            largest: std::array::from_fn(|t| features::largest(&left, t)),
        })
    };
    (0..octaves).map(|k| (0..draws).map(|_| one(4 << k)).collect()).collect()
}

/// Median error of target `t` by width.
fn medians(errors: &[Vec<Errors>], t: usize) -> Vec<f64> {
    let of = |draws: &Vec<Errors>| draws.iter().map(|e| e.rms[t]).collect::<Vec<f64>>();
    errors.iter().map(|draws| features::median(&of(draws))).collect()
}

/// By half from the first width to the last; against a continuous target over three octaves one after the other, too.
///
/// Against a step an octave is a factor of √2, which the scatter of a median would upset once in some hundred runs; a
/// factor of 4 in all is out of its reach.
fn falls(medians: &[f64], t: usize) -> bool {
    let run = medians.windows(4).any(|m| m[1] < m[0] && m[2] < m[1] && m[3] < m[2]);
    medians[medians.len() - 1] < 0.5 * medians[0] && (run || t >= CONTINUOUS)
}

fn shown(medians: &[f64]) -> String {
    let numbers: Vec<String> = medians.iter().map(|m| format!("{m:.1e}")).collect();
    format!("medians from width 4: {}", numbers.join(", "))
}

fn falls_with_width(context: &Context<'_>, activations: &&[Activation]) -> Result<Finding> {
    let mut rng = context.stream("witness");
    let points = middles(60);
    let net = Hidden::on_interval(Activation::Tanh, 8, &mut rng);
    let small = features::agrees_with_witness(&net.features(&points)?, &columns(&points))?;
    let mut evidence = Evidence::from_iter([small]);
    let mut worst: f64 = 0.0;
    for activation in *activations {
        let errors = errors(context, *activation, DRAWS)?;
        for (t, (name, _)) in TARGETS.iter().enumerate() {
            let medians = medians(&errors, t);
            worst = worst.max(medians[medians.len() - 1]);
            evidence.push(fact(
                format!("{}: the error against {name} falls", activation.name()),
                falls(&medians, t),
                shown(&medians),
            ));
        }
    }
    let headline = Headline {
        quantity: "largest median error at the largest width, step included".into(),
        claimed: 0.0,
        value: worst,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "in the mean square on a bounded interval; uniformly only for continuous functions, and only if the \
         activation is no polynomial",
    ))
}

/// Slope of `ln y` against the octave, in units of `ln 2`, by least squares.
fn slope(y: &[f64]) -> f64 {
    let middle = (y.len() - 1) as f64 / 2.0;
    let moment = |f: &dyn Fn(f64, f64) -> f64| (0..).zip(y).map(|(k, y)| f(f64::from(k) - middle, *y)).sum::<f64>();
    moment(&|k, y| k * y.log2()) / moment(&|k, _| k * k)
}

/// The slope that must not go unseen. Smooth units fall faster than any power against analytic functions; there the
/// slope is steep and scatters more.
fn resolves(activation: Activation, t: usize) -> f64 {
    if activation == Activation::Relu || t == ABS { 0.8 } else { 1.25 }
}

fn falls_like(context: &Context<'_>, exponent: &f64) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut slowest: Option<Estimate> = None;
    for activation in SUITABLE {
        let errors = errors(context, *activation, DRAWS)?;
        for (t, (name, _)) in TARGETS.iter().enumerate().take(CONTINUOUS) {
            let of = |draw: usize| errors.iter().map(|e| e[draw].rms[t]).collect::<Vec<f64>>();
            let slopes: Vec<f64> = (0..DRAWS).map(|draw| slope(&of(draw))).collect();
            let estimate = Estimate::from_independent(&slopes)?;
            if slowest.is_none_or(|slow| slow.value() < estimate.value()) {
                slowest = Some(estimate);
            }
            evidence.push(
                check(format!("{}: slope against {name}", activation.name()), estimate)
                    .false_fail(FALSE_FAIL)
                    .resolves(resolves(*activation, t))
                    .at_most()
                    .against(*exponent),
            );
        }
    }
    let slowest = slowest.expect("four activations");
    let headline = Headline {
        quantity: "slope of ln error against ln width, slowest case".into(),
        claimed: *exponent,
        value: slowest.value(),
        error: slowest.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn misses_the_step(context: &Context<'_>, floor: &f64) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut smallest = f64::INFINITY;
    for activation in SUITABLE {
        let errors = errors(context, *activation, FEWER)?;
        let medians = medians(&errors, STEP);
        evidence.push(fact(
            format!("{}: the mean square falls", activation.name()),
            falls(&medians, STEP),
            shown(&medians),
        ));
        let least = errors.iter().flatten().map(|e| e.largest[STEP]).fold(f64::INFINITY, f64::min);
        evidence.push(fact(
            format!("{}: no network comes closer than {floor} everywhere", activation.name()),
            least >= *floor,
            format!("smallest of the largest errors {least:.3}"),
        ));
        smallest = smallest.min(least);
    }
    let headline = Headline {
        quantity: "largest error at a step, best of all networks".into(),
        claimed: *floor,
        value: smallest,
        error: 1e-6,
    };
    Ok(Finding::new(evidence, headline))
}

/// Distance from the quadratics in the mean square over `[−1, 1]`, in Legendre's polynomials: `|x|` has mean square
/// 1/3 and coefficients ½ and 5/8 (of `P₂`); the step ½ and ½ and 3/4 (of `P₁`).
fn distance_from_quadratics() -> [(usize, f64); 2] {
    let abs = 1.0 / 3.0 - 1.0 / 4.0 - (5.0f64 / 8.0).powi(2) / 5.0;
    let step = 1.0 / 2.0 - 1.0 / 4.0 - (3.0f64 / 4.0).powi(2) / 3.0;
    [(ABS, abs.sqrt()), (STEP, step.sqrt())]
}

fn stays_quadratic(context: &Context<'_>, activation: &Activation) -> Result<Finding> {
    const CELLS: Tol = Tol::rel(2e-3).because("sums over 256 and 1000 points for integrals, a step among them");
    let errors = errors(context, *activation, FEWER)?;
    let mut worst = Worst::new(CELLS);
    for (t, distance) in distance_from_quadratics() {
        for (k, draws) in errors.iter().enumerate() {
            for e in draws {
                worst.see(e.rms[t], distance, || format!("{}, width {}", TARGETS[t].0, 4 << k));
            }
        }
    }
    let (t, distance) = distance_from_quadratics()[0];
    let headline = Headline {
        quantity: "median error against |x| at the largest width, squares as units".into(),
        claimed: distance,
        value: medians(&errors, t)[errors.len() - 1],
        error: 1e-4,
    };
    let check = worst.into_check("error against the distance from the quadratics", 2 * 6 * FEWER);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

/// Networks of each width that are trained.
const TRAINED: usize = 5;

/// Median errors against target `t` by width, of drawn networks and of the same trained, and the best trained one.
struct TrainedErrors {
    drawn: Vec<f64>,
    trained: Vec<f64>,
    best: Vec<f64>,
}

fn train(context: &Context<'_>, activation: Activation, t: usize) -> Result<TrainedErrors> {
    let octaves = context.tier().pick(3, 4, 5);
    let iterations = context.tier().pick(25, 100, 300);
    let (train, test) = (middles(256), middles(1000));
    let f = TARGETS[t].1;
    let values: Vec<f64> = train.iter().map(|&x| f(x)).collect();
    let mut rng = context.stream(&format!("trained/{}/{t}", activation.name()));
    let mut medians = TrainedErrors { drawn: Vec::new(), trained: Vec::new(), best: Vec::new() };
    for octave in 0..octaves {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for _ in 0..TRAINED {
            if context.interrupted() {
                return Err(interrupted());
            }
            let net = Hidden::on_interval(activation, 4 << octave, &mut rng);
            before.push(Trained::from_drawn(&net, &train, &values, 0)?.error(&test, f));
            after.push(Trained::from_drawn(&net, &train, &values, iterations)?.error(&test, f));
        }
        medians.best.push(after.iter().copied().fold(f64::INFINITY, f64::min));
        medians.drawn.push(features::median(&before));
        medians.trained.push(features::median(&after));
    }
    Ok(medians)
}

fn training_helps(context: &Context<'_>, activations: &&[Activation]) -> Result<Finding> {
    let mut evidence = Evidence::new();
    let mut worst: f64 = 0.0;
    // The first is what the quick tier can afford.
    let count = context.tier().pick(1, activations.len(), activations.len());
    for activation in &activations[..count] {
        for (t, (name, _)) in TARGETS.iter().enumerate().take(CONTINUOUS) {
            let errors = train(context, *activation, t)?;
            // By a tenth at least: rounding is no fall.
            let falls = errors.trained.windows(2).all(|m| m[1] < 0.9 * m[0]);
            let helps = errors.trained.iter().zip(&errors.drawn).all(|(after, before)| after < before);
            worst = worst.max(errors.trained[errors.trained.len() - 1]);
            evidence.push(fact(
                format!("{}, trained on {name}: the error falls", activation.name()),
                falls,
                format!("{}; best {}", shown(&errors.trained), shown(&errors.best)),
            ));
            evidence.push(fact(
                format!("{}, trained on {name}: below drawn networks", activation.name()),
                helps,
                format!("drawn: {}", shown(&errors.drawn)),
            ));
        }
    }
    let headline = Headline {
        quantity: "largest median error of trained networks at their largest width".into(),
        claimed: 0.0,
        value: worst,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let mut plot = Plot::new("Error against |x| by width, hidden weights drawn")
        .x_label("width")
        .y_label("root mean square error (median of 21)")
        .x_log()
        .y_log();
    for activation in SUITABLE.iter().chain(POLYNOMIAL) {
        let medians = medians(&errors(context, *activation, FEWER)?, ABS);
        let curve = (0..).zip(medians).map(|(k, m)| (f64::from(4 << k), m)).collect();
        plot = plot.line(activation.name(), vec![curve]);
    }
    let figure = plot.render(
        "uat-width",
        "Every activation that is no polynomial takes the error down; squares stay at the best quadratic.",
    )?;
    Ok(vec![figure])
}
