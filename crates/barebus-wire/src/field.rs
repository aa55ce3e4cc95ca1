//! The grammar of a header: where its numbers stand, and its fields, read and written. Spec: Message Format, Header Fields.

use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::header::{Header, Serial};
use crate::limits::FIXED_HEADER_LEN;
use crate::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use crate::reader::{Reader, Window};
use crate::signature::Signature;
use crate::writer::Writer;

/// Offset of the protocol version; byte order, type and flags precede it.
pub(crate) const VERSION_AT: usize = 3;
/// Offset of the body's length.
pub(crate) const BODY_LEN_AT: usize = 4;
/// Offset of the serial.
pub(crate) const SERIAL_AT: usize = 8;
/// Offset of the fields' length; they follow it.
pub(crate) const FIELDS_LEN_AT: usize = 12;

/// The only major protocol version.
pub(crate) const VERSION: u8 = 1;

/// Code of a header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldCode(u8);

impl FieldCode {
    pub(crate) const PATH: Self = Self(1);
    pub(crate) const INTERFACE: Self = Self(2);
    pub(crate) const MEMBER: Self = Self(3);
    pub(crate) const ERROR_NAME: Self = Self(4);
    pub(crate) const REPLY_SERIAL: Self = Self(5);
    pub(crate) const DESTINATION: Self = Self(6);
    pub(crate) const SENDER: Self = Self(7);
    pub(crate) const SIGNATURE: Self = Self(8);
    pub(crate) const UNIX_FDS: Self = Self(9);

    /// Type code of the field's value; 0 for fields that the specification does not know.
    #[inline(always)]
    const fn value_type(self) -> u8 {
        match self {
            Self::PATH => b'o',
            Self::INTERFACE
            | Self::MEMBER
            | Self::ERROR_NAME
            | Self::DESTINATION
            | Self::SENDER => b's',
            Self::REPLY_SERIAL | Self::UNIX_FDS => b'u',
            Self::SIGNATURE => b'g',
            _ => 0,
        }
    }

    /// What the field begins with: its code, and its variant's signature with length and NUL.
    #[inline(always)]
    pub(crate) const fn mark(self) -> [u8; 4] {
        [self.0, 1, self.value_type(), 0]
    }

    /// The known field that begins with `mark`.
    #[inline]
    const fn of_mark(mark: [u8; 4]) -> Option<Self> {
        match mark {
            [code @ 1..=9, 1, value_type, 0] if Self(code).value_type() == value_type => {
                Some(Self(code))
            }
            _ => None,
        }
    }

    /// The field's bit among those that were seen.
    const fn bit(self) -> u16 {
        1 << self.0
    }
}

