//! What the verbs that watch a bus have in common: which messages they ask for, the loop that receives and writes, and how they end.

mod ahead;
mod clock;
mod interrupt;
mod limit;
mod live;
mod monitoring;
mod reader;
mod rules;

pub(crate) use ahead::Ahead;
pub(crate) use clock::Clock;
pub(crate) use limit::{Left, end_of};
pub(crate) use live::{Flow, Live, Seen, Stopped, Woken, drain, ended, now};
pub(crate) use monitoring::{become_monitor, subscribe};
pub(crate) use reader::wait_for;
pub(crate) use rules::{Narrow, Wanted};
