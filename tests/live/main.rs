//! Tests on a real systemd: answers through barebus equal those of systemd's tools.
//!
//! They need root, systemd, dbus-daemon, dbus-broker and xdg-dbus-proxy, and fail with the reason if one is missing.
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
mod documents;
mod examples;
mod forgery;
mod generated;
mod jobs;
mod manager;
mod members;
mod names;
mod peers;
mod places;
mod policies;
mod private;
mod proxy;
mod readme;
mod settings;
mod signals;
mod transient;
mod units;
mod watch;
