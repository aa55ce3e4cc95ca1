//! On a real systemd: its answers through barebus equal those that its own tools give.
//!
//! Needs root, systemd, dbus-daemon and dbus-broker; fails with the reason when they are not there.

mod boxes;
mod manager;
mod peers;
mod private;
mod signals;
