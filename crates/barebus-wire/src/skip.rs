//! Validating and passing values without telling what they are.

use crate::cursor::Cursor;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;
use crate::reader::Reader;
use crate::signature::{Signature, type_end};
use crate::type_code::{alignment, fixed_width, has_no_rules, is_basic};

/// A container that is being passed.
#[derive(Clone, Copy)]
struct Frame<'a> {
    /// The signature that it is in.
    types: &'a [u8],
    /// Index in it of an array's element type; otherwise after the container's first code.
    index: usize,
    /// Where an array ends; 0 for other containers.
    end: usize,
}

impl<'a> Reader<'a> {
    /// Validates and passes one value of the single complete type `signature`.
    #[inline]
    pub(crate) fn skip_value(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        match signature.as_str().as_bytes() {
            _ if crate::COMPACT => self.walk_compactly(signature),
            [b'v'] => self.skip_variant(),
            [code] => self.skip_basic(*code),
            [b'a', code] if is_basic(*code) => self.skip_array(*code),
            [b'a', code, ..] if self.is_validated() => self.skip_validated_array(Some(*code)),
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
        self.take_nested_variants();
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
                let (_, end) = self.read_array_bounds(Some(b'('))?;
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

    /// The same with less code, for programs that are built for size.
    #[cfg_attr(compact, inline(never))]
    fn walk_compactly(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        let (mut types, mut index) = (signature.as_str().as_bytes(), 0);
        // frames[..open] enclose the reader; open <= 64
        let mut frames = [Frame { types: &[], index: 0, end: 0 }; limits::TOTAL_DEPTH as usize];
        let mut open = 0;
        loop {
            let code = types.get(index).copied().unwrap_or_default();
            index += 1;
            let mut frame = Frame { types, index, end: 0 };
            let mut is_container = true;
            match code {
                b'a' => frame.end = self.start_elements(types.get(index).copied())?,
                b'v' => {
                    types = self.read_variant_signature()?.as_str().as_bytes();
                    index = 0;
                    self.enter()?;
                }
                b'(' | b'{' => self.enter_struct()?,
                // The end of a struct, or of a variant's signature.
                0 | b')' | b'}' => {
                    let Some(frame) = top(&frames, open) else { return Ok(()) };
                    if code == 0 {
                        (types, index) = (frame.types, frame.index);
                    }
                    open -= 1;
                    self.leave();
                    is_container = false;
                }
                _ => {
                    self.skip_basic(code)?;
                    is_container = false;
                }
            }
            if is_container {
                if let Some(place) = frames.get_mut(open) {
                    *place = frame;
                    open += 1;
                }
                if frame.end == 0 {
                    continue;
                }
            }
            // What was passed may have been an array's last element.
            while let Some(frame) = top(&frames, open).filter(|frame| frame.end != 0) {
                index = frame.index;
                if self.position() < frame.end {
                    break;
                }
                if self.position() > frame.end {
                    return Err(self.fail(Kind::ArrayLengthIncorrect, frame.end));
                }
                open -= 1;
                self.leave();
                index = type_end(types, index);
            }
        }
    }

    /// Enters an array: goes to its first element, or after the last one if elements of its type are never invalid: where the array ends.
    fn start_elements(&mut self, element: Option<u8>) -> Result<usize, DecodeError> {
        let element = element.unwrap_or_default();
        let (start, end) = self.read_array_bounds(Some(element))?;
        self.enter()?;
        if has_no_rules(element) {
            self.skip(end - start)?;
        }
        Ok(end)
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
            b'u' | b'i' if !crate::COMPACT => self.read_u32().map(drop),
            b't' | b'x' | b'd' if !crate::COMPACT => self.read_u64().map(drop),
            b'b' => self.read_bool().map(drop),
            b'o' => self.read_path().map(drop),
            b'g' => self.read_signature().map(drop),
            b'h' => self.read_fd_index().map(drop),
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
        if self.is_validated() {
            return self.skip_validated_array(Some(code));
        }
        let (start, end) = self.read_array_bounds(Some(code))?;
        match code {
            b's' => self.skip_elements(end, |reader| reader.read_str().map(drop)),
            b'o' | b'g' | b'b' | b'h' => self.skip_elements(end, |reader| reader.skip_basic(code)),
            _ => {
                self.enter()?;
                self.skip(end - start)?;
                self.leave();
                Ok(())
            }
        }
    }

    /// Passes an array that was validated before, whose elements begin with the type code `code`, without a look into it.
    pub(crate) fn skip_validated_array(&mut self, code: Option<u8>) -> Result<(), DecodeError> {
        let (start, end) = self.read_array_bounds(code)?;
        self.skip(end - start).map(drop)
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
    pub(crate) fn read_array_bounds(
        &mut self,
        code: Option<u8>,
    ) -> Result<(usize, usize), DecodeError> {
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

/// The innermost of the `open` outermost containers.
#[inline]
fn top<'f, 'a>(frames: &'f [Frame<'a>], open: usize) -> Option<&'f Frame<'a>> {
    frames.get(open.checked_sub(1)?)
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
        [0, 61, 62, 63, 64].iter().for_each(|depth| agree_at(*depth, types, bytes));
    }

    fn agree_at(depth: u8, types: &str, bytes: &[u8]) {
        let signature = Signature::parse(types).unwrap();
        let mut walking = Reader::new(bytes, Endian::Little);
        walking.set_depth(depth);
        let mut compactly = walking.clone();
        let walked = walking.walk(signature);
        let walked_compactly = compactly.walk_compactly(signature);
        assert_eq!(walked_compactly, walked, "{types} {bytes:x?} at depth {depth}");
        if walked.is_ok() {
            assert_eq!(compactly.position(), walking.position(), "{types}");
        }
    }

    #[test]
    fn walking_compactly_finds_the_same() {
        for (types, bytes) in VALUES {
            let mut reader = Reader::new(bytes, Endian::Little);
            let signature = Signature::parse(types).unwrap();
            assert_eq!(reader.walk_compactly(signature), Ok(()), "{types}");
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
    fn walking_compactly_stops_where_nesting_does() {
        for count in [63, 64, 65, 10_000] {
            let mut bytes: Vec<u8> = b"\x01v\0".repeat(count);
            bytes.extend_from_slice(b"\x01y\0\x07");
            agree("v", &bytes);
        }
    }
}
