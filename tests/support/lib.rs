//! Shared code of the tests, the fuzz targets and the benches: the corpus of other projects, generators of values and messages, and properties
//! that hold for all of them.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

pub mod calls;
pub mod claims;
pub mod corpus;
pub mod cost;
pub mod dictionary;
pub mod fast;
pub mod file_limit;
pub mod generators;
pub mod golden;
pub mod memory;
pub mod model;
pub mod peer;
pub mod proofs;
pub mod properties;
pub mod sample;
pub mod sasl;
pub mod seeds;
pub mod session;
pub mod verdict;

#[cfg(doctest)]
mod documents;
