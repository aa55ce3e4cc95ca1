//! Points in time.

use core::time::Duration;

/// Nanoseconds since the epoch of the session's clock: shorter to compare than a [`Duration`], of which there are many compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// Later than all others, by centuries.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    pub(crate) fn until(time: Option<Duration>) -> Self {
        time.map_or(Self::NEVER, Self::from)
    }

    /// `None` when it never comes.
    pub(crate) fn time(self) -> Option<Duration> {
        (self != Self::NEVER).then(|| Duration::from_nanos(self.0))
    }
}

impl From<Duration> for Moment {
    fn from(time: Duration) -> Self {
        let seconds = time.as_secs().saturating_mul(1_000_000_000);
        Self(seconds.saturating_add(u64::from(time.subsec_nanos())))
    }
}
