//! The connection against hostile servers and peers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod addresses;
mod away;
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
mod layer;
mod lingering;
mod names;
mod observing;
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
mod values;

#[global_allocator]
static ALLOCATOR: barebus_tests::memory::Counting = barebus_tests::memory::Counting;
