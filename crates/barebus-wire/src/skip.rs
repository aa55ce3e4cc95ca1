//! Validating and passing values without telling what they are.

use crate::cursor::Cursor;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;
use crate::reader::Reader;
use crate::signature::{Signature, alignment, fixed_width, has_no_rules, is_basic, type_end};

impl<'a> Reader<'a> {
    /// Validates and passes one value of the single complete type `signature`.
    #[inline]
    pub(crate) fn skip_value(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        match signature.as_str().as_bytes() {
            types if crate::COMPACT => self.descend(types, 0).map(drop),
            [b'v'] => self.skip_variant(),
            [code] => self.skip_basic(*code),
            [b'a', code] if is_basic(*code) => self.skip_array(*code),
            _ => self.skip_compound(signature),
        }
    }

    /// Validates and passes a variant.
    pub(crate) fn skip_variant(&mut self) -> Result<(), DecodeError> {
        if self.skip_short_variant()? {
            return Ok(());
        }
        let depth = self.depth();
        // Variants that hold nothing but a variant need no stack.
        while self.take_signature(const { Signature::from_static("v") }) {
            self.enter()?;
        }
        if !self.skip_short_variant()? {
            let inner = self.read_variant_signature()?;
            self.enter()?;
            self.skip_compound(inner)?;
        }
        self.set_depth(depth);
        Ok(())
    }

