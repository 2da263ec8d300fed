//! `resnet-gradient`: residual links keep gradients alive, and make deep networks trainable.
//!
//! At initialisation the singular values of the input–output Jacobian say what a gradient suffers on its way
//! through the layers: their mean logarithm falls linearly with depth in a plain tanh network with `σ_w = 0.9`
//! and hardly moves in a residual one. Trained on a curve at depth 50, the residual network learns it
//! and the plain one does not. "Possible" only with residual links is too strong: a plain network with
//! orthogonal weights trains at the same depth.
//!
//! Jacobians are exact, by the core's forward mode; deciders: dual numbers through scalar loops
//! (`reference::network`) and one-sided Jacobi rotations (`reference::linalg`). Residual blocks are
//! `u + tanh(W u + b)/√depth`; the slide does not say how large a block is against its link.
//!
//! About −½ of the plain slope is the spread of the singular values of a square Gaussian matrix, which orthogonal
//! weights do not have; the rest is `ln σ_w` and the slope of tanh.

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad, jvp};
use fieldassay::linalg::{Matrix, Qr, singular_values};
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{Adam, AdamOptions, FirstOrder};
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict, check, fact};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::linalg as witness;
use fieldassay_reference::network::Activation;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::mlp::Mlp;

const WIDTH: usize = 32;

/// What the slide does not say.
const SCALED: &str = "blocks are scaled as u + F(u)/√depth; the unscaled u + F(u) was not decided";

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "resnet-gradient",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Architecture Extensions\"",
        "ResNet: Alleviate the Gradient-Vanishing/Exploding Problem; Make training deep NN possible",
        vec![
            Statement::says(
                "gradients",
                "With residual links u + F(u)/√depth the mean log singular value of the Jacobian changes at least five times \
                 more slowly with depth than in a plain tanh network, where it falls by more than 0.03 a layer.",
                "a plain network that does not fall so fast at five errors, or a residual one that does",
            )
            // The slide's u + F(u) without the factor is another network, which this does not decide.
            .decided_by(
                Verdict::Qualified,
                alleviates,
                Link::Residual,
                // Five times the plain slope of about −0.65 instead of next to nothing.
                Alteration::of_size("u + F(u) → F(u): no link", Link::Plain, 2.6),
            ),
            Statement::says(
                "training",
                "At depth 50 a residual network u + F(u)/√depth learns a curve to a loss of 1e-3 in at least 8 of 10 starts, the \
                 same network without links in at most 2 of 10.",
                "fewer residual or more plain networks that learn it",
            )
            .decided_by(
                Verdict::Qualified,
                trains,
                Start::Residual,
                Alteration::new("u + F(u) → F(u): no link", Start::Plain),
            ),
            Statement::says(
                "only so",
                "Without residual links training at depth 50 is not possible: no start of the weights makes a \
                 plain network learn the curve in more than 2 of 10 runs.",
                "a plain network that learns it",
            )
            .decided_by(
                Verdict::Refuted,
                fails_to_train,
                Start::Orthogonal,
                Alteration::new("plain orthogonal start → residual links", Start::Residual),
            ),
            Statement::says(
                "only so, at σ_w = 0.9",
                "Without residual links, from Gaussian weights with σ_w = 0.9, training at depth 50 fails.",
                "a plain network that learns it in more than 2 of 10 runs",
            )
            .decided_by(
                Verdict::Supported,
                fails_to_train,
                Start::Plain,
                Alteration::new("Gaussian weights with σ_w = 0.9 → orthogonal ones", Start::Orthogonal),
            ),
        ],
    )
    .with_figures(figures)
}

/// What a block adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Plain,
    Residual,
}

/// `tanh(W u + b)`, or `u + tanh(W u + b)/√depth`, layer after layer.
fn deep(g: &mut Graph, link: Link, layers: &[Var], x: Var) -> Result<Var> {
    let mut u = x;
    let share = 1.0 / ((layers.len() / 2) as f64).sqrt();
    for pair in layers.chunks_exact(2) {
        let z = g.linear(pair[0], u)?;
        let z = g.add(z, pair[1])?;
        let f = g.tanh(z)?;
        u = match link {
            Link::Plain => f,
            Link::Residual => {
                let f = g.scale(f, share)?;
                g.add(u, f)?
            }
        };
    }
    Ok(u)
}

