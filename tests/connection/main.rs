//! The connection against servers and peers that mean it no good.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod addresses;
mod bus;
mod calls;
mod endings;
mod errors;
mod event_loop;
mod fds;
mod floods;
mod frames;
mod handshake;
mod job_ends;
mod jobs;
mod lingering;
mod names;
mod older;
mod played;
mod requests;
mod scene;
mod second;
mod sharing;
mod signals;
mod standard;
mod transports;
mod trust;

#[global_allocator]
static ALLOCATOR: barebus_tests::memory::Counting = barebus_tests::memory::Counting;
