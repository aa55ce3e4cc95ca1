//! Timing in one process: barebus, the decoder written by hand and a copy of the message, in turns.

use core::fmt;
use core::str::FromStr;

use barebus_benches::measure::{copy, median, rounds};

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
            hand: median(all.iter().map(|multiples| multiples.hand)),
            memcpy: median(all.iter().map(|multiples| multiples.memcpy)),
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
    let barebus = row.barebus().ok_or("cannot find the workload")?;
    let times = rounds(&mut [barebus, row.by_hand(), copy(row.sample.message().as_bytes())]);
    let multiple =
        |times: &Vec<f64>, index: usize| times.first().zip(times.get(index)).map(|(a, b)| a / b);
    let multiples = |index| median(times.iter().filter_map(|times| multiple(times, index)));
    Ok(Multiples { hand: multiples(1), memcpy: multiples(2) })
}
