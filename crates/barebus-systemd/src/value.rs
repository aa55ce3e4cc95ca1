//! Numbers that systemd gives a special meaning: limits, amounts that may be unknown, and times.
//!
//! All are D-Bus UINT64s, and definitions read them as these types: see
//! [`Property::value_as`](barebus::definition::Property::value_as).
//!
//! ```
//! use std::time::Duration;
//!
//! use barebus_systemd::value::{Amount, Limit, Realtime};
//!
//! // MemoryMax, TimeoutStopUSec, MemoryCurrent, ActiveEnterTimestamp as they come:
//! assert_eq!(Limit::<u64>::from(67_108_864), Limit::Value(67_108_864));
//! assert_eq!(Limit::<Duration>::from(u64::MAX), Limit::Infinity);
//! assert_eq!(Amount::from(u64::MAX).0, None);
//! assert_eq!(Realtime::from(0).0, None);
//! ```

mod flags;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barebus::wire::{Reader, SignatureText, Writer};
use barebus::{Decode, DecodeError, Encode, EncodeError, Type};

pub use flags::{Capabilities, MountPropagation, Namespaces, NumaPolicy};

/// What systemd sends for "infinity", "none" and "not set".
pub const NONE: u64 = u64::MAX;

/// A limit: of bytes, tasks, processes (`Limit`), or of time (`Limit<Duration>`, in microseconds on the bus).
///
/// `u64::MAX` is no limit. It is what is sent for a value of `u64::MAX` or more, too.
///
/// ```
/// use barebus_systemd::Limit;
///
/// assert_eq!(Limit::Value(1024_u64).to_string(), "1024");
/// assert_eq!(Limit::<u64>::Infinity.to_string(), "infinity");
/// assert_eq!(Limit::<u64>::from(None).value(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit<T = u64> {
    /// At most this much.
    Value(T),
    /// Without a limit.
    Infinity,
}

impl<T> Limit<T> {
    /// The limit, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Infinity => None,
        }
    }
}

impl<T> From<Option<T>> for Limit<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Infinity, Self::Value)
    }
}

/// A measured amount, such as `MemoryCurrent`, `CPUUsageNSec`, `TasksCurrent`; or a setting that may be left out, such as `CPUWeight`.
///
/// `u64::MAX` is none: systemd does not measure it, or cannot here, or it was not set.
///
/// ```
/// use barebus_systemd::value::Amount;
/// use barebus::wire::OwnedBody;
///
/// let body = OwnedBody::new(&(4096_u64, u64::MAX))?;
/// let (measured, none): (Amount, Amount) = body.get()?;
/// assert_eq!(measured, Amount(Some(4096)));
/// assert_eq!(none, Amount(None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Amount(
    /// The number, in the unit of the property.
    pub Option<u64>,
);

/// A time of the wall clock, such as `ActiveEnterTimestamp`. 0 is none: it did not happen yet.
///
/// ```
/// use barebus_systemd::value::Realtime;
/// use barebus::wire::OwnedBody;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let body = OwnedBody::new(&(1_700_000_000_000_000_u64, 0_u64))?;
/// let (time, none): (Realtime, Realtime) = body.get()?;
/// assert_eq!(time.0, Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000)));
/// assert_eq!(none.0, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Realtime(
    /// The time, exact to the microsecond.
    pub Option<SystemTime>,
);

/// A time of the monotonic clock, such as `ActiveEnterTimestampMonotonic`: since boot, without the time in which the machine slept. 0 is
/// none: it did not happen yet.
///
/// ```
/// use barebus_systemd::value::Monotonic;
/// use barebus::wire::OwnedBody;
/// use std::time::Duration;
///
/// let body = OwnedBody::new(&(7_000_000_u64,))?;
/// assert_eq!(body.get::<(Monotonic,)>()?.0, Monotonic(Some(Duration::from_secs(7))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Monotonic(
    /// The time since boot, exact to the microsecond.
    pub Option<Duration>,
);

/// A duration in microseconds, at most `u64::MAX`.
fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The number, unless it is one that stands for none.
fn given(number: u64) -> Option<u64> {
    Some(number).filter(|number| *number != NONE)
}

/// As [`given`], for a time: 0 stands for none as well.
fn happened(number: u64) -> Option<Duration> {
    given(number).filter(|number| *number != 0).map(Duration::from_micros)
}

