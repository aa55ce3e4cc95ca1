//! Headers are checked once, and recognised afterwards.

use alloc::string::String;
use alloc::vec::Vec;

use crate::endian::Endian;
use crate::error::DecodeError;
use crate::field::{BODY_LEN_AT, FIELDS_LEN_AT, FieldCode};
use crate::header::{Flags, Header, MessageType, Serial};
use crate::limits;
use crate::message::Message;
use crate::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use crate::signature::Signature;

/// Remembers the last header that was parsed. A header that is the same but for its numbers (serial, REPLY_SERIAL, length of
/// the body) is compared with it instead of being parsed: replies of one service to one client are, mostly.
///
/// It never changes what a message is taken for: [`parse`](Self::parse) gives what [`Message::parse`] gives, as one that was
/// [received](Message::received). Once its memory
/// has grown to the headers that come it allocates nothing.
///
/// ```
/// use barebus_wire::{Header, HeaderCache, MessageBuf, MessageType, Serial};
///
/// let mut cache = HeaderCache::default();
/// let mut buf = MessageBuf::new();
/// for state in ["enabled", "disabled"] {
///     let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
///     header.reply_serial = Some(Serial::FIRST);
///     buf.clear();
///     buf.push(&header, &(state,))?;
///     // The second header differs in its numbers only, so its fields are not parsed again.
///     let message = cache.parse(buf.as_slice())?;
///     assert_eq!(message.body::<(&str,)>()?, (state,));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeaderCache {
    /// The header with its padding; empty when there is none. head.len() <= MOST_LEN
    head: Vec<u8>,
    fields: Fields,
}

/// What a header says besides its numbers.
#[derive(Clone, Debug)]
struct Fields {
    endian: Endian,
    message_type: MessageType,
    flags: Flags,
    path: Text,
    interface: Text,
    member: Text,
    error_name: Text,
    destination: Text,
    sender: Text,
    signature: Text,
    /// Offset of REPLY_SERIAL from the message's first byte.
    reply_serial_at: Option<usize>,
    unix_fds: u32,
}

/// A field's text; its memory is kept where the field is absent.
#[derive(Clone, Debug, Default)]
struct Text {
    is_present: bool,
    text: String,
}

impl Text {
    #[inline]
    fn get(&self) -> Option<&str> {
        if self.is_present { Some(&self.text) } else { None }
    }

    fn set(&mut self, text: Option<&str>) {
        self.is_present = text.is_some();
        self.text.clear();
        self.text.push_str(text.unwrap_or_default());
    }
}

/// Longer headers are not kept.
const MOST_LEN: usize = 1024;

impl Default for Fields {
    fn default() -> Self {
        Self {
            endian: Endian::NATIVE,
            message_type: MessageType::MethodCall,
            flags: Flags::NONE,
            path: Text::default(),
            interface: Text::default(),
            member: Text::default(),
            error_name: Text::default(),
            destination: Text::default(),
            sender: Text::default(),
            signature: Text::default(),
            reply_serial_at: None,
            unix_fds: 0,
        }
    }
}

