//! Points in time.

use core::time::Duration;

/// Nanoseconds since the epoch of the session's clock. A single integer compares faster than a [`Duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(u64);

impl Instant {
    /// The epoch of the clock.
    pub(crate) const EPOCH: Self = Self(0);

    /// Later than every other instant: no deadline.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// The deadline `time`, or none.
    pub(crate) fn deadline(time: Option<Duration>) -> Self {
        time.map_or(Self::NEVER, Self::from)
    }

    /// So many nanoseconds later.
    pub(crate) const fn put_off(self, time: u64) -> Self {
        Self(self.0.saturating_add(time))
    }

    /// The nanoseconds since `earlier`.
    pub(crate) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `None` for [`NEVER`](Self::NEVER).
    pub(crate) fn time(self) -> Option<Duration> {
        (self != Self::NEVER).then(|| Duration::from_nanos(self.0))
    }
}

impl From<Duration> for Instant {
    fn from(time: Duration) -> Self {
        let seconds = time.as_secs().saturating_mul(1_000_000_000);
        Self(seconds.saturating_add(u64::from(time.subsec_nanos())))
    }
}
