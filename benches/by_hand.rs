//! A decoder written by hand for the messages of W1, W2, W3, W6 and W7: the yardstick for the time that decoding takes.
//!
//! It is what a specialist would write for these messages alone. Every type is known, values are borrowed, one pass reads and
//! validates, and the code is safe. It checks what the specification asks of a receiver: lengths, padding, UTF-8, NULs, booleans,
//! names, object paths, signatures, limits and depth. It does not say what is wrong, and it refuses header fields and variants of
//! types that these messages do not have. The tests below show that it accepts nothing that barebus refuses.

use core::str;

/// A message's header.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the specification's names")]
pub struct Header<'a> {
    pub message_type: u8,
    pub flags: u8,
    pub serial: u32,
    pub path: Option<&'a str>,
    pub interface: Option<&'a str>,
    pub member: Option<&'a str>,
    pub reply_serial: Option<u32>,
    pub destination: Option<&'a str>,
    pub sender: Option<&'a str>,
    pub signature: &'a str,
}

/// Name, description, load, active and sub state, unit followed, path, job's id, type and path.
pub type Unit<'a> =
    (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, u32, &'a str, &'a str);

/// Condition, whether it is a trigger, whether it is negated, parameter, and whether it held.
pub type Condition<'a> = (&'a str, bool, bool, &'a str, i32);

