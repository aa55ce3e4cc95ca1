//! Messages to be sent: what each type needs, marshalled into the caller's buffer.

#[cfg(feature = "alloc")]
use core::fmt;

use crate::body::EncodeBody;
#[cfg(feature = "alloc")]
use crate::endian::Endian;
#[cfg(feature = "alloc")]
use crate::error::SignatureExcerpt;
use crate::error::{DecodeErrorKind as Kind, EncodeError};
use crate::field::{LOCAL_INTERFACE, LOCAL_PATH};
use crate::gather::Places;
use crate::header::{Flags, Header, MessageType, Serial};
use crate::limits;
use crate::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use crate::writer::Writer;

/// A METHOD_CALL to be sent. Spec: Message Types, Method Calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodCall<'a> {
    /// PATH: the object to be called.
    pub path: ObjectPath<'a>,
    /// MEMBER: the method.
    pub member: MemberName<'a>,
    /// INTERFACE: which of the object's interfaces has the method.
    pub interface: Option<InterfaceName<'a>>,
    /// DESTINATION: who is called; on a direct connection there is none.
    pub destination: Option<BusName<'a>>,
    /// The call's flags.
    pub flags: Flags,
    /// How many file descriptors are sent along.
    pub unix_fds: u32,
}

impl<'a> MethodCall<'a> {
    /// A call of the method `member` of the object `path`.
    pub const fn new(path: ObjectPath<'a>, member: MemberName<'a>) -> Self {
        Self { path, member, interface: None, destination: None, flags: Flags::NONE, unix_fds: 0 }
    }

    /// A call whose names are known when compiling. In a constant an invalid name does not compile.
    ///
    /// ```
    /// use barebus_wire::MethodCall;
    ///
    /// const ADD: MethodCall<'static> =
    ///     MethodCall::from_static("org.example", "/org/example", "org.example.Calculator", "Add");
    /// ```
    ///
    /// ```compile_fail
    /// # use barebus_wire::MethodCall;
    /// const ADD: MethodCall<'static> =
    ///     MethodCall::from_static("org.example", "/org/example/", "org.example.Calculator", "Add");
    /// ```
    ///
    /// # Panics
    /// When a name or the path is invalid.
    #[track_caller]
    pub const fn from_static(
        destination: &'static str,
        path: &'static str,
        interface: &'static str,
        member: &'static str,
    ) -> MethodCall<'static> {
        MethodCall::new(ObjectPath::from_static(path), MemberName::from_static(member))
            .interface(InterfaceName::from_static(interface))
            .destination(BusName::from_static(destination))
    }

    /// With the interface that has the method.
    #[must_use]
    pub const fn interface(mut self, interface: InterfaceName<'a>) -> Self {
        self.interface = Some(interface);
        self
    }

    /// To `destination`.
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
        let mut header = Header::new(MessageType::MethodCall, serial);
        header.path = Some(self.path);
        header.member = Some(self.member);
        header.interface = self.interface;
        header.destination = self.destination;
        header.flags = self.flags;
        header.unix_fds = self.unix_fds;
        header
    }
}

impl<'a> Header<'a> {
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

