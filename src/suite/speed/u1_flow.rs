//! `u1_flow_train` and `u1_flow_sample`: a gauge-equivariant flow of 16 couplings to U(1) theory on 8×8 sites, each with
//! a convolutional network 2-8-8-3 of its own, in `f32`.

use std::f64::consts::{LN_2, PI, TAU};

use serde_json::json;

use super::steps::{Account, Call, Samples, convolutions, start};
use super::{Started, Workload};
use crate::error::Result;
use crate::nn::Network;
use crate::tensor::{Graph, Shape, Var};

/// A step of the reverse Kullback–Leibler divergence: links, loss, gradient, Adam.
pub static TRAIN: Workload = Workload {
    id: "u1_flow_train",
    summary: "training step of a gauge-equivariant flow to U(1) on 8×8 sites: links, loss, gradient, Adam",
    size: "batch",
    sizes: &[64],
    unit: "steps/s",
    start: |batch, threads| flow(batch, threads, true),
};

/// Links with their log-density and action.
pub static SAMPLE: Workload = Workload {
    id: "u1_flow_sample",
    summary: "links of a gauge-equivariant flow to U(1) on 8×8 sites, with ln q and action",
    size: "batch",
    sizes: &[64],
    unit: "samples/s",
    start: |batch, threads| flow(batch, threads, false),
};

const EXTENT: usize = 8;
const SITES: usize = EXTENT * EXTENT;
const COUPLINGS: usize = 16;
const CHANNELS: [usize; 4] = [2, 8, 8, 3];
const BETA: f64 = 2.0;

/// `θ_0(x) + θ_1(x + e_0) − θ_0(x + e_1) − θ_1(x)` in `[−π, π)`.
fn plaquette(g: &mut Graph, links: [Var; 2]) -> Result<Var> {
    let [ahead_1, ahead_0] = [g.shift(links[1], 0, 1)?, g.shift(links[0], 1, 1)?];
    let sum = g.add(links[0], ahead_1)?;
    let other = g.add(ahead_0, links[1])?;
    let angle = g.sub(sum, other)?;
    g.wrap_angle(angle)
}

/// One where the coordinate along axis `axis` is one of `rows`, modulo 4.
fn stripes(g: &mut Graph, axis: usize, rows: &[usize]) -> Result<Var> {
    let on = |site: usize| {
        let coordinate = [site / EXTENT, site % EXTENT][axis];
        f64::from(u8::from(rows.contains(&(coordinate % 4))))
    };
    g.constant(&[SITES, 1], &(0..SITES).map(on).collect::<Vec<_>>())
}

/// `s_1, s_2` and `t` of all sites, from the frozen plaquettes.
fn network(n: &mut Network, k: usize, angle: Var, frozen: Var) -> Result<[Var; 2]> {
    let g = &mut n.graph;
    let parts = [g.cos(angle)?, g.sin(angle)?];
    let both = g.concat(&parts, 1)?;
    let seen = g.mul(both, frozen)?;
    let h = convolutions(n, &k.to_string(), &[EXTENT; 2], &CHANNELS, seen)?;
    Ok([n.graph.narrow(h, 1, 0, 2)?, n.graph.narrow(h, 1, 2, 1)?])
}

/// The transformed plaquette and the logarithm of its slope.
fn transformed(g: &mut Graph, angle: Var, s: Var, t: Var) -> Result<[Var; 2]> {
    let half = g.scale(angle, 0.5)?;
    let (tangent, grow) = (g.tan(half)?, g.exp(s)?);
    let stretched = g.mul(grow, tangent)?;
    let turned = g.atan(stretched)?;
    let mean = g.sum_axes(turned, &[1])?;
    let mean = g.reshape(mean, &[SITES, 1])?;
    let moved = g.add(mean, t)?;
    let moved = g.wrap_angle(moved)?;
    let shrink = g.neg(s)?;
    let shrink = g.exp(shrink)?;
    let (cosine, sine) = (g.cos(half)?, g.sin(half)?);
    let (cosine, sine) = (g.square(cosine)?, g.square(sine)?);
    let (first, second) = (g.mul(shrink, cosine)?, g.mul(grow, sine)?);
    let width = g.add(first, second)?;
    let ln_width = g.ln(width)?;
    let ln_slope = g.neg(ln_width)?;
    let ln_slope = g.log_sum_exp(ln_slope, &[1])?;
    Ok([moved, g.scale_shift(ln_slope, 1.0, -LN_2)?])
}

