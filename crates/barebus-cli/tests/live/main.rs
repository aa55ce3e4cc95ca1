//! The program against a real systemd. These tests need root, systemd, dbus-daemon, dbus-broker and strace, and fail without.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not take what tests have in common for tests"
)]

mod busctl;
mod calls;
mod captures;
#[path = "../common/mod.rs"]
mod common;
mod environment;
mod failures;
mod footprint;
mod forms;
mod gdbus;
mod manners;
mod readme;
mod run_box;
#[path = "../common/service/mod.rs"]
mod service;
mod session_bus;
mod support;
mod units;
mod verbs;
mod watch;
