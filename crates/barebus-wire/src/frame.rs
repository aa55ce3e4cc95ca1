//! Where one message ends and the next begins.

use byteorder::{ByteOrder, NativeEndian};

use crate::align::align_up;
use crate::endian::Endian;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::field::{BODY_LEN_AT, FIELDS_LEN_AT, SERIAL_AT, VERSION, VERSION_AT};
use crate::header::{Flags, Header, MessageType, Serial};
use crate::limits;
use crate::reader::{Reader, Window};

/// How many bytes the message takes that `bytes` begin with; `None` while they are too few to tell, which is below 16.
///
/// # Errors
/// `UnknownByteOrder`, `ProtocolVersion`, `HeaderFieldsTooLong`, `BodyTooLong`, `MessageTooLong`: nothing that follows can be
/// framed, so the connection must end. Nothing has been allocated.
pub fn frame_len(bytes: &[u8]) -> Result<Option<usize>, DecodeError> {
    Ok(Fixed::parse(bytes)?.map(|fixed| fixed.frame_len()))
}

/// The fixed part of a header: its first 16 bytes. Spec: Message Format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed {
    pub(crate) endian: Endian,
    pub(crate) message_type: u8,
    pub(crate) flags: u8,
    pub(crate) serial: u32,
    pub(crate) body_len: u32,
    /// fields_len <= ARRAY_LEN, and align8(16 + fields_len) + body_len <= MESSAGE_LEN
    fields_len: u32,
}

impl Fixed {
    /// Reads and checks the fixed part, when there are 16 bytes.
    #[inline]
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, DecodeError> {
        let Some(mark) = bytes.first() else {
            return Ok(None);
        };
        let endian = Endian::from_mark(*mark).ok_or(DecodeError::new(Kind::UnknownByteOrder, 0))?;
        let Some(&[_, message_type, flags, version, ref numbers @ ..]) =
            bytes.first_chunk::<{ limits::FIXED_HEADER_LEN }>()
        else {
            return match bytes.get(VERSION_AT) {
                Some(version) if *version != VERSION => Err(fail_version()),
                _ => Ok(None),
            };
        };
        let mut words = [0; 3];
        NativeEndian::read_u32_into(numbers, &mut words);
        if endian != Endian::NATIVE {
            words = words.map(u32::swap_bytes);
        }
        let [body_len, serial, fields_len] = words;
        let fixed = Self { endian, message_type, flags, serial, body_len, fields_len };
        // In 64 bits, and the fields' length first: nothing can wrap, on any machine.
        if fields_len > limits::ARRAY_LEN
            || (fixed.body_start() as u64) + u64::from(body_len) > u64::from(limits::MESSAGE_LEN)
        {
            return Err(if version == VERSION { fixed.fail_length() } else { fail_version() });
        }
        if version != VERSION {
            return Err(fail_version());
        }
        Ok(Some(fixed))
    }

    /// The error for lengths that are too great, the one that is beyond all measure first.
    #[cold]
    fn fail_length(&self) -> DecodeError {
        let most = limits::MESSAGE_LEN;
        if self.fields_len > most {
            DecodeError::new(Kind::HeaderFieldsTooLong, FIELDS_LEN_AT)
        } else if self.body_len > most {
            DecodeError::new(Kind::BodyTooLong, BODY_LEN_AT)
        } else if self.body_start() as u64 + u64::from(self.body_len) > u64::from(most) {
            DecodeError::new(Kind::MessageTooLong, BODY_LEN_AT)
        } else {
            DecodeError::new(Kind::HeaderFieldsTooLong, FIELDS_LEN_AT)
        }
    }

    /// Offset just after the last header field.
    pub(crate) const fn fields_end(&self) -> usize {
        limits::FIXED_HEADER_LEN + self.fields_len as usize
    }

    /// Offset of the body, which is a multiple of 8.
    pub(crate) const fn body_start(&self) -> usize {
        align_up(self.fields_end(), 8)
    }

    /// Length of the whole message in bytes.
    pub(crate) const fn frame_len(&self) -> usize {
        self.body_start() + self.body_len as usize
    }
}

impl<'a> Header<'a> {
    /// The header that `fixed` is part of, without its fields.
    #[inline]
    pub(crate) fn without_fields(fixed: &Fixed) -> Result<Self, DecodeError> {
        let Some(message_type) = MessageType::from_code(fixed.message_type) else {
            return Err(DecodeError::new(Kind::MessageTypeZero, 1));
        };
        let Some(serial) = Serial::new(fixed.serial) else {
            return Err(DecodeError::new(Kind::SerialZero, SERIAL_AT));
        };
        let mut header = Self::new(message_type, serial);
        header.endian = fixed.endian;
        header.flags = Flags::from_bits(fixed.flags);
        Ok(header)
    }

    /// Reads and checks the rest of the header of the message that `bytes` begin with, of which the first 16 said `fixed`. Returns
    /// what of the message is known to be UTF-8. In place, because a header is large.
    #[inline]
    pub(crate) fn complete(
        &mut self,
        bytes: &'a [u8],
        fixed: &Fixed,
    ) -> Result<Window<'a>, DecodeError> {
        let fields_end = fixed.fields_end();
        let range = limits::FIXED_HEADER_LEN..fields_end;
        let window = self.read_fields(bytes, Reader::of_array(bytes, fixed.endian, range))?;
        let padding = bytes.get(fields_end..fixed.body_start()).unwrap_or_default();
        if let Some(offset) = padding.iter().position(|byte| *byte != 0) {
            return Err(DecodeError::new(Kind::PaddingNotZero, fields_end + offset));
        }
        self.check_required().map_err(|kind| DecodeError::new(kind, fields_end))?;
        if self.signature.is_empty() && fixed.body_len != 0 {
            return Err(DecodeError::new(Kind::TooMuchData, fixed.body_start()));
        }
        if !self.signature.is_empty() && fixed.body_len == 0 {
            return Err(DecodeError::new(Kind::NotEnoughData, fixed.body_start()));
        }
        Ok(window)
    }
}

/// Told before lengths that are too great, as it is when only the first bytes have come.
#[cold]
fn fail_version() -> DecodeError {
    DecodeError::new(Kind::ProtocolVersion, VERSION_AT)
}
