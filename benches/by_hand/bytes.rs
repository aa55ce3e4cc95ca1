//! The cursor: values, padding, arrays, header fields and properties.

use core::str;

use super::names::{is_bus_name, is_dotted, is_member, is_path};
use super::{Header, Property};

/// A cursor over one message. Offsets count from the message's first byte, as alignment does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
    pub(super) is_big: bool,
    /// A part of the message that was found to be UTF-8 as a whole: one check of many bytes costs less than many checks of a few.
    pub(super) known: &'a str,
    /// Offset of that part.
    pub(super) known_at: usize,
}

impl<'a> Bytes<'a> {
    /// Skips padding to a multiple of `alignment`.
    #[inline]
    pub(super) fn pad(&mut self, alignment: usize) -> Option<()> {
        while !self.pos.is_multiple_of(alignment) {
            if *self.bytes.get(self.pos)? != 0 {
                return None;
            }
            self.pos += 1;
        }
        Some(())
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.pos)?;
        self.pos += 1;
        Some(*byte)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Option<u32> {
        self.pad(4)?;
        let bytes = *self.bytes.get(self.pos..)?.first_chunk()?;
        self.pos += 4;
        Some(if self.is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    #[inline]
    pub(super) fn long_number(&mut self) -> Option<u64> {
        self.pad(8)?;
        let bytes = *self.bytes.get(self.pos..)?.first_chunk()?;
        self.pos += 8;
        Some(if self.is_big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    #[inline]
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// The text of `len` bytes, which a NUL follows.
    #[inline]
    pub(super) fn text(&mut self, len: usize) -> Option<&'a str> {
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
    pub(super) fn unknown_text(&mut self, len: usize) -> Option<&'a str> {
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
    pub(super) fn string(&mut self) -> Option<&'a str> {
        let len = self.number()? as usize;
        self.text(len)
    }

    #[inline]
    pub(super) fn path(&mut self) -> Option<&'a str> {
        let path = self.string()?;
        is_path(path.as_bytes()).then_some(path)
    }

    /// Reads an array's length and padding. Returns where the array ends.
    #[inline]
    pub(super) fn array(&mut self, alignment: usize) -> Option<usize> {
        let len = self.number()? as usize;
        self.pad(alignment)?;
        let end = self.pos.checked_add(len)?;
        if len > MAX_ARRAY || end > self.bytes.len() { None } else { Some(end) }
    }

    /// Checks that the last element of an array ended where the array does.
    #[inline]
    pub(super) fn leave(&self, end: usize) -> Option<()> {
        (self.pos == end).then_some(())
    }

    /// Checks that nothing is left of the body.
    pub(super) fn finish<T>(&self, value: T) -> Option<T> {
        (self.pos == self.bytes.len()).then_some(value)
    }

    /// Reads the signature of a variant. The signatures that are expected are valid.
    #[inline]
    pub(super) fn variant_type(&mut self) -> Option<&'a [u8]> {
        let len = usize::from(self.byte()?);
        let [signature @ .., 0] = self.bytes.get(self.pos..)?.get(..=len)? else { return None };
        self.pos += len + 1;
        Some(signature)
    }

    pub(super) fn field(&mut self, header: &mut Header<'a>) -> Option<()> {
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
    pub(super) fn property(&mut self, mut found: impl FnMut(&Property<'a>)) -> Option<()> {
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
    pub(super) fn nested(&mut self, depth: u32, found: &mut impl FnMut(u32)) -> Option<()> {
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
        return text.contains(&0);
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

/// How far is looked ahead for UTF-8, in bytes.
const AHEAD: usize = 4096;
const MAX_ARRAY: usize = 1 << 26;
