//! Valid messages as their parts, which own their text.

use barebus_wire::{
    BusName, Endian, ErrorName, Flags, Header, InterfaceName, MemberName, MessageType, ObjectPath,
    Serial,
};

use crate::fault::Fault;
use crate::frame::Frame;
use crate::source::Source;
use crate::text;
use crate::value::{Body, Value};

/// A valid message.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the header's")]
pub struct Message {
    pub endian: Endian,
    pub message_type: MessageType,
    pub flags: Flags,
    pub serial: Serial,
    pub path: Option<String>,
    pub interface: Option<String>,
    pub member: Option<String>,
    pub error_name: Option<String>,
    pub reply_serial: Option<Serial>,
    pub destination: Option<String>,
    pub sender: Option<String>,
    pub unix_fds: u32,
    /// Header fields that the specification does not define: code and value. Receivers ignore them.
    pub unknown_fields: Vec<(u8, Value)>,
    /// How far the header fields are rotated. Their order has no meaning.
    pub rotation: u8,
    pub body: Body,
}

impl Message {
    /// A header without more fields than the type requires, and no body.
    pub(crate) fn new(source: &mut Source<'_>, endian: Endian, message_type: MessageType) -> Self {
        // One bit for each field that the message type does not require.
        let extra = source.byte();
        let (call, signal) =
            (message_type == MessageType::MethodCall, message_type == MessageType::Signal);
        let error = message_type == MessageType::Error;
        let reply = error || message_type == MessageType::MethodReturn;
        Self {
            endian,
            message_type,
            flags: Flags::from_bits(source.byte()),
            serial: serial(source),
            path: (call || signal || extra & 1 != 0).then(|| text::path(source)),
            interface: (signal || extra & 2 != 0).then(|| text::dotted(source)),
            member: (call || signal || extra & 4 != 0).then(|| text::word(source)),
            error_name: (error || extra & 8 != 0).then(|| text::dotted(source)),
            reply_serial: (reply || extra & 16 != 0).then(|| serial(source)),
            destination: (extra & 32 != 0).then(|| text::dotted(source)),
            sender: (extra & 64 != 0).then(|| text::unique(source)),
            unix_fds: if extra & 128 != 0 { source.number_u32() } else { 0 },
            unknown_fields: Vec::new(),
            rotation: 0,
            body: Body::default(),
        }
    }

    /// The header, for `barebus-wire`. Fields that the specification does not define are not part of it.
    ///
    /// # Panics
    /// A field was given a text that its type does not allow.
    #[allow(clippy::expect_used, reason = "the fields of a generated message are valid")]
    pub fn header(&self) -> Header<'_> {
        const VALID: &str = "the text of a generated header field is valid";
        let mut header = Header::new(self.message_type, self.serial);
        header.endian = self.endian;
        header.flags = self.flags;
        header.path = self.path.as_deref().map(|text| ObjectPath::parse(text).expect(VALID));
        header.interface =
            self.interface.as_deref().map(|text| InterfaceName::parse(text).expect(VALID));
        header.member = self.member.as_deref().map(|text| MemberName::parse(text).expect(VALID));
        header.error_name =
            self.error_name.as_deref().map(|text| ErrorName::parse(text).expect(VALID));
        header.reply_serial = self.reply_serial;
        header.destination =
            self.destination.as_deref().map(|text| BusName::parse(text).expect(VALID));
        header.sender = self.sender.as_deref().map(|text| BusName::parse(text).expect(VALID));
        header.unix_fds = self.unix_fds;
        header
    }

    /// The whole message, marshalled without `barebus-wire`.
    pub fn marshal(&self) -> Vec<u8> {
        Frame::new(self, Fault::none()).into_bytes()
    }

    /// The header fields, in the order in which they are marshalled.
    pub(crate) fn fields(&self) -> Vec<(u8, Value)> {
        let string = |text: &String| Value::String(text.clone());
        let types = self.body.types();
        let known = [
            (1, self.path.as_ref().map(|text| Value::ObjectPath(text.clone()))),
            (2, self.interface.as_ref().map(string)),
            (3, self.member.as_ref().map(string)),
            (4, self.error_name.as_ref().map(string)),
            (5, self.reply_serial.map(|serial| Value::Uint32(serial.get()))),
            (6, self.destination.as_ref().map(string)),
            (7, self.sender.as_ref().map(string)),
            (8, (!types.is_empty()).then(|| Value::Signature(types.into()))),
            (9, (self.unix_fds > 0).then_some(Value::Uint32(self.unix_fds))),
        ];
        let known = known.into_iter().filter_map(|(code, value)| Some((code, value?)));
        let mut fields: Vec<_> = known.chain(self.unknown_fields.iter().cloned()).collect();
        if !fields.is_empty() {
            let by = usize::from(self.rotation) % fields.len();
            fields.rotate_left(by);
        }
        fields
    }
}

/// A serial: not 0.
pub(crate) fn serial(source: &mut Source<'_>) -> Serial {
    Serial::new(source.number_u32()).unwrap_or(Serial::FIRST)
}

/// Any byte order.
pub(crate) fn endian(source: &mut Source<'_>) -> Endian {
    if source.below(2) == 0 { Endian::Little } else { Endian::Big }
}

/// Any message type, unknown ones as well.
pub(crate) fn message_type(source: &mut Source<'_>) -> MessageType {
    match source.below(6) {
        0 => MessageType::MethodCall,
        1 => MessageType::MethodReturn,
        2 => MessageType::Error,
        3 => MessageType::Signal,
        _ => MessageType::Unknown(source.byte().max(5)),
    }
}
