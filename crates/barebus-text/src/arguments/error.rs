//! Errors of arguments.

use core::fmt;

use crate::error::ParseError;
use crate::escape::Quoted;

/// Arguments that do not fit their parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// What is wrong.
    pub kind: ArgumentErrorKind,
    /// Index of the parameter, counted from 0. For a surplus argument the number of parameters.
    pub index: usize,
    /// The parameter: `argument options (a{sv})`, `argument 2 (a{sv})` if it has no name, `property Mtu (u)`. Empty for a surplus argument.
    pub parameter: Box<str>,
    /// The prototype: `Start(name: s, options: a{sv})`.
    pub prototype: Box<str>,
}

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentErrorKind {
    /// There is no argument for the parameter.
    Missing,
    /// There is no parameter for this argument.
    Surplus(String),
    /// Two arguments name the parameter.
    Twice,
    /// The text is not a value of the parameter's type.
    Value(Box<ParseError>),
    /// D-Bus cannot carry the arguments together.
    Body(Box<ParseError>),
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ArgumentErrorKind::Missing => write!(f, "{} is missing", self.parameter)?,
            ArgumentErrorKind::Surplus(text) => {
                write!(f, "{} is one argument too many", Quoted(text))?;
            }
            ArgumentErrorKind::Twice => write!(f, "{} is given twice", self.parameter)?,
            ArgumentErrorKind::Value(error) => write!(f, "{}: {error}", self.parameter)?,
            ArgumentErrorKind::Body(error) => error.fmt(f)?,
        }
        write!(f, "; declared as {}", self.prototype)
    }
}

impl core::error::Error for ArgumentError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            ArgumentErrorKind::Value(error) | ArgumentErrorKind::Body(error) => Some(&**error),
            _ => None,
        }
    }
}