impl HeaderCache {
    /// Checks the header of the one message that `bytes` are, which was [received](Message::received), and remembers it.
    ///
    /// # Errors
    /// As [`Message::parse`].
    #[inline]
    pub fn parse<'a>(&'a mut self, bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        if let Some(numbers) = self.recognise(bytes) {
            return Ok(self.message(bytes, numbers));
        }
        let message = Message::parse_with(bytes, 0)?;
        self.remember(&message);
        Ok(message)
    }

    /// Checks the header of the one message that `bytes` are, which was [received](Message::received).
    ///
    /// # Errors
    /// As [`Message::parse`].
    #[inline]
    pub fn parse_without_update<'a>(&'a self, bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        match self.recognise(bytes) {
            Some(numbers) => Ok(self.message(bytes, numbers)),
            None => Message::parse_with(bytes, 0),
        }
    }

    /// The numbers of the header that `bytes` begin with, when all else in it is as remembered and the numbers are valid.
    #[inline]
    fn recognise(&self, bytes: &[u8]) -> Option<Numbers> {
        let (head, body) = bytes.split_at_checked(self.head.len())?;
        let (first, numbers, rest) = cut(head)?;
        let (known_first, _, known_rest) = cut(&self.head)?;
        let number_of = |bytes| match self.fields.endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        };
        let reply_serial = match self.fields.reply_serial_at {
            None if rest == known_rest => None,
            None => return None,
            Some(at) => {
                let at = at - FIELDS_LEN_AT;
                let (before, behind) = rest.split_at_checked(at)?;
                let (known_before, known_behind) = known_rest.split_at_checked(at)?;
                let (number, behind) = behind.split_first_chunk()?;
                if before != known_before || behind != known_behind.get(4..)? {
                    return None;
                }
                Some(Serial::new(number_of(*number))?)
            }
        };
        let [a, b, c, d, serial @ ..] = *numbers;
        let body_len = number_of([a, b, c, d]) as usize;
        let is_whole = body_len == body.len()
            && (body_len == 0) == self.fields.signature.text.is_empty()
            && bytes.len() <= limits::MESSAGE_LEN as usize;
        if first != known_first || !is_whole {
            return None;
        }
        Some(Numbers { serial: Serial::new(number_of(serial))?, reply_serial })
    }

    /// The message that was recognised.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "no header over MOST_LEN is kept")]
    fn message<'a>(&'a self, bytes: &'a [u8], numbers: Numbers) -> Message<'a> {
        let fields = &self.fields;
        let header = Header {
            endian: fields.endian,
            message_type: fields.message_type,
            flags: fields.flags,
            serial: numbers.serial,
            path: fields.path.get().map(ObjectPath::trusted),
            interface: fields.interface.get().map(InterfaceName::trusted),
            member: fields.member.get().map(MemberName::trusted),
            error_name: fields.error_name.get().map(ErrorName::trusted),
            reply_serial: numbers.reply_serial,
            destination: fields.destination.get().map(BusName::trusted),
            sender: fields.sender.get().map(BusName::trusted),
            signature: Signature::trusted(&fields.signature.text),
            unix_fds: fields.unix_fds,
        };
        Message::trusted(bytes, header, self.head.len() as u32)
    }

    /// Keeps the header of a message that was parsed.
    fn remember(&mut self, message: &Message<'_>) {
        let bytes = message.as_bytes();
        let body_start = bytes.len() - message.body_bytes().len();
        let header = message.header();
        self.head.clear();
        let head = bytes.get(..body_start).filter(|head| head.len() <= MOST_LEN);
        let (Some(head), Some(reply_serial_at)) = (head, reply_serial_at(head, header)) else {
            return;
        };
        let fields = &mut self.fields;
        fields.endian = header.endian;
        fields.message_type = header.message_type;
        fields.flags = header.flags;
        fields.path.set(header.path.map(ObjectPath::as_str));
        fields.interface.set(header.interface.map(InterfaceName::as_str));
        fields.member.set(header.member.map(MemberName::as_str));
        fields.error_name.set(header.error_name.map(ErrorName::as_str));
        fields.destination.set(header.destination.map(BusName::as_str));
        fields.sender.set(header.sender.map(BusName::as_str));
        fields.signature.set(Some(header.signature.as_str()));
        fields.reply_serial_at = reply_serial_at;
        fields.unix_fds = header.unix_fds;
        self.head.extend_from_slice(head);
    }
}

/// The numbers of a header.
struct Numbers {
    serial: Serial,
    reply_serial: Option<Serial>,
}

/// A header's first four bytes, length and serial, and the rest.
#[inline]
fn cut(head: &[u8]) -> Option<(&[u8; BODY_LEN_AT], &[u8; FIELDS_LEN_AT - BODY_LEN_AT], &[u8])> {
    let (first, rest) = head.split_first_chunk()?;
    let (numbers, rest) = rest.split_first_chunk()?;
    Some((first, numbers, rest))
}

