//! Lattice convolution, forward and both gradients, in multiply-adds counted as two operations:
//! `cargo bench --bench convolution`. Bar: 45 % of the peak of a core for all three together, 8 → 8 channels,
//! 3×3, periodic 8×8, 64 and 1024 lanes.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fieldassay::num::simd::Float;
use fieldassay::tensor::kernel::stencil::{WeightLayout, apply};
use fieldassay::tensor::kernel::stencil_weight::weight_gradient;
use fieldassay::tensor::{Boundary, Stencil};

/// Channels in and out, lanes.
type Sizes = (usize, usize, usize);

struct Operands<T> {
    w: Vec<T>,
    bias: Vec<T>,
    x: Vec<T>,
    y: Vec<T>,
}

fn operands<T: Float>(stencil: &Stencil, (ins, outs, lanes): Sizes) -> Operands<T> {
    let numbers = |n: usize| {
        (0..n)
            .map(|k| T::of((k * 7919 % 1000) as f64 / 1000.0 - 0.5))
            .collect()
    };
    Operands {
        w: numbers(stencil.taps() * ins * outs),
        bias: numbers(outs),
        x: numbers(stencil.input_sites() * ins * lanes),
        y: numbers(stencil.output_sites() * outs * lanes),
    }
}

fn one<T: Float>(c: &mut Criterion, shape: &str, stencil: &Stencil, sizes: Sizes) {
    let (ins, outs, lanes) = sizes;
    let Operands {
        mut w,
        bias,
        mut x,
        mut y,
    } = operands::<T>(stencil, sizes);
    let (mut dx, mut dw, transposed) = (x.clone(), w.clone(), stencil.transpose());
    let mut group = c.benchmark_group(format!("convolution/{}", std::any::type_name::<T>()));
    group.throughput(Throughput::Elements(
        2 * (stencil.pairs() * ins * outs * lanes) as u64,
    ));
    let id = |what: &str| BenchmarkId::new(what, format!("{shape} {ins}→{outs} ×{lanes}"));
    let layout = WeightLayout::forward(ins, outs);
    group.bench_function(id("forward"), |b| {
        b.iter(|| {
            apply(
                stencil,
                &w,
                layout,
                Some(&bias),
                &x,
                &mut y,
                ins,
                outs,
                lanes,
            )
        });
    });
    let layout = WeightLayout::adjoint(ins, outs);
    group.bench_function(id("input gradient"), |b| {
        b.iter(|| apply(&transposed, &w, layout, None, &y, &mut dx, outs, ins, lanes));
    });
    group.bench_function(id("weight gradient"), |b| {
        b.iter(|| weight_gradient(stencil, &x, &y, &mut dw, ins, outs, lanes, false));
    });
    (w, x) = (dw, dx);
    assert!(w.iter().chain(&x).all(|x| x.is_finite()), "{shape}");
}

fn periodic(extent: usize, kernel: usize) -> Stencil {
    let (extents, kernel) = ([extent; 2], [kernel; 2]);
    Stencil::convolution(&extents, &kernel, &[1; 2], &[Boundary::Periodic; 2]).expect("a shape")
}

/// The 24 neighbours before the centre of a 7×7 kernel, and the centre.
fn causal() -> Stencil {
    let offsets: Vec<Vec<isize>> = (0..25).map(|tap| vec![tap / 7 - 3, tap % 7 - 3]).collect();
    Stencil::with_taps(&[16; 2], &offsets, &[1; 2], &[Boundary::Zero; 2]).expect("a shape")
}

fn shapes<T: Float>(c: &mut Criterion) {
    let small = periodic(8, 3);
    for (ins, outs) in [(8, 8), (1, 8), (8, 2), (2, 8), (8, 3)] {
        for lanes in [64, 1024] {
            one::<T>(c, "8×8 3×3", &small, (ins, outs, lanes));
        }
    }
    for lanes in [16, 64] {
        one::<T>(c, "32×32 3×3", &periodic(32, 3), (32, 32, lanes));
        one::<T>(c, "16×16 3×3", &periodic(16, 3), (64, 64, lanes));
        one::<T>(c, "8×8 3×3", &small, (128, 128, lanes));
    }
    one::<T>(c, "16×16 causal 25", &causal(), (32, 32, 256));
    let affine = Stencil::convolution(&[], &[], &[], &[]).expect("a point");
    one::<T>(c, "affine", &affine, (128, 128, 256));
}

fn both(c: &mut Criterion) {
    shapes::<f32>(c);
    shapes::<f64>(c);
}

criterion_group!(benches, both);
criterion_main!(benches);
