//! `score_train` and `score_step`: the score network of a diffusion model on 32×32 sites, a U-Net of 32, 64 and 128
//! channels that is given the time, in `f32`.

use serde_json::json;

use super::steps::{Account, Call, Samples, start};
use super::{Started, Workload};
use crate::error::Result;
use crate::nn::layer::{Activate, Affine, Sequence, Sinusoidal, Unet};
use crate::nn::{Activation, Network};
use crate::tensor::{Graph, Shape, Var};

/// A step of denoising score matching with variance-exploding noise: loss, gradient, Adam.
pub static TRAIN: Workload = Workload {
    id: "score_train",
    summary: "training step of a diffusion U-Net 32-64-128 on 32×32 sites: noise, loss, gradient, Adam",
    size: "batch",
    sizes: &[64],
    unit: "steps/s",
    start: train,
};

/// An Euler step of the reverse equation at time ½.
pub static STEP: Workload = Workload {
    id: "score_step",
    summary: "reverse diffusion step by a U-Net 32-64-128 on 32×32 sites",
    size: "batch",
    sizes: &[64],
    unit: "steps/s",
    start: step,
};

const EXTENT: usize = 32;
const CHANNELS: [usize; 3] = [32, 64, 128];
const EMBEDDING: usize = 128;
const FREQUENCIES: usize = 32;
/// `σ(t) = SMALLEST·RATIO^t`.
const SMALLEST: f64 = 0.01;
const RATIO: f64 = 1000.0;

fn field(n: &mut Network, name: &str) -> Result<Var> {
    n.graph.input(name, Shape::batched(&[EXTENT * EXTENT, 1]))
}

/// The network's value at time `t`.
fn score(n: &mut Network, x: Var, t: Var) -> Result<Var> {
    let silu = Activate {
        activation: Activation::Silu,
    };
    let embedding = Sequence::new(vec![
        Sinusoidal {
            frequencies: FREQUENCIES,
            highest: 1000.0,
            span: 1e4,
        }
        .into(),
        Affine::new(EMBEDDING).into(),
        silu.into(),
        Affine::new(EMBEDDING).into(),
        silu.into(),
    ]);
    let e = n.add("time", &embedding.into(), t)?;
    let unet = Unet::new(&[EXTENT; 2], &CHANNELS, 1);
    n.add_given("net", &unet.into(), x, e)
}

fn sigma(g: &mut Graph, t: Var) -> Result<Var> {
    let ln_sigma = g.scale_shift(t, RATIO.ln(), SMALLEST.ln())?;
    g.exp(ln_sigma)
}

fn train(batch: usize, threads: usize) -> Result<Started> {
    let mut n = Network::new();
    let (x, z) = (field(&mut n, "x")?, field(&mut n, "z")?);
    let t = n.graph.input("t", Shape::batched(&[]))?;
    let sigma = sigma(&mut n.graph, t)?;
    let noise = n.graph.mul(z, sigma)?;
    let noisy = n.graph.add(x, noise)?;
    let y = score(&mut n, noisy, t)?;
    let error = n.graph.add(y, z)?;
    let square = n.graph.square(error)?;
    let mean = n.graph.mean(square)?;
    let loss = n.graph.mean_batch(mean)?;
    let samples = [Samples::Fixed, Samples::Normal, Samples::Uniform];
    let call = Call::Train(1e-4);
    start(
        &n,
        &[loss],
        &samples,
        (batch, threads),
        call,
        account(&n, batch),
    )
}

fn step(batch: usize, threads: usize) -> Result<Started> {
    const STEP: f64 = 1e-3;
    const TIME: f64 = 0.5;
    let mut n = Network::new();
    let (x, xi) = (field(&mut n, "x")?, field(&mut n, "xi")?);
    let t = n.graph.filled(&Shape::batched(&[]), TIME)?;
    let y = score(&mut n, x, t)?;
    let sigma = SMALLEST * RATIO.powf(TIME);
    let drift = sigma * sigma * 2.0 * RATIO.ln() * STEP;
    let along = n.graph.scale(y, drift / sigma)?;
    let kick = n.graph.scale(xi, drift.sqrt())?;
    let moved = n.graph.add(x, along)?;
    let moved = n.graph.add(moved, kick)?;
    let samples = [Samples::Fixed, Samples::Normal];
    start(
        &n,
        &[moved],
        &samples,
        (batch, threads),
        Call::Evaluate,
        account(&n, batch),
    )
}

fn account(n: &Network, batch: usize) -> Account {
    let sites = |level: usize| (EXTENT >> level).pow(2);
    let convolution = |from, to, level| (2 * 9 * from * to * sites(level)) as f64;
    let block = |level: usize| {
        let channels = CHANNELS[level];
        2.0 * convolution(channels, channels, level) + (2 * EMBEDDING * channels) as f64
    };
    let [c0, c1, c2] = CHANNELS;
    let convolutions = convolution(1, c0, 0)
        + convolution(c0, c1, 1)
        + convolution(c1, c2, 2)
        + convolution(c2, c1, 1)
        + convolution(c1, c0, 0)
        + convolution(c0, 1, 0);
    let blocks = 2.0 * block(0) + 2.0 * block(1) + block(2);
    Account {
        forward_flops: convolutions + blocks,
        units: 1.0,
        shapes: json!({"lattice": [EXTENT, EXTENT], "channels": CHANNELS, "embedding": EMBEDDING, "batch": batch,
                       "parameters": n.parameters().count(), "dtype": "f32"}),
    }
}
