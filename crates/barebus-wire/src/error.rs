//! What can be wrong: with bytes received ([`DecodeError`]), with a value to be sent ([`EncodeError`]), or with the type that the
//! caller expected ([`BodyError`]).

use core::fmt;

use crate::signature::{Signature, SignatureErrorKind};

/// Why bytes are no valid D-Bus message, and where.
///
/// `Copy` and small, so that refusing costs as little as accepting.
///
/// ```
/// use barebus_wire::{DecodeErrorKind, Endian, Reader};
///
/// let error = Reader::new(&[2, 0, 0, 0], Endian::Little).read_bool().unwrap_err();
/// assert_eq!((error.kind, error.at), (DecodeErrorKind::BadBoolean, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecodeError {
    /// Which rule is broken.
    pub kind: DecodeErrorKind,
    /// Offset in bytes of what breaks it, counted from the message's first byte.
    pub at: u32,
}

impl DecodeError {
    /// An error of `kind` at byte `at` of the message.
    #[cold]
    pub fn new(kind: DecodeErrorKind, at: usize) -> Self {
        Self { kind, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.at)
    }
}

impl core::error::Error for DecodeError {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// One kind for each way in which bytes can be invalid.
        ///
        /// ```
        /// use barebus_wire::{DecodeErrorKind, Endian, Reader};
        ///
        /// // Length 1, a byte that is not UTF-8, NUL.
        /// let error = Reader::new(b"\x01\0\0\0\xff\0", Endian::Little).read_str().unwrap_err();
        /// assert_eq!(error.kind, DecodeErrorKind::NotUtf8);
        /// assert_eq!(error.kind.name(), "NotUtf8");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DecodeErrorKind {
            $($(#[$doc])* $name,)*
            /// A SIGNATURE value, or the header's SIGNATURE field, breaks a rule of signatures. Spec: Valid Signatures.
            Signature(SignatureErrorKind),
        }

        impl DecodeErrorKind {
            /// Every kind but those of signatures, for tests and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind's name, stable across releases: `barebus validate` prints it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    Self::Signature(kind) => kind.name(),
                }
            }

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Signature(kind) => kind.text(),
                }
            }
        }
    };
}