    /// Marshals a whole message: this header with the signature of `body`, and `body`. Gives its length in bytes.
    ///
    /// # Errors
    /// `BufferTooSmall` with the length that is needed; `Header` when a required field is missing or a reserved name is used;
    /// else what the body's values break.
    pub fn encode<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        body: &B,
    ) -> Result<usize, EncodeError> {
        self.encode_around(buf, body, None)
    }

    /// Marshals a whole message but for the long arrays of bytes that `places` can note. Gives how many bytes were written.
    #[inline]
    pub(crate) fn encode_around<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        body: &B,
        places: Option<&mut Places>,
    ) -> Result<usize, EncodeError> {
        self.check_required().map_err(EncodeError::Header)?;
        self.check_reserved()?;
        let mut writer = Writer::new(buf, self.endian).around(places);
        let signature = body.signature();
        self.put_fields(&mut writer, signature);
        let body_start = writer.position();
        body.encode_body(&mut writer)?;
        let body_len = u32::try_from(writer.message_len() - body_start);
        writer.patch_u32(BODY_LEN_AT, body_len.map_err(|_| EncodeError::MessageTooLong)?);
        writer.finish()
    }

    fn check_reserved(&self) -> Result<(), EncodeError> {
        if self.path.is_some_and(|path| path.as_str() == LOCAL_PATH) {
            return Err(EncodeError::Header(Kind::LocalPath));
        }
        if self.interface.is_some_and(|interface| interface.as_str() == LOCAL_INTERFACE) {
            return Err(EncodeError::Header(Kind::LocalInterface));
        }
        Ok(())
    }

    /// The header with a body of 0 bytes and with the padding behind it.
    fn put_fields(&self, writer: &mut Writer<'_>, signature: crate::Signature<'_>) {
        let code = self.message_type.code();
        writer.put_fixed_header(code, self.flags.bits(), self.serial.get());
        put_text(writer, *b"\x01\x01o\0", self.path.map(ObjectPath::as_str));
        put_text(writer, *b"\x02\x01s\0", self.interface.map(InterfaceName::as_str));
        put_text(writer, *b"\x03\x01s\0", self.member.map(MemberName::as_str));
        put_text(writer, *b"\x04\x01s\0", self.error_name.map(ErrorName::as_str));
        put_number(writer, *b"\x05\x01u\0", self.reply_serial.map_or(0, Serial::get));
        put_text(writer, *b"\x06\x01s\0", self.destination.map(BusName::as_str));
        put_text(writer, *b"\x07\x01s\0", self.sender.map(BusName::as_str));
        if !signature.is_empty() {
            writer.align(8);
            writer.put_bytes(b"\x08\x01g\0");
            writer.put_signature(signature);
        }
        put_number(writer, *b"\x09\x01u\0", self.unix_fds);
        // At most nine fields of names, a path and a signature: the path's length is checked with the whole message's.
        let fields_len =
            u32::try_from(writer.position() - limits::FIXED_HEADER_LEN).unwrap_or(u32::MAX);
        writer.patch_u32(FIELDS_LEN_AT, fields_len);
        writer.align(8);
    }
}

/// A header field that holds text, unless it is absent.
#[inline]
fn put_text(writer: &mut Writer<'_>, code_and_signature: [u8; 4], text: Option<&str>) {
    if let Some(text) = text {
        writer.put_text_field(code_and_signature, text);
    }
}

/// A header field that holds a number, unless it is 0.
#[inline]
fn put_number(writer: &mut Writer<'_>, code_and_signature: [u8; 4], number: u32) {
    if number != 0 {
        writer.align(8);
        writer.put_bytes(&code_and_signature);
        writer.put_u32(number);
    }
}

const BODY_LEN_AT: usize = 4;
#[cfg(feature = "alloc")]
const SERIAL_AT: usize = 8;
const FIELDS_LEN_AT: usize = 12;

/// A header marshalled once, to be sent many times with other serials and other arguments of the same types.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
pub struct PreparedCall {
    /// Header with its padding; serial and body length are 0.
    head: alloc::boxed::Box<[u8]>,
    signature: alloc::boxed::Box<str>,
    endian: Endian,
}

#[cfg(feature = "alloc")]
impl PreparedCall {
    /// Prepares `call` with arguments of `signature`.
    ///
    /// # Errors
    /// `Header` when a reserved name is used; `MessageTooLong`.
    pub fn new(
        call: &MethodCall<'_>,
        signature: crate::Signature<'_>,
    ) -> Result<Self, EncodeError> {
        let header = call.header(Serial::FIRST);
        header.check_reserved()?;
        let mut counter = Writer::new(&mut [], header.endian);
        header.put_fields(&mut counter, signature);
        let mut head = alloc::vec![0; counter.position().min(limits::MESSAGE_LEN as usize)];
        let mut writer = Writer::new(&mut head, header.endian);
        header.put_fields(&mut writer, signature);
        writer.finish()?;
        Ok(Self { head: head.into(), signature: signature.as_str().into(), endian: header.endian })
    }

