//! Timing in one process: barebus, the decoder written by hand and a copy of the message, in turns.

use core::fmt;
use core::hint::black_box;
use core::str::FromStr;
use core::time::Duration;
use std::time::Instant;

use crate::rows::Row;

/// Time of barebus as a multiple of others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Multiples {
    /// Of the decoder written by hand.
    pub(crate) hand: f64,
    /// Of copying the message.
    pub(crate) memcpy: f64,
}

impl Multiples {
    /// The medians of both.
    pub(crate) fn median(all: &[Self]) -> Self {
        Self {
            hand: median(all.iter().map(|multiples| multiples.hand).collect()),
            memcpy: median(all.iter().map(|multiples| multiples.memcpy).collect()),
        }
    }
}

impl fmt::Display for Multiples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.hand, self.memcpy)
    }
}

impl FromStr for Multiples {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (hand, memcpy) = text.trim().split_once(' ').ok_or(())?;
        Ok(Self { hand: hand.parse().map_err(drop)?, memcpy: memcpy.parse().map_err(drop)? })
    }
}

/// Times `row`.
pub(crate) fn measure(row: &Row) -> Result<Multiples, String> {
    let source = row.sample.message().as_bytes();
    let mut place = vec![0; source.len()];
    let mut copy = || {
        place.copy_from_slice(black_box(source));
        black_box(&place);
    };
    let mut barebus = row.barebus().ok_or("cannot find the workload")?;
    let mut by_hand = row.by_hand();
    // Each batch takes about as long, so that it is disturbed as often.
    let counts = [count(&mut barebus), count(&mut by_hand), count(&mut copy)];
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let times = [
            time(&mut barebus, counts[0]),
            time(&mut by_hand, counts[1]),
            time(&mut copy, counts[2]),
        ];
        found.push(Multiples { hand: times[0] / times[1], memcpy: times[0] / times[2] });
    }
    Ok(Multiples::median(&found))
}

/// How often `run` runs in a batch.
fn count(mut run: impl FnMut()) -> u32 {
    let mut count = 1;
    while time_of(&mut run, count) < BATCH {
        count *= 2;
    }
    count
}

/// Time of one of `count` runs in seconds.
fn time(run: impl FnMut(), count: u32) -> f64 {
    time_of(run, count).as_secs_f64() / f64::from(count)
}

fn time_of(mut run: impl FnMut(), count: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..count {
        run();
    }
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

const ROUNDS: usize = 101;

/// Least time of a batch.
const BATCH: Duration = Duration::from_micros(200);
