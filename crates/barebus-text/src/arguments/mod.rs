//! Arguments of a method whose parameters are known, as people write them on a command line.
//!
//! ```
//! use barebus_text::arguments::{Notation, Parameter, Prototype, Value};
//! use barebus_text::busctl;
//! use barebus_wire::{Endian, Signature};
//!
//! let prototype = Prototype::method(
//!     "Start",
//!     [("name", "s"), ("options", "a{sv}")]
//!         .map(|(name, of)| Parameter { name, signature: Signature::from_static(of) })
//!         .to_vec(),
//! );
//! let words = ["dbus.service", r#"options={"Retry": true, "Limit": {"type":"u","data":3}}"#];
//! let values = prototype.assign(&words, Notation::Json)?;
//! let values: Vec<_> = values.into_iter().map(|text| text.map(Value::word)).collect();
//! let body = prototype.parse(&values, Notation::Json, Endian::NATIVE)?;
//! let same = ["dbus.service", "2", "Retry", "b", "true", "Limit", "u", "3"];
//! assert_eq!(body, busctl::parse("sa{sv}", &same)?);
//!
//! let error = prototype.assign(&["a", "b", "c"], Notation::Json).unwrap_err();
//! assert_eq!(error.to_string(), r#""c" is one argument too many; declared as Start(name: s, options: a{sv})"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;

use core::fmt;
use std::borrow::Cow;

use barebus_wire::{Endian, OwnedBody, Signature};

use crate::error::{ParseError, ParseErrorKind, Place};
use crate::escape::Quoted;
use crate::gvariant;
use crate::json;

pub use error::{ArgumentError, ArgumentErrorKind};

/// A parameter of a method, or a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// The name; empty if it has none.
    pub name: &'a str,
    /// The type: one single complete type.
    pub signature: Signature<'a>,
}

/// Name and type, as in `options: a{sv}`.
impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            "" => write!(f, "{}", self.signature),
            name => write!(f, "{}: {}", Shown(name), self.signature),
        }
    }
}

/// What is called, and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype<'a> {
    name: &'a str,
    parameters: Vec<Parameter<'a>>,
    is_property: bool,
}

/// As a method is declared: `Start(name: s, options: a{sv})`. A property: `Mtu: u`.
impl fmt::Display for Prototype<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (true, [property]) = (self.is_property, self.parameters.as_slice()) {
            return property.fmt(f);
        }
        write!(f, "{}(", Shown(self.name))?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            write!(f, "{}{parameter}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

/// A name that a peer wrote.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(crate::is_unsafe) { Quoted(self.0).fmt(f) } else { f.write_str(self.0) }
    }
}

/// How arguments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// A value of a basic type as it is, by the rules of [`busctl::parse`](crate::busctl::parse); any other value as JSON.
    ///
    /// In a variant, the JSON's own type chooses the type: `s`, `b`, `i`, `x` or `t` (the first that holds the number), `d`, `as` (an array of
    /// strings, and an empty one), `av`, `a{sv}`. An object with the keys `type` and `data` alone names another type.
    Json,
    /// GVariant's text format, by the rules of [`gvariant::parse_arguments`].
    GVariant,
}

/// The text of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// Whether it was read from a file. Such a text may be the output of [`json::print`] for all arguments, or of [`json::print_value`] for a
    /// property, if it has the right type.
    pub is_read: bool,
}

impl<'t> Value<'t> {
    /// The text of a word of the command line.
    pub const fn word(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), is_read: false }
    }

    /// The text of a file. The last line break is not part of the value.
    pub fn read(mut text: String) -> Self {
        if text.ends_with('\n') {
            text.pop();
        }
        Self { text: Cow::Owned(text), is_read: true }
    }
}

impl<'a> Prototype<'a> {
    /// A method, or a signal.
    pub fn method(name: &'a str, parameters: Vec<Parameter<'a>>) -> Self {
        Self { name, parameters, is_property: false }
    }

    /// A property: its value is the only argument.
    pub fn property(property: Parameter<'a>) -> Self {
        Self { name: property.name, parameters: vec![property], is_property: true }
    }

    /// The types of the parameters, concatenated.
    pub fn signature(&self) -> String {
        self.parameters.iter().map(|parameter| parameter.signature.as_str()).collect()
    }

