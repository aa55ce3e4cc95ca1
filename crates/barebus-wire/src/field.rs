//! Header fields, as they are read. Spec: Message Format, Header Fields.

use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::header::{Header, Serial};
use crate::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use crate::reader::Reader;
use crate::signature::Signature;

impl<'a> Header<'a> {
    /// Reads the header fields, which are all that `fields` holds, of `message`.
    pub(crate) fn read_fields(
        &mut self,
        message: &'a [u8],
        mut fields: Reader<'a>,
    ) -> Result<(), DecodeError> {
        let mut seen = 0;
        while !fields.is_at_end() {
            if self.read_usual_field(message, &mut fields, &mut seen).is_none() {
                self.read_any_field(&mut fields, &mut seen)?;
            }
        }
        Ok(())
    }

    /// Reads a field when it is known and valid, with one glance at its first eight bytes. Else nothing is read.
    #[inline]
    fn read_usual_field(
        &mut self,
        message: &'a [u8],
        fields: &mut Reader<'a>,
        seen: &mut u16,
    ) -> Option<()> {
        if crate::COMPACT {
            return None;
        }
        // Code, and the variant's signature with its length and its NUL; the value's first four bytes.
        let ([code @ 1..=9, 1, type_code, 0], value, value_end) = fields.peek_field(message)?
        else {
            return None;
        };
        if field_type(code) != type_code || *seen & 1 << code != 0 {
            return None;
        }
        let number = fields.u32_of(value);
        let end = match type_code {
            b'u' => {
                match code {
                    5 => self.reply_serial = Some(Serial::new(number)?),
                    _ => self.unix_fds = number,
                }
                value_end
            }
            b'g' => {
                let [len, ..] = value;
                let (start, len) = (value_end - 3, usize::from(len));
                self.signature = Signature::parse(fields.text_at(start, len)?).ok()?;
                start + len + 1
            }
            _ => {
                self.read_text_field(code, fields.text_at(value_end, number as usize)?)?;
                value_end + number as usize + 1
            }
        };
        fields.seek(end)?;
        // What is not taken here is looked at again.
        *seen |= 1 << code;
        Some(())
    }

    #[inline]
    fn read_text_field(&mut self, code: u8, text: &'a str) -> Option<()> {
        match code {
            1 if text != LOCAL_PATH => self.path = Some(ObjectPath::parse(text).ok()?),
            2 if text != LOCAL_INTERFACE => {
                self.interface = Some(InterfaceName::parse(text).ok()?);
            }
            3 => self.member = Some(MemberName::parse(text).ok()?),
            4 => self.error_name = Some(ErrorName::parse(text).ok()?),
            6 => self.destination = Some(BusName::parse(text).ok()?),
            7 => self.sender = Some(BusName::parse(text).ok()?),
            _ => return None,
        }
        Some(())
    }

    /// Reads any field; what is wrong with one is found out here.
    fn read_any_field(
        &mut self,
        fields: &mut Reader<'a>,
        seen: &mut u16,
    ) -> Result<(), DecodeError> {
        fields.enter_struct()?;
        let at = fields.position();
        match fields.peek() {
            Some([code @ 1..=9, 1, type_code, 0]) if field_type(code) == type_code => {
                if *seen & 1 << code != 0 {
                    return Err(fields.fail(Kind::HeaderFieldTwice, at));
                }
                *seen |= 1 << code;
                fields.skip(4)?;
                self.read_value(code, fields)?;
            }
            _ => fields.skip_unknown_field()?,
        }
        fields.leave();
        Ok(())
    }

    #[cfg_attr(compact, inline(never))]
    fn read_value(&mut self, code: u8, fields: &mut Reader<'a>) -> Result<(), DecodeError> {
        match code {
            1 => {
                let path = fields.read_path()?;
                if path.as_str() == LOCAL_PATH {
                    return Err(
                        fields.fail(Kind::LocalPath, fields.position() - path.as_str().len() - 1)
                    );
                }
                self.path = Some(path);
            }
            2 => {
                let interface = fields.read_name(InterfaceName::check, Kind::BadInterface)?;
                if interface == LOCAL_INTERFACE {
                    let at = fields.position() - interface.len() - 1;
                    return Err(fields.fail(Kind::LocalInterface, at));
                }
                self.interface = Some(InterfaceName::trusted(interface));
            }
            3 => {
                self.member =
                    Some(MemberName::trusted(fields.read_name(MemberName::check, Kind::BadMember)?))
            }
            4 => {
                self.error_name = Some(ErrorName::trusted(
                    fields.read_name(ErrorName::check, Kind::BadErrorName)?,
                ))
            }
            5 => {
                let serial = Serial::new(fields.read_u32()?);
                let at = fields.position() - 4;
                self.reply_serial =
                    Some(serial.ok_or_else(|| fields.fail(Kind::ReplySerialZero, at))?);
            }
            6 => {
                self.destination =
                    Some(BusName::trusted(fields.read_name(BusName::check, Kind::BadDestination)?))
            }
            7 => {
                self.sender =
                    Some(BusName::trusted(fields.read_name(BusName::check, Kind::BadSender)?))
            }
            8 => self.signature = fields.read_signature()?,
            _ => self.unix_fds = fields.read_u32()?,
        }
        Ok(())
    }
}

impl<'a> Reader<'a> {
    /// Passes a field whose four first bytes are not those of a known field with its own type.
    #[cold]
    #[inline(never)]
    fn skip_unknown_field(&mut self) -> Result<(), DecodeError> {
        let at = self.position();
        let code = self.read_u8()?;
        let signature = self.read_variant_signature()?;
        self.enter()?;
        self.skip_value(signature)?;
        self.leave();
        // A field that is no value at all is the graver fault: what it means comes second.
        if code == 0 {
            return Err(self.fail(Kind::HeaderFieldZero, at));
        }
        if field_type(code) != 0 {
            return Err(self.fail(Kind::HeaderFieldType, at));
        }
        Ok(())
    }
}

/// Type code of a header field's value; 0 for fields that the specification does not know. Spec: Header Fields.
const fn field_type(code: u8) -> u8 {
    match code {
        1 => b'o',
        2..=4 | 6 | 7 => b's',
        5 | 9 => b'u',
        8 => b'g',
        _ => 0,
    }
}

pub(crate) const LOCAL_PATH: &str = "/org/freedesktop/DBus/Local";
pub(crate) const LOCAL_INTERFACE: &str = "org.freedesktop.DBus.Local";
