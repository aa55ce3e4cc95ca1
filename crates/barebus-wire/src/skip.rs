//! Validating and passing values without telling what they are.

use crate::cursor::Cursor;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;
use crate::reader::Reader;
use crate::signature::Signature;
use crate::type_code::{alignment, fixed_width, is_basic};

impl<'a> Reader<'a> {
    /// Validates and passes one value of the single complete type `signature`.
    #[inline]
    pub(crate) fn skip_value(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        match signature.as_str().as_bytes() {
            _ if crate::COMPACT => self.walk(signature),
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
                let (_, end) = self.read_array_bounds(Some(b'('))?;
                self.skip_elements(end, |reader| reader.skip_fields(fields))
            }
            _ => self.walk(signature),
        }
    }

    /// Validates and passes a value of whatever type, with a stack.
    #[cfg_attr(compact, inline(never))]
    fn walk(&mut self, signature: Signature<'a>) -> Result<(), DecodeError> {
        let mut cursor = Cursor::new(self.clone(), signature);
        let result = cursor.skip_all();
        *self = cursor.into_reader();
        result
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
