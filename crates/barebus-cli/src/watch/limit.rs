//! When watching ends by itself.

use std::time::Instant;

use super::Flow;
use crate::args::Globals;

/// `--limit-messages`: how many messages are left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left(Option<u64>);

impl Left {
    pub(crate) const fn new(count: u64) -> Self {
        Self(Some(count))
    }

    pub(crate) const fn of(globals: &Globals) -> Self {
        Self(globals.selection.limit_messages)
    }

    /// Counts a message.
    pub(crate) const fn one(&mut self) -> Flow {
        if let Some(left) = &mut self.0 {
            *left = left.saturating_sub(1);
        }
        self.flow()
    }

    /// Whether more messages are wanted.
    pub(crate) const fn flow(&self) -> Flow {
        match self.0 {
            Some(0) => Flow::End,
            _ => Flow::Continue,
        }
    }
}

/// `--timeout` as the end of watching.
pub(crate) fn end_of(globals: &Globals) -> Option<Instant> {
    Instant::now().checked_add(globals.target.time_limit()?)
}
