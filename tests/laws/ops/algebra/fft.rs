//! Discrete Fourier transforms against their definition.

use std::f64::consts::TAU;

use fieldassay::autodiff::vjp;
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Real, Shape};

use super::{LANES, epsilon, evaluate, graph, normals, refuses, rounded, stream};

const ROUNDING: Tol = Tol::abs(1.0).because("documented, in units of 8ε·log₂(2n)·‖x‖₂√n");

/// `Σ_j x_j e^{∓2πi jk/n}`, the angle reduced by integers.
fn direct(x: &[[f64; 2]], sign: f64) -> Vec<[f64; 2]> {
    let n = x.len();
    let term = |k: usize, j: usize| {
        let (sin, cos) = (sign * TAU * (j * k % n) as f64 / n as f64).sin_cos();
        [x[j][0] * cos - x[j][1] * sin, x[j][0] * sin + x[j][1] * cos]
    };
    let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
    (0..n)
        .map(|k| (0..n).map(|j| term(k, j)).fold([0.0; 2], add))
        .collect()
}

fn norm(x: &[[f64; 2]]) -> f64 {
    x.iter().flatten().map(|x| x * x).sum::<f64>().sqrt()
}

/// The columns along `axis` of `[a, b, 2]` in memory, all samples.
fn columns(dims: [usize; 2], axis: usize, lanes: usize, x: &[f64]) -> Vec<Vec<[f64; 2]>> {
    let other = dims[1 - axis];
    let entry = |i: usize, j: usize, lane: usize| {
        let (a, b) = if axis == 0 { (j, i) } else { (i, j) };
        [0, 1].map(|part| x[((a * dims[1] + b) * 2 + part) * lanes + lane])
    };
    (0..other)
        .flat_map(|i| (0..lanes).map(move |lane| (i, lane)))
        .map(|(i, lane)| (0..dims[axis]).map(|j| entry(i, j, lane)).collect())
        .collect()
}

fn unit<T: Real>(x: &[[f64; 2]]) -> f64 {
    let n = x.len() as f64;
    8.0 * epsilon::<T>() * (2.0 * n).log2() * n.sqrt() * norm(x)
}

fn distance(x: &[[f64; 2]], y: &[[f64; 2]]) -> f64 {
    let minus = |(x, y): (&[f64; 2], &[f64; 2])| [x[0] - y[0], x[1] - y[1]];
    norm(&x.iter().zip(y).map(minus).collect::<Vec<_>>())
}

fn transforms<T: Real>() {
    let mut r = stream("fft");
    let mut worst = Worst::new(ROUNDING);
    for n in (1..=20).chain([64, 97, 100]) {
        for (axis, lanes, batched) in [0, 1].into_iter().flat_map(|axis| {
            LANES
                .map(|lanes| (axis, lanes, true))
                .into_iter()
                .chain([(axis, 1, false)])
        }) {
            let dims = if axis == 0 { [n, 3] } else { [3, n] };
            let shape = Shape::shared(&[dims[0], dims[1], 2]).with_batched(batched);
            let x = rounded::<T>(&normals(&mut r, 6 * n * lanes));
            let (mut g, v) = graph(&[shape]);
            let (y, z) = (
                g.fft(v[0], axis).expect("an axis"),
                g.ifft(v[0], axis).expect("an axis"),
            );
            let undone = g.ifft(y, axis).expect("an axis");
            let out = evaluate::<T>(&g, &[y, z, undone], &[&x], lanes);
            let [x, y, z, undone] =
                [&x, &out[0], &out[1], &out[2]].map(|x| columns(dims, axis, lanes, x));
            assert_eq!(y.len(), 3 * lanes);
            for (((x, y), z), undone) in x.iter().zip(&y).zip(&z).zip(&undone) {
                let what = || format!("{} {n} along {axis}, {lanes} lanes", T::NAME);
                worst.see(distance(y, &direct(x, -1.0)) / unit::<T>(x), 0.0, what);
                let scaled: Vec<[f64; 2]> = z.iter().map(|z| z.map(|z| z * n as f64)).collect();
                worst.see(distance(&scaled, &direct(x, 1.0)) / unit::<T>(x), 0.0, what);
                worst.see(distance(undone, x) / unit::<T>(x), 0.0, what);
            }
        }
    }
    worst.assert_at_least(23 * 2 * 3 * 3 * 70);
}

#[test]
fn transforms_are_the_sums_of_their_definition() {
    transforms::<f32>();
    transforms::<f64>();
}

#[test]
fn the_adjoint_of_a_transform_is_the_other_direction() {
    let mut r = stream("adjoint");
    let tol = Tol::abs(1e-14).because("two orders of the same sums, in units of ‖x‖‖y‖√n");
    let mut worst = Worst::new(tol);
    let lanes = 4;
    for n in 1..=12 {
        let shapes = [0; 2].map(|_| Shape::batched(&[n, 2, 2]));
        let [x, y] = [0; 2].map(|_| normals(&mut r, 4 * n * lanes));
        let (mut g, v) = graph(&shapes);
        let forward = g.fft(v[0], 0).expect("an axis");
        let back = vjp(&mut g, &[(forward, v[1])], &[v[0]]).expect("a rule")[0];
        let out = evaluate::<f64>(&g, &[forward, back], &[&x, &y], lanes);
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let scale = (inner(&x, &x) * inner(&y, &y) * n as f64).sqrt();
        worst.see(
            inner(&out[0], &y) / scale,
            inner(&x, &out[1]) / scale,
            || format!("{n}"),
        );
        for (ours, y) in
            columns([n, 2], 0, lanes, &out[1])
                .iter()
                .zip(columns([n, 2], 0, lanes, &y))
        {
            worst.see(distance(ours, &direct(&y, 1.0)) / scale, 0.0, || {
                format!("{n}, definition")
            });
        }
    }
    worst.assert_at_least(12 * 9);
}

#[test]
fn real_numbers_become_complex_ones() {
    let (mut g, v) = graph(&[Shape::batched(&[3])]);
    let z = g.real_to_complex(v[0]).expect("one more axis");
    assert_eq!(g.shape(z).dims(), [3, 2]);
    let out = evaluate::<f64>(&g, &[z], &[&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], 2);
    assert_eq!(
        out[0],
        [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 5.0, 6.0, 0.0, 0.0]
    );
}

#[test]
fn axes_that_cannot_be_transformed_are_named() {
    let (mut g, v) = graph(&[
        Shape::batched(&[4, 2]),
        Shape::shared(&[4, 3]),
        Shape::shared(&[]),
    ]);
    refuses(g.fft(v[0], 1), "fft", &["[4, 2; batch]"]);
    refuses(g.fft(v[1], 0), "fft", &["[4, 3]"]);
    refuses(g.ifft(v[2], 0), "fft", &["[]"]);
}