/// Coupling `k`: new links, and `Σ ln J`.
fn coupling(n: &mut Network, k: usize, mut links: [Var; 2]) -> Result<([Var; 2], Var)> {
    let (mu, offset) = (k % 2, k / 2 % 4);
    let g = &mut n.graph;
    let active = stripes(g, 1 - mu, &[offset])?;
    let frozen = stripes(g, 1 - mu, &[(offset + 1) % 4, (offset + 2) % 4])?;
    let angle = plaquette(g, links)?;
    let angle = g.reshape(angle, &[SITES, 1])?;
    let [s, t] = network(n, k, angle, frozen)?;
    let g = &mut n.graph;
    let [moved, ln_slope] = transformed(g, angle, s, t)?;
    let ln_slope = g.mul(ln_slope, active)?;
    let ln_det = g.sum(ln_slope)?;
    let change = g.sub(moved, angle)?;
    let change = g.mul(change, active)?;
    let change = g.scale(change, if mu == 0 { 1.0 } else { -1.0 })?;
    let change = g.reshape(change, &[EXTENT, EXTENT])?;
    let link = g.add(links[mu], change)?;
    links[mu] = g.wrap_angle(link)?;
    Ok((links, ln_det))
}

fn flow(batch: usize, threads: usize, train: bool) -> Result<Started> {
    let mut n = Network::new();
    let uniform = n
        .graph
        .input("uniform", Shape::batched(&[2, EXTENT, EXTENT]))?;
    let angles = n.graph.scale_shift(uniform, TAU, -PI)?;
    let mut links = [angles; 2];
    for (mu, link) in links.iter_mut().enumerate() {
        let part = n.graph.narrow(angles, 0, mu, 1)?;
        *link = n.graph.reshape(part, &[EXTENT, EXTENT])?;
    }
    let base = -((2 * SITES) as f64) * TAU.ln();
    let mut ln_q = n.graph.filled(&Shape::batched(&[]), base)?;
    for k in 0..COUPLINGS {
        let ln_det;
        (links, ln_det) = coupling(&mut n, k, links)?;
        ln_q = n.graph.sub(ln_q, ln_det)?;
    }
    let angle = plaquette(&mut n.graph, links)?;
    let cosine = n.graph.cos(angle)?;
    let sum = n.graph.sum(cosine)?;
    let action = n.graph.scale(sum, -BETA)?;
    let difference = n.graph.add(ln_q, action)?;
    let products: usize = CHANNELS.windows(2).map(|c| c[0] * c[1]).sum();
    let account = Account {
        forward_flops: (2 * 9 * SITES * products * COUPLINGS) as f64,
        units: if train { 1.0 } else { batch as f64 },
        shapes: json!({"lattice": [EXTENT, EXTENT], "layers": COUPLINGS, "channels": CHANNELS, "batch": batch,
                       "beta": BETA, "parameters": n.parameters().count(), "dtype": "f32"}),
    };
    let (size, fresh) = ((batch, threads), [Samples::Uniform]);
    if train {
        let loss = n.graph.mean_batch(difference)?;
        return start(&n, &[loss], &fresh, size, Call::Train(1e-3), account);
    }
    let outputs = [difference, links[0], links[1], ln_q, action];
    start(&n, &outputs, &fresh, size, Call::Evaluate, account)
}