    /// Validates and passes a variant of a basic type, or of an array of one; says whether it was.
    #[inline]
    pub(crate) fn skip_short_variant(&mut self) -> Result<bool, DecodeError> {
        if let Some(code) = self.take_basic_signature() {
            self.skip_basic(code)?;
        } else if let Some(code) = self.take_array_signature() {
            self.skip_array(code)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    #[inline(never)]
    fn skip_compound(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        // Structs of basic types, and arrays of them, need no stack.
        match signature.as_str().as_bytes() {
            [b'(', fields @ .., b')'] if fields.iter().copied().all(is_basic) => {
                self.skip_fields(fields)
            }
            [b'a', b'(', fields @ .., b')'] | [b'a', b'{', fields @ .., b'}']
                if fields.iter().copied().all(is_basic) =>
            {
                let (_, end) = self.start_array(Some(b'('))?;
                self.skip_elements(end, |reader| reader.skip_fields(fields))
            }
            _ => self.walk(signature),
        }
    }

    /// Validates and passes a value of whatever type, with a stack.
    fn walk(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        let mut cursor = Cursor::new(self.clone(), signature);
        let result = cursor.skip_all();
        *self = cursor.into_reader();
        result
    }

    /// Validates and passes the value whose single complete type begins at `index` in `types`: the index behind that type.
    ///
    /// A fifth of the code of [`walk`](Self::walk), for programs that are built for size. It calls itself for what a container encloses, so
    /// at most 65 levels deep.
    #[cfg_attr(compact, inline(never))]
    fn descend(&mut self, types: &[u8], index: usize) -> Result<usize, DecodeError> {
        let code = types.get(index).copied().unwrap_or_default();
        let mut next = index + 1;
        match code {
            b'a' => {
                let element = types.get(next).copied();
                let (start, end) = self.start_array(element)?;
                self.enter()?;
                if element.is_some_and(has_no_rules) {
                    self.skip(end - start)?;
                }
                while self.position() < end {
                    self.descend(types, next)?;
                }
                if self.position() > end {
                    return Err(self.fail(Kind::ArrayLengthIncorrect, end));
                }
                self.leave();
                next = type_end(types, next);
            }
            b'v' => {
                let inner = self.read_variant_signature()?;
                self.enter()?;
                self.descend(inner.as_str().as_bytes(), 0)?;
                self.leave();
            }
            b'(' | b'{' => {
                self.enter_struct()?;
                while !matches!(types.get(next), None | Some(b')' | b'}')) {
                    next = self.descend(types, next)?;
                }
                self.leave();
                next += 1;
            }
            _ => self.skip_basic(code)?,
        }
        Ok(next)
    }

    #[inline]
    fn skip_fields(&mut self, fields: &[u8]) -> Result<(), DecodeError> {
        self.enter_struct()?;
        for code in fields {
            self.skip_basic(*code)?;
        }
        self.leave();
        Ok(())
    }

    /// Validates and passes a value of the basic type `code`.
    #[inline]
    pub(crate) fn skip_basic(&mut self, code: u8) -> Result<(), DecodeError> {
        match code {
            b's' => self.read_str().map(drop),
            b'u' | b'i' | b'h' if !crate::COMPACT => self.read_u32().map(drop),
            b't' | b'x' | b'd' if !crate::COMPACT => self.read_u64().map(drop),
            b'b' => self.read_bool().map(drop),
            b'o' => self.read_path().map(drop),
            b'g' => self.read_signature().map(drop),
            // Numbers, which are as wide as they are aligned.
            _ if crate::COMPACT => {
                self.align(alignment(code))?;
                self.skip(alignment(code)).map(drop)
            }
            _ => self.read_basic(code).map(drop),
        }
    }

    /// Validates and passes an array of the basic type `code`.
    ///
    /// An element that reaches beyond the array's end is read all the same, as a [`Cursor`] does: what is wrong with it comes first.
    pub(crate) fn skip_array(&mut self, code: u8) -> Result<(), DecodeError> {
        let (start, end) = self.start_array(Some(code))?;
        match code {
            b's' => self.skip_elements(end, |reader| reader.read_str().map(drop)),
            b'o' | b'g' | b'b' => self.skip_elements(end, |reader| reader.skip_basic(code)),
            _ => {
                self.enter()?;
                self.skip(end - start)?;
                self.leave();
                Ok(())
            }
        }
    }

    /// Passes an array of the basic type `code` if it is empty and no padding follows its length.
    #[inline(always)]
    pub(crate) fn take_empty_array(&mut self, code: u8) -> bool {
        match self.peek_u32() {
            Some((0, end)) if alignment(code) <= 4 => self.seek(end).is_some(),
            _ => false,
        }
    }

    #[inline]
    fn skip_elements(
        &mut self,
        end: usize,
        skip: impl Fn(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.enter()?;
        while self.position() < end {
            skip(self)?;
        }
        if self.position() > end {
            return Err(self.fail(Kind::ArrayLengthIncorrect, end));
        }
        self.leave();
        Ok(())
    }

    /// Reads an array's length and its padding: where its elements, which begin with the type code `code`, start and end.
    #[inline(always)]
    pub(crate) fn start_array(&mut self, code: Option<u8>) -> Result<(usize, usize), DecodeError> {
        let code = code.unwrap_or(0);
        let len = self.read_u32()?;
        let length_at = self.position() - 4;
        if alignment(code) > 4 {
            self.align(8)?;
        }
        if len as usize > self.remaining() {
            return Err(self.fail(Kind::LengthOutOfBounds, length_at));
        }
        if len > limits::ARRAY_LEN {
            return Err(self.fail(Kind::ArrayTooLong, length_at));
        }
        let start = self.position();
        let end = start + len as usize;
        let width = fixed_width(code);
        if width > 0 && len as usize % width != 0 {
            let at = end - len as usize % width;
            return Err(self.fail(Kind::ArrayLengthIncorrect, at));
        }
        Ok((start, end))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::Endian;
    use std::vec::Vec;

    /// Types with a value of each, in little endian.
    const VALUES: [(&str, &[u8]); 7] = [
        ("(yv)", b"\x07\x01u\0\x2a\0\0\0"),
        ("a{sv}", b"\x11\0\0\0\0\0\0\0\x01\0\0\0k\0\x01s\0\0\0\0\0\0\0\0\0"),
        ("a(yb)", b"\x10\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0"),
        ("aau", b"\x08\0\0\0\x04\0\0\0\x09\0\0\0"),
        ("a(s)", b"\0\0\0\0\0\0\0\0"),
        ("v", b"\x01v\0\x02as\0\0\x06\0\0\0\x01\0\0\0x\0"),
        ("(ogx)", b"\x01\0\0\0/\0\x01y\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0"),
    ];

    fn agree(types: &str, bytes: &[u8]) {
        let signature = Signature::parse(types).unwrap();
        let mut walking = Reader::new(bytes, Endian::Little);
        let mut descending = walking.clone();
        let walked = walking.walk(signature);
        let descended = descending.descend(types.as_bytes(), 0);
        assert_eq!(descended.map(drop), walked, "{types} {bytes:x?}");
        if let Ok(end) = descended {
            assert_eq!((end, descending.position()), (types.len(), walking.position()), "{types}");
        }
    }

    #[test]
    fn descending_finds_what_walking_finds() {
        for (types, bytes) in VALUES {
            let mut reader = Reader::new(bytes, Endian::Little);
            assert_eq!(reader.descend(types.as_bytes(), 0), Ok(types.len()), "{types}");
            for at in 0..bytes.len() {
                agree(types, &bytes[..at]);
                for byte in [0, 1, 2, 5, 8, 16, b'v', b'(', 255] {
                    let mut changed = bytes.to_vec();
                    changed[at] = byte;
                    agree(types, &changed);
                }
            }
        }
    }

    #[test]
    fn descending_stops_where_nesting_does() {
        for count in [63, 64, 65, 10_000] {
            let mut bytes: Vec<u8> = b"\x01v\0".repeat(count);
            bytes.extend_from_slice(b"\x01y\0\x07");
            agree("v", &bytes);
        }
    }
}
