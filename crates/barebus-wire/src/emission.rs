//! A SIGNAL to be sent.

use crate::header::{Flags, Header, MessageType, Serial};
use crate::name::{BusName, InterfaceName, MemberName, ObjectPath};

/// A SIGNAL to be sent. Spec: Message Types, Signal Emission.
///
/// ```
/// use barebus_wire::{BusName, Emission, InterfaceName, MemberName, ObjectPath};
///
/// const PRESSED: Emission<'static> = Emission::new(
///     ObjectPath::from_static("/org/example/Button"),
///     InterfaceName::from_static("org.example.Button"),
///     MemberName::from_static("Pressed"),
/// );
/// let to_one = PRESSED.destination(BusName::from_static("org.example.Listener"));
/// assert_eq!(to_one.member, "Pressed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emission<'a> {
    /// PATH: the object that emits the signal.
    pub path: ObjectPath<'a>,
    /// INTERFACE: which of the object's interfaces has the signal.
    pub interface: InterfaceName<'a>,
    /// MEMBER: the signal.
    pub member: MemberName<'a>,
    /// DESTINATION: who gets the signal; `None`: whoever has a match rule for it.
    pub destination: Option<BusName<'a>>,
    /// The signal's flags.
    pub flags: Flags,
}

impl<'a> Emission<'a> {
    /// The signal `member` of the interface `interface` of the object `path`, for all who have a match rule for it.
    pub const fn new(
        path: ObjectPath<'a>,
        interface: InterfaceName<'a>,
        member: MemberName<'a>,
    ) -> Self {
        // libdbus and sd-bus set it, too: a signal has no reply.
        Self { path, interface, member, destination: None, flags: Flags::NO_REPLY_EXPECTED }
    }

    /// To `destination` alone.
    #[must_use]
    pub const fn destination(mut self, destination: BusName<'a>) -> Self {
        self.destination = Some(destination);
        self
    }

    /// With `flags` besides those that are set.
    #[must_use]
    pub const fn flags(mut self, flags: Flags) -> Self {
        self.flags = self.flags.with(flags);
        self
    }

    /// The header, native in byte order.
    pub const fn header(&self, serial: Serial) -> Header<'a> {
        let mut header = Header::new(MessageType::Signal, serial);
        header.path = Some(self.path);
        header.interface = Some(self.interface);
        header.member = Some(self.member);
        header.destination = self.destination;
        header.flags = self.flags;
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_sent_with_what_was_set() {
        let emission = Emission::new(
            ObjectPath::from_static("/a"),
            InterfaceName::from_static("a.b"),
            MemberName::from_static("M"),
        );
        let header = emission.header(Serial::FIRST);
        assert_eq!((header.message_type, header.serial), (MessageType::Signal, Serial::FIRST));
        assert_eq!(
            (header.path, header.interface),
            (Some(emission.path), Some(emission.interface))
        );
        assert_eq!((header.member, header.destination), (Some(emission.member), None));
        assert_eq!(header.flags, Flags::NO_REPLY_EXPECTED);

        let destination = BusName::from_static(":1.7");
        let flags = Flags::NO_AUTO_START;
        let header = emission.destination(destination).flags(flags).header(Serial::FIRST);
        assert_eq!(header.destination, Some(destination));
        assert_eq!(header.flags, Flags::NO_REPLY_EXPECTED.with(flags));
    }
}
