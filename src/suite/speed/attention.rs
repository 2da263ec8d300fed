//! `attention`: an effective action of O(3) spins on 6×6 sites by three layers of self-attention whose maps are sums
//! over shells of neighbours, in `f32`.

use serde_json::json;

use super::steps::{Account, Call, Samples, start};
use super::{Started, Workload};
use crate::error::Result;
use crate::nn::{Initialisation, Network};
use crate::tensor::{Graph, Shape, Var};

/// A step of a regression to energies: loss, gradient, Adam.
pub static ATTENTION: Workload = Workload {
    id: "attention",
    summary: "training step of an equivariant attention action of 6×6 O(3) spins: loss, gradient, Adam",
    size: "batch",
    sizes: &[64],
    unit: "steps/s",
    start: train,
};

const EXTENT: usize = 6;
const SITES: usize = EXTENT * EXTENT;
const LAYERS: usize = 3;
/// Squared distances of the shells.
const SHELLS: [usize; 7] = [0, 1, 2, 4, 5, 8, 9];

/// Means over shells: `[shell, site·site]`, each row of a matrix with sum one.
fn shells(g: &mut Graph) -> Result<Var> {
    let along = |a: usize, b: usize| a.abs_diff(b).min(EXTENT - a.abs_diff(b)).pow(2);
    let square = |i: usize, j: usize| along(i / EXTENT, j / EXTENT) + along(i % EXTENT, j % EXTENT);
    let mut entries = Vec::with_capacity(SHELLS.len() * SITES * SITES);
    for shell in SHELLS {
        let members = (0..SITES).filter(|&j| square(0, j) == shell).count();
        let share = |at| match square(at / SITES, at % SITES) == shell {
            true => 1.0 / members as f64,
            false => 0.0,
        };
        entries.extend((0..SITES * SITES).map(share));
    }
    g.constant(&[SHELLS.len(), SITES * SITES], &entries)
}

/// `x/√(|x|² + 10⁻¹²)` at every site.
fn normalised(g: &mut Graph, x: Var) -> Result<Var> {
    let square = g.square(x)?;
    let length = g.sum_axes(square, &[1])?;
    let length = g.reshape(length, &[SITES, 1])?;
    let length = g.scale_shift(length, 1.0, 1e-12)?;
    let length = g.sqrt(length)?;
    g.div(x, length)
}

/// `normalised(x + relu(Q Kᵀ/√3) V)` with `Q`, `K`, `V` the rows of `weight: [3, shells]` applied to `x`.
fn layer(g: &mut Graph, shells: Var, weight: Var, x: Var) -> Result<Var> {
    let maps = g.linear(weight, shells)?;
    let maps = g.reshape(maps, &[3 * SITES, SITES])?;
    let all = g.linear(maps, x)?;
    let query = g.narrow(all, 0, 0, SITES)?;
    let key = g.narrow(all, 0, SITES, SITES)?;
    let value = g.narrow(all, 0, 2 * SITES, SITES)?;
    let scores = g.matmul_transposed(query, key, [false, true])?;
    let scores = g.scale(scores, 3.0_f64.sqrt().recip())?;
    let scores = g.relu(scores)?;
    let mixed = g.matmul(scores, value)?;
    let sum = g.add(x, mixed)?;
    normalised(g, sum)
}

fn train(batch: usize, threads: usize) -> Result<Started> {
    let mut n = Network::new();
    let shells = shells(&mut n.graph)?;
    let rows = |layer| format!("layer.{layer}");
    let start_at = Initialisation::Normal(0.2);
    let weights = (0..LAYERS).map(|l| n.parameter(&rows(l), &[3, SHELLS.len()], start_at));
    let weights = weights.collect::<Result<Vec<Var>>>()?;
    let coupling = n.parameter(
        "coupling",
        &[1, SHELLS.len()],
        Initialisation::Constant(0.5),
    )?;
    let offset = n.parameter("offset", &[], Initialisation::Zeros)?;
    let raw = n.graph.input("spin", Shape::batched(&[SITES, 3]))?;
    let energy = n.graph.input("energy", Shape::batched(&[]))?;
    let g = &mut n.graph;
    let mut x = normalised(g, raw)?;
    for weight in weights {
        x = layer(g, shells, weight, x)?;
    }
    let map = g.linear(coupling, shells)?;
    let map = g.reshape(map, &[SITES, SITES])?;
    let neighbours = g.linear(map, x)?;
    let product = g.mul(x, neighbours)?;
    let sum = g.sum(product)?;
    let action = g.sub(offset, sum)?;
    let error = g.sub(action, energy)?;
    let square = g.square(error)?;
    let loss = g.mean_batch(square)?;
    let products = 2.0 * (SITES * SITES * 3 * (LAYERS * 5 + 1)) as f64;
    let shared = (2 * SITES * SITES * SHELLS.len() * (3 * LAYERS + 1)) as f64;
    let account = Account {
        forward_flops: products + shared / batch as f64,
        units: 1.0,
        shapes: json!({"sites": SITES, "spins": "O(3)", "layers": LAYERS, "shells": SHELLS, "batch": batch,
                       "parameters": n.parameters().count(), "dtype": "f32"}),
    };
    let samples = [Samples::Fixed, Samples::Fixed];
    start(
        &n,
        &[loss],
        &samples,
        (batch, threads),
        Call::Train(1e-3),
        account,
    )
}
