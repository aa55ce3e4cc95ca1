//! Times the workloads: `cargo bench -p barebus-benches --bench codec`.
#![allow(missing_docs, reason = "criterion's macros make the functions")]

use core::time::Duration;

use barebus_benches::Workload;
use criterion::{Criterion, criterion_group, criterion_main};

fn codec(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for workload in Workload::all() {
        let mut operation = (workload.prepare)();
        group.bench_function(workload.name, |bencher| bencher.iter(&mut operation));
    }
    group.finish();
}

criterion_group!(benches, codec);
criterion_main!(benches);
