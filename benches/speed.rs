//! The workloads of `fieldassay speed`, one thread: `cargo bench --bench speed`.

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fieldassay::optimize::{Adam, AdamOptions, FirstOrder};
use fieldassay::suite::speed::ALL;

fn workloads(c: &mut Criterion) {
    let mut group = c.benchmark_group("speed");
    group.sample_size(20);
    for workload in ALL {
        for &size in workload.sizes {
            let mut started = (workload.start)(size, 1).expect("a published size");
            group.throughput(Throughput::Elements(started.flops as u64));
            group.bench_function(BenchmarkId::new(workload.id, size), |b| {
                b.iter_custom(|calls| {
                    let calls = usize::try_from(calls).expect("a count");
                    let begin = Instant::now();
                    started.calls.run(calls).expect("a workload runs");
                    begin.elapsed()
                });
            });
        }
    }
    group.finish();
}

/// One step of Adam on as many `f32` parameters as the network above has; goal: 12 µs.
fn adam(c: &mut Criterion) {
    const PARAMETERS: usize = 46_000;
    let mut method = Adam::<f32>::new(PARAMETERS, AdamOptions::default()).expect("sound options");
    let (gradient, mut theta) = (vec![0.01; PARAMETERS], vec![0.1; PARAMETERS]);
    c.bench_function("speed/adam/46000", |b| {
        b.iter(|| method.step(1e-3, &mut theta, &gradient));
    });
}

criterion_group!(benches, workloads, adam);
criterion_main!(benches);
