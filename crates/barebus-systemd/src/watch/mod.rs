//! Watching units: a stream of typed events.

mod event;
mod table;
mod told;

pub use event::{Event, UnitState, WatchedUnit};
