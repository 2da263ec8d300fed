//! `mlp_train` and `mlp_infer`: a network of affine layers, 101 → 128 → 128 → 128 → 10, softplus between, in `f32`.

use serde_json::json;

use super::{Calls, Started, Workload};
use crate::autodiff::{Plan, PlanOptions, grad};
use crate::error::Result;
use crate::optimize::{Adam, AdamOptions, FirstOrder};
use crate::rng::{Rng, Seed};
use crate::tensor::{Batched, Feed, Graph, Shape, Var};

/// One step of training: loss, gradient of all weights and biases, Adam, on the whole batch.
pub static TRAIN: Workload = Workload {
    id: "mlp_train",
    summary: "training step of an MLP 101-128-128-128-10: mean squared error, gradient, Adam",
    size: "batch",
    sizes: &[10000, 256],
    unit: "steps/s",
    start: |batch, threads| start(batch, threads, true),
};

/// The network's values for the whole batch.
pub static INFER: Workload = Workload {
    id: "mlp_infer",
    summary: "values of an MLP 101-128-128-128-10",
    size: "batch",
    sizes: &[10000],
    unit: "forwards/s",
    start: |batch, threads| start(batch, threads, false),
};

const WIDTHS: [usize; 5] = [101, 128, 128, 128, 10];
const RATE: f64 = 1e-3;

struct Network {
    plan: Plan<f32>,
    parameters: Vec<f32>,
    x: Vec<f32>,
    y: Vec<f32>,
    optimiser: Option<Adam<f32>>,
}

fn start(batch: usize, threads: usize, train: bool) -> Result<Started> {
    let mut g = Graph::new();
    let mut r = Seed(0).stream("speed/mlp");
    let (parameters, values) = parameters(&mut g, &mut r)?;
    let x = g.input("x", Shape::batched(&[WIDTHS[0]]))?;
    let output = network(&mut g, &parameters, x)?;
    let options = PlanOptions {
        threads,
        ..PlanOptions::default()
    };
    let outputs = if train {
        loss_and_gradient(&mut g, output, &parameters)?
    } else {
        vec![output]
    };
    let mut normal = |count: usize| (0..count).map(|_| r.normal() as f32).collect::<Vec<f32>>();
    let network = Network {
        plan: Plan::with_options(&g, &outputs, batch, options)?,
        x: normal(WIDTHS[0] * batch),
        y: normal(WIDTHS[4] * batch),
        optimiser: if train {
            Some(Adam::new(values.len(), AdamOptions::default())?)
        } else {
            None
        },
        parameters: values,
    };
    let products: usize = WIDTHS.windows(2).map(|w| w[0] * w[1]).sum();
    let per_sample = if train {
        3 * products - WIDTHS[0] * WIDTHS[1]
    } else {
        products
    };
    Ok(Started {
        calls: Box::new(network),
        flops: 2.0 * (batch * per_sample) as f64,
        units: 1.0,
        shapes: json!({"dims": WIDTHS, "batch": batch, "dtype": "f32", "act": "softplus"}),
    })
}

/// Weights from N(0, 1/fan-in), biases zero.
fn parameters(g: &mut Graph, r: &mut Rng) -> Result<(Vec<Var>, Vec<f32>)> {
    let (mut vars, mut values) = (Vec::new(), Vec::new());
    for (layer, widths) in WIDTHS.windows(2).enumerate() {
        let &[input, output] = widths else {
            unreachable!("windows of two")
        };
        vars.push(g.input(&format!("{layer}.weight"), Shape::shared(&[output, input]))?);
        vars.push(g.input(&format!("{layer}.bias"), Shape::shared(&[output]))?);
        let scale = (input as f64).sqrt().recip();
        values.extend((0..input * output).map(|_| (scale * r.normal()) as f32));
        values.extend(std::iter::repeat_n(0.0, output));
    }
    Ok((vars, values))
}

fn network(g: &mut Graph, parameters: &[Var], x: Var) -> Result<Var> {
    let mut h = x;
    for (layer, pair) in parameters.chunks_exact(2).enumerate() {
        h = g.linear(pair[0], h)?;
        h = g.add(h, pair[1])?;
        if layer + 2 < WIDTHS.len() {
            h = g.softplus(h)?;
        }
    }
    Ok(h)
}

fn loss_and_gradient(g: &mut Graph, output: Var, parameters: &[Var]) -> Result<Vec<Var>> {
    let target = g.input("y", Shape::batched(&[WIDTHS[4]]))?;
    let error = g.sub(output, target)?;
    let square = g.square(error)?;
    let mean = g.mean(square)?;
    let loss = g.mean_batch(mean)?;
    let gradient = grad(g, loss, parameters)?;
    Ok([&[loss], &gradient[..]].concat())
}

impl Calls for Network {
    fn run(&mut self, count: usize) -> Result<()> {
        let Self {
            plan,
            parameters,
            x,
            y,
            optimiser,
        } = self;
        let batched = [Batched::Lanes(&x[..]), Batched::Lanes(&y[..])];
        plan.install(|plan| {
            (0..count).try_for_each(|_| match optimiser {
                None => plan.run(&Feed::with_parameters(parameters, &batched[..1])),
                Some(optimiser) => {
                    plan.run(&Feed::with_parameters(parameters, &batched))?;
                    let gradient = plan.joined(1..9).expect("sums over the batch of one pass");
                    optimiser.step(RATE, parameters, gradient)
                }
            })
        })
    }

    fn check(&self) -> f64 {
        match self.optimiser {
            Some(_) => f64::from(self.plan.output(0)[0]),
            None => {
                let y = self.plan.output(0);
                y.iter().map(|&y| f64::from(y).powi(2)).sum::<f64>() / y.len() as f64
            }
        }
    }
}