kinds! {
    /// The bytes end before the message does; more may make it whole.
    Incomplete "the message is incomplete",
    /// The first byte is neither `l` nor `B`.
    UnknownByteOrder "the byte order mark is neither 'l' nor 'B'",
    /// The message type is 0.
    MessageTypeZero "the message type is 0",
    /// The major protocol version is not 1.
    ProtocolVersion "the protocol version is not 1",
    /// The serial is 0.
    SerialZero "the serial is 0",
    /// The header fields announce more than 2^26 bytes.
    HeaderFieldsTooLong "the header fields are longer than 64 MiB",
    /// The body announces more bytes than any message may have.
    BodyTooLong "the body is longer than 128 MiB",
    /// Header and body together are longer than 2^27 bytes.
    MessageTooLong "the message is longer than 128 MiB",
    /// More bytes were handed in than the message has.
    SurplusBytes "bytes follow the message's end",
    /// A padding byte is not 0.
    PaddingNotZero "a padding byte is not 0",
    /// A header field has code 0.
    HeaderFieldZero "a header field has the code 0",
    /// A known header field holds a value of another type than the specification gives it.
    HeaderFieldType "a header field has the wrong type",
    /// A known header field appears twice.
    HeaderFieldTwice "a header field appears twice",
    /// A METHOD_CALL or SIGNAL without PATH.
    MissingPath "the header has no PATH",
    /// A SIGNAL without INTERFACE.
    MissingInterface "the header has no INTERFACE",
    /// A METHOD_CALL or SIGNAL without MEMBER.
    MissingMember "the header has no MEMBER",
    /// An ERROR without ERROR_NAME.
    MissingErrorName "the header has no ERROR_NAME",
    /// A METHOD_RETURN or ERROR without REPLY_SERIAL.
    MissingReplySerial "the header has no REPLY_SERIAL",
    /// REPLY_SERIAL is 0, which no message has.
    ReplySerialZero "REPLY_SERIAL is 0",
    /// PATH is `/org/freedesktop/DBus/Local`, which must never be on the wire.
    LocalPath "PATH is the reserved /org/freedesktop/DBus/Local",
    /// INTERFACE is `org.freedesktop.DBus.Local`, which must never be on the wire.
    LocalInterface "INTERFACE is the reserved org.freedesktop.DBus.Local",
    /// An OBJECT_PATH breaks the rules of object paths.
    BadPath "an object path is invalid",
    /// INTERFACE, or a string that was asked for as one, is no interface name.
    BadInterface "the interface name is invalid",
    /// MEMBER, or a string that was asked for as one, is no member name.
    BadMember "the member name is invalid",
    /// ERROR_NAME, or a string that was asked for as one, is no error name.
    BadErrorName "the error name is invalid",
    /// DESTINATION is not a bus name.
    BadDestination "the destination is not a bus name",
    /// SENDER is not a bus name.
    BadSender "the sender is not a bus name",
    /// The body's values need more bytes than the body has.
    NotEnoughData "the body ends before its values do",
    /// Bytes are left in the body after the values of its signature.
    TooMuchData "bytes are left after the last value of the body",
    /// A string or array is longer than what is left of the message.
    LengthOutOfBounds "a length reaches beyond the end of the message",
    /// A STRING, OBJECT_PATH or SIGNATURE contains a NUL before its end.
    StringWithNul "a string contains a NUL",
    /// A STRING or OBJECT_PATH does not end with a NUL.
    StringMissingNul "a string does not end with a NUL",
    /// A STRING is not UTF-8.
    NotUtf8 "a string is not UTF-8",
    /// A BOOLEAN is neither 0 nor 1.
    BadBoolean "a boolean is neither 0 nor 1",
    /// An array's payload is longer than 2^26 bytes.
    ArrayTooLong "an array is longer than 64 MiB",
    /// An array's length ends inside one of its elements.
    ArrayLengthIncorrect "an array ends inside an element",
    /// A SIGNATURE is longer than what is left of the message.
    SignatureOutOfBounds "a signature reaches beyond the end of the message",
    /// A SIGNATURE does not end with a NUL.
    SignatureMissingNul "a signature does not end with a NUL",
    /// A variant's signature is longer than what is left of the message.
    VariantSignatureOutOfBounds "a variant's signature reaches beyond the end of the message",
    /// A variant's signature does not end with a NUL.
    VariantSignatureMissingNul "a variant's signature does not end with a NUL",
    /// A variant's signature is empty.
    VariantSignatureEmpty "a variant's signature is empty",
    /// A variant's signature holds more than one single complete type.
    VariantSignatureMultiple "a variant's signature is more than one type",
    /// A variant's signature is invalid.
    VariantSignatureBad "a variant's signature is invalid",
    /// More than 64 containers enclose one another.
    NestedTooDeeply "containers are nested more than 64 deep",
    /// A UNIX_FD is not below the number of descriptors that came with the message.
    FdIndexOutOfBounds "a descriptor's index is not below UNIX_FDS",
    /// A string that was asked for as a bus name is none.
    BadBusName "a bus name is invalid",
    /// An array that was asked for with a certain number of elements has another.
    ElementCount "an array has a different number of elements than expected",
    /// A string enumeration, or a dictionary read as a struct, holds a value that the Rust type has no place for.
    UnknownValue "a value is not one that the type can hold",
    /// A dictionary read as a struct lacks an entry that the struct requires.
    MissingEntry "a dictionary lacks a required entry",
    /// A variant in a dictionary read as a struct holds another type than the field has.
    EntryType "a dictionary entry has a different type than the field",
    /// A variant's content was asked for as another type than it holds.
    VariantType "a variant holds a different type than expected",
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Why a value cannot be marshalled.
///
/// ```
/// use barebus_wire::{EncodeError, MethodCall, Serial};
///
/// const CALL: MethodCall<'static> =
///     MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
///
/// let mut buffer = [0; 16];
/// match CALL.header(Serial::FIRST).encode(&mut buffer, &(2, 3)).unwrap_err() {
///     EncodeError::BufferTooSmall { needed, .. } => assert!(needed > 16),
///     other => panic!("{other}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// The caller's buffer is too small; `needed` bytes are enough for the whole message.
    BufferTooSmall {
        /// Bytes that the message takes.
        needed: usize,
    },
    /// A string contains a NUL, which D-Bus cannot carry.
    StringWithNul,
    /// A string is longer than 2^32 - 1 bytes.
    StringTooLong,
    /// An array's payload is longer than 2^26 bytes.
    ArrayTooLong,
    /// Header and body together are longer than 2^27 bytes.
    MessageTooLong,
    /// The body's signature is longer than 255 bytes.
    SignatureTooLong,
    /// More than 64 containers enclose one another.
    NestedTooDeeply,
    /// A required header field is missing for this message type, as the kind says.
    Header(DecodeErrorKind),
    /// A struct without fields, which no signature can say.
    StructEmpty,
    /// What is to be marshalled again is invalid, or is not what its signature says: which rule it breaks, and where in the bytes
    /// that it is read from.
    Body(DecodeError),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => {
                write!(f, "the buffer is too small, {needed} bytes are needed")
            }
            Self::StringWithNul => f.write_str("a string contains a NUL"),
            Self::StringTooLong => f.write_str("a string is longer than 4 GiB"),
            Self::ArrayTooLong => f.write_str("an array is longer than 64 MiB"),
            Self::MessageTooLong => f.write_str("the message is longer than 128 MiB"),
            Self::SignatureTooLong => f.write_str("the signature is longer than 255 bytes"),
            Self::NestedTooDeeply => f.write_str("containers are nested more than 64 deep"),
            Self::Header(kind) => write!(f, "the header cannot be sent: {kind}"),
            Self::StructEmpty => f.write_str("a struct has no fields"),
            Self::Body(error) => write!(f, "the body cannot be sent: {error}"),
        }
    }
}

