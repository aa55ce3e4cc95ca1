//! On a real systemd: its answers through barebus equal those that its own tools give.
//!
//! Needs root, systemd, dbus-daemon, dbus-broker and xdg-dbus-proxy; fails with the reason when they are not there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access;
mod boxes;
mod bus;
mod definitions;
mod examples;
mod forgery;
mod jobs;
mod manager;
mod names;
mod peers;
mod places;
mod policies;
mod private;
mod proxy;
mod settings;
mod signals;
mod transient;
mod units;
mod watch;
