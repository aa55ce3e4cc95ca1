//! Times of messages as text. Many messages share a second, whose text is kept.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Prints points in time, given as the time since 1970-01-01.
#[derive(Debug)]
pub(crate) struct Clock {
    zone: TimeZone,
    /// The second whose text is kept.
    second: Option<u64>,
    date: String,
    time_of_day: String,
    full: String,
}

impl Clock {
    /// Prints times of the local time zone.
    pub(crate) fn local() -> Self {
        Self::of(TimeZone::try_system().unwrap_or(TimeZone::UTC))
    }

    /// Prints times in UTC.
    pub(crate) fn utc() -> Self {
        Self::of(TimeZone::UTC)
    }

    fn of(zone: TimeZone) -> Self {
        let (date, time_of_day, full) = (String::new(), String::new(), String::new());
        Self { zone, second: None, date, time_of_day, full }
    }

    /// Appends the time of day: `04:32:49.348299`.
    pub(crate) fn print_time_of_day(
        &mut self,
        time: Duration,
        out: &mut String,
    ) -> std::fmt::Result {
        self.keep(time);
        write!(out, "{}.{:06}", self.time_of_day, time.subsec_micros())
    }

    /// The time as busctl prints it: `Mon 2026-11-30 04:32:49.348299 UTC`.
    pub(crate) fn full(&mut self, time: Duration) -> &str {
        self.keep(time);
        self.full.clear();
        let micros = time.subsec_micros();
        // Writing to a String does not fail.
        let _ = write!(self.full, "{} {}.{micros:06} UTC", self.date, self.time_of_day);
        &self.full
    }

    fn keep(&mut self, time: Duration) {
        let second = time.as_secs();
        if self.second == Some(second) {
            return;
        }
        self.second = Some(second);
        let stamp =
            i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
        let zoned = stamp.unwrap_or(Timestamp::MAX).to_zoned(self.zone.clone());
        self.date = zoned.strftime("%a %Y-%m-%d").to_string();
        self.time_of_day = zoned.strftime("%H:%M:%S").to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_busctls() {
        let mut clock = Clock::utc();
        let time = Duration::from_micros(1_796_013_169_348_299);
        assert_eq!(clock.full(time), "Mon 2026-11-30 04:32:49.348299 UTC");
        let time = time + Duration::from_millis(700);
        assert_eq!(clock.full(time), "Mon 2026-11-30 04:32:50.048299 UTC");
        let mut text = String::new();
        clock.print_time_of_day(time, &mut text).unwrap();
        assert_eq!(text, "04:32:50.048299");
    }

    #[test]
    fn no_time_is_too_late() {
        assert!(Clock::utc().full(Duration::MAX).ends_with(" UTC"));
    }
}
