//! Calls and signals for tokio: against scripted peers, and on real buses.
//!
//! The live ones need root, systemd and dbus-daemon; they fail with the reason when those are not there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "what other live tests need")]
#[path = "../live/boxes.rs"]
mod boxes;
mod calls;
mod driver;
mod incoming;
mod jobs;
mod live;
mod scene;
mod signals;
