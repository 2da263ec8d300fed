//! `mlp-affine-nesting`: a network is a nesting of affine maps and nonlinear functions.
//!
//! The batched network of the core stands against scalar loops (`reference::network`) on random nets. The
//! talks number layers differently (Lu from 1, Tomiya from 2 with `u⁽¹⁾ = x`) and mean the same nets; the single
//! layer of Wang's slide, `y = f(Σ x_i w_i)`, has no bias and is another function.

use fieldassay::Result;
use fieldassay::autodiff::Plan;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dual::jacobian;
use fieldassay_reference::network::{Activation, forward};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::mlp::{Mlp, activate, constants};

const BATCH: usize = 5;
const NETS: usize = 1000;
const NESTING: Tol =
    Tol::abs(1e-13).because("sums of up to 13 terms in up to five layers, relative to the net's largest output");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "mlp-affine-nesting",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"NN Architecture\"",
        "Essentially a nesting of simple functions: x^(i) = f_i(x^(i−1); θ), θ = {W_i, b_i}; \
         NN = Nonlinear functions + Affine Transformation",
        vec![
            Statement::says(
                "as printed",
                "A feed-forward network is x^(i) = σ_i(W_i x^(i−1) + b_i), layer inside layer.",
                "a batched network with another output than the scalar loops",
            )
            .decided_by(
                Verdict::Supported,
                is_the_nesting,
                Form::Lu,
                Alteration::new("σ(W x + b) → W σ(x) + b", Form::NonlinearFirst),
            ),
            Statement::says(
                "talk 004",
                "σ⁽³⁾(W⁽³⁾ σ⁽²⁾(W⁽²⁾ x + b⁽²⁾) + b⁽³⁾), with layers counted from 2 and u⁽¹⁾ = x, is the \
                 same nesting.",
                "a network with another output than the scalar loops",
            )
            .decided_by(
                Verdict::Supported,
                is_the_nesting,
                Form::Tomiya,
                Alteration::new("biases → none, as on the slide of talk 001", Form::NoBias),
            ),
            Statement::says(
                "talk 001",
                "Layers y = f(Σ_i x_i w_i), without a bias, make the same nesting.",
                "a network with another output than the scalar loops",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_nesting,
                Form::NoBias,
                Alteration::new("no bias → the bias subtracted", Form::MinusBias),
            ),
            Statement::says(
                "without the nonlinearity",
                "Without nonlinear functions the network is one affine map, however deep it is.",
                "an output other than A x + c with one matrix A and one vector c",
            )
            .decided_by(
                Verdict::Supported,
                is_one_affine_map,
                Activation::Identity,
                Alteration::new("identity → tanh", Activation::Tanh),
            ),
        ],
    )
}

/// The layer of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Lu,
    Tomiya,
    NonlinearFirst,
    NoBias,
    MinusBias,
}

impl Form {
    fn layer(self, g: &mut Graph, [w, b]: [Var; 2], sigma: Activation, u: Var) -> Result<Var> {
        if self == Self::NonlinearFirst {
            let u = activate(g, sigma, u)?;
            let z = g.linear(w, u)?;
            return g.add(z, b);
        }
        let z = g.linear(w, u)?;
        let z = match self {
            Self::NoBias => z,
            Self::MinusBias => g.sub(z, b)?,
            _ => g.add(z, b)?,
        };
        activate(g, sigma, z)
    }

    /// The output of all layers; Tomiya's slide writes the first two of them as one formula.
    fn output(self, g: &mut Graph, net: &Mlp, inputs: &[Var], x: Var) -> Result<Var> {
        let mut u = x;
        for (pair, &sigma) in inputs.chunks_exact(2).zip(&net.activations) {
            u = self.layer(g, [pair[0], pair[1]], sigma, u)?;
        }
        Ok(u)
    }
}

/// Up to 12 wide; two layers in Tomiya's formula, else up to five.
fn random_net(form: Form, activations: &[Activation], rng: &mut Rng) -> Mlp {
    let layers = match form {
        Form::Tomiya => 2,
        _ => 1 + rng.below(5),
    };
    let widths: Vec<usize> = (0..=layers).map(|_| 1 + rng.below(12)).collect();
    let sigmas: Vec<Activation> =
        (0..layers).map(|_| activations[rng.below(activations.len())]).collect();
    Mlp::random(&widths, &sigmas, [1.0, 0.5], rng)
}

