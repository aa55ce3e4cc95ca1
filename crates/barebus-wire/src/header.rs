//! A message's header: its fixed part and its fields.

use core::fmt;
use core::num::NonZeroU32;

use crate::endian::Endian;
use crate::error::DecodeErrorKind as Kind;
use crate::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use crate::signature::Signature;

/// A message's serial: unique among those of its sender that await a reply, never 0. Spec: Message Format.
///
/// ```
/// use barebus_wire::Serial;
///
/// assert_eq!(Serial::FIRST.get(), 1);
/// assert_eq!(Serial::FIRST.next(), Serial::new(2).unwrap());
/// assert_eq!(Serial::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(pub NonZeroU32);

impl Serial {
    /// The first serial of a connection.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The serial, unless it is 0.
    pub const fn new(serial: u32) -> Option<Self> {
        match NonZeroU32::new(serial) {
            Some(serial) => Some(Self(serial)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The serial after this one; 0 is passed over.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.0.checked_add(1) {
            Some(serial) => Self(serial),
            None => Self::FIRST,
        }
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a message is. Spec: Message Types.
///
/// ```
/// use barebus_wire::MessageType;
///
/// assert_eq!(MessageType::from_code(4), Some(MessageType::Signal));
/// // A message of a type that a later specification defines is ignored.
/// assert_eq!(MessageType::from_code(9), Some(MessageType::Unknown(9)));
/// assert_eq!(MessageType::from_code(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// METHOD_CALL.
    MethodCall,
    /// METHOD_RETURN.
    MethodReturn,
    /// ERROR.
    Error,
    /// SIGNAL.
    Signal,
    /// A type that the specification does not know, 5 or more: to be ignored.
    Unknown(u8),
}

impl MessageType {
    /// The type's number, unless it is 0.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => None,
            1 => Some(Self::MethodCall),
            2 => Some(Self::MethodReturn),
            3 => Some(Self::Error),
            4 => Some(Self::Signal),
            code => Some(Self::Unknown(code)),
        }
    }

    /// The number in the message's second byte.
    pub const fn code(self) -> u8 {
        match self {
            Self::MethodCall => 1,
            Self::MethodReturn => 2,
            Self::Error => 3,
            Self::Signal => 4,
            Self::Unknown(code) => code,
        }
    }
}

/// The flags of a message that the specification knows; others are ignored. Spec: Message Format.
///
/// ```
/// use barebus_wire::Flags;
///
/// let flags = Flags::NO_REPLY_EXPECTED.with(Flags::NO_AUTO_START);
/// assert!(flags.contains(Flags::NO_AUTO_START));
/// assert_eq!(flags.bits(), 3);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// NO_REPLY_EXPECTED: the call wants no answer.
    pub const NO_REPLY_EXPECTED: Self = Self(1);
    /// NO_AUTO_START: the bus must not start the destination.
    pub const NO_AUTO_START: Self = Self(2);
    /// ALLOW_INTERACTIVE_AUTHORIZATION: the caller is ready to wait while a person is asked.
    pub const ALLOW_INTERACTIVE_AUTHORIZATION: Self = Self(4);

    /// The flags in the message's third byte; unknown ones are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 7)
    }

    /// The flags as in the message's third byte.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These and `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::NO_REPLY_EXPECTED, "NO_REPLY_EXPECTED"),
            (Self::NO_AUTO_START, "NO_AUTO_START"),
            (Self::ALLOW_INTERACTIVE_AUTHORIZATION, "ALLOW_INTERACTIVE_AUTHORIZATION"),
        ];
        f.debug_set()
            .entries(names.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, name)| name))
            .finish()
    }
}