impl<'a> Header<'a> {
    /// Reads the header fields, which are all that `fields` holds, of `message`. Returns what of the message is known to be UTF-8.
    pub(crate) fn read_fields(
        &mut self,
        message: &'a [u8],
        mut fields: Reader<'a>,
    ) -> Result<Window<'a>, DecodeError> {
        let mut seen = 0;
        while !fields.is_at_end() {
            if self.read_usual_field(message, &mut fields, &mut seen).is_none() {
                self.read_any_field(&mut fields, &mut seen)?;
            }
        }
        Ok(fields.window())
    }

    /// Reads a field when it is known and valid, with one glance at its first eight bytes. Else nothing is read.
    #[cfg(not(compact))]
    #[inline]
    fn read_usual_field(
        &mut self,
        message: &'a [u8],
        fields: &mut Reader<'a>,
        seen: &mut u16,
    ) -> Option<()> {
        let (mark, value, value_end) = fields.peek_field(message)?;
        let code = FieldCode::of_mark(mark)?;
        if *seen & code.bit() != 0 {
            return None;
        }
        let number = fields.u32_of(value);
        let end = match code.value_type() {
            b'u' => {
                match code {
                    FieldCode::REPLY_SERIAL => self.reply_serial = Some(Serial::new(number)?),
                    _ => self.unix_fds = number,
                }
                value_end
            }
            b'g' => {
                let start = value_end - 3;
                match Signature::of_short(value) {
                    Some((signature, len)) => {
                        self.signature = signature;
                        value_end - 4 + len
                    }
                    None => {
                        let [len, ..] = value;
                        self.signature = fields.signature_at(start, usize::from(len))?;
                        start + usize::from(len) + 1
                    }
                }
            }
            _ => {
                self.read_text_field(code, fields.text_at(message, value_end, number as usize)?)?;
                value_end + number as usize + 1
            }
        };
        fields.seek(end)?;
        // What is not taken here is looked at again.
        *seen |= code.bit();
        Some(())
    }

    #[cfg(not(compact))]
    #[inline]
    fn read_text_field(&mut self, code: FieldCode, text: &'a str) -> Option<()> {
        match code {
            FieldCode::PATH if text != LOCAL_PATH => {
                self.path = Some(ObjectPath::parse(text).ok()?)
            }
            FieldCode::INTERFACE if text != LOCAL_INTERFACE => {
                self.interface = Some(InterfaceName::parse(text).ok()?);
            }
            FieldCode::MEMBER => self.member = Some(MemberName::parse(text).ok()?),
            FieldCode::ERROR_NAME => self.error_name = Some(ErrorName::parse(text).ok()?),
            FieldCode::DESTINATION => self.destination = Some(BusName::parse(text).ok()?),
            FieldCode::SENDER => self.sender = Some(BusName::parse(text).ok()?),
            _ => return None,
        }
        Some(())
    }

    /// A program built for size reads all fields in one way.
    #[cfg(compact)]
    const fn read_usual_field(
        &mut self,
        _: &'a [u8],
        _: &mut Reader<'a>,
        _: &mut u16,
    ) -> Option<()> {
        None
    }

    /// Reads any field; what is wrong with one is found out here.
    fn read_any_field(
        &mut self,
        fields: &mut Reader<'a>,
        seen: &mut u16,
    ) -> Result<(), DecodeError> {
        fields.enter_struct()?;
        let at = fields.position();
        match fields.peek().and_then(FieldCode::of_mark) {
            Some(code) => {
                if *seen & code.bit() != 0 {
                    return Err(fields.fail(Kind::HeaderFieldTwice, at));
                }
                *seen |= code.bit();
                fields.skip(4)?;
                self.read_value(code, fields)?;
            }
            None => fields.skip_unknown_field()?,
        }
        fields.leave();
        Ok(())
    }

    #[cfg_attr(compact, inline(never))]
    fn read_value(&mut self, code: FieldCode, fields: &mut Reader<'a>) -> Result<(), DecodeError> {
        match code {
            FieldCode::PATH => {
                let path = fields.read_path()?;
                if path.as_str() == LOCAL_PATH {
                    return Err(
                        fields.fail(Kind::LocalPath, fields.position() - path.as_str().len() - 1)
                    );
                }
                self.path = Some(path);
            }
            FieldCode::INTERFACE => {
                let interface = fields.read_name(InterfaceName::check, Kind::BadInterface)?;
                if interface == LOCAL_INTERFACE {
                    let at = fields.position() - interface.len() - 1;
                    return Err(fields.fail(Kind::LocalInterface, at));
                }
                self.interface = Some(InterfaceName::trusted(interface));
            }
            FieldCode::MEMBER => {
                self.member =
                    Some(MemberName::trusted(fields.read_name(MemberName::check, Kind::BadMember)?))
            }
            FieldCode::ERROR_NAME => {
                self.error_name = Some(ErrorName::trusted(
                    fields.read_name(ErrorName::check, Kind::BadErrorName)?,
                ))
            }
            FieldCode::REPLY_SERIAL => {
                let serial = Serial::new(fields.read_u32()?);
                let at = fields.position() - 4;
                self.reply_serial =
                    Some(serial.ok_or_else(|| fields.fail(Kind::ReplySerialZero, at))?);
            }
            FieldCode::DESTINATION => {
                self.destination =
                    Some(BusName::trusted(fields.read_name(BusName::check, Kind::BadDestination)?))
            }
            FieldCode::SENDER => {
                self.sender =
                    Some(BusName::trusted(fields.read_name(BusName::check, Kind::BadSender)?))
            }
            FieldCode::SIGNATURE => self.signature = fields.read_signature()?,
            _ => self.unix_fds = fields.read_u32()?,
        }
        Ok(())
    }
}

