//! `realnvp_train` and `realnvp_sample`: a flow of 16 affine couplings to φ⁴ theory on 8×8 sites, each coupling with a
//! convolutional network 1-8-8-2 of its own, in `f32`.

use serde_json::json;

use super::steps::{Account, Call, Samples, convolutions, start};
use super::{Started, Workload};
use crate::error::Result;
use crate::nn::Network;
use crate::tensor::{Graph, Shape, Var};

/// A step of the reverse Kullback–Leibler divergence: samples, loss, gradient, Adam.
pub static TRAIN: Workload = Workload {
    id: "realnvp_train",
    summary: "training step of a flow of 16 affine couplings to φ⁴ on 8×8 sites: samples, loss, gradient, Adam",
    size: "batch",
    sizes: &[64, 1024],
    unit: "steps/s",
    start: |batch, threads| flow(batch, threads, true),
};

/// Samples with their log-density and action.
pub static SAMPLE: Workload = Workload {
    id: "realnvp_sample",
    summary: "samples of a flow of 16 affine couplings to φ⁴ on 8×8 sites, with ln q and action",
    size: "batch",
    sizes: &[1024],
    unit: "samples/s",
    start: |batch, threads| flow(batch, threads, false),
};

const EXTENT: usize = 8;
const SITES: usize = EXTENT * EXTENT;
const COUPLINGS: usize = 16;
const CHANNELS: [usize; 4] = [1, 8, 8, 2];
const M2: f64 = -4.0;
const LAMBDA: f64 = 8.0;

/// One where `(i + j + k) mod 2 = 1`: the sites that coupling `k` keeps.
fn mask(g: &mut Graph, k: usize) -> Result<[Var; 2]> {
    let kept: Vec<f64> = (0..SITES)
        .map(|s| f64::from(u8::from((s / EXTENT + s % EXTENT + k) % 2 == 1)))
        .collect();
    let kept = g.constant(&[SITES, 1], &kept)?;
    let changed = g.scale_shift(kept, -1.0, 1.0)?;
    Ok([kept, changed])
}

/// `ln` of the scale, and the shift, of all sites.
fn network(n: &mut Network, k: usize, x: Var) -> Result<[Var; 2]> {
    let h = convolutions(n, &k.to_string(), &[EXTENT; 2], &CHANNELS, x)?;
    let h = n.graph.tanh(h)?;
    Ok([n.graph.narrow(h, 1, 0, 1)?, n.graph.narrow(h, 1, 1, 1)?])
}

/// `S = Σ_x [φ_x Σ_μ (2φ_x − φ_{x+μ} − φ_{x−μ}) + m² φ_x² + λ φ_x⁴]`.
fn action(g: &mut Graph, field: Var) -> Result<Var> {
    let x = g.reshape(field, &[EXTENT, EXTENT])?;
    let (down, right) = (g.shift(x, 0, 1)?, g.shift(x, 1, 1)?);
    let neighbours = g.add(down, right)?;
    let square = g.square(x)?;
    let potential = g.scale_shift(square, LAMBDA, 4.0 + M2)?;
    let potential = g.mul(square, potential)?;
    let hopping = g.mul(x, neighbours)?;
    let hopping = g.scale(hopping, -2.0)?;
    let density = g.add(potential, hopping)?;
    g.sum(density)
}

fn flow(batch: usize, threads: usize, train: bool) -> Result<Started> {
    let mut n = Network::new();
    let z = n.graph.input("z", Shape::batched(&[SITES, 1]))?;
    let square = n.graph.square(z)?;
    let sum = n.graph.sum(square)?;
    let base = -0.5 * SITES as f64 * std::f64::consts::TAU.ln();
    let mut ln_q = n.graph.scale_shift(sum, -0.5, base)?;
    let mut x = z;
    for k in 0..COUPLINGS {
        let [kept, changed] = mask(&mut n.graph, k)?;
        let frozen = n.graph.mul(x, kept)?;
        let [ln_scale, shift] = network(&mut n, k, frozen)?;
        let g = &mut n.graph;
        let ln_scale = g.mul(ln_scale, changed)?;
        let scale = g.exp(ln_scale)?;
        let moved = g.mul(x, scale)?;
        let moved = g.add(moved, shift)?;
        let moved = g.mul(moved, changed)?;
        x = g.add(frozen, moved)?;
        let ln_det = g.sum(ln_scale)?;
        ln_q = g.sub(ln_q, ln_det)?;
    }
    let action = action(&mut n.graph, x)?;
    let difference = n.graph.add(ln_q, action)?;
    let products: usize = CHANNELS.windows(2).map(|c| c[0] * c[1]).sum();
    let account = Account {
        forward_flops: (2 * 9 * SITES * products * COUPLINGS) as f64,
        units: if train { 1.0 } else { batch as f64 },
        shapes: json!({"lattice": [EXTENT, EXTENT], "layers": COUPLINGS, "channels": CHANNELS, "batch": batch,
                       "m2": M2, "lambda": LAMBDA, "parameters": n.parameters().count(), "dtype": "f32"}),
    };
    let size = (batch, threads);
    let fresh = [Samples::Normal];
    if train {
        let loss = n.graph.mean_batch(difference)?;
        return start(&n, &[loss], &fresh, size, Call::Train(1e-3), account);
    }
    start(
        &n,
        &[difference, x, ln_q, action],
        &fresh,
        size,
        Call::Evaluate,
        account,
    )
}
