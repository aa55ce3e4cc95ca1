//! Watching units: typed events, from a snapshot on.
//!
//! [`Systemd::watch`](crate::Systemd::watch) watches units by name, [`Systemd::watch_all`](crate::Systemd::watch_all) all of them. The first
//! [`Event`] is a snapshot. Those that follow are the changes since: whoever applies them has at any time what `systemctl list-units` shows.
//!
//! A watch asks systemd nothing about units that are inactive or gone: a question about such a unit makes systemd load it.

mod ask;
mod asks;
mod blocking;
mod entry;
mod event;
mod flow;
mod rules;
mod table;
#[cfg(feature = "tokio")]
pub(crate) mod tokio;
mod told;
mod watching;

pub use blocking::Watch;
pub use event::{Event, UnitState, WatchedUnit};
