//! Generated text, from the outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod errors;
mod golden;
#[warn(clippy::pedantic, missing_docs, unreachable_pub)]
mod lamp;
mod merging;
mod random;
mod rustfmt;