impl core::error::Error for EncodeError {}

/// A rule that bytes to be marshalled again break.
impl From<DecodeError> for EncodeError {
    fn from(error: DecodeError) -> Self {
        Self::Body(error)
    }
}

/// Why a body, or a variant's content, cannot be read as the type that the caller asked for.
///
/// ```
/// use barebus_wire::{BodyError, OwnedBody};
///
/// let body = OwnedBody::new(&("eth0",))?;
/// match body.get::<(u32,)>().unwrap_err() {
///     BodyError::Signature { expected, found } => {
///         assert_eq!(expected, "u");
///         assert_eq!(found.to_string(), "s");
///     }
///     other => panic!("{other}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// It is of another type.
    Signature {
        /// What the caller's type says.
        expected: Signature<'static>,
        /// What the message says.
        found: SignatureExcerpt,
    },
    /// A variant in it holds another type: `VariantType`, and `EntryType` in a dictionary that is read as a struct.
    Variant {
        /// What the caller's type says.
        expected: &'static Expected,
        /// What the message says.
        found: SignatureExcerpt,
        /// The kind, and where the variant is.
        error: DecodeError,
    },
    /// A dictionary that is read as a struct lacks an entry: `MissingEntry`.
    MissingEntry {
        /// What the caller's type says.
        expected: &'static Expected,
        /// The kind, and where the dictionary ends.
        error: DecodeError,
    },
    /// A UNIX_FD in it names a descriptor that did not come: `FdIndexOutOfBounds`.
    FdIndex {
        /// The UNIX_FD.
        index: u32,
        /// How many descriptors came with the message.
        count: u32,
        /// The kind, and where the UNIX_FD is.
        error: DecodeError,
    },
    /// Its bytes are invalid.
    Decode(DecodeError),
}

