//! Errors of parsing ([`ParseError`]) and printing ([`PrintError`]).

use core::fmt;

use barebus_wire::{DecodeError, DecodeErrorKind, EncodeError, SignatureError};

use crate::escape::Quoted;

/// Where in the text the error is.
///
/// ```
/// use barebus_text::{Place, busctl};
///
/// let error = busctl::parse("yu", &["1", "one"]).unwrap_err();
/// // Counted from 0, and shown from 1.
/// assert_eq!(error.place, Place::Argument(1));
/// assert_eq!(error.place.to_string(), "argument 2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the signature.
    Signature,
    /// In an argument; its index, counted from 0.
    Argument(usize),
    /// At an offset in bytes from the text's start.
    Byte(usize),
    /// At a line and column, both counted from 1.
    Line {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// At a value, by the path of keys and indices to it: `body.data[0].key`.
    Path(String),
    /// In the text as a whole.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature => f.write_str("signature"),
            // People count from 1.
            Self::Argument(index) => write!(f, "argument {}", index + 1),
            Self::Byte(at) => write!(f, "byte {at}"),
            Self::Line { line, column } => write!(f, "line {line}, column {column}"),
            Self::Path(path) => f.write_str(path),
            Self::Whole => f.write_str("text"),
        }
    }
}

/// Why text is not a value of its type.
///
/// ```
/// use barebus_text::{ParseErrorKind, busctl};
///
/// assert_eq!(busctl::parse("y", &["256"]).unwrap_err().kind, ParseErrorKind::OutOfRange);
/// assert_eq!(busctl::parse("y", &[] as &[&str]).unwrap_err().kind, ParseErrorKind::TooFew);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Not a number.
    NotANumber,
    /// The type cannot hold the number.
    OutOfRange,
    /// Not a boolean.
    NotABoolean,
    /// Not an object path.
    BadPath,
    /// Not a signature.
    BadSignature(SignatureError),
    /// A variant's signature is not one single complete type.
    NotOneType,
    /// The text or the arguments end before every type has a value.
    TooFew,
    /// There are more values than types.
    TooMany,
    /// An escape sequence or quotation is invalid, or its result is not UTF-8.
    BadEscape,
    /// The grammar expects another character or word here.
    Unexpected,
    /// The type of a value cannot be inferred from the text.
    UnknownType,
    /// The value is of a different kind than its type.
    WrongType,
    /// An object has an unknown key.
    UnknownKey,
    /// An object has a key twice.
    DuplicateKey,
    /// An object lacks a key.
    MissingKey,
    /// The text is not JSON.
    NotJson,
    /// A message's SIGNATURE is not its body's type.
    SignatureMismatch,
    /// The text describes an invalid message.
    Message(DecodeErrorKind),
    /// D-Bus cannot carry the value.
    Encode(EncodeError),
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number",
            Self::OutOfRange => "number out of range",
            Self::NotABoolean => "not a boolean",
            Self::BadPath => "not an object path",
            Self::BadSignature(error) => return error.fmt(f),
            Self::NotOneType => "not exactly one type",
            Self::TooFew => "a value is missing",
            Self::TooMany => "more values than the signature has types",
            Self::BadEscape => "invalid quotation or escape",
            Self::Unexpected => "unexpected text",
            Self::UnknownType => "a value of no certain type",
            Self::WrongType => "not the right kind of value",
            Self::UnknownKey => "unknown key",
            Self::DuplicateKey => "a key appears twice",
            Self::MissingKey => "a key is missing",
            Self::NotJson => "not JSON",
            Self::SignatureMismatch => "not the type of the body",
            Self::Message(kind) => return kind.fmt(f),
            Self::Encode(error) => return error.fmt(f),
        })
    }
}

/// Text that is not a value of its type.
///
/// ```
/// use barebus_text::busctl;
///
/// let error = busctl::parse("b", &["maybe"]).unwrap_err();
/// assert_eq!(error.excerpt, "maybe");
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where.
    pub place: Place,
    /// Why.
    pub kind: ParseErrorKind,
    /// What is valid there, in words; may be empty.
    pub expected: &'static str,
    /// The start of the text that is there instead; empty if there is none.
    pub excerpt: String,
}

impl ParseError {
    /// An error with an excerpt of `found`.
    pub(crate) fn new(
        place: Place,
        kind: ParseErrorKind,
        expected: &'static str,
        found: &str,
    ) -> Self {
        let mut excerpt: String = found.chars().take(EXCERPT_LEN).collect();
        if excerpt.len() < found.len() {
            excerpt.push('…');
        }
        Self { place, kind, expected, excerpt }
    }
}

/// Number of characters of the text that an error quotes.
const EXCERPT_LEN: usize = 40;

impl From<EncodeError> for ParseError {
    fn from(error: EncodeError) -> Self {
        Self::new(Place::Whole, ParseErrorKind::Encode(error), "", "")
    }
}

/// The excerpt is escaped, because it is untrusted and may be printed to a terminal.
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::Whole {
            write!(f, "{}: ", self.place)?;
        }
        self.kind.fmt(f)?;
        if !self.expected.is_empty() {
            write!(f, ", expected {}", self.expected)?;
        }
        if !self.excerpt.is_empty() {
            write!(f, ", found {}", Quoted(&self.excerpt))?;
        }
        Ok(())
    }
}

impl core::error::Error for ParseError {}

/// Why values were not printed.
///
/// ```
/// use barebus_text::{PrintError, check_fd_indices};
/// use barebus_wire::{FdIndex, Message, MessageBuf, MethodCall, Serial};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Log", "Open");
/// let mut buf = MessageBuf::new();
/// buf.push(&call.header(Serial::FIRST), &(FdIndex(3),))?;
/// // The message announces no descriptor, so there is none with the index 3.
/// let error = check_fd_indices(&Message::parse(buf.as_slice())?).unwrap_err();
/// assert!(matches!(error, PrintError::NoSuchFd { index: 3, count: 0 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintError {
    /// The values are invalid. Nothing was printed.
    Decode(DecodeError),
    /// A UNIX_FD of the message is not the index of one of its file descriptors. Nothing was printed.
    NoSuchFd {
        /// The index, counted from 0.
        index: u32,
        /// Number of file descriptors of the message (header field UNIX_FDS).
        count: u32,
    },
    /// Writing the text failed. Part of it may have been written.
    Output,
}

impl From<DecodeError> for PrintError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<fmt::Error> for PrintError {
    fn from(_: fmt::Error) -> Self {
        Self::Output
    }
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::NoSuchFd { index, count } => {
                write!(f, "there is no file descriptor {index}: the message came with {count}")
            }
            Self::Output => f.write_str("the text could not be written"),
        }
    }
}

impl core::error::Error for PrintError {}

/// Name of the type `code`, as an error says what it expected.
pub(crate) const fn expected(code: u8) -> &'static str {
    match code {
        b'y' => "a byte (y)",
        b'b' => "a boolean (b)",
        b'n' => "a signed 16-bit integer (n)",
        b'q' => "an unsigned 16-bit integer (q)",
        b'i' => "a signed 32-bit integer (i)",
        b'u' => "an unsigned 32-bit integer (u)",
        b'x' => "a signed 64-bit integer (x)",
        b't' => "an unsigned 64-bit integer (t)",
        b'd' => "a double (d)",
        b's' => "a string (s)",
        b'o' => "an object path (o)",
        b'g' => "a signature (g)",
        b'h' => "the index of a file descriptor (h)",
        b'a' => "an array (a)",
        b'v' => "a variant (v)",
        b'(' => "a struct",
        b'{' => "a dictionary entry",
        _ => "a value",
    }
}
