//! `depth-vs-width`: what a layer more buys, and what a wider layer.
//!
//! The tent map `T(x) = 2 relu(x) − 4 relu(x − ½)` takes two units; composed `n` times it makes `2^{n−1}` teeth.
//! One hidden layer of `m` ReLU units gives a broken line with at most `m` kinks `−b_j/w_j`. Of the
//! `2^{n−1}` teeth, each `2·2^{−n}` wide, at least `2^{n−1} − m` have no kink inside; there the line is straight, and by
//! symmetry and convexity the best straight line against a tooth in the mean is the constant ½, at `2^{−n}/2`. So
//!
//! `∫₀¹ |Tⁿ − g| dx ≥ (2^{n−1} − m)·2^{−n}/2 = ¼ (1 − 2m/2ⁿ)`,
//!
//! attained for `m = 0`. Deciders: the sawtooth in closed form, exact `L¹` distances and the best lines on a
//! lattice by dynamic programming (`reference::broken_line`), least squares by Gram–Schmidt.
//!
//! For a smooth target hidden weights are drawn, or those of the tent, and the readout is by least squares. Medians
//! of 21 draws are compared; they lie a factor of 40 or more apart, so that no draw decides.

use fieldassay::Result;
use fieldassay::autodiff::Plan;
use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict, exact, fact};
use fieldassay_reference::broken_line::{
    BrokenLine, fewest_kinks_error, l1_distance, sawtooth, sawtooth_line,
};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::random_features::{self as features, Activation, Hidden};

const DEEPEST: u32 = 10;
const EVALUATION: Tol = Tol::abs(1e-12).because("the ledger's; 2¹⁰ times one rounding is 2e-13");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "depth-vs-width",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"NN Can Approximate 'Any' Function\"",
        "Increasing depth is more efficient than expanding the width → Deep Learning",
        vec![
            Statement::says(
                "as printed",
                "With every layer more of two units the network computes what takes a single hidden layer \
                 twice as many units.",
                "kinks that do not double from layer to layer, or as few parameters by width",
            )
            .decided_by(
                Verdict::Qualified,
                depth_pays,
                Layer::Tent,
                Alteration::new("layers compose the tent → pass one tent through", Layer::Identity),
            ),
            Statement::says(
                "construction",
                "n layers of two ReLU units compute the tent map composed n times, 2^(n−1) teeth, to 1e-12.",
                "another value at one of the points, or another number of teeth",
            )
            .decided_by(
                Verdict::Supported,
                makes_teeth,
                0,
                Alteration::new("n layers → n − 1 layers", 1),
            ),
            Statement::says(
                "one layer cannot",
                "One hidden layer of m ReLU units misses 2^(n−1) teeth by at least ¼(1 − 2m/2ⁿ) in the mean.",
                "a line with m kinks that comes closer",
            )
            .decided_by(
                Verdict::Supported,
                misses_by,
                0.25,
                Alteration::new("¼ → 0.26", 0.26),
            ),
            Statement::says(
                "smooth targets",
                "For a smooth function of one variable, one hidden layer is at least as good as two or more with as \
                 many parameters.",
                "a larger median error than that of the better deep network",
            )
            .decided_by(
                Verdict::Supported,
                width_suffices,
                Target::Smooth,
                Alteration::new("smooth target → 32 teeth", Target::Teeth),
            ),
        ],
    )
    .with_figures(figures)
}

/// What a layer of two ReLU units does to the output of the one before.
#[derive(Clone, Copy, Debug)]
enum Layer {
    Tent,
    Identity,
}

/// Appends `layers` layers of two ReLU units to the number `x`; the hidden units of each, then the output.
fn tents(g: &mut Graph, x: Var, layers: u32, later: Layer) -> Result<Vec<Var>> {
    let mut nodes = Vec::new();
    let mut h = x;
    // Output weights of the layer before: the input itself at first.
    let mut read: &[f64] = &[1.0];
    for layer in 0..layers {
        let w = g.constant(&[2, read.len()], &[read, read].concat())?;
        let b = g.constant(&[2], &[0.0, -0.5])?;
        let z = g.linear(w, h)?;
        let shape = g.shape(z).clone();
        let b = g.broadcast(b, &shape)?;
        let z = g.add(z, b)?;
        h = g.relu(z)?;
        nodes.push(h);
        read = match later {
            Layer::Identity if layer > 0 => &[1.0, 0.0],
            Layer::Identity | Layer::Tent => &[2.0, -4.0],
        };
    }
    let w = g.constant(&[1, read.len()], read)?;
    nodes.push(g.linear(w, h)?);
    Ok(nodes)
}

