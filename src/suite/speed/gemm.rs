//! `gemm`: the product of two square matrices, which the others are measured against.

use serde_json::json;

use super::{Calls, Started, Workload};
use crate::error::{Error, Result};
use crate::linalg::{View, ViewMut, gemm};

/// One product `C ← A·B` in `f32`.
pub static GEMM: Workload = Workload {
    id: "gemm",
    summary: "product of two square f32 matrices",
    size: "rows",
    sizes: &[512],
    unit: "products/s",
    start,
};

struct Product {
    n: usize,
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
}

fn start(n: usize, threads: usize) -> Result<Started> {
    if threads != 1 {
        return Err(Error::argument(
            "threads",
            threads.to_string(),
            "1: a product runs on one thread",
        ));
    }
    let numbers = |step: usize| (0..n * n).map(|i| (i * step % 17) as f32 / 17.0).collect();
    let calls = Product {
        n,
        a: numbers(5),
        b: numbers(7),
        c: vec![0.0; n * n],
    };
    Ok(Started {
        calls: Box::new(calls),
        flops: 2.0 * (n as f64).powi(3),
        units: 1.0,
        shapes: json!({"n": n, "dtype": "f32"}),
    })
}

impl Calls for Product {
    fn run(&mut self, count: usize) -> Result<()> {
        let n = self.n;
        for _ in 0..count {
            let (a, b) = (View::new(&self.a, n, n, n)?, View::new(&self.b, n, n, n)?);
            gemm(1.0, a, b, 0.0, ViewMut::new(&mut self.c, n, n, n)?)?;
        }
        Ok(())
    }

    fn check(&self) -> f64 {
        f64::from(self.c.iter().sum::<f32>()) / (self.n * self.n) as f64
    }
}
