//! The wire format against other projects' corpus, golden bytes and properties.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod claims;
mod corpus;
mod cost;
mod depth;
mod exhaustive;
mod fds;
mod golden;
mod kinds;
mod kinds_document;
mod lengths;
mod match_rules;
mod names;
mod own_types;
mod proofs;
mod properties;
mod rules;
mod rust_types;
mod seeds;
mod sending;
mod spec_map;
mod strings;

/// Counts, for the tests of what reading costs.
#[global_allocator]
static ALLOCATOR: barebus_tests::memory::Counting = barebus_tests::memory::Counting;
