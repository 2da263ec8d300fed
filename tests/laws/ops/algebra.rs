//! Matrices, transforms and external functions against loops, `linalg` and sums.

use fieldassay::autodiff::Plan;
use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::{Batched, Feed, Graph, Real, Shape, Var};
use fieldassay::{Error, Result};

mod determinants;
mod external;
mod fft;
mod matmul;
mod systems;

/// Batches: none, one, fewer than a register holds, one more than whole registers, and more than a leaf's step.
const LANES: [usize; 7] = [0, 1, 2, 7, 16, 17, 35];

fn stream(label: &str) -> Rng {
    Seed(20_261_124).stream(&format!("ops/algebra/{label}"))
}

fn normals(r: &mut Rng, count: usize) -> Vec<f64> {
    (0..count).map(|_| r.normal()).collect()
}

/// The unit roundoff's double, as in the documented bounds.
fn epsilon<T: Real>() -> f64 {
    match T::NAME {
        "f32" => f64::from(f32::EPSILON),
        _ => f64::EPSILON,
    }
}

/// Numbers that `T` holds exactly.
fn rounded<T: Real>(x: &[f64]) -> Vec<f64> {
    x.iter().map(|&x| T::of(x).to_f64()).collect()
}

/// A graph with inputs of these shapes; shared ones first.
fn graph(shapes: &[Shape]) -> (Graph, Vec<Var>) {
    let mut g = Graph::new();
    let vars = shapes
        .iter()
        .enumerate()
        .map(|(i, shape)| {
            g.input(&format!("x{i}"), shape.clone())
                .expect("a new name")
        })
        .collect();
    (g, vars)
}

/// The outputs in `T`, for inputs in the order of their declaration, samples fastest.
fn evaluate<T: Real>(g: &Graph, outputs: &[Var], inputs: &[&[f64]], batch: usize) -> Vec<Vec<f64>> {
    let numbers: Vec<Vec<T>> = inputs
        .iter()
        .map(|x| x.iter().map(|&x| T::of(x)).collect())
        .collect();
    let of_kind = |batched: bool| {
        let fits = move |v: &&Var| g.shape(**v).is_batched() == batched;
        let all = g.inputs().iter().zip(&numbers);
        all.filter(move |(v, _)| fits(v)).map(|(_, x)| x.as_slice())
    };
    let shared: Vec<&[T]> = of_kind(false).collect();
    let batched: Vec<Batched<'_, T>> = of_kind(true).map(Batched::Lanes).collect();
    let mut plan = Plan::<T>::new(g, outputs, batch).expect("a plan");
    plan.run(&Feed::new(&shared, &batched))
        .expect("a feed that fits");
    (0..outputs.len())
        .map(|i| plan.output(i).iter().map(|x| x.to_f64()).collect())
        .collect()
}

/// Entries of one sample.
fn sample(x: &[f64], batch: usize, which: usize) -> Vec<f64> {
    x.iter().skip(which).step_by(batch).copied().collect()
}

/// Whether the error names the operation and all shapes.
fn refuses<V: std::fmt::Debug>(result: Result<V>, name: &str, shapes: &[&str]) {
    match result {
        Err(Error::Operands { op, found, .. }) => assert_eq!(
            (op, &found[..]),
            (
                name,
                &shapes.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
            )
        ),
        other => panic!("{name} of {shapes:?}: {other:?}"),
    }
}