/// The same by scalar loops.
fn deep_by_loops(net: &Mlp, link: Link, x: &[Dual]) -> Vec<Dual> {
    let layers = net.layers(&[]);
    let share = Dual::constant(1.0 / (layers.len() as f64).sqrt());
    let mut u = x.to_vec();
    for layer in &layers {
        let f = layer.of(&u);
        u = match link {
            Link::Plain => f,
            Link::Residual => u.iter().zip(f).map(|(&u, f)| u + f * share).collect(),
        };
    }
    u
}

fn random_net(width: usize, depth: usize, rng: &mut Rng) -> Mlp {
    let sigmas = vec![Activation::Tanh; depth];
    Mlp::random(&vec![width; depth + 1], &sigmas, [0.9, 0.05], rng)
}

/// The exact Jacobian at `x`: the tangents are the batch.
fn jacobian_by_core(net: &Mlp, link: Link, x: &[f64]) -> Result<Matrix<f64>> {
    let n = x.len();
    let mut g = Graph::new();
    let inputs = net.inputs(&mut g)?;
    let point = g.input("x", Shape::batched(&[n]))?;
    let tangent = g.input("tangent", Shape::batched(&[n]))?;
    let y = deep(&mut g, link, &inputs, point)?;
    let slopes = jvp(&mut g, &[y], &[(point, tangent)])?;
    let mut plan = Plan::<f64>::new(&g, &slopes, n)?;
    let identity = Matrix::<f64>::identity(n);
    let points = x.repeat(n);
    let batched = [Batched::Rows(&points[..]), Batched::Rows(identity.as_slice())];
    plan.run(&Feed::with_parameters(&net.parameters, &batched))?;
    Matrix::from_vec(n, n, plan.output(0).to_vec())
}

fn mean_ln(values: &[f64]) -> f64 {
    values.iter().map(|s| s.ln()).sum::<f64>() / values.len() as f64
}

/// Slope of the straight line through `(x, y)`.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (mx, my) = (
        points.iter().map(|p| p.0).sum::<f64>() / n,
        points.iter().map(|p| p.1).sum::<f64>() / n,
    );
    let covariance: f64 = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    covariance / points.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>()
}

const DEPTHS: [usize; 5] = [2, 10, 25, 50, 100];

/// Mean log singular value of the product of the layers' Jacobians at every depth.
///
/// Beyond some ten layers the singular values of the product lie too far apart for doubles. Their mean
/// logarithm is that of the determinant over n, which is a sum over layers; each layer's Jacobian is exact.
fn mean_ln_by_layers(net: &Mlp, link: Link, x: &[f64]) -> Result<f64> {
    let n = x.len();
    let depth = net.activations.len();
    let per_layer = n * n + n;
    let mut state = x.to_vec();
    let mut total = 0.0;
    let share = 1.0 / (depth as f64).sqrt();
    for layer in 0..depth {
        let one = Mlp {
            widths: vec![n; 2],
            activations: vec![Activation::Tanh],
            parameters: net.parameters[layer * per_layer..(layer + 1) * per_layer].to_vec(),
        };
        let f_slope = jacobian_by_core(&one, Link::Plain, &state)?;
        let matrix = match link {
            Link::Plain => f_slope,
            Link::Residual => Matrix::from_fn(n, n, |i, j| {
                f64::from(u8::from(i == j)) + share * f_slope.row(i)[j]
            }),
        };
        total += mean_ln(&singular_values(&matrix)?);
        let f = one.layers(&[])[0].of(&crate::mlp::constants(&state));
        state = match link {
            Link::Plain => f.iter().map(|f| f.value).collect(),
            Link::Residual => state.iter().zip(&f).map(|(u, f)| u + share * f.value).collect(),
        };
    }
    Ok(total)
}

/// Exact Jacobians and singular values against dual numbers and Jacobi rotations, and the sum over layers
/// against the Jacobian of the whole network.
fn see_witness(net: &Mlp, link: Link, x: &[f64], worst: &mut Worst) -> Result<()> {
    let ours = singular_values(&jacobian_by_core(net, link, x)?)?;
    let theirs = jacobian(|x| deep_by_loops(net, link, x), x);
    let theirs = witness::singular_values(&witness::complexify(&theirs));
    for (k, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        worst.see(a / theirs[0], b / theirs[0], || format!("{link:?}, s_{k}"));
    }
    worst.see(
        mean_ln_by_layers(net, link, x)?.exp(),
        mean_ln(&theirs).exp(),
        || format!("{link:?}, sum over layers"),
    );
    Ok(())
}

