//! Calls and signals for tokio: against scripted peers, and on real buses.
//!
//! The live tests need root, systemd and dbus-daemon, and fail with the reason if one is missing.
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
