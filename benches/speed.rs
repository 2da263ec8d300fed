//! The workloads of `fieldassay speed`, one thread: `cargo bench --bench speed`.

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
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

criterion_group!(benches, workloads);
criterion_main!(benches);
