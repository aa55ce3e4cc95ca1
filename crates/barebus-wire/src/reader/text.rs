//! Reading text: strings, object paths, names, signatures.

use core::cmp::Ordering;

use super::Reader;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::name::{NameError, ObjectPath};
use crate::nul::has_nul;
use crate::signature::{Signature, check};
use crate::type_code::is_basic;
use crate::utf8::{self, Utf8Fault};

impl<'a> Reader<'a> {
    /// Length, bytes and NUL of a STRING or OBJECT_PATH: the bytes, and whether they end with a NUL.
    #[inline]
    fn string_bytes(&mut self) -> Result<(&'a [u8], u8), DecodeError> {
        let len = self.read_u32()? as usize;
        match self.bytes.get(self.pos..).and_then(|rest| rest.get(..=len)) {
            Some([text @ .., nul]) => Ok((text, *nul)),
            _ => Err(self.fail_length(len)),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn fail_length(&mut self, len: usize) -> DecodeError {
        let kind = match len.cmp(&self.outer_remaining()) {
            Ordering::Less => Kind::ArrayLengthIncorrect,
            Ordering::Equal => Kind::NotEnoughData,
            Ordering::Greater => Kind::LengthOutOfBounds,
        };
        self.fail(kind, self.pos - 4)
    }

    /// Reads a STRING: strict UTF-8 without NUL, borrowed.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `LengthOutOfBounds` (in arrays `ArrayLengthIncorrect`), `NotUtf8`, `StringWithNul`,
    /// `StringMissingNul`.
    #[inline]
    pub fn read_str(&mut self) -> Result<&'a str, DecodeError> {
        match self.take_str() {
            Some(text) => Ok(text),
            None => self.read_any_str(),
        }
    }

    /// Reads a STRING after padding to a multiple of 8.
    #[inline]
    pub(crate) fn read_first_str(&mut self) -> Result<&'a str, DecodeError> {
        match self.take_first_str() {
            Some(text) => Ok(text),
            None => self.align_at_edge(self.aligned(8)).and_then(|()| self.read_any_str()),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn read_any_str(&mut self) -> Result<&'a str, DecodeError> {
        let (bytes, nul) = self.string_bytes()?;
        match self.text(bytes.len()) {
            Some(text) if nul == 0 && !has_nul(text) => {
                self.pos += bytes.len() + 1;
                Ok(text)
            }
            _ => Err(self.fail_str(bytes)),
        }
    }

    /// The error for `bytes` at the cursor, which are no STRING or do not end with a NUL.
    #[cfg_attr(not(compact), cold, inline(never))]
    fn fail_str(&mut self, bytes: &[u8]) -> DecodeError {
        match utf8::check_str(bytes) {
            Ok(_) => self.fail(Kind::StringMissingNul, self.pos + bytes.len()),
            Err(fault) => self.fail_utf8(fault),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn fail_utf8(&mut self, fault: Utf8Fault) -> DecodeError {
        match fault {
            Utf8Fault::Nul(at) => self.fail(Kind::StringWithNul, self.pos + at),
            Utf8Fault::NotUtf8(at) => self.fail(Kind::NotUtf8, self.pos + at),
        }
    }

    /// Reads an OBJECT_PATH, borrowed.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `LengthOutOfBounds` (in arrays `ArrayLengthIncorrect`), `BadPath`, `StringMissingNul`.
    #[inline]
    pub fn read_path(&mut self) -> Result<ObjectPath<'a>, DecodeError> {
        match self.take_path() {
            Some(path) => Ok(path),
            None => self.read_any_path(),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn read_any_path(&mut self) -> Result<ObjectPath<'a>, DecodeError> {
        self.read_checked(ObjectPath::check, Kind::BadPath, false).map(ObjectPath::trusted)
    }

    /// Reads a STRING that holds a name, which `check` accepts.
    #[cfg_attr(not(compact), cold)]
    pub(crate) fn read_name(
        &mut self,
        check: fn(&[u8]) -> Result<(), NameError>,
        kind: Kind,
    ) -> Result<&'a str, DecodeError> {
        self.read_checked(check, kind, true)
    }

    /// Reads text that `check` accepts, or fails with `kind`; with `is_string`, what is no STRING fails for that.
    #[cfg_attr(not(compact), cold, inline(never))]
    fn read_checked(
        &mut self,
        check: fn(&[u8]) -> Result<(), NameError>,
        kind: Kind,
        is_string: bool,
    ) -> Result<&'a str, DecodeError> {
        let (bytes, nul) = self.string_bytes()?;
        match (check(bytes), self.text(bytes.len())) {
            (Ok(()), Some(text)) if nul == 0 => {
                self.pos += bytes.len() + 1;
                Ok(text)
            }
            (Err(error), _) if !is_string || nul == 0 && utf8::check_str(bytes).is_ok() => {
                Err(self.fail(kind, self.pos + error.at as usize))
            }
            // No name has a NUL, or anything but ASCII.
            _ => Err(self.fail_str(bytes)),
        }
    }

    /// Reads a SIGNATURE, borrowed.
    ///
    /// # Errors
    /// `NotEnoughData`, `SignatureOutOfBounds`, `SignatureMissingNul`, or the rule of signatures that is broken.
    #[cfg_attr(not(compact), inline(never))]
    pub fn read_signature(&mut self) -> Result<Signature<'a>, DecodeError> {
        let (text, nul) = self.signature_bytes(Kind::SignatureOutOfBounds)?;
        match Signature::from_bytes(text) {
            Ok(signature) if nul == 0 => {
                self.pos += text.len() + 1;
                Ok(signature)
            }
            Ok(_) => Err(self.fail(Kind::SignatureMissingNul, self.pos + text.len())),
            Err(error) => {
                Err(self.fail(Kind::Signature(error.kind), self.pos + usize::from(error.at)))
            }
        }
    }

