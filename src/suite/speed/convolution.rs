//! `convolution`: 8 to 8 channels, 3×3, periodic, on an 8×8 lattice, in `f32`: values and both gradients.

use serde_json::json;

use super::{Calls, Started, Workload};
use crate::autodiff::{Plan, PlanOptions, vjp};
use crate::error::Result;
use crate::rng::Seed;
use crate::tensor::op::Geometry;
use crate::tensor::{Batched, Boundary, Feed, Graph, Shape, Stencil};

/// The convolution of a batch of fields, and its products with a cotangent: gradients of field and weights.
pub static CONVOLUTION: Workload = Workload {
    id: "convolution",
    summary: "3×3 periodic convolution of 8 to 8 channels on 8×8 sites, with both gradients",
    size: "batch",
    sizes: &[64, 1024],
    unit: "calls/s",
    start,
};

const EXTENT: usize = 8;
const KERNEL: usize = 3;
const CHANNELS: usize = 8;

struct Fields {
    plan: Plan<f32>,
    weights: Vec<f32>,
    x: Vec<f32>,
    cotangent: Vec<f32>,
}

fn start(batch: usize, threads: usize) -> Result<Started> {
    let periodic = [Boundary::Periodic; 2];
    let stencil = Stencil::convolution(&[EXTENT; 2], &[KERNEL; 2], &[1; 2], &periodic)?;
    let pairs = stencil.pairs();
    let geometry = Geometry::new(stencil);
    let mut g = Graph::new();
    let field = Shape::batched(&[EXTENT * EXTENT, CHANNELS]);
    let w = g.input(
        "weight",
        Shape::shared(&[KERNEL * KERNEL, CHANNELS, CHANNELS]),
    )?;
    let x = g.input("x", field.clone())?;
    let cotangent = g.input("cotangent", field.clone())?;
    let y = g.convolution(&geometry, w, x)?;
    let gradients = vjp(&mut g, &[(y, cotangent)], &[w, x])?;
    let mut r = Seed(0).stream("speed/convolution");
    let mut normal = |count: usize| (0..count).map(|_| r.normal() as f32).collect::<Vec<f32>>();
    let options = PlanOptions {
        threads,
        ..PlanOptions::default()
    };
    let fields = Fields {
        plan: Plan::with_options(&g, &[y, gradients[0], gradients[1]], batch, options)?,
        weights: normal(g.shape(w).size()),
        x: normal(field.size() * batch),
        cotangent: normal(field.size() * batch),
    };
    Ok(Started {
        calls: Box::new(fields),
        flops: (3 * 2 * pairs * CHANNELS * CHANNELS * batch) as f64,
        units: 1.0,
        shapes: json!({"lattice": [EXTENT, EXTENT], "kernel": [KERNEL, KERNEL],
                       "channels": [CHANNELS, CHANNELS], "batch": batch, "dtype": "f32"}),
    })
}

impl Calls for Fields {
    fn run(&mut self, count: usize) -> Result<()> {
        let Self {
            plan,
            weights,
            x,
            cotangent,
        } = self;
        let batched = [Batched::Lanes(&x[..]), Batched::Lanes(&cotangent[..])];
        let feed = Feed::with_parameters(weights, &batched);
        plan.install(|plan| (0..count).try_for_each(|_| plan.run(&feed)))
    }

    fn check(&self) -> f64 {
        let y = self.plan.output(0);
        y.iter().map(|&y| f64::from(y).powi(2)).sum::<f64>() / y.len() as f64
    }
}
