//! What marshalling costs: the workloads, each an operation on one whole message.
//!
//! `benches/codec.rs` times them, `benches/bin/callgrind.rs` counts their instructions and allocations. How to read either
//! is told in `docs/benchmarks.md`.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a workload that fails has nothing to be measured: it must stop the run"
)]

pub mod contest;
pub mod core;
pub mod measure;
pub mod peers;
pub mod workload;

pub use workload::{Operation, Sample, Target, Workload};