    /// Length, bytes and NUL of a SIGNATURE: the bytes, and whether they end with a NUL.
    fn signature_bytes(&mut self, out_of_bounds: Kind) -> Result<(&'a [u8], u8), DecodeError> {
        let len = usize::from(self.read_u8()?);
        match self.bytes.get(self.pos..).and_then(|rest| rest.get(..=len)) {
            Some([text @ .., nul]) => Ok((text, *nul)),
            _ => Err(self.fail_signature_length(len, out_of_bounds)),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn fail_signature_length(&mut self, len: usize, out_of_bounds: Kind) -> DecodeError {
        let cut = len < self.outer_remaining();
        self.fail(if cut { Kind::ArrayLengthIncorrect } else { out_of_bounds }, self.pos - 1)
    }

    /// Reads a variant's signature: exactly one single complete type. The cursor stands at the value's padding then.
    ///
    /// # Errors
    /// `NotEnoughData` and the kinds that begin with `VariantSignature`.
    #[inline]
    pub fn read_variant_signature(&mut self) -> Result<Signature<'a>, DecodeError> {
        match self.take_short_variant_signature() {
            Some(signature) => Ok(signature),
            None => self.read_any_variant_signature(),
        }
    }

    /// Passes a variant's signature if it is that of a basic type and the variant is not nested too deeply; gives the type's code.
    #[inline(always)]
    pub(crate) fn take_basic_signature(&mut self) -> Option<u8> {
        // Length, code, NUL; there is no value of less than a byte.
        match self.peek()? {
            [1, code, 0, _] if is_basic(code) && self.has_room(1) => {
                self.pos += 3;
                Some(code)
            }
            _ => None,
        }
    }

    /// Passes a variant's signature if it is one code and the variant is not nested too deeply; gives the code, whatever it is.
    #[inline(always)]
    pub(crate) fn take_short_signature(&mut self) -> Option<u8> {
        match self.peek()? {
            [1, code, 0, _] if self.has_room(1) => {
                self.pos += 3;
                Some(code)
            }
            _ => None,
        }
    }

    /// Passes a variant's signature if it is that of an array of a basic type and neither is nested too deeply; gives that type's
    /// code.
    #[inline(always)]
    pub(crate) fn take_array_signature(&mut self) -> Option<u8> {
        match self.peek()? {
            [2, b'a', code, 0] if is_basic(code) && self.has_room(2) => {
                self.pos += 4;
                Some(code)
            }
            _ => None,
        }
    }

    /// Passes a variant's signature if it is `signature`.
    #[inline]
    pub(crate) fn take_signature(&mut self, signature: Signature<'static>) -> bool {
        let expected = signature.as_str().as_bytes();
        let end = self.pos.wrapping_add(expected.len() + 2);
        match self.bytes.get(self.pos..end) {
            Some([len, text @ .., 0])
                if usize::from(*len) == expected.len() && text == expected =>
            {
                self.pos = end;
                true
            }
            _ => false,
        }
    }

    #[cfg_attr(not(compact), inline(never))]
    fn read_any_variant_signature(&mut self) -> Result<Signature<'a>, DecodeError> {
        let (text, nul) = self.signature_bytes(Kind::VariantSignatureOutOfBounds)?;
        let types = match check(text) {
            Ok(types) => types,
            Err(error) => {
                return Err(self.fail(Kind::VariantSignatureBad, self.pos + usize::from(error.at)));
            }
        };
        if nul != 0 {
            return Err(self.fail(Kind::VariantSignatureMissingNul, self.pos + text.len()));
        }
        match (types, self.text(text.len())) {
            (1, Some(text)) => {
                self.pos += text.len() + 1;
                Ok(Signature::trusted(text))
            }
            (0, _) => Err(self.fail(Kind::VariantSignatureEmpty, self.pos - 1)),
            _ => Err(self.fail(Kind::VariantSignatureMultiple, self.pos)),
        }
    }
}

#[cfg(test)]
mod tests;