/// The last of `layers` layers at `points`.
fn deep_values(layers: u32, later: Layer, points: &[f64]) -> Result<Vec<f64>> {
    let mut g = Graph::new();
    let x = g.input("x", Shape::batched(&[1]))?;
    let nodes = tents(&mut g, x, layers, later)?;
    let output = *nodes.last().expect("an output");
    let mut plan = Plan::<f64>::new(&g, &[output], points.len())?;
    plan.run(&Feed::new(&[], &[Batched::Rows(points)]))?;
    Ok(plan.output(0).to_vec())
}

/// Weights and biases of `layers ≥ 1` layers of two units, of one input and one output.
fn deep_parameters(layers: u32) -> f64 {
    f64::from(4 + 6 * (layers - 1) + 3)
}

/// Weights and biases of one hidden layer.
fn shallow_parameters(units: f64) -> f64 {
    3.0 * units + 1.0
}

/// `k/count` for `k = 0 …= count`.
fn lattice(count: u32) -> Vec<f64> {
    (0..=count).map(|k| f64::from(k) / f64::from(count)).collect()
}

fn as_line(x: &[f64], y: &[f64]) -> BrokenLine {
    BrokenLine(x.iter().copied().zip(y.iter().copied()).collect())
}

fn depth_pays(_: &Context<'_>, later: &Layer) -> Result<Finding> {
    let points = lattice(4 << DEEPEST);
    let mut evidence = Evidence::new();
    let mut ratio = f64::NAN;
    let mut before = 0;
    for layers in 1..=DEEPEST {
        let line = as_line(&points, &deep_values(layers, *later, &points)?);
        // All kinks lie on the lattice, and none has a slope that changes by less than 4.
        let kinks = line.kinks(1.0);
        evidence.push(exact(
            format!("kinks of {layers} layers against 1 + twice those of one less"),
            kinks as f64,
            (1 + 2 * before) as f64,
            Tol::EXACT,
        ));
        before = kinks;
        ratio = shallow_parameters(kinks as f64) / deep_parameters(layers);
    }
    evidence.push(fact(
        "a single layer needs more parameters for as many kinks as ten layers",
        ratio > 1.0,
        format!("{ratio:.1} times as many"),
    ));
    let headline = Headline {
        quantity: "parameters of one hidden layer over those of ten layers, 512 teeth (1 is parity)".into(),
        claimed: 1.0,
        value: ratio,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "for targets that are compositions, such as the sawtooth; a smooth function of one variable is \
         fitted as well by one layer",
    ))
}

