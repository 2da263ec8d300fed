//! Calls that run a plan of a network on fresh or fixed samples, with or without a step of Adam.

use serde_json::Value as Json;

use super::{Calls, Started};
use crate::autodiff::{Plan, PlanOptions, grad};
use crate::error::Result;
use crate::nn::layer::Convolution;
use crate::nn::{Activation, Initialisation, Network};
use crate::optimize::{Adam, AdamOptions, FirstOrder};
use crate::rng::{Lanes, Seed};
use crate::tensor::{Batched, Feed, Var};

/// Where the samples of a batched input come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    /// Standard normals, drawn once.
    Fixed,
    /// Standard normals, new ones in every call.
    Normal,
    /// Uniform in `[0, 1)`, new ones in every call.
    Uniform,
}

/// What a call does with a network.
pub(super) enum Call {
    /// Loss, gradient, Adam with this learning rate.
    Train(f64),
    /// Values only.
    Evaluate,
}

/// What a workload says of its calls.
pub(super) struct Account {
    /// Multiplications and additions of products and convolutions of a forward pass.
    pub(super) forward_flops: f64,
    /// Units of work of a call.
    pub(super) units: f64,
    /// Shapes and number type.
    pub(super) shapes: Json,
}

/// The network of a coupling: convolutions of 3×3 sites on a periodic lattice, leaky ReLU between them; everything starts
/// uniform within `±1/√fan-in`.
pub(super) fn convolutions(
    n: &mut Network,
    name: &str,
    extents: &[usize],
    channels: &[usize],
    x: Var,
) -> Result<Var> {
    let mut h = x;
    for (i, pair) in channels.windows(2).enumerate() {
        if i > 0 {
            h = Activation::LeakyRelu.apply(&mut n.graph, h)?;
        }
        let start = Initialisation::Uniform((9.0 * pair[0] as f64).sqrt().recip());
        let convolution = Convolution {
            weight: start,
            bias: Some(start),
            ..Convolution::periodic(extents, 3, pair[1])
        };
        h = n.add(&format!("{name}.{i}"), &convolution.into(), h)?;
    }
    Ok(h)
}

/// A network, its samples, and perhaps its optimiser.
struct Steps {
    plan: Plan<f32>,
    theta: Vec<f32>,
    gradient: Vec<f32>,
    inputs: Vec<Input>,
    optimiser: Option<(Adam<f32>, f64)>,
}

struct Input {
    samples: Samples,
    lanes: Lanes,
    drawn: Vec<f64>,
    numbers: Vec<f32>,
}

impl Input {
    fn draw(&mut self) {
        match self.samples {
            Samples::Uniform => self.lanes.uniform(&mut self.drawn),
            Samples::Fixed | Samples::Normal => self.lanes.normal(&mut self.drawn),
        }
        for (number, drawn) in self.numbers.iter_mut().zip(&self.drawn) {
            *number = *drawn as f32;
        }
    }
}

/// `batch` samples of a network with these batched inputs, in its order; the first of `outputs` is the check, and the
/// loss of a training.
pub(super) fn start(
    network: &Network,
    outputs: &[Var],
    samples: &[Samples],
    (batch, threads): (usize, usize),
    call: Call,
    account: Account,
) -> Result<Started> {
    let mut graph = network.graph.clone();
    let mut wanted = outputs.to_vec();
    let theta = network.parameters().initial(Seed(0))?;
    let (factor, optimiser) = match call {
        Call::Train(rate) => {
            wanted.extend(grad(&mut graph, outputs[0], &network.parameters().vars())?);
            let adam = Adam::new(theta.len(), AdamOptions::default())?;
            (3.0, Some((adam, rate)))
        }
        Call::Evaluate => (1.0, None),
    };
    let options = PlanOptions {
        threads,
        ..PlanOptions::default()
    };
    let inputs = network.batched_inputs().into_iter().zip(samples);
    let inputs = inputs.map(|((name, size), &samples)| {
        let mut input = Input {
            samples,
            lanes: Seed(0).lanes(&format!("speed/{name}"), batch),
            drawn: vec![0.0; size * batch],
            numbers: vec![0.0; size * batch],
        };
        input.draw();
        input
    });
    let steps = Steps {
        plan: Plan::with_options(&graph, &wanted, batch, options)?,
        gradient: vec![0.0; theta.len()],
        theta,
        inputs: inputs.collect(),
        optimiser,
    };
    Ok(Started {
        calls: Box::new(steps),
        flops: factor * account.forward_flops * batch as f64,
        units: account.units,
        shapes: account.shapes,
    })
}

impl Calls for Steps {
    fn run(&mut self, count: usize) -> Result<()> {
        let Self {
            plan,
            theta,
            gradient,
            inputs,
            optimiser,
        } = self;
        plan.install(|plan| {
            for _ in 0..count {
                let fresh = |input: &&mut Input| input.samples != Samples::Fixed;
                inputs.iter_mut().filter(fresh).for_each(Input::draw);
                let batched: Vec<Batched<'_, f32>> = inputs
                    .iter()
                    .map(|input| Batched::Lanes(&input.numbers))
                    .collect();
                plan.run(&Feed::with_parameters(theta, &batched))?;
                if let Some((adam, rate)) = optimiser {
                    plan.collect(1, gradient);
                    adam.step(*rate, theta, gradient)?;
                }
            }
            Ok(())
        })
    }

    fn check(&self) -> f64 {
        let y = self.plan.output(0);
        if self.optimiser.is_some() {
            return f64::from(y[0]);
        }
        y.iter().map(|&y| f64::from(y)).sum::<f64>() / y.len() as f64
    }
}
