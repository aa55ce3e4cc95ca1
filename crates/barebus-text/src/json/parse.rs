//! Parses JSON as values.

use barebus_wire::{Basic, EncodeError, Endian, OwnedBody, Signature, Writer};

use super::tree::Json;
use super::variant::inner_type;
use crate::basic::parse_basic;
use crate::error::{ParseError, ParseErrorKind as Kind, Place, expected};
use crate::number::parse_integer;

/// Marshals the values of an object in the form of [`print`](super::print).
///
/// # Errors
/// The text is invalid. The error says where, and what is valid there.
pub fn parse(text: &str, endian: Endian) -> Result<OwnedBody, ParseError> {
    let json = read(text)?;
    Parser::default().body(&json, endian)
}

/// Marshals the value of an object in the form of [`print_value`](super::print_value).
///
/// # Errors
/// The text is invalid. The error says where, and what is valid there.
pub fn parse_value(text: &str, endian: Endian) -> Result<OwnedBody, ParseError> {
    let json = read(text)?;
    let mut parser = Parser::default();
    let (signature, data) = parser.typed(&json)?;
    if !signature.is_single() {
        return Err(parser.error(Kind::NotOneType, "one type", signature.as_str()));
    }
    OwnedBody::build(signature, endian, |writer| {
        parser.within(Step::Key("data"), |parser| parser.put(signature, data, writer))
    })
}

/// Marshals an array as values of `signature`, in the form of [`print_data`](super::print_data): `["x",1]`.
///
/// # Errors
/// The text is invalid. The error says where, and what is valid there.
pub fn parse_data(
    signature: Signature<'_>,
    text: &str,
    endian: Endian,
) -> Result<OwnedBody, ParseError> {
    let json = read(text)?;
    let mut parser = Parser::default();
    OwnedBody::build(signature, endian, |writer| parser.put_fields(signature, &json, writer))
}

/// Marshals JSON as a value of the single complete type `signature`, as people write it: in a variant, the JSON's own type may choose the type.
/// A value of a basic type is written as it is.
pub(crate) fn put_written(
    signature: Signature<'_>,
    text: &str,
    writer: &mut Writer<'_>,
) -> Result<(), ParseError> {
    match signature.code() {
        Some(b'a' | b'(' | b'v') | None => {
            // Bare words are the usual mistake.
            let json = read(text).map_err(|error| match error.kind {
                Kind::NotJson => ParseError::new(error.place, error.kind, WRITTEN, text),
                _ => error,
            })?;
            Parser { is_written: true, ..Parser::default() }.put(signature, &json, writer)
        }
        Some(code) => {
            let value = parse_basic(code, text)
                .map_err(|kind| ParseError::new(Place::Whole, kind, expected(code), text))?;
            Parser::default().carry(writer.put_basic(value))
        }
    }
}

const WRITTEN: &str = "JSON, with strings in double quotes";

/// Parses one JSON value. Nothing may follow it.
pub(super) fn read(text: &str) -> Result<Json, ParseError> {
    serde_json::from_str(text).map_err(|error| not_json(&error))
}

pub(super) fn not_json(error: &serde_json::Error) -> ParseError {
    let place = Place::Line { line: error.line(), column: error.column() };
    if error.is_eof() {
        return ParseError::new(place, Kind::TooFew, "JSON", "");
    }
    // serde_json's error has no other way to distinguish these.
    if error.to_string().starts_with("number out of range") {
        return ParseError::new(place, Kind::OutOfRange, "a number up to 1.8e308", "");
    }
    ParseError::new(place, Kind::NotJson, "", "")
}

/// One step of the path from the whole text to a value in it.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// Marshals values, and tracks the path to them for errors.
#[derive(Default)]
pub(super) struct Parser<'a> {
    path: Vec<Step<'a>>,
    /// Whether people wrote the text: a variant may leave its type out.
    is_written: bool,
}

impl<'a> Parser<'a> {
    /// Processes a value one step further down.
    pub(super) fn within<T>(
        &mut self,
        step: Step<'a>,
        act: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.path.push(step);
        let result = act(self);
        self.path.pop();
        result
    }