fn makes_teeth(context: &Context<'_>, missing: &u32) -> Result<Finding> {
    let mut rng = context.stream("points");
    let mut values = Worst::new(EVALUATION);
    let mut evidence = Evidence::new();
    let mut teeth = 0;
    for n in 1..=DEEPEST {
        let corners = lattice(1 << n);
        let points: Vec<f64> = corners.iter().copied().chain((0..500).map(|_| rng.uniform())).collect();
        let found = deep_values(n - missing.min(&(n - 1)), Layer::Tent, &points)?;
        for (x, y) in points.iter().zip(&found) {
            values.see(*y, sawtooth(n, *x), || format!("n = {n}, x = {x}"));
        }
        teeth = found[..corners.len()].windows(3).filter(|y| y[1] > y[0].max(y[2])).count();
        evidence.push(exact(
            format!("teeth of {n} layers"),
            teeth as f64,
            f64::from(1_u32 << (n - 1)),
            Tol::EXACT,
        ));
    }
    evidence.push(values.into_check("network against the sawtooth in closed form", 7000));
    let headline = Headline {
        quantity: "teeth of ten layers of two units".into(),
        claimed: 512.0,
        value: teeth as f64,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// One hidden layer of ReLU units with kinks at `kinks`, by the core's graph, and the line that it draws.
fn shallow_line(kinks: &[f64], rng: &mut Rng, target: impl Fn(f64) -> f64) -> Result<(BrokenLine, f64)> {
    let weights: Vec<f64> = kinks.iter().map(|_| if rng.uniform() < 0.5 { -1.0 } else { 1.0 }).collect();
    let biases = weights.iter().zip(kinks).map(|(w, k)| -w * k).collect();
    let net = Hidden { weights, biases, activation: Activation::Relu };
    let train = lattice(2048);
    let y = Matrix::from_fn(train.len(), 1, |i, _| target(train[i]));
    let c = features::fit(&net.features(&train)?, &y)?;
    let values = |points: &[f64]| -> Result<Vec<f64>> {
        let zero = Matrix::zeros(points.len(), 1);
        Ok(features::residuals(&net.features(points)?, &c, &zero)?.into_vec())
    };
    let mut vertices = [&[0.0, 1.0], kinks].concat();
    vertices.sort_by(f64::total_cmp);
    vertices.dedup();
    let line = as_line(&vertices, &values(&vertices)?);
    // Straight between the kinks: m units draw no more than m of them.
    let between: Vec<f64> = (0..100).map(|_| rng.uniform()).collect();
    let bent = (values(&between)?.iter().zip(&between))
        .map(|(y, x)| (y - line.at(*x)).abs() / (1.0 + y.abs()))
        .fold(0.0, f64::max);
    Ok((line, bent))
}

fn misses_by(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    let bound = |n: u32, m: usize| factor * (1.0 - 2.0 * m as f64 / 2f64.powi(n as i32));
    let mut rng = context.stream("kinks");
    let mut evidence = Evidence::new();
    let mut flattest: f64 = 0.0;
    let (mut tried, mut broken, mut closest) = (0, 0, f64::INFINITY);
    let mut see = |n: u32, m: usize, error: f64| {
        tried += 1;
        // Rounding of sums of at most 2¹¹ areas.
        broken += usize::from(!(error >= bound(n, m) - 1e-12));
        closest = closest.min(error - bound(n, m));
    };
    for n in [3, 4] {
        for (m, error) in fewest_kinks_error(n, 1 << (n - 1)).into_iter().enumerate() {
            see(n, m, error);
        }
    }
    for n in 3..=DEEPEST {
        let truth = sawtooth_line(n);
        for m in [1, 2, 3, 5, 10, 20, 40].into_iter().filter(|m| 2 * m < 1 << n) {
            let drawn: Vec<f64> = (0..m).map(|_| rng.uniform()).collect();
            let first: Vec<f64> = (1..=m).map(|k| k as f64 / 2f64.powi(n as i32)).collect();
            for kinks in [drawn, first] {
                let (line, bent) = shallow_line(&kinks, &mut rng, |x| sawtooth(n, x))?;
                flattest = flattest.max(bent);
                see(n, m, l1_distance(&truth, &line));
            }
        }
    }
    evidence.push(fact(
        "no line with m kinks comes closer, optimal ones on a lattice included",
        broken == 0 && tried >= 90,
        format!("{tried} lines, {broken} below the bound, closest {closest:.1e} above it"),
    ));
    evidence.push(fact(
        "m units are straight between their m kinks",
        flattest < 1e-9,
        format!("largest deviation {flattest:.1e}"),
    ));
    let headline = Headline {
        quantity: "mean distance of 512 teeth from the nearest line with 20 kinks, at least".into(),
        claimed: 0.25 * (1.0 - 40.0 / 1024.0),
        value: bound(DEEPEST, 20),
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// What is to be approximated.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// Four functions that are no compositions, though x² is a sum of sawteeth.
    Smooth,
    /// The tent map composed six times.
    Teeth,
}

impl Target {
    fn functions(self) -> Vec<fn(f64) -> f64> {
        match self {
            Self::Smooth => vec![|x| (5.0 * x).sin(), |x| x * x, |x| 1.0 / (1.0 + x), |x| (-4.0 * x * x).exp()],
            Self::Teeth => vec![|x| sawtooth(6, x)],
        }
    }
}

/// Widths (one layer, two layers) with 3m + 1 no more parameters than w² + 4w + 1, and the tent's layers.
const RIVALS: [(usize, usize, u32); 3] = [(10, 4, 5), (15, 5, 7), (20, 6, 10)];
const DRAWS: usize = 21;

/// `(n, k)` values of `nodes` at `points`, with a one and the point before them.
fn read_out(g: &Graph, nodes: &[Var], points: &[f64]) -> Result<Matrix<f64>> {
    let mut plan = Plan::<f64>::new(g, nodes, points.len())?;
    plan.run(&Feed::new(&[], &[Batched::Rows(points)]))?;
    let n = points.len();
    let columns: Vec<f64> = (0..nodes.len()).flat_map(|i| plan.output(i).to_vec()).collect();
    let value = |i: usize, j: usize| match j {
        0 => 1.0,
        1 => points[i],
        _ => columns[(j - 2) * n + i],
    };
    Ok(Matrix::from_fn(n, 2 + columns.len() / n, value))
}

/// Root mean square error of the best readout: fitted at 2049 points, judged at others.
fn error_of(
    columns: impl Fn(&[f64]) -> Result<Matrix<f64>>,
    target: fn(f64) -> f64,
) -> Result<f64> {
    let train = lattice(2048);
    let test: Vec<f64> = lattice(999).iter().map(|x| 0.0003 + 0.9994 * x).collect();
    let of = |points: &[f64]| Matrix::from_fn(points.len(), 1, |i, _| target(points[i]));
    let c = features::fit(&columns(&train)?, &of(&train))?;
    Ok(features::rms(&features::residuals(&columns(&test)?, &c, &of(&test))?, 0))
}

/// `tanh` units with centres in `[−½, 3/2]` and slopes up to 4.
fn drawn(units: usize, rng: &mut Rng) -> Hidden {
    let weights: Vec<f64> = (0..units).map(|_| rng.uniform_in(-4.0, 4.0)).collect();
    let biases = weights.iter().map(|w| -w * rng.uniform_in(-0.5, 1.5)).collect();
    Hidden { weights, biases, activation: Activation::Tanh }
}

/// Two hidden layers of `width` drawn `tanh` units: the second layer's values.
fn two_layers(width: usize, rng: &mut Rng) -> impl Fn(&[f64]) -> Result<Matrix<f64>> {
    let first = drawn(width, rng);
    let scale = 2.0 / (width as f64).sqrt();
    let weights = (0..width * (width + 1)).map(|_| scale * rng.normal()).collect();
    let biases = (0..width).map(|_| rng.normal()).collect();
    let second = Hidden { weights, biases, activation: Activation::Tanh };
    // The constant feature of the first layer is one more input of the second.
    move |points| second.features(first.features(points)?.as_slice())
}

/// All units of `layers` tent layers: what a readout that sees every layer can use.
fn tent_layers(layers: u32) -> impl Fn(&[f64]) -> Result<Matrix<f64>> {
    move |points| {
        let mut g = Graph::new();
        let x = g.input("x", Shape::batched(&[1]))?;
        let mut nodes = tents(&mut g, x, layers, Layer::Tent)?;
        nodes.pop();
        read_out(&g, &nodes, points)
    }
}

fn width_suffices(context: &Context<'_>, target: &Target) -> Result<Finding> {
    let mut rng = context.stream("hidden weights");
    let mut evidence = Evidence::new();
    let points = lattice(64);
    let sine = Matrix::from_fn(points.len(), 1, |i, _| (5.0 * points[i]).sin());
    let small = drawn(10, &mut rng).features(&points)?;
    evidence.push(features::agrees_with_witness(&small, &sine)?);
    let mut closest = f64::INFINITY;
    for (k, f) in target.functions().into_iter().enumerate() {
        for (units, width, layers) in RIVALS {
            let draws = |of: &mut dyn FnMut() -> Result<f64>| -> Result<f64> {
                let errors = (0..DRAWS).map(|_| of()).collect::<Result<Vec<f64>>>()?;
                Ok(features::median(&errors))
            };
            let one = draws(&mut || {
                let net = drawn(units, &mut rng);
                error_of(|points| net.features(points), f)
            })?;
            let two = draws(&mut || error_of(two_layers(width, &mut rng), f))?;
            let tent = error_of(tent_layers(layers), f)?;
            let ratio = two.min(tent) / one;
            closest = if ratio >= closest { closest } else { ratio };
            evidence.push(fact(
                format!("target {k}: {units} units in one layer are as good as {width}+{width} or {layers} tents"),
                ratio >= 1.0,
                format!("median errors {one:.1e}, {two:.1e}, {tent:.1e}"),
            ));
        }
    }
    let headline = Headline {
        quantity: "error of the best deep network over that of one layer, closest case (1 is parity)".into(),
        claimed: 1.0,
        value: closest,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let layers = (1..=DEEPEST).map(|n| (f64::from(1_u32 << (n - 1)), deep_parameters(n)));
    let units = (1..=DEEPEST).map(|n| {
        let pieces = f64::from(1_u32 << n);
        (pieces / 2.0, shallow_parameters(pieces - 1.0))
    });
    let figure = Plot::new("Parameters for a sawtooth without error")
        .x_label("teeth")
        .y_label("weights and biases")
        .x_log()
        .y_log()
        .points("layers of two units", layers)
        .points("one hidden layer", units)
        .render(
            "depth-teeth",
            "Depth pays logarithmically in the teeth, width linearly. The target is made for depth: on smooth \
             targets one layer does as well.",
        )?;
    Ok(vec![figure])
}