impl<'a> Reader<'a> {
    /// Passes a field whose four first bytes are not those of a known field with its own type.
    #[cfg_attr(not(compact), cold, inline(never))]
    fn skip_unknown_field(&mut self) -> Result<(), DecodeError> {
        let at = self.position();
        let code = FieldCode(self.read_u8()?);
        let signature = self.read_variant_signature()?;
        self.enter()?;
        self.skip_value(signature)?;
        self.leave();
        // A field that is no value at all is the graver fault: what it means comes second.
        if code.0 == 0 {
            return Err(self.fail(Kind::HeaderFieldZero, at));
        }
        if code.value_type() != 0 {
            return Err(self.fail(Kind::HeaderFieldType, at));
        }
        Ok(())
    }
}

/// Must never be on the wire.
pub(crate) const LOCAL_PATH: &str = "/org/freedesktop/DBus/Local";
/// Must never be on the wire.
pub(crate) const LOCAL_INTERFACE: &str = "org.freedesktop.DBus.Local";

impl Header<'_> {
    /// Writes the header, for a body of 0 bytes of the type `signature`, with the padding after it.
    pub(crate) fn put(&self, writer: &mut Writer<'_>, signature: Signature<'_>) {
        writer.put_fixed_header(self.message_type.code(), self.flags.bits(), self.serial.get());
        writer.put_text_or_none(FieldCode::PATH.mark(), self.path.map(ObjectPath::as_str));
        writer.put_text_or_none(
            FieldCode::INTERFACE.mark(),
            self.interface.map(InterfaceName::as_str),
        );
        writer.put_text_or_none(FieldCode::MEMBER.mark(), self.member.map(MemberName::as_str));
        writer
            .put_text_or_none(FieldCode::ERROR_NAME.mark(), self.error_name.map(ErrorName::as_str));
        let reply_serial = self.reply_serial.map_or(0, Serial::get);
        writer.put_number_unless_0(FieldCode::REPLY_SERIAL.mark(), reply_serial);
        writer
            .put_text_or_none(FieldCode::DESTINATION.mark(), self.destination.map(BusName::as_str));
        writer.put_text_or_none(FieldCode::SENDER.mark(), self.sender.map(BusName::as_str));
        if !signature.is_empty() {
            writer.align(8);
            writer.put_bytes(&FieldCode::SIGNATURE.mark());
            writer.put_signature(signature);
        }
        writer.put_number_unless_0(FieldCode::UNIX_FDS.mark(), self.unix_fds);
        // Of nine fields with names, a path and a signature, only the path may be long: the message's length is checked.
        let fields_len = u32::try_from(writer.position() - FIXED_HEADER_LEN).unwrap_or(u32::MAX);
        writer.patch_u32(FIELDS_LEN_AT, fields_len);
        writer.align(8);
    }
}

impl Writer<'_> {
    /// The first 16 bytes of a header, with lengths of 0: a message begins here.
    #[inline]
    fn put_fixed_header(&mut self, message_type: u8, flags: u8, serial: u32) {
        let [a, b, c, d] = self.u32_bytes(serial);
        let mark = self.endian().mark();
        self.put_bytes(&[mark, message_type, flags, VERSION, 0, 0, 0, 0, a, b, c, d, 0, 0, 0, 0]);
    }

    /// A field that holds text and begins with `mark`, unless it is absent.
    #[inline]
    fn put_text_or_none(&mut self, mark: [u8; 4], text: Option<&str>) {
        if let Some(text) = text {
            self.put_text_field(mark, text);
        }
    }

    /// A field that holds a number and begins with `mark`, unless it is 0.
    #[inline(always)]
    fn put_number_unless_0(&mut self, [code, one, value_type, nul]: [u8; 4], number: u32) {
        if number != 0 {
            self.align(8);
            let [a, b, c, d] = self.u32_bytes(number);
            self.put_bytes(&[code, one, value_type, nul, a, b, c, d]);
        }
    }
}