    /// Marshals the call with `serial` and `body`. Gives its length in bytes.
    ///
    /// # Errors
    /// `Signature` when `body` has another signature than was prepared; else as [`Header::encode`].
    #[inline]
    pub fn encode<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        serial: Serial,
        body: &B,
    ) -> Result<usize, PreparedError> {
        self.check(body)?;
        Ok(self.encode_checked(buf, serial, body)?)
    }

    /// That `body` has the signature that was prepared.
    #[inline]
    fn check<B: EncodeBody + ?Sized>(&self, body: &B) -> Result<(), PreparedError> {
        if body.signature().as_str() == &*self.signature {
            return Ok(());
        }
        Err(PreparedError::Signature {
            expected: SignatureExcerpt::of(&self.signature),
            found: SignatureExcerpt::new(body.signature()),
        })
    }

    #[inline]
    fn encode_checked<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        serial: Serial,
        body: &B,
    ) -> Result<usize, EncodeError> {
        let mut writer = Writer::new(buf, self.endian);
        writer.put_bytes(&self.head);
        writer.patch_u32(SERIAL_AT, serial.get());
        body.encode_body(&mut writer)?;
        let body_len = u32::try_from(writer.position() - self.head.len());
        writer.patch_u32(BODY_LEN_AT, body_len.map_err(|_| EncodeError::MessageTooLong)?);
        writer.finish()
    }
}

/// Why a prepared call cannot be marshalled.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreparedError {
    /// The arguments are of other types than were prepared.
    Signature {
        /// What was prepared.
        expected: SignatureExcerpt,
        /// What the arguments are.
        found: SignatureExcerpt,
    },
    /// The arguments cannot be marshalled.
    Encode(EncodeError),
}

#[cfg(feature = "alloc")]
impl From<EncodeError> for PreparedError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

#[cfg(feature = "alloc")]
impl fmt::Display for PreparedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { expected, found } => {
                write!(f, "the arguments' signature is '{found}', prepared was '{expected}'")
            }
            Self::Encode(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "alloc")]
impl core::error::Error for PreparedError {}

/// A buffer of messages that grows and is used again: in steady state marshalling into it allocates nothing.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default)]
pub struct MessageBuf {
    /// Initialised to its end, so that using it again costs nothing.
    bytes: alloc::vec::Vec<u8>,
    /// len <= bytes.len()
    len: usize,
}

#[cfg(feature = "alloc")]
impl MessageBuf {
    /// A buffer that owns no memory yet.
    pub const fn new() -> Self {
        Self { bytes: alloc::vec::Vec::new(), len: 0 }
    }

    /// The messages, one behind the other.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Bytes that are filled.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no message.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Drops the messages, keeps the memory.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// Drops what lies behind the first `len` bytes, keeps the memory.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Drops the first `count` bytes; the others move to the front.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.len);
        self.bytes.copy_within(count..self.len, 0);
        self.len -= count;
    }

    /// Appends bytes as they are.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.truncate(self.len);
        self.bytes.extend_from_slice(bytes);
        self.len = self.bytes.len();
    }

    /// Appends a message. Gives its length in bytes; a message that fails leaves nothing behind.
    ///
    /// # Errors
    /// As [`Header::encode`], but never `BufferTooSmall`.
    pub fn push<B: EncodeBody + ?Sized>(
        &mut self,
        header: &Header<'_>,
        body: &B,
    ) -> Result<usize, EncodeError> {
        self.push_with(|buf| header.encode(buf, body))
    }

    /// Appends a prepared call. Gives its length in bytes; a message that fails leaves nothing behind.
    ///
    /// # Errors
    /// As [`PreparedCall::encode`], but never `BufferTooSmall`.
    pub fn push_prepared<B: EncodeBody + ?Sized>(
        &mut self,
        call: &PreparedCall,
        serial: Serial,
        body: &B,
    ) -> Result<usize, PreparedError> {
        call.check(body)?;
        Ok(self.push_with(|buf| call.encode_checked(buf, serial, body))?)
    }

    #[inline]
    fn push_with(
        &mut self,
        encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>,
    ) -> Result<usize, EncodeError> {
        loop {
            match encode(self.bytes.get_mut(self.len..).unwrap_or_default()) {
                Ok(len) => {
                    self.len += len;
                    return Ok(len);
                }
                Err(EncodeError::BufferTooSmall { needed }) => self.grow(needed),
                Err(error) => return Err(error),
            }
        }
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        let doubled = self.bytes.len().saturating_mul(2);
        self.bytes.resize(self.len.saturating_add(needed).max(doubled).max(512), 0);
    }
}
