//! Laws of networks: what layers compute, how parameters start, losses, derivatives, training, checkpoints.

mod checkpoint;
mod course;
mod derivatives;
mod fields;
mod initialisation;
mod layers;
mod loss;
mod order;
mod training;

use fieldassay::autodiff::Plan;
use fieldassay::nn::layer::{Activate, Affine, Mlp, Residual, Sequence};
use fieldassay::nn::{Activation, Data, Layer, Network, loss as losses};
use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::{Batched, Feed, Real, Shape, Var};

const SEED: Seed = Seed(20_261_123);

/// A network with inputs `x: [inputs]` and `target: [outputs]` and a loss.
struct Regression {
    network: Network,
    y: Var,
    loss: Var,
}

fn regression(layer: &Layer, inputs: usize, outputs: usize) -> Regression {
    let mut n = Network::new();
    let input = |n: &mut Network, name, size| n.graph.input(name, Shape::batched(&[size]));
    let x = input(&mut n, "x", inputs).expect("an input");
    let target = input(&mut n, "target", outputs).expect("an input");
    let y = n.add("net", layer, x).expect("a layer that fits");
    let loss = losses::mean_squared_error(&mut n.graph, y, target).expect("shapes that fit");
    n.note("loss", "mean_squared_error").expect("a new key");
    Regression {
        network: n,
        y,
        loss,
    }
}

fn mlp(widths: &[usize], activation: Activation) -> Layer {
    Mlp::new(widths, activation).into()
}

/// Affine, activation, a residual block, and an affine map: every layer once.
fn deep(outputs: usize) -> Layer {
    Sequence::new(vec![
        Affine::new(7).into(),
        Activate {
            activation: Activation::Silu,
        }
        .into(),
        Residual::new(Mlp::new(&[5, 7], Activation::Sin)).into(),
        Residual::new(Sequence::new(vec![
            Affine::new(7).into(),
            Activate {
                activation: Activation::Tanh,
            }
            .into(),
        ]))
        .into(),
        Affine::new(outputs).into(),
    ])
    .into()
}

fn normals(count: usize, r: &mut Rng) -> Vec<f64> {
    (0..count).map(|_| r.normal()).collect()
}

fn rounded<T: Real>(numbers: &[f64]) -> Vec<T> {
    numbers.iter().map(|&x| T::of(x)).collect()
}

/// `y = sin(x₀) + x₁²/2 − x₂/3` and its negative, for `samples` normal `x`.
fn problem<T: Real>(network: &Network, samples: usize) -> Data<T> {
    let mut r = SEED.stream("nn/problem");
    let x = normals(3 * samples, &mut r);
    let y = x.chunks_exact(3).flat_map(|x| {
        let y = x[0].sin() + 0.5 * x[1] * x[1] - x[2] / 3.0;
        [y, -y]
    });
    let y: Vec<f64> = y.collect();
    let rows: [Vec<T>; 2] = [rounded(&x), rounded(&y)];
    Data::new(network, &[("target", &rows[1]), ("x", &rows[0])]).expect("data that fit")
}

/// The nodes `vars` for rows of samples.
fn evaluate(
    n: &Network,
    vars: &[Var],
    theta: &[f64],
    rows: &[&[f64]],
    batch: usize,
) -> Vec<Vec<f64>> {
    let mut plan = Plan::<f64>::new(&n.graph, vars, batch).expect("a plan");
    let rows: Vec<Batched<'_, f64>> = rows.iter().map(|rows| Batched::Rows(rows)).collect();
    plan.run(&Feed::with_parameters(theta, &rows))
        .expect("a feed that fits");
    (0..vars.len()).map(|i| plan.output(i).to_vec()).collect()
}
