//! Time of one call of Lüscher's zeta functions: `cargo bench --bench zeta`. Bar: 4 µs for `Z00`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fieldassay::finite_volume::{MovingFrame, levels_constant_delta, z00, z00_derivative, zlm};

fn rest(c: &mut Criterion) {
    let mut group = c.benchmark_group("zeta/rest");
    for q2 in [-5.3, 0.3, 3.3, 9.4, 20.5, 59.4] {
        group.bench_with_input(BenchmarkId::new("z00", q2), &q2, |b, &q2| {
            b.iter(|| z00(black_box(q2)));
        });
        group.bench_with_input(BenchmarkId::new("z00_derivative", q2), &q2, |b, &q2| {
            b.iter(|| z00_derivative(black_box(q2)));
        });
        group.bench_with_input(BenchmarkId::new("z64", q2), &q2, |b, &q2| {
            b.iter(|| zlm(6, 4, black_box(q2)));
        });
    }
    group.finish();
}

fn moving(c: &mut Criterion) {
    let mut group = c.benchmark_group("zeta/moving");
    for d in [[0, 0, 1], [1, 1, 0], [1, 1, 1]] {
        let frame = MovingFrame::new(d).expect("a supported frame");
        for q2 in [0.3, 3.3, 9.4, 20.5] {
            let id = BenchmarkId::new(format!("z40 d={d:?}"), q2);
            group.bench_with_input(id, &q2, |b, &q2| {
                b.iter(|| frame.zeta(4, black_box(1.2), black_box(q2)));
            });
        }
    }
    group.finish();
}

fn levels(c: &mut Criterion) {
    c.bench_function("zeta/ten levels at constant phase", |b| {
        b.iter(|| levels_constant_delta(black_box(0.7), 10));
    });
}

criterion_group!(benches, rest, moving, levels);
criterion_main!(benches);