/// A message's header. Spec: Message Format, Header Fields.
///
/// Fields that the message's type does not call for may be there all the same: they are to be ignored.
///
/// ```
/// use barebus_wire::{Header, Message, MessageBuf, MessageType, Serial};
///
/// let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
/// header.reply_serial = Some(Serial::FIRST);
/// let mut buf = MessageBuf::new();
/// buf.push(&header, &("enabled",))?;
///
/// let message = Message::parse(buf.as_slice())?;
/// assert_eq!(message.header().message_type, MessageType::MethodReturn);
/// assert_eq!(message.header().signature, "s");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Byte order of header and body.
    pub endian: Endian,
    /// What the message is.
    pub message_type: MessageType,
    /// The flags that the specification knows.
    pub flags: Flags,
    /// The sender's serial for the message.
    pub serial: Serial,
    /// PATH: the object called, or that the signal comes from.
    pub path: Option<ObjectPath<'a>>,
    /// INTERFACE.
    pub interface: Option<InterfaceName<'a>>,
    /// MEMBER: the method or signal.
    pub member: Option<MemberName<'a>>,
    /// ERROR_NAME.
    pub error_name: Option<ErrorName<'a>>,
    /// REPLY_SERIAL: serial of the message that this answers.
    pub reply_serial: Option<Serial>,
    /// DESTINATION.
    pub destination: Option<BusName<'a>>,
    /// SENDER: on a bus, put there by the bus.
    pub sender: Option<BusName<'a>>,
    /// SIGNATURE of the body; empty when there is none.
    pub signature: Signature<'a>,
    /// UNIX_FDS: how many file descriptors come with the message.
    pub unix_fds: u32,
}

impl<'a> Header<'a> {
    /// A header without any field, for the builders.
    pub const fn new(message_type: MessageType, serial: Serial) -> Self {
        Self {
            endian: Endian::NATIVE,
            message_type,
            flags: Flags::NONE,
            serial,
            path: None,
            interface: None,
            member: None,
            error_name: None,
            reply_serial: None,
            destination: None,
            sender: None,
            signature: Signature::EMPTY,
            unix_fds: 0,
        }
    }

    /// The header of a SIGNAL. Spec: Message Types, Signal Emission.
    pub const fn signal(
        serial: Serial,
        path: ObjectPath<'a>,
        interface: InterfaceName<'a>,
        member: MemberName<'a>,
    ) -> Self {
        let mut header = Self::new(MessageType::Signal, serial);
        header.path = Some(path);
        header.interface = Some(interface);
        header.member = Some(member);
        header.flags = Flags::NO_REPLY_EXPECTED;
        header
    }

    /// The header of the METHOD_RETURN that answers `call`. Spec: Message Types, Method Returns.
    pub const fn method_return(serial: Serial, call: &Header<'a>) -> Self {
        let mut header = Self::new(MessageType::MethodReturn, serial);
        header.reply_serial = Some(call.serial);
        header.destination = call.sender;
        header.flags = Flags::NO_REPLY_EXPECTED;
        header
    }

    /// The header of the ERROR that answers `call`. Spec: Message Types, Errors.
    pub const fn error(serial: Serial, call: &Header<'a>, name: ErrorName<'a>) -> Self {
        let mut header = Self::method_return(serial, call);
        header.message_type = MessageType::Error;
        header.error_name = Some(name);
        header
    }

    /// Checks that the fields required by the message's type are present.
    pub(crate) const fn check_required(&self) -> Result<(), Kind> {
        match self.message_type {
            MessageType::MethodCall | MessageType::Signal if self.path.is_none() => {
                Err(Kind::MissingPath)
            }
            MessageType::Signal if self.interface.is_none() => Err(Kind::MissingInterface),
            MessageType::MethodCall | MessageType::Signal if self.member.is_none() => {
                Err(Kind::MissingMember)
            }
            MessageType::Error if self.error_name.is_none() => Err(Kind::MissingErrorName),
            MessageType::MethodReturn | MessageType::Error if self.reply_serial.is_none() => {
                Err(Kind::MissingReplySerial)
            }
            _ => Ok(()),
        }
    }
}

impl Header<'_> {
    /// Adds the fields that are present.
    pub(crate) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        fn add<T: fmt::Debug>(shown: &mut fmt::DebugStruct<'_, '_>, name: &str, field: Option<T>) {
            if let Some(value) = field {
                shown.field(name, &value);
            }
        }
        shown.field("message_type", &self.message_type);
        add(shown, "flags", Some(self.flags).filter(|flags| *flags != Flags::NONE));
        shown.field("serial", &self.serial.get());
        add(shown, "path", self.path);
        add(shown, "interface", self.interface);
        add(shown, "member", self.member);
        add(shown, "error_name", self.error_name);
        add(shown, "reply_serial", self.reply_serial.map(Serial::get));
        add(shown, "destination", self.destination);
        add(shown, "sender", self.sender);
        add(shown, "signature", Some(self.signature).filter(|signature| !signature.is_empty()));
        add(shown, "unix_fds", Some(self.unix_fds).filter(|count| *count != 0));
    }
}

/// The fields that are present.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Header");
        shown.field("endian", &self.endian);
        self.show(&mut shown);
        shown.finish()
    }
}

#[cfg(test)]
mod tests;
