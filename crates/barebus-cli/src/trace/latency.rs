//! Latencies, counted in classes so that any number of them takes little memory.

use std::collections::BTreeMap;
use std::time::Duration;

/// A set of latencies. Smallest, largest and mean are exact, percentiles within 1 %.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    /// How many latencies a class has.
    classes: BTreeMap<u16, u64>,
    count: u64,
    sum: Duration,
    smallest: Duration,
    largest: Duration,
}

/// Classes between a power of two and the next, as a power of two.
const BITS: u32 = 7;

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.smallest = if self.count == 0 { latency } else { self.smallest.min(latency) };
        self.largest = self.largest.max(latency);
        self.count += 1;
        self.sum = self.sum.saturating_add(latency);
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        *self.classes.entry(class(nanoseconds)).or_default() += 1;
    }

    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// `None` without latencies, as the others.
    pub(crate) fn mean(&self) -> Option<Duration> {
        let mean = self.sum.as_nanos().checked_div(u128::from(self.count))?;
        Some(Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX)))
    }

    pub(crate) fn smallest(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.smallest)
    }

    pub(crate) fn largest(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.largest)
    }

    /// The latency that `percent` of all do not exceed.
    pub(crate) fn percentile(&self, percent: u64) -> Option<Duration> {
        let rank = self.count.saturating_mul(percent).div_ceil(100).max(1);
        let mut passed = 0;
        for (class, count) in &self.classes {
            passed += count;
            if passed >= rank {
                return Some(middle(*class).clamp(self.smallest, self.largest));
            }
        }
        None
    }

    /// How many latencies are in each of `N` intervals from the smallest to the largest; with the end of each interval. The ends of intervals
    /// have the same ratio, because a few latencies are usually many times the others.
    pub(crate) fn histogram<const N: usize>(&self) -> [(Duration, u64); N] {
        let (smallest, largest) = (self.smallest.as_secs_f64(), self.largest.as_secs_f64());
        let step = root(largest / smallest.max(1e-9), N);
        let mut intervals = [(self.largest, 0); N];
        let mut end = smallest.max(1e-9);
        for interval in intervals.iter_mut().rev().skip(1).rev() {
            end *= step;
            interval.0 = Duration::try_from_secs_f64(end).unwrap_or(self.largest);
        }
        for (class, count) in &self.classes {
            let latency = middle(*class).clamp(self.smallest, self.largest);
            if let Some(interval) = intervals.iter_mut().find(|(end, _)| latency <= *end) {
                interval.1 += count;
            }
        }
        intervals
    }
}

/// The root of a number above 1. With powf the program would need libm, and each start of it ten more system calls.
fn root(number: f64, degree: usize) -> f64 {
    let (mut low, mut high) = (1.0, number.max(1.0));
    for _ in 0..f64::MANTISSA_DIGITS * 2 {
        let middle = f64::midpoint(low, high);
        let power: f64 = std::iter::repeat_n(middle, degree).product();
        if power < number { low = middle } else { high = middle }
    }
    high
}

/// Small numbers have a class each, larger ones share one with those that have the same leading bits.
fn class(number: u64) -> u16 {
    let shift = (u64::BITS - number.leading_zeros()).saturating_sub(BITS + 1);
    let class = (u64::from(shift) << BITS) + (number >> shift);
    u16::try_from(class).unwrap_or(u16::MAX)
}

/// The middle of a class.
fn middle(class: u16) -> Duration {
    let class = u64::from(class);
    let shift = (class >> BITS).saturating_sub(1);
    let leading = class - (shift << BITS);
    Duration::from_nanos((leading << shift) + ((1 << shift) >> 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_right() {
        for (number, degree) in [(1.0, 10), (1024.0, 10), (7.5, 3), (1e12, 10)] {
            let power = root(number, degree).powi(i32::try_from(degree).unwrap());
            assert!((power / number - 1.0).abs() < 1e-9, "{number} {degree}: {power}");
        }
    }

    #[test]
    fn classes_are_in_order_and_narrow() {
        let mut last = 0;
        let mut number: u64 = 0;
        while number < u64::MAX / 2 {
            let class = class(number);
            assert!(class >= last, "{number}");
            last = class;
            let middle = u64::try_from(middle(class).as_nanos()).unwrap();
            assert!(middle.abs_diff(number) <= number / 100, "{number} {middle}");
            number += number / 50 + 1;
        }
    }

    #[test]
    fn percentiles_are_of_the_latencies() {
        let mut latencies = Latencies::default();
        assert_eq!((latencies.percentile(50), latencies.mean()), (None, None));
        for milliseconds in 1..=1000 {
            latencies.add(Duration::from_millis(milliseconds));
        }
        let close = |found: Option<Duration>, expected: u64| {
            let found = u64::try_from(found.unwrap().as_millis()).unwrap();
            assert!(found.abs_diff(expected) <= expected / 100, "{found} {expected}");
        };
        close(latencies.percentile(50), 500);
        close(latencies.percentile(99), 990);
        close(latencies.percentile(100), 1000);
        assert_eq!(latencies.smallest(), Some(Duration::from_millis(1)));
        assert_eq!(latencies.largest(), Some(Duration::from_secs(1)));
        assert_eq!(latencies.mean(), Some(Duration::from_micros(500_500)));
        let histogram: [_; 3] = latencies.histogram();
        assert_eq!(histogram.map(|(end, _)| end.as_millis()), [10, 100, 1000]);
        assert_eq!(histogram.map(|(_, count)| count), [10, 90, 900]);
    }

    #[test]
    fn one_latency_is_all_of_them() {
        let mut latencies = Latencies::default();
        let only = Duration::from_nanos(1_234_567);
        latencies.add(only);
        for percent in [0, 50, 100] {
            assert_eq!(latencies.percentile(percent), Some(only));
        }
        assert_eq!(latencies.histogram::<3>()[0].1, 1);
    }
}
