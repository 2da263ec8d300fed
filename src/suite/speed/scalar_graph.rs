//! `scalar_graph`: one hundred operations on single numbers, which measures the overhead of a step.

use serde_json::json;

use super::{Calls, Started, Workload};
use crate::autodiff::Plan;
use crate::error::Result;
use crate::tensor::{Feed, Graph, Shape};

/// A chain of products, sums and differences of numbers.
pub static SCALAR_GRAPH: Workload = Workload {
    id: "scalar_graph",
    summary: "a chain of 100 operations on single f64 numbers",
    size: "operations",
    sizes: &[100],
    unit: "operations/s",
    start,
};

fn start(operations: usize, threads: usize) -> Result<Started> {
    let mut g = Graph::new();
    let [x, w] = [
        g.input("x", Shape::shared(&[]))?,
        g.input("w", Shape::shared(&[]))?,
    ];
    let mut y = x;
    for i in 0..operations {
        y = match i % 4 {
            0 | 2 => g.mul(y, w)?,
            1 => g.add(y, x)?,
            _ => g.sub(y, x)?,
        };
    }
    let options = crate::autodiff::PlanOptions {
        threads,
        ..Default::default()
    };
    Ok(Started {
        calls: Box::new(Chain {
            plan: Plan::with_options(&g, &[y], 1, options)?,
        }),
        flops: operations as f64,
        units: operations as f64,
        shapes: json!({"operations": operations, "dtype": "f64"}),
    })
}

struct Chain {
    plan: Plan<f64>,
}

impl Calls for Chain {
    fn run(&mut self, count: usize) -> Result<()> {
        (0..count).try_for_each(|_| self.plan.run(&Feed::shared(&[&[0.3], &[0.9]])))
    }

    fn check(&self) -> f64 {
        self.plan.output(0)[0]
    }
}