/// Slope of the mean log singular value in depth, one random network for each depth.
fn decay(context: &Context<'_>, link: Link, case: usize) -> Result<f64> {
    let mut points = Vec::new();
    for depth in DEPTHS {
        let mut rng = context.stream(&format!("initialisation/{case}/{depth}"));
        let net = random_net(WIDTH, depth, &mut rng);
        let x: Vec<f64> = (0..WIDTH).map(|_| rng.normal()).collect();
        points.push((depth as f64, mean_ln_by_layers(&net, link, &x)?));
    }
    Ok(slope(&points))
}

fn alleviates(context: &Context<'_>, link: &Link) -> Result<Finding> {
    const SINGULAR: Tol = Tol::abs(1e-11).because("relative to the largest; three layers of 32, means of logarithms");
    let nets = context.tier().pick(8, 20, 50);
    let mut worst = Worst::new(SINGULAR);
    let mut rng = context.stream("witness");
    for _ in 0..2 {
        let net = random_net(WIDTH, 3, &mut rng);
        let x: Vec<f64> = (0..WIDTH).map(|_| rng.normal()).collect();
        see_witness(&net, Link::Plain, &x, &mut worst)?;
        see_witness(&net, *link, &x, &mut worst)?;
    }
    let (mut plain, mut excess, mut linked) = (Vec::new(), Vec::new(), Vec::new());
    for case in 0..nets {
        let (a, b) = (decay(context, Link::Plain, case)?, decay(context, *link, case)?);
        plain.push(a);
        linked.push(b);
        excess.push(5.0 * b.abs() - a.abs());
    }
    let residual = Estimate::from_independent(&linked)?;
    let evidence = Evidence::from_iter([
        worst.into_check("singular values against Jacobi rotations on dual numbers", 100),
        check("plain: slope per layer", Estimate::from_independent(&plain)?)
            .false_fail(1e-7)
            .resolves(0.9)
            .at_most()
            .against(-0.03),
        check("5 |slope with links| − |slope without|", Estimate::from_independent(&excess)?)
            .false_fail(1e-7)
            .resolves(0.9)
            .at_most()
            .against(0.0),
    ]);
    let headline = Headline {
        quantity: "slope per layer with links (claimed: a fifth of that without, at most)".into(),
        claimed: Estimate::from_independent(&plain)?.value() / 5.0,
        value: residual.value(),
        error: residual.error(),
    };
    Ok(Finding::new(evidence, headline).qualified(SCALED))
}

/// Links and first weights of a network that is trained.
#[derive(Clone, Copy, Debug)]
enum Start {
    Residual,
    Plain,
    Orthogonal,
}

const TRAINED_WIDTH: usize = 16;
const TRAINED_DEPTH: usize = 50;
const TRAINED_POINTS: usize = 32;
const TRAINED_STEPS: usize = 800;
const TARGET_LOSS: f64 = 1e-3;

/// `1 → 16`, fifty layers of 16, `16 → 1`; biases zero.
fn first_parameters(start: Start, rng: &mut Rng) -> Result<Vec<f64>> {
    let n = TRAINED_WIDTH;
    let mut normal = |count: usize, sigma: f64| -> Vec<f64> { (0..count).map(|_| sigma * rng.normal()).collect() };
    let mut parameters = normal(2 * n, 1.0);
    for _ in 0..TRAINED_DEPTH {
        let gaussian = normal(n * n, 1.0);
        match start {
            Start::Orthogonal => {
                let q = Qr::new(&Matrix::from_vec(n, n, gaussian)?)?;
                parameters.extend_from_slice(q.q().as_slice());
            }
            Start::Residual | Start::Plain => {
                let scale = 0.9 / (n as f64).sqrt();
                parameters.extend(gaussian.iter().map(|w| scale * w));
            }
        }
        parameters.extend(vec![0.0; n]);
    }
    parameters.extend(normal(n, 1.0 / (n as f64).sqrt()));
    parameters.push(0.0);
    Ok(parameters)
}