/// Where REPLY_SERIAL stands in a checked header; `None` when that cannot be told for certain.
fn reply_serial_at(head: Option<&[u8]>, header: &Header<'_>) -> Option<Option<usize>> {
    if header.reply_serial.is_none() {
        return Some(None);
    }
    // Fields begin at multiples of 8. What looks like this one may also lie in an unknown field's value: then there are two.
    let fields = head?.chunks_exact(8).enumerate().skip(2);
    let mut found = fields.filter(|(_, chunk)| chunk.starts_with(&FieldCode::REPLY_SERIAL.mark()));
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Some(Some(8 * index + 4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message_buf::MessageBuf;
    use alloc::vec;

    fn reply(serial: u32, reply_serial: u32, state: &str) -> Vec<u8> {
        let mut header = Header::new(MessageType::MethodReturn, Serial::new(serial).unwrap());
        header.reply_serial = Serial::new(reply_serial);
        header.sender = Some(BusName::from_static(":1.7"));
        header.destination = Some(BusName::from_static(":1.42"));
        let mut buf = MessageBuf::new();
        buf.push(&header, &(state,)).unwrap();
        buf.as_slice().to_vec()
    }

    fn signal(serial: u32, number: u32) -> Vec<u8> {
        let mut header = Header::signal(
            Serial::new(serial).unwrap(),
            ObjectPath::from_static("/a/b"),
            InterfaceName::from_static("a.b"),
            MemberName::from_static("M"),
        );
        header.sender = Some(BusName::from_static("a.b"));
        let mut buf = MessageBuf::new();
        buf.push(&header, &(number,)).unwrap();
        buf.as_slice().to_vec()
    }

    /// Compares with parsing anew, errors included.
    fn agrees(known: &HeaderCache, bytes: &[u8]) {
        let told = |parsed: Result<Message<'_>, DecodeError>| match parsed {
            Ok(message) => alloc::format!("{:?} {}", message.header(), message.body_bytes().len()),
            Err(error) => alloc::format!("{error:?}"),
        };
        assert_eq!(
            told(known.parse_without_update(bytes)),
            told(Message::parse(bytes)),
            "{bytes:x?}"
        );
    }

    #[test]
    fn recognises_the_same_header_with_other_numbers() {
        let mut known = HeaderCache::default();
        known.parse(&reply(1, 2, "enabled")).unwrap();
        for bytes in [reply(1, 2, "enabled"), reply(u32::MAX, 0x0102_0304, ""), reply(7, 1, "x")] {
            assert!(known.recognise(&bytes).is_some());
            agrees(&known, &bytes);
        }
        known.parse(&signal(1, 2)).unwrap();
        for bytes in [signal(1, 2), signal(u32::MAX, 0)] {
            assert!(known.recognise(&bytes).is_some());
            agrees(&known, &bytes);
        }
    }

    #[test]
    fn every_byte_changed_in_every_way_is_judged_as_by_parsing_anew() {
        for bytes in [reply(1, 2, "enabled"), signal(1, 7)] {
            let mut known = HeaderCache::default();
            known.parse(&bytes).unwrap();
            for at in 0..bytes.len() {
                for byte in 0..=255 {
                    let mut changed = bytes.clone();
                    changed[at] = byte;
                    agrees(&known, &changed);
                }
            }
            for len in 0..bytes.len() {
                agrees(&known, &bytes[..len]);
            }
            agrees(&known, &[&bytes[..], &[0]].concat());
        }
    }

    #[test]
    fn a_field_that_only_looks_like_reply_serial_is_not_passed_over() {
        // An unknown field, an array of bytes: it holds what REPLY_SERIAL begins with, at a multiple of 8.
        let mut bytes = vec![b'l', 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0];
        bytes.extend(*b"\x63\x02ay\0\0\0\0\x0c\0\0\0....\x05\x01u\0....");
        let at = bytes.len();
        bytes.extend(*b"\x05\x01u\0\x09\0\0\0");
        let place =
            |bytes: &[u8]| reply_serial_at(Some(bytes), Message::parse(bytes).unwrap().header());
        assert_eq!(place(&bytes), None);
        bytes[at - 8] = b'.';
        assert_eq!(place(&bytes), Some(Some(at + 4)));
    }

    #[test]
    fn a_header_that_is_too_long_is_parsed_every_time() {
        let path = alloc::format!("/{}", "x".repeat(2 * MOST_LEN));
        let header = Header::signal(
            Serial::FIRST,
            ObjectPath::parse(&path).unwrap(),
            InterfaceName::from_static("a.b"),
            MemberName::from_static("M"),
        );
        let mut buf = MessageBuf::new();
        buf.push(&header, &()).unwrap();
        let mut known = HeaderCache::default();
        known.parse(&reply(1, 2, "enabled")).unwrap();
        known.parse(buf.as_slice()).unwrap();
        assert!(known.recognise(buf.as_slice()).is_none());
        agrees(&known, buf.as_slice());
        agrees(&known, &[]);
    }
}
