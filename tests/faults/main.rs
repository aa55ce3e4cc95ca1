//! The behaviour of the client when system calls fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;
mod child;
mod combined;
mod each;
mod exchange;
mod foreign;
mod lasting;
mod limits;
mod opening;
mod patience;
mod plan;
mod privileged;
mod server;
mod signals;
mod system;
mod traced;
mod watchdog;

#[global_allocator]
static ALLOCATOR: system::Allocator = system::Allocator;
