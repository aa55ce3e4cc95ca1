//! `PROGRAM [--private] UNIT`

use crate::sys::Arguments;

/// Where systemd is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the system bus.
    Bus,
    /// At systemd's own socket. Only root may connect.
    Private,
}

impl Place {
    /// Path of the socket.
    pub fn path(self) -> &'static str {
        match self {
            Self::Bus => "/run/dbus/system_bus_socket",
            Self::Private => "/run/systemd/private",
        }
    }
}

/// What the program was asked.
pub struct Question {
    /// Where to ask.
    pub place: Place,
    /// The unit.
    pub unit: &'static str,
}

impl Question {
    /// `None`: the arguments are others than `[--private] UNIT`.
    pub fn of(mut arguments: Arguments) -> Option<Self> {
        arguments.next()?;
        let mut place = Place::Bus;
        let mut unit = arguments.next()?;
        if unit == b"--private" {
            place = Place::Private;
            unit = arguments.next()?;
        }
        let unit = core::str::from_utf8(unit).ok()?;
        if arguments.next().is_some() { None } else { Some(Self { place, unit }) }
    }
}