/// A property's value, or one element of it where it is an array of strings or structs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "what they are called is what they hold")]
pub enum Property<'a> {
    Boolean(bool),
    Number32(u32),
    Number64(u64),
    Text(&'a str),
    Element(&'a str),
    Bytes(&'a [u8]),
    Job(u32, &'a str),
    LoadError(&'a str, &'a str),
    Condition(Condition<'a>),
}

/// Reads W1: the header and the only argument. `None` if the message is invalid, here and below.
pub fn call(message: &[u8]) -> Option<(Header<'_>, &str)> {
    let (header, mut body) = open(message, "s")?;
    let text = body.string()?;
    body.finish((header, text))
}

/// Reads W2: calls `found` for each unit.
pub fn units<'a>(message: &'a [u8], mut found: impl FnMut(&Unit<'a>)) -> Option<()> {
    let (_, mut body) = open(message, "a(ssssssouso)")?;
    let end = body.array(8)?;
    while body.pos < end {
        body.pad(8)?;
        found(&(
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.string()?,
            body.path()?,
            body.number()?,
            body.string()?,
            body.path()?,
        ));
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W3: calls `found` with the name of each property and its value.
pub fn properties<'a>(
    message: &'a [u8],
    mut found: impl FnMut(&'a str, &Property<'a>),
) -> Option<()> {
    let (_, mut body) = open(message, "a{sv}")?;
    let end = body.array(8)?;
    while body.pos < end {
        body.pad(8)?;
        let name = body.string()?;
        body.property(|value| found(name, value))?;
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W6: calls `found` for each string.
pub fn strings<'a>(message: &'a [u8], mut found: impl FnMut(&'a str)) -> Option<()> {
    let (_, mut body) = open(message, "as")?;
    let end = body.array(4)?;
    while body.pos < end {
        found(body.string()?);
    }
    body.leave(end)?;
    body.finish(())
}

/// Reads W7, arrays: calls `found` for each number in the innermost ones.
pub fn arrays(message: &[u8], mut found: impl FnMut(u32)) -> Option<()> {
    let (_, mut body) = open(message, "aaaaaaaaaaaaaaaau")?;
    body.nested(16, &mut found)?;
    body.finish(())
}

/// Reads W7, variants: the number in the innermost one.
pub fn variants(message: &[u8]) -> Option<u32> {
    let (_, mut body) = open(message, "v")?;
    let mut value_type = body.variant_type()?;
    let mut depth = 1;
    while value_type == b"v" && depth < MAX_DEPTH {
        value_type = body.variant_type()?;
        depth += 1;
    }
    if value_type != b"u" {
        return None;
    }
    let number = body.number()?;
    body.finish(number)
}

/// Checks the header and that the body has the type `signature`. Returns the header and the body.
fn open<'a>(message: &'a [u8], signature: &str) -> Option<(Header<'a>, Bytes<'a>)> {
    let is_big = match message.first()? {
        b'l' => false,
        b'B' => true,
        _ => return None,
    };
    let mut bytes = Bytes { bytes: message, pos: 4, is_big, known: "", known_at: 0 };
    let &[_, message_type, flags, version, ..] = message else { return None };
    if message_type == 0 || version != 1 {
        return None;
    }
    let mut header = Header { message_type, flags: flags & 7, ..Header::default() };
    let body_len = bytes.number()? as usize;
    header.serial = bytes.number()?;
    let fields_end = bytes.array(8)?;
    if header.serial == 0 {
        return None;
    }
    while bytes.pos < fields_end {
        bytes.pad(8)?;
        bytes.field(&mut header)?;
    }
    bytes.leave(fields_end)?;
    bytes.pad(8)?;
    let is_complete = match message_type {
        1 => header.path.is_some() && header.member.is_some(),
        2 => header.reply_serial.is_some(),
        // These messages are calls and replies.
        _ => false,
    };
    let len = bytes.pos.checked_add(body_len)?;
    if !is_complete || len != message.len() || len > MAX_MESSAGE || header.signature != signature {
        return None;
    }
    Some((header, bytes))
}

/// A cursor over one message. Offsets count from the message's first byte, as alignment does.
#[derive(Clone, Copy, Debug)]
struct Bytes<'a> {
    bytes: &'a [u8],
    pos: usize,
    is_big: bool,
    /// A part of the message that was found to be UTF-8 as a whole: one check of many bytes costs less than many checks of a few.
    known: &'a str,
    /// Offset of that part.
    known_at: usize,
}

impl<'a> Bytes<'a> {
    /// Skips padding to a multiple of `alignment`.
    #[inline]
    fn pad(&mut self, alignment: usize) -> Option<()> {
        while self.pos % alignment != 0 {
            if *self.bytes.get(self.pos)? != 0 {
                return None;
            }
            self.pos += 1;
        }
        Some(())
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.pos)?;
        self.pos += 1;
        Some(*byte)
    }

    #[inline]
    fn number(&mut self) -> Option<u32> {
        self.pad(4)?;
        let bytes = *self.bytes.get(self.pos..)?.first_chunk()?;
        self.pos += 4;
        Some(if self.is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    #[inline]
    fn long_number(&mut self) -> Option<u64> {
        self.pad(8)?;
        let bytes = *self.bytes.get(self.pos..)?.first_chunk()?;
        self.pos += 8;
        Some(if self.is_big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    #[inline]
    fn boolean(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// The text of `len` bytes, which a NUL follows.
    #[inline]
    fn text(&mut self, len: usize) -> Option<&'a str> {
        let at = self.pos.wrapping_sub(self.known_at);
        let text = match self.known.get(at..at.wrapping_add(len)) {
            Some(text) => text,
            None => self.unknown_text(len)?,
        };
        if self.bytes.get(self.pos + len) != Some(&0) || has_nul(text.as_bytes()) {
            return None;
        }
        self.pos += len + 1;
        Some(text)
    }

    /// The text of `len` bytes; what follows it is looked at, too.
    #[cold]
    #[inline(never)]
    fn unknown_text(&mut self, len: usize) -> Option<&'a str> {
        let rest = self.bytes.get(self.pos..)?;
        let text = str::from_utf8(rest.get(..len)?).ok()?;
        let ahead = rest.get(..len.max(AHEAD)).unwrap_or(rest);
        self.known_at = self.pos;
        self.known = match str::from_utf8(ahead) {
            Ok(ahead) => ahead,
            Err(error) => str::from_utf8(ahead.get(..error.valid_up_to())?).ok()?,
        };
        Some(text)
    }

    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        let len = self.number()? as usize;
        self.text(len)
    }

    #[inline]
    fn path(&mut self) -> Option<&'a str> {
        let path = self.string()?;
        is_path(path.as_bytes()).then_some(path)
    }

    /// Reads an array's length and padding. Returns where the array ends.
    #[inline]
    fn array(&mut self, alignment: usize) -> Option<usize> {
        let len = self.number()? as usize;
        self.pad(alignment)?;
        let end = self.pos.checked_add(len)?;
        if len > MAX_ARRAY || end > self.bytes.len() { None } else { Some(end) }
    }

    /// Checks that the last element of an array ended where the array does.
    #[inline]
    fn leave(&self, end: usize) -> Option<()> {
        (self.pos == end).then_some(())
    }

    /// Checks that nothing is left of the body.
    fn finish<T>(&self, value: T) -> Option<T> {
        (self.pos == self.bytes.len()).then_some(value)
    }

    /// Reads the signature of a variant. The signatures that are expected are valid.
    #[inline]
    fn variant_type(&mut self) -> Option<&'a [u8]> {
        let len = usize::from(self.byte()?);
        let [signature @ .., 0] = self.bytes.get(self.pos..)?.get(..=len)? else { return None };
        self.pos += len + 1;
        Some(signature)
    }

    fn field(&mut self, header: &mut Header<'a>) -> Option<()> {
        let code = self.byte()?;
        let value_type = self.variant_type()?;
        let is_new = match (code, value_type) {
            (1, b"o") => {
                let path = self.path()?;
                path != "/org/freedesktop/DBus/Local" && header.path.replace(path).is_none()
            }
            (2, b"s") => {
                let name = self.string()?;
                is_dotted(name.as_bytes(), false)
                    && name != "org.freedesktop.DBus.Local"
                    && header.interface.replace(name).is_none()
            }
            (3, b"s") => {
                let name = self.string()?;
                is_member(name.as_bytes()) && header.member.replace(name).is_none()
            }
            (5, b"u") => {
                let serial = self.number()?;
                serial != 0 && header.reply_serial.replace(serial).is_none()
            }
            (6, b"s") => {
                let name = self.string()?;
                is_bus_name(name.as_bytes()) && header.destination.replace(name).is_none()
            }
            (7, b"s") => {
                let name = self.string()?;
                is_bus_name(name.as_bytes()) && header.sender.replace(name).is_none()
            }
            (8, b"g") => {
                let len = usize::from(self.byte()?);
                let signature = self.text(len)?;
                let is_new = header.signature.is_empty();
                // It is compared with one that is valid.
                header.signature = signature;
                is_new
            }
            _ => false,
        };
        is_new.then_some(())
    }

    /// Reads a variant that holds a property.
    #[inline]
    fn property(&mut self, mut found: impl FnMut(&Property<'a>)) -> Option<()> {
        match self.variant_type()? {
            b"s" => found(&Property::Text(self.string()?)),
            b"b" => found(&Property::Boolean(self.boolean()?)),
            b"u" => found(&Property::Number32(self.number()?)),
            b"t" => found(&Property::Number64(self.long_number()?)),
            b"as" => {
                let end = self.array(4)?;
                while self.pos < end {
                    found(&Property::Element(self.string()?));
                }
                self.leave(end)?;
            }
            b"ay" => {
                let end = self.array(1)?;
                found(&Property::Bytes(self.bytes.get(self.pos..end)?));
                self.pos = end;
            }
            b"(uo)" => {
                self.pad(8)?;
                found(&Property::Job(self.number()?, self.path()?));
            }
            b"(ss)" => {
                self.pad(8)?;
                found(&Property::LoadError(self.string()?, self.string()?));
            }
            b"a(sbbsi)" => {
                let end = self.array(8)?;
                while self.pos < end {
                    self.pad(8)?;
                    found(&Property::Condition((
                        self.string()?,
                        self.boolean()?,
                        self.boolean()?,
                        self.string()?,
                        self.number()?.cast_signed(),
                    )));
                }
                self.leave(end)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads numbers that stand in `depth` arrays.
    fn nested(&mut self, depth: u32, found: &mut impl FnMut(u32)) -> Option<()> {
        if depth == 0 {
            found(self.number()?);
            return Some(());
        }
        let end = self.array(4)?;
        while self.pos < end {
            self.nested(depth - 1, found)?;
        }
        self.leave(end)
    }
}

/// Whether there is a NUL: eight bytes at a time, the last eight maybe twice.
#[inline]
fn has_nul(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<8>() else {
        return text.iter().any(|byte| *byte == 0);
    };
    let zeros = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080
    };
    let mut found = zeros(last);
    let mut rest = text;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        found |= zeros(word);
        rest = behind;
    }
    found != 0
}

/// `/`, or elements of letters, digits and `_` that each follow a `/`.
#[inline]
fn is_path(path: &[u8]) -> bool {
    let ([b'/', rest @ ..], [before @ .., last]) = (path, path) else { return false };
    if rest.is_empty() {
        return true;
    }
    // Without a branch for each byte, so that the compiler makes vector instructions of it.
    let wrong = rest.iter().zip(before).fold(false, |wrong, (byte, before)| {
        let is_slash = *byte == b'/';
        wrong | !(is_word(*byte) | is_slash) | (is_slash & (*before == b'/'))
    });
    !wrong && *last != b'/'
}

/// Elements of letters, digits and `_`, two or more, with dots between them. No element begins with a digit, unless
/// `is_bus_name` is set; then `-` is allowed, too.
fn is_dotted(name: &[u8], is_unique: bool) -> bool {
    let mut dots = 0;
    let mut last = b'.';
    for byte in name {
        match byte {
            b'.' if last != b'.' => dots += 1,
            b'0'..=b'9' if last != b'.' || is_unique => {}
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {}
            b'-' if is_unique => {}
            _ => return false,
        }
        last = *byte;
    }
    dots > 0 && last != b'.' && name.len() <= MAX_NAME
}

/// A unique name, or a well-known one.
fn is_bus_name(name: &[u8]) -> bool {
    match name {
        [b':', rest @ ..] => is_dotted(rest, true) && name.len() <= MAX_NAME,
        // These messages have no well-known names with a `-`.
        _ => is_dotted(name, false),
    }
}

fn is_member(name: &[u8]) -> bool {
    name.iter().all(|byte| is_word(*byte))
        && name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.len() <= MAX_NAME
}

#[inline]
fn is_word(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

/// How far is looked ahead for UTF-8, in bytes.
const AHEAD: usize = 4096;
const MAX_ARRAY: usize = 1 << 26;
const MAX_DEPTH: usize = 64;
const MAX_MESSAGE: usize = 1 << 27;
const MAX_NAME: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sample;
    use barebus_wire::{
        Array, BusName, Dict, EncodeBody, Endian, Message, MessageBuf, MessageType, ObjectPath,
        Serial, Value,
    };

    #[test]
    fn reads_what_barebus_reads() {
        let message = Sample::Call.message();
        let (header, text) = call(message.as_bytes()).unwrap();
        assert_eq!(Ok((text,)), message.body());
        let expected = message.header();
        assert_eq!(header.serial, expected.serial.get());
        assert_eq!(header.flags, expected.flags.bits());
        assert_eq!(header.path, expected.path.map(|path| path.as_str()));
        assert_eq!(header.interface, expected.interface.map(|name| name.as_str()));
        assert_eq!(header.member, expected.member.map(|name| name.as_str()));
        assert_eq!(header.destination, expected.destination.map(|name| name.as_str()));
        for sample in [Sample::Units, Sample::ForeignUnits] {
            let message = sample.message();
            type Expected<'a> = crate::workload::Unit<'a>;
            let (mut expected,): (Array<'_, Expected<'_>>,) = message.body().unwrap();
            let read = units(message.as_bytes(), |unit| {
                let (a, b, c, d, e, f, path, number, g, last) = *unit;
                let [path, last] = [path, last].map(|path| ObjectPath::parse(path).unwrap());
                let unit = (a, b, c, d, e, f, path, number, g, last);
                assert_eq!(expected.next(), Some(Ok(unit)));
            });
            assert!(read.is_some() && expected.next().is_none());
        }
        let message = Sample::Strings.message();
        let (mut expected,): (Array<'_, &str>,) = message.body().unwrap();
        let read = strings(message.as_bytes(), |text| assert_eq!(expected.next(), Some(Ok(text))));
        assert!(read.is_some() && expected.next().is_none());
        let mut found = 0;
        assert!(arrays(Sample::Arrays.message().as_bytes(), |number| found = number).is_some());
        assert_eq!((found, variants(Sample::Variants.message().as_bytes())), (7, Some(7)));
    }

    #[test]
    fn reads_the_properties_that_barebus_reads() {
        let message = Sample::Properties.message();
        let mut found = Vec::new();
        properties(message.as_bytes(), |name, value| found.push((name, *value))).unwrap();
        let (expected,): (Dict<'_, &str, Value<'_>>,) = message.body().unwrap();
        let mut found = found.into_iter().peekable();
        for entry in expected {
            let (name, value) = entry.unwrap();
            let mut elements = 0;
            while let Some((_, read)) = found.next_if(|(found, _)| *found == name) {
                match read {
                    Property::Boolean(read) => assert_eq!(value, Value::Boolean(read)),
                    Property::Number32(read) => assert_eq!(value, Value::Uint32(read)),
                    Property::Number64(read) => assert_eq!(value, Value::Uint64(read)),
                    Property::Text(read) => assert_eq!(value, Value::String(read)),
                    _ => elements += 1,
                }
            }
            if let Value::Array(array) = value {
                if let Ok(texts) = array.get::<Array<'_, &str>>() {
                    assert_eq!(texts.count(), elements, "{name}");
                }
            }
        }
        assert_eq!(found.next(), None);
    }

    /// A reply with `body`.
    fn reply(endian: Endian, body: impl EncodeBody) -> Vec<u8> {
        let mut header = barebus_wire::Header::new(MessageType::MethodReturn, Serial::FIRST);
        header.endian = endian;
        header.reply_serial = Some(Serial::FIRST);
        header.sender = Some(BusName::from_static(":1.1"));
        let mut buf = MessageBuf::new();
        buf.push(&header, &body).unwrap();
        buf.as_slice().to_vec()
    }

    /// That nothing is accepted that barebus refuses, of `message` with one byte changed.
    fn is_as_strict(message: &[u8], accepts: fn(&[u8]) -> Option<()>) {
        let mut bytes = message.to_vec();
        assert!(accepts(&bytes).is_some());
        for at in 0..bytes.len() {
            assert_eq!(accepts(&message[..at]), None, "{at} bytes of {message:?}");
            let byte = bytes[at];
            let changes =
                [0, 1, b'0', b'/', b'.', b'-', 0x80, 0xff, byte ^ 1, byte.wrapping_sub(1)];
            for changed in changes {
                bytes[at] = changed;
                if accepts(&bytes).is_some() {
                    let read = Message::parse(&bytes).and_then(|message| message.validate());
                    assert_eq!(read, Ok(()), "{changed} at {at} of {message:?}");
                }
            }
            bytes[at] = byte;
        }
    }

    #[test]
    fn accepts_nothing_that_barebus_refuses() {
        is_as_strict(Sample::Call.message().as_bytes(), |bytes| call(bytes).map(drop));
        for endian in [Endian::Little, Endian::Big] {
            let message = reply(endian, (crate::workload::units(4),));
            is_as_strict(&message, |bytes| units(bytes, |_| ()));
        }
        let message = Sample::Properties.message();
        is_as_strict(message.as_bytes(), |bytes| properties(bytes, |_, _| ()));
        let message = reply(Endian::NATIVE, (&["", "text", "\u{e9}\u{20ac}\u{1f600}"][..],));
        is_as_strict(&message, |bytes| strings(bytes, drop));
        is_as_strict(Sample::Arrays.message().as_bytes(), |bytes| arrays(bytes, drop));
        is_as_strict(Sample::Variants.message().as_bytes(), |bytes| variants(bytes).map(drop));
    }
}