    /// An error at the value that is being read.
    pub(super) fn error(&self, kind: Kind, expected: &'static str, found: &str) -> ParseError {
        let mut place = String::new();
        for step in &self.path {
            match step {
                Step::Index(index) => place.push_str(&format!("[{index}]")),
                Step::Key(key) if is_plain(key) => {
                    place.push_str(if place.is_empty() { "" } else { "." });
                    place.push_str(key);
                }
                Step::Key(key) => place.push_str(&format!("[{}]", crate::escape::Quoted(key))),
            }
        }
        let place = if place.is_empty() { Place::Whole } else { Place::Path(place) };
        ParseError::new(place, kind, expected, found)
    }

    /// The value is of the wrong kind.
    pub(super) fn wrong(&self, expected: &'static str, found: &Json) -> ParseError {
        self.error(Kind::WrongType, expected, &found.to_string())
    }

    fn carry<T>(&self, result: Result<T, EncodeError>) -> Result<T, ParseError> {
        result.map_err(|error| self.error(Kind::Encode(error), "", ""))
    }

    /// A whole body: `{"type":"su","data":["x",1]}`.
    pub(super) fn body(&mut self, json: &'a Json, endian: Endian) -> Result<OwnedBody, ParseError> {
        let (signature, data) = self.typed(json)?;
        OwnedBody::build(signature, endian, |writer| {
            self.within(Step::Key("data"), |parser| parser.put_fields(signature, data, writer))
        })
    }

    /// Type and data of an object. No other keys are allowed.
    fn typed(&mut self, json: &'a Json) -> Result<(Signature<'a>, &'a Json), ParseError> {
        const EXPECTED: &str = "an object with a type and data";
        let Json::Object(entries) = json else {
            return Err(self.wrong(EXPECTED, json));
        };
        let mut signature = None;
        let mut data = None;
        for (key, value) in entries {
            let twice = match key.as_str() {
                "type" => signature.replace(value).is_some(),
                "data" => data.replace(value).is_some(),
                _ => return Err(self.error(Kind::UnknownKey, EXPECTED, key)),
            };
            if twice {
                return Err(self.error(Kind::DuplicateKey, EXPECTED, key));
            }
        }
        let (Some(signature), Some(data)) = (signature, data) else {
            return Err(self.error(Kind::MissingKey, EXPECTED, ""));
        };
        let signature = self.within(Step::Key("type"), |parser| parser.signature(signature))?;
        Ok((signature, data))
    }

    /// A string that is a signature.
    pub(super) fn signature(&self, json: &'a Json) -> Result<Signature<'a>, ParseError> {
        let text = json.as_str().ok_or_else(|| self.wrong("a signature", json))?;
        Signature::parse(text).map_err(|error| self.error(Kind::BadSignature(error), "", text))
    }

    /// Marshals an array as the values of several types.
    fn put_fields(
        &mut self,
        signature: Signature<'_>,
        json: &'a Json,
        writer: &mut Writer<'_>,
    ) -> Result<(), ParseError> {
        const EXPECTED: &str = "an array with a value for each type";
        let Json::Array(values) = json else {
            return Err(self.wrong(EXPECTED, json));
        };
        let mut values = values.iter().enumerate();
        for field in signature.types() {
            let Some((index, value)) = values.next() else {
                return Err(self.error(Kind::TooFew, EXPECTED, &json.to_string()));
            };
            self.within(Step::Index(index), |parser| parser.put(field, value, writer))?;
        }
        match values.next() {
            None => Ok(()),
            Some(_) => Err(self.error(Kind::TooMany, EXPECTED, &json.to_string())),
        }
    }

    /// Marshals a value of the single complete type `signature`.
    ///
    /// Recursion is bounded by the writer, which refuses more than 64 nested containers.
    pub(super) fn put(
        &mut self,
        signature: Signature<'_>,
        json: &'a Json,
        writer: &mut Writer<'_>,
    ) -> Result<(), ParseError> {
        match signature.code() {
            Some(b'a') => self.put_array(signature.element().unwrap_or_default(), json, writer),
            Some(b'(') => {
                self.carry(writer.enter_struct())?;
                self.put_fields(signature.fields().unwrap_or_default(), json, writer)?;
                writer.leave();
                Ok(())
            }
            Some(b'v') => {
                if let Some(inner) = self.is_written.then(|| inner_type(json)).flatten() {
                    self.carry(writer.enter_variant(inner))?;
                    self.put(inner, json, writer)?;
                    writer.leave();
                    return Ok(());
                }
                let (inner, data) = self.typed(json)?;
                if !inner.is_single() {
                    return Err(self.error(Kind::NotOneType, "one type", inner.as_str()));
                }
                self.carry(writer.enter_variant(inner))?;
                self.within(Step::Key("data"), |parser| parser.put(inner, data, writer))?;
                writer.leave();
                Ok(())
            }
            Some(code) => {
                let value = self.basic(code, json)?;
                self.carry(writer.put_basic(value))
            }
            None => Ok(()),
        }
    }

    fn put_array(
        &mut self,
        element: Signature<'_>,
        json: &'a Json,
        writer: &mut Writer<'_>,
    ) -> Result<(), ParseError> {
        let array = self.carry(writer.start_array(element.alignment()))?;
        match (element.fields().filter(|_| element.code() == Some(b'{')), json) {
            (Some(fields), Json::Object(entries)) => {
                let mut fields = fields.types();
                let key_code = fields.next().and_then(Signature::code).unwrap_or(b's');
                let value_type = fields.next().unwrap_or_default();
                for (key, value) in entries {
                    self.within(Step::Key(key), |parser| {
                        parser.carry(writer.enter_struct())?;
                        let key = parser.key(key_code, key)?;
                        parser.carry(writer.put_basic(key))?;
                        parser.put(value_type, value, writer)?;
                        writer.leave();
                        Ok(())
                    })?;
                }
            }
            (None, Json::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.within(Step::Index(index), |parser| parser.put(element, value, writer))?;
                }
            }
            (Some(_), json) => return Err(self.wrong("an object as a dictionary", json)),
            (None, json) => return Err(self.wrong("an array", json)),
        }
        self.carry(writer.end_array(array))
    }