/// The loss after every step of training on `sin πx`, until it is 1e-3 or the steps are used up.
fn training(context: &Context<'_>, start: Start, case: usize) -> Result<Vec<f64>> {
    let net = Mlp {
        widths: [&[1][..], &[TRAINED_WIDTH; TRAINED_DEPTH + 1], &[1]].concat(),
        activations: Vec::new(),
        parameters: first_parameters(start, &mut context.stream(&format!("training/{case}")))?,
    };
    let mut g = Graph::new();
    let vars = net.inputs(&mut g)?;
    let x = g.input("x", Shape::batched(&[1]))?;
    let target = g.input("target", Shape::batched(&[1]))?;
    let u = g.linear(vars[0], x)?;
    let u = g.add(u, vars[1])?;
    let link = match start {
        Start::Residual => Link::Residual,
        Start::Plain | Start::Orthogonal => Link::Plain,
    };
    let last = vars.len() - 2;
    let u = deep(&mut g, link, &vars[2..last], u)?;
    let y = g.linear(vars[last], u)?;
    let y = g.add(y, vars[last + 1])?;
    let error = g.sub(y, target)?;
    let square = g.square(error)?;
    let mean = g.mean(square)?;
    let loss = g.mean_batch(mean)?;
    let gradient = grad(&mut g, loss, &vars)?;
    let outputs = [&[loss], &gradient[..]].concat();
    let mut plan = Plan::<f64>::new(&g, &outputs, TRAINED_POINTS)?;
    let points: Vec<f64> = (0..TRAINED_POINTS)
        .map(|i| 2.0 * (i as f64 + 0.5) / TRAINED_POINTS as f64 - 1.0)
        .collect();
    let values: Vec<f64> = points.iter().map(|x| (std::f64::consts::PI * x).sin()).collect();
    let mut parameters = net.parameters;
    let mut adam = Adam::<f64>::new(parameters.len(), AdamOptions::default())?;
    let mut losses = Vec::new();
    for _ in 0..TRAINED_STEPS {
        if context.interrupted() {
            return Err(interrupted());
        }
        let batched = [Batched::Rows(&points[..]), Batched::Rows(&values)];
        plan.run(&Feed::with_parameters(&parameters, &batched))?;
        losses.push(plan.output(0)[0]);
        if plan.output(0)[0] <= TARGET_LOSS {
            break;
        }
        let gradient: Vec<f64> = (1..outputs.len()).flat_map(|i| plan.output(i).to_vec()).collect();
        adam.step(1e-3, &mut parameters, &gradient)?;
    }
    Ok(losses)
}

/// The share of starts that reach the target loss: of 10 in every tier but the full one.
fn share_trained(context: &Context<'_>, start: Start) -> Result<f64> {
    let starts = context.tier().pick(10, 10, 20);
    let mut reached = 0;
    for case in 0..starts {
        let losses = training(context, start, case)?;
        reached += usize::from(losses.last().is_some_and(|loss| *loss <= TARGET_LOSS));
    }
    Ok(reached as f64 / starts as f64)
}

fn shares_headline(share: f64, claimed: f64) -> Headline {
    Headline {
        quantity: "share of starts that reach a loss of 1e-3 at depth 50".into(),
        claimed,
        value: share,
        error: 0.0,
    }
}

fn trains(context: &Context<'_>, start: &Start) -> Result<Finding> {
    let share = share_trained(context, *start)?;
    let plain = share_trained(context, Start::Plain)?;
    let evidence = Evidence::from_iter([
        fact("with links: at least 8 of 10 starts", share >= 0.8, format!("a share of {share}")),
        fact("without links: at most 2 of 10 starts", plain <= 0.2, format!("a share of {plain}")),
    ]);
    Ok(Finding::new(evidence, shares_headline(share, 0.8)).qualified(SCALED))
}

fn fails_to_train(context: &Context<'_>, start: &Start) -> Result<Finding> {
    let share = share_trained(context, *start)?;
    let evidence = Evidence::from_iter([fact(
        "at most 2 of 10 starts",
        share <= 0.2,
        format!("a share of {share}"),
    )]);
    Ok(Finding::new(evidence, shares_headline(share, 0.2)))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |start: Start| -> Result<Vec<Vec<(f64, f64)>>> {
        let losses = training(context, start, 0)?;
        Ok(vec![losses.iter().enumerate().map(|(step, loss)| (step as f64, *loss)).collect()])
    };
    let figure = Plot::new("Training at depth 50")
        .x_label("step of Adam")
        .y_label("loss")
        .y_log()
        .line("residual, σ_w = 0.9", curve(Start::Residual)?)
        .line("plain, σ_w = 0.9", curve(Start::Plain)?)
        .line("plain, orthogonal", curve(Start::Orthogonal)?)
        .horizontal_rules("target", [TARGET_LOSS])
        .render(
            "resnet-gradient-training",
            "With links the network learns sin πx; without them it does not, unless its weights start orthogonal.",
        )?;
    Ok(vec![figure])
}