/// The core's outputs, `[sample][output]`.
fn batched(net: &Mlp, form: Form, x: &[f64]) -> Result<Vec<Vec<f64>>> {
    let mut g = Graph::new();
    let inputs = net.inputs(&mut g)?;
    let input = g.input("x", Shape::batched(&[net.widths[0]]))?;
    let y = form.output(&mut g, net, &inputs, input)?;
    let mut plan = Plan::<f64>::new(&g, &[y], BATCH)?;
    plan.run(&Feed::with_parameters(&net.parameters, &[Batched::Rows(x)]))?;
    let lanes = plan.output(0);
    Ok((0..BATCH)
        .map(|sample| lanes.iter().skip(sample).step_by(BATCH).copied().collect())
        .collect())
}

/// Compares outputs, each divided by the largest expected one.
fn see_all(worst: &mut Worst, found: &[Vec<f64>], expected: &[Vec<f64>], net: &str) {
    let largest = expected.iter().flatten().fold(0.0, |m: f64, y| m.max(y.abs()));
    for (sample, (found, expected)) in found.iter().zip(expected).enumerate() {
        for (found, expected) in found.iter().zip(expected) {
            worst.see(found / largest, expected / largest, || format!("{net}, sample {sample}"));
        }
    }
}

fn finding(worst: Worst, name: &str, error: f64) -> Finding {
    let difference = worst.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence = Evidence::from_iter([worst.into_check(name, BATCH * NETS)]);
    let headline = Headline {
        quantity: "largest difference, relative to the net's largest output".into(),
        claimed: 0.0,
        value: difference,
        error,
    };
    Finding::new(evidence, headline)
}

fn is_the_nesting(context: &Context<'_>, form: &Form) -> Result<Finding> {
    let mut rng = context.stream("nets");
    let all = [Activation::Tanh, Activation::Sin, Activation::Softplus];
    let mut worst = Worst::new(NESTING);
    for case in 0..NETS {
        let net = random_net(*form, &all, &mut rng);
        let x: Vec<f64> = (0..BATCH * net.widths[0]).map(|_| rng.normal()).collect();
        let layers = net.layers(&[]);
        let expected: Vec<Vec<f64>> = (x.chunks(net.widths[0]))
            .map(|x| forward(&layers, &constants(x)).iter().map(|y| y.value).collect())
            .collect();
        let found = batched(&net, *form, &x)?;
        see_all(&mut worst, &found, &expected, &format!("net {case} {:?}", net.widths));
    }
    Ok(finding(worst, "the core's batched nets against scalar loops", 1e-13))
}

fn is_one_affine_map(context: &Context<'_>, activation: &Activation) -> Result<Finding> {
    const ONE_MAP: Tol = Tol::abs(1e-12).because("products of up to five matrices, the ledger's window");
    let mut rng = context.stream("affine");
    let mut worst = Worst::new(ONE_MAP);
    for case in 0..NETS {
        let net = random_net(Form::Lu, &[*activation], &mut rng);
        let inputs = net.widths[0];
        let x: Vec<f64> = (0..BATCH * inputs).map(|_| rng.normal()).collect();
        let layers = net.layers(&[]);
        let origin = vec![0.0; inputs];
        let matrix = jacobian(|x| forward(&layers, x), &origin);
        let offset = forward(&layers, &constants(&origin));
        let map = |x: &[f64]| -> Vec<f64> {
            let row = |row: &Vec<f64>| row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>();
            matrix.iter().zip(&offset).map(|(a, c)| row(a) + c.value).collect()
        };
        let expected: Vec<Vec<f64>> = x.chunks(inputs).map(map).collect();
        let found = batched(&net, Form::Lu, &x)?;
        see_all(&mut worst, &found, &expected, &format!("net {case} {:?}", net.widths));
    }
    Ok(finding(worst, "the net against A x + c", 1e-12))
}