    /// A dictionary's key: a value of type `code` as a string.
    fn key(&self, code: u8, text: &'a str) -> Result<Basic<'a>, ParseError> {
        match (code, text) {
            (b'b', "true") => Ok(Basic::Boolean(true)),
            (b'b', "false") => Ok(Basic::Boolean(false)),
            (b'b', _) => Err(self.error(Kind::NotABoolean, expected(code), text)),
            // As in `basic`.
            (b'd', "null") => Ok(Basic::Double(f64::NAN)),
            _ => self.basic_from_text(code, text),
        }
    }

    /// A value of the basic type `code`.
    pub(super) fn basic(&self, code: u8, json: &'a Json) -> Result<Basic<'a>, ParseError> {
        match (code, json) {
            (b'b', Json::Boolean(value)) => Ok(Basic::Boolean(*value)),
            (b'b', _) => Err(self.wrong(expected(code), json)),
            (_, Json::String(text)) => self.basic_from_text(code, text),
            // `busctl` prints null for every double that JSON cannot represent.
            (b'd', Json::Null) => Ok(Basic::Double(f64::NAN)),
            (b'd', Json::Double(value)) => Ok(Basic::Double(*value)),
            // Rounded to nearest, as numbers with a point are.
            (b'd', Json::Signed(value)) => Ok(Basic::Double(*value as f64)),
            (b'd', Json::Unsigned(value)) => Ok(Basic::Double(*value as f64)),
            (b's' | b'o' | b'g', _) => Err(self.wrong(expected(code), json)),
            (_, Json::Signed(_) | Json::Unsigned(_)) => self.integer(code, &json.to_string()),
            // A whole number may be written with a point or exponent, as long as a double represents it exactly.
            (_, Json::Double(value)) if value.fract() == 0.0 && value.abs() < EXACT => {
                self.integer(code, &format!("{value:.0}"))
            }
            (_, Json::Double(value)) => {
                let kind = if value.fract() == 0.0 { Kind::OutOfRange } else { Kind::NotANumber };
                Err(self.error(kind, expected(code), &json.to_string()))
            }
            _ => Err(self.wrong(expected(code), json)),
        }
    }

    /// A value of a basic type other than BOOLEAN from a string.
    fn basic_from_text<'t>(&self, code: u8, text: &'t str) -> Result<Basic<'t>, ParseError> {
        parse_basic(code, text).map_err(|kind| self.error(kind, expected(code), text))
    }

    fn integer(&self, code: u8, text: &str) -> Result<Basic<'static>, ParseError> {
        parse_integer(code, text).map_err(|kind| self.error(kind, expected(code), text))
    }
}

/// 2^53. Below it a double represents each whole number exactly. 2^53 + 1 is rounded to 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a key needs no quotes in an error's path.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