/// What a Rust type asks of a variant.
///
/// ```
/// use barebus_wire::{BodyError, Entries, OwnedBody};
///
/// barebus_wire::dictionary! {
///     #[derive(Debug)]
///     struct Settings {
///         "Mtu" => mtu: Option<u32>,
///     }
/// }
///
/// let body = OwnedBody::new(&(Entries::variants([("Mtu", "1500".into())]),))?;
/// let BodyError::Variant { expected, .. } = body.get::<(Settings,)>().unwrap_err() else {
///     panic!("the entry has another type");
/// };
/// assert_eq!(expected.key, Some("Mtu"));
/// assert_eq!(expected.signature, "u");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// The type of the value in it.
    pub signature: Signature<'static>,
    /// The key of the entry that it is the value of, in a dictionary that is read as a struct.
    pub key: Option<&'static str>,
}

impl BodyError {
    /// Which rule is broken, and where; `None` where the whole body or variant is of another type.
    pub const fn decode_error(&self) -> Option<DecodeError> {
        match self {
            Self::Signature { .. } => None,
            Self::Variant { error, .. }
            | Self::MissingEntry { error, .. }
            | Self::FdIndex { error, .. }
            | Self::Decode(error) => Some(*error),
        }
    }
}

impl From<DecodeError> for BodyError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { expected, found } => {
                write!(f, "the signature is '{found}', expected '{expected}'")
            }
            Self::Variant { expected: Expected { signature, key: None }, found, error } => {
                write!(
                    f,
                    "the variant at byte {} holds '{found}', expected '{signature}'",
                    error.at
                )
            }
            Self::Variant { expected: Expected { signature, key: Some(key) }, found, error } => {
                let at = error.at;
                write!(f, "the entry {key:?} holds '{found}' at byte {at}, expected '{signature}'")
            }
            Self::MissingEntry { expected, error } => {
                let at = error.at;
                let key = expected.key.unwrap_or_default();
                write!(f, "the dictionary that ends at byte {at} lacks the entry {key:?}")
            }
            Self::FdIndex { index, count, error } => {
                let at = error.at;
                write!(
                    f,
                    "descriptor {index} at byte {at} is missing: {count} came with the message"
                )
            }
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for BodyError {}

/// The beginning of a signature, kept by value so that an error outlives the message it speaks of.
///
/// ```
/// use barebus_wire::{BodyError, OwnedBody};
///
/// let error = OwnedBody::new(&(vec!["eth0"],))?.get::<(&str,)>().unwrap_err();
/// let BodyError::Signature { found, .. } = error else { panic!("{error}") };
/// assert_eq!(found.to_string(), "as");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SignatureExcerpt {
    text: [u8; Self::MAX],
    len: u8,
}

impl SignatureExcerpt {
    /// Bytes that are kept; longer signatures are cut and end in `…`.
    pub const MAX: usize = 47;

    pub(crate) fn new(signature: Signature<'_>) -> Self {
        Self::of(signature.as_str())
    }

    /// The beginning of what should be a signature, in ASCII.
    pub(crate) fn of(signature: &str) -> Self {
        let mut text = [0; Self::MAX];
        for (to, from) in text.iter_mut().zip(signature.as_bytes()) {
            *to = *from;
        }
        Self { text, len: u8::try_from(signature.len()).unwrap_or(u8::MAX) }
    }
}

impl fmt::Display for SignatureExcerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.text.get(..usize::from(self.len)).unwrap_or(&self.text);
        f.write_str(core::str::from_utf8(kept).unwrap_or_default())?;
        if usize::from(self.len) > Self::MAX { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for SignatureExcerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