/// Implements the conversions from and to UINT64, and the D-Bus type.
macro_rules! numbers {
    ($($type:ty: |$number:ident| $from:expr, |$value:ident| $into:expr;)*) => {$(
        impl From<u64> for $type {
            fn from($number: u64) -> Self {
                $from
            }
        }

        impl From<$type> for u64 {
            fn from($value: $type) -> Self {
                $into
            }
        }

        impl Type for $type {
            const TEXT: SignatureText = <u64 as Type>::TEXT;
            const MIN_LEN: usize = <u64 as Type>::MIN_LEN;
        }

        impl Encode for $type {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                u64::from(*self).encode(writer)
            }
        }

        impl Decode<'_> for $type {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                u64::decode(reader).map(Self::from)
            }
        }
    )*};
}

numbers! {
    Limit<u64>: |number| given(number).into(), |limit| limit.value().unwrap_or(NONE);
    Limit<Duration>: |number| given(number).map(Duration::from_micros).into(),
        |limit| limit.value().map_or(NONE, micros);
    Amount: |number| Self(given(number)), |amount| amount.0.unwrap_or(NONE);
    Realtime: |number| Self(happened(number).and_then(|since| UNIX_EPOCH.checked_add(since))),
        |time| time.0.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, micros);
    Monotonic: |number| Self(happened(number)), |time| time.0.map_or(0, micros);
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => fmt::Display::fmt(value, f),
            Self::Infinity => f.pad("infinity"),
        }
    }
}

impl fmt::Display for Limit<Duration> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => fmt::Debug::fmt(value, f),
            Self::Infinity => f.pad("infinity"),
        }
    }
}

#[cfg(test)]
mod tests {
    use barebus::wire::OwnedBody;

    use super::*;

    #[test]
    fn the_largest_number_is_none_and_comes_back() {
        for number in [0, 1, 1_000_000, u64::MAX - 1, u64::MAX] {
            assert_eq!(u64::from(Limit::<u64>::from(number)), number);
            assert_eq!(u64::from(Limit::<Duration>::from(number)), number);
            assert_eq!(u64::from(Amount::from(number)), number);
        }
        assert_eq!(Limit::<u64>::from(u64::MAX), Limit::Infinity);
        assert_eq!(Amount::from(u64::MAX), Amount(None));
        assert_eq!(Amount::from(0), Amount(Some(0)));
        assert_eq!(Limit::<Duration>::from(1_500_000), Limit::Value(Duration::from_millis(1500)));
        assert_eq!(u64::from(Limit::Value(Duration::MAX)), u64::MAX);
        assert!(Limit::Value(u64::MAX) < Limit::Infinity);
    }

    #[test]
    fn the_time_0_is_none_and_other_times_come_back() {
        assert_eq!(Realtime::from(0), Realtime(None));
        assert_eq!(Realtime::from(u64::MAX), Realtime(None));
        assert_eq!(Monotonic::from(0), Monotonic(None));
        assert_eq!(Monotonic::from(1_000_001).0, Some(Duration::from_micros(1_000_001)));
        let time = Realtime::from(1_700_000_000_000_001);
        assert_eq!(time.0, Some(UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_001)));
        assert_eq!(u64::from(time), 1_700_000_000_000_001);
        assert_eq!(u64::from(Realtime(None)), 0);
    }

    #[test]
    fn they_are_numbers_on_the_bus() {
        let sent = (Limit::Value(5_u64), Limit::<Duration>::Infinity, Amount(None));
        let body = OwnedBody::new(&sent).unwrap();
        assert_eq!(body.get::<(u64, u64, u64)>().unwrap(), (5, u64::MAX, u64::MAX));
        assert_eq!(body.get::<(Limit, Limit<Duration>, Amount)>().unwrap(), sent);
    }

    #[test]
    fn limits_are_shown_as_systemctl_does() {
        assert_eq!(Limit::<u64>::Infinity.to_string(), "infinity");
        assert_eq!(Limit::<Duration>::Infinity.to_string(), "infinity");
        assert_eq!(Limit::Value(64_u64).to_string(), "64");
        assert_eq!(Limit::Value(Duration::from_millis(1500)).to_string(), "1.5s");
    }
}
