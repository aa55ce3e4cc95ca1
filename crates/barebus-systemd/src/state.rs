//! What the crate knows about a connection, apart from the connection itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::job::Jobs;
use crate::subscription::Subscription;
use crate::turns::Turns;

/// The state of a connection that all flows share. `S` is the shell's type of subscription.
#[derive(Debug)]
pub(crate) struct State<S> {
    /// The calls that are outstanding.
    pub(crate) calls: Turns,
    /// Who uses systemd's signals.
    pub(crate) subscription: Subscription,
    /// The jobs that are out.
    pub(crate) jobs: Jobs<S>,
    /// In milliseconds.
    absence: AtomicU64,
    /// In milliseconds.
    slow_limit: AtomicU64,
    /// Whether polkit may ask the user.
    is_interactive: AtomicBool,
}

/// The default limit of outstanding calls. dbus-daemon gives a connection of the system bus 128 pending replies.
pub(crate) const CALLS: usize = 100;

/// The default of [`State::absence`].
const ABSENCE: Duration = Duration::from_secs(5);

impl<S> State<S> {
    /// How long systemd may be away while it re-executes itself.
    pub(crate) fn absence(&self) -> Duration {
        Duration::from_millis(self.absence.load(Ordering::Relaxed))
    }

    pub(crate) fn is_interactive(&self) -> bool {
        self.is_interactive.load(Ordering::Relaxed)
    }

    pub(crate) fn set_interactive(&self, allow: bool) {
        self.is_interactive.store(allow, Ordering::Relaxed);
    }

    pub(crate) fn set_absence(&self, time: Duration) {
        self.absence.store(millis(time), Ordering::Relaxed);
    }

    /// How long a call waits whose own `limit` is longer than that of other calls: no longer than the user allows.
    pub(crate) fn slow(&self, limit: Duration) -> Duration {
        limit.min(Duration::from_millis(self.slow_limit.load(Ordering::Relaxed)))
    }

    pub(crate) fn limit_slow_calls(&self, time: Duration) {
        self.slow_limit.store(millis(time), Ordering::Relaxed);
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl<S> Default for State<S> {
    fn default() -> Self {
        Self {
            calls: Turns::new(CALLS),
            subscription: Subscription::default(),
            jobs: Jobs::default(),
            absence: AtomicU64::new(millis(ABSENCE)),
            slow_limit: AtomicU64::new(u64::MAX),
            is_interactive: AtomicBool::new(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_calls_wait_no_longer_than_the_user_allows() {
        let state = State::<()>::default();
        let [second, minute, hour] = [1, 60, 3600].map(Duration::from_secs);
        assert_eq!(state.slow(minute), minute);
        state.limit_slow_calls(second);
        assert_eq!(state.slow(minute), second);
        state.limit_slow_calls(hour);
        assert_eq!(state.slow(minute), minute);
        state.limit_slow_calls(Duration::MAX);
        assert_eq!(state.slow(minute), minute);
    }
}
