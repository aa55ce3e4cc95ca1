//! When messages are sent.

use std::time::{Duration, Instant};

use crate::args::Speed;

/// Keeps the distances in time of a recording.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    /// When the first message was recorded, and when it was sent.
    start: Option<(Duration, Instant)>,
}

impl Pace {
    pub(super) const fn new(speed: Speed) -> Self {
        Self { speed, start: None }
    }

    /// When a message that was recorded at `time` is to be sent; `None`: at once.
    pub(super) fn due(&mut self, time: Option<Duration>, now: Instant) -> Option<Instant> {
        let Speed::Times(times) = self.speed else { return None };
        let time = time?;
        let (first, begin) = *self.start.get_or_insert((time, now));
        let passed = time.saturating_sub(first).as_secs_f64() / times;
        begin.checked_add(Duration::try_from_secs_f64(passed).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_recording() {
        let now = Instant::now();
        let at = |seconds| Some(Duration::from_secs(seconds));
        let mut pace = Pace::new(Speed::Times(2.0));
        assert_eq!(pace.due(at(100), now), Some(now));
        assert_eq!(pace.due(at(110), now), now.checked_add(Duration::from_secs(5)));
        assert_eq!(pace.due(at(90), now), Some(now));
        assert_eq!(pace.due(None, now), None);
        assert_eq!(Pace::new(Speed::Max).due(at(100), now), None);
    }
}
