//! Parses command line arguments as values.

use barebus_wire::{EncodeError, Endian, OwnedBody, Signature, Writer};

use super::split::split;
use crate::basic::parse_basic;
use crate::error::{ParseError, ParseErrorKind as Kind, Place, expected};
use crate::number::parse_unsigned;

/// Marshals `arguments` as values of `signature`, by the grammar of `busctl call`.
///
/// A basic value is one argument. Integers are decimal, hexadecimal with `0x`, octal with a leading `0` or `0o`, binary with
/// `0b`; doubles are what the C library reads; booleans are `true`, `yes`, `y`, `t`, `on`, `1` and `false`, `no`, `n`, `f`, `off`,
/// `0`, in upper or lower case. An array or dictionary is the number of its elements, then their values; a struct or
/// dictionary entry is its fields' values; a variant is its signature, then its value. A file descriptor is its index.
///
/// # Errors
/// The signature or an argument is invalid. The error says where, and what is valid there.
pub fn parse<A: AsRef<str>>(signature: &str, arguments: &[A]) -> Result<OwnedBody, ParseError> {
    let types = Signature::parse(signature).map_err(|error| {
        ParseError::new(Place::Signature, Kind::BadSignature(error), "", signature)
    })?;
    OwnedBody::build(types, Endian::NATIVE, |writer| {
        let mut parser = Parser { arguments, next: 0 };
        for value in types.types() {
            parser.put(value, writer)?;
        }
        match parser.arguments.get(parser.next) {
            None => Ok(()),
            Some(surplus) => {
                let place = Place::Argument(parser.next);
                Err(ParseError::new(place, Kind::TooMany, "", surplus.as_ref()))
            }
        }
    })
}

/// Marshals the values of a line that [`print_exact`](super::print_exact) or [`print`](super::print) printed.
///
/// # Errors
/// As [`parse`] and [`split`].
pub fn parse_line(line: &str) -> Result<OwnedBody, ParseError> {
    let words = split(line)?;
    match words.split_first() {
        Some((signature, arguments)) => parse(signature, arguments),
        None => parse::<&str>("", &[]),
    }
}

struct Parser<'a, A> {
    arguments: &'a [A],
    /// next <= arguments.len()
    next: usize,
}

impl<'a, A: AsRef<str>> Parser<'a, A> {
    /// Marshals a value of the single complete type, or dictionary entry, `signature`.
    ///
    /// Recursion is bounded by the writer, which refuses more than 64 nested containers.
    fn put(&mut self, signature: Signature<'_>, writer: &mut Writer<'_>) -> Result<(), ParseError> {
        match signature.code() {
            Some(b'a') => self.put_array(signature, writer),
            Some(b'(' | b'{') => {
                self.carry(writer.enter_struct())?;
                for field in signature.fields().unwrap_or_default().types() {
                    self.put(field, writer)?;
                }
                writer.leave();
                Ok(())
            }
            Some(b'v') => {
                let text = self.take("a variant's signature, then its value")?;
                let inner = self.parse_signature(text)?;
                if !inner.is_single() {
                    return Err(self.error(Kind::NotOneType, "a variant's signature", text));
                }
                self.carry(writer.enter_variant(inner))?;
                self.put(inner, writer)?;
                writer.leave();
                Ok(())
            }
            Some(code) => self.put_basic(code, writer),
            None => Ok(()),
        }
    }

    fn put_array(
        &mut self,
        signature: Signature<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), ParseError> {
        const EXPECTED: &str = "the number of an array's elements, then each of them";
        let text = self.take(EXPECTED)?;
        let len = parse_unsigned(text, 32).map_err(|kind| self.error(kind, EXPECTED, text))?;
        let element = signature.element().unwrap_or_default();
        let array = self.carry(writer.start_array(element.alignment()))?;
        for _ in 0..len {
            self.put(element, writer)?;
        }
        self.carry(writer.end_array(array))
    }

    fn put_basic(&mut self, code: u8, writer: &mut Writer<'_>) -> Result<(), ParseError> {
        let text = self.take(expected(code))?;
        let value =
            parse_basic(code, text).map_err(|kind| self.error(kind, expected(code), text))?;
        self.carry(writer.put_basic(value))
    }

    fn parse_signature(&self, text: &'a str) -> Result<Signature<'a>, ParseError> {
        Signature::parse(text).map_err(|error| self.error(Kind::BadSignature(error), "", text))
    }

    fn take(&mut self, expected: &'static str) -> Result<&'a str, ParseError> {
        let place = Place::Argument(self.next);
        let Some(argument) = self.arguments.get(self.next) else {
            return Err(ParseError::new(place, Kind::TooFew, expected, ""));
        };
        self.next += 1;
        Ok(argument.as_ref())
    }

    /// An error in the last argument that was read.
    fn error(&self, kind: Kind, expected: &'static str, found: &str) -> ParseError {
        ParseError::new(Place::Argument(self.next.saturating_sub(1)), kind, expected, found)
    }

    /// Attributes an error of the writer to the last argument that was read.
    fn carry<T>(&self, result: Result<T, EncodeError>) -> Result<T, ParseError> {
        let found = || self.arguments.get(self.next.saturating_sub(1)).map_or("", A::as_ref);
        result.map_err(|error| self.error(Kind::Encode(error), "", found()))
    }
}
