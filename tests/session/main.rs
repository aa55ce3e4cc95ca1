//! Whole conversations with a session without a socket. The tests play the other side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bus;
mod calls;
mod claims;
mod cost;
mod events;
mod held;
mod limits;
mod monitor;
mod names;
mod opening;
mod peer;
mod properties;
mod scene;
mod sending;
mod serials;
mod signals;
mod stages;
mod trust;

#[global_allocator]
static ALLOCATOR: barebus_tests::memory::Counting = barebus_tests::memory::Counting;
