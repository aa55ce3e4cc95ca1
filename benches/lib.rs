//! What marshalling costs: the workloads, each an operation on one whole message.
//!
//! `benches/codec.rs` times them, `benches/bin/callgrind.rs` counts their instructions and allocations, and `benches/bin/yardstick`
//! compares their decoding with a decoder written by hand. `docs/benchmarks.md` says how to read the figures.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a workload that fails has nothing to be measured: it must stop the run"
)]

pub mod by_hand;
pub mod compare;
pub mod cpu;
pub mod measure;
pub mod memory;
pub mod peers;
pub mod report;
pub mod workload;

pub use workload::{Operation, Sample, Target, Workload};