    /// Assigns words to parameters: `NAME=VALUE` to the parameter of that name, others from left to right to those that are not named. In
    /// [`Notation::GVariant`] there are no names. The result has a text per parameter; [`parse`](Self::parse) refuses those that have none.
    ///
    /// # Errors
    /// [`ArgumentErrorKind::Surplus`] and [`ArgumentErrorKind::Twice`].
    pub fn assign<'t, A: AsRef<str>>(
        &self,
        words: &'t [A],
        notation: Notation,
    ) -> Result<Vec<Option<&'t str>>, ArgumentError> {
        let has_names = notation == Notation::Json && !self.is_property;
        let mut values: Vec<Option<&str>> = vec![None; self.parameters.len()];
        let mut others = Vec::new();
        for word in words.iter().map(A::as_ref) {
            let named = word.split_once('=').and_then(|(name, value)| {
                let is_named = |it: &Parameter<'_>| !it.name.is_empty() && it.name == name;
                Some((self.parameters.iter().position(is_named)?, value))
            });
            match named.filter(|_| has_names) {
                None => others.push(word),
                Some((index, value)) => match values.get_mut(index) {
                    Some(slot @ None) => *slot = Some(value),
                    _ => return Err(self.error(ArgumentErrorKind::Twice, index)),
                },
            }
        }
        let mut others = others.into_iter();
        for slot in values.iter_mut().filter(|slot| slot.is_none()) {
            *slot = others.next();
        }
        match others.next() {
            None => Ok(values),
            Some(word) => {
                let kind = ArgumentErrorKind::Surplus(shortened(word));
                Err(self.error(kind, self.parameters.len()))
            }
        }
    }

    /// Marshals values, one for each parameter.
    ///
    /// # Errors
    /// [`ArgumentErrorKind::Missing`], [`ArgumentErrorKind::Value`] and [`ArgumentErrorKind::Body`].
    pub fn parse(
        &self,
        values: &[Option<Value<'_>>],
        notation: Notation,
        endian: Endian,
    ) -> Result<OwnedBody, ArgumentError> {
        if let Some(body) = self.whole(values, notation, endian) {
            return Ok(body);
        }
        let signature = self.signature();
        let signature = Signature::parse(&signature).map_err(|fault| {
            let kind = ParseErrorKind::BadSignature(fault);
            let error = ParseError::new(Place::Signature, kind, "types of arguments", &signature);
            self.error(ArgumentErrorKind::Body(error.into()), 0)
        })?;
        OwnedBody::build(signature, endian, |writer| {
            for (index, parameter) in self.parameters.iter().enumerate() {
                let Some(value) = values.get(index).and_then(Option::as_ref) else {
                    return Err(Fault::Argument(self.error(ArgumentErrorKind::Missing, index)));
                };
                let put = match notation {
                    Notation::Json => json::put_written,
                    Notation::GVariant => gvariant::put_argument,
                };
                put(parameter.signature, &value.text, writer).map_err(|error| {
                    Fault::Argument(self.error(ArgumentErrorKind::Value(error.into()), index))
                })?;
            }
            Ok(())
        })
        .map_err(|fault| match fault {
            Fault::Argument(error) => error,
            Fault::Body(error) => self.error(ArgumentErrorKind::Body(error.into()), 0),
        })
    }

    /// The arguments, if the first value is a file with all of them, as JSON that tells its type.
    fn whole(
        &self,
        values: &[Option<Value<'_>>],
        notation: Notation,
        endian: Endian,
    ) -> Option<OwnedBody> {
        let (Some(first), rest) = values.split_first()? else { return None };
        if !first.is_read || notation != Notation::Json || rest.iter().any(Option::is_some) {
            return None;
        }
        let parse = if self.is_property { json::parse_value } else { json::parse };
        let body = parse(&first.text, endian).ok()?;
        (body.signature().as_str() == self.signature()).then_some(body)
    }

    fn error(&self, kind: ArgumentErrorKind, index: usize) -> ArgumentError {
        let is_body = matches!(kind, ArgumentErrorKind::Body(_));
        let parameter = match self.parameters.get(index).filter(|_| !is_body) {
            None => String::new(),
            Some(Parameter { name, signature }) => {
                let role = if self.is_property { "property" } else { "argument" };
                let number = (index + 1).to_string();
                let name = if name.is_empty() { &number } else { *name };
                format!("{role} {} ({signature})", Shown(name))
            }
        };
        let prototype = self.to_string().into();
        ArgumentError { kind, index, parameter: parameter.into(), prototype }
    }
}

/// Why a body was not built.
enum Fault {
    Argument(ArgumentError),
    Body(ParseError),
}

impl From<barebus_wire::EncodeError> for Fault {
    fn from(error: barebus_wire::EncodeError) -> Self {
        Self::Body(error.into())
    }
}

/// The start of a text that an error quotes.
fn shortened(text: &str) -> String {
    ParseError::new(Place::Whole, ParseErrorKind::TooMany, "", text).excerpt
}
