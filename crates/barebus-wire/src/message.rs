//! Whole messages, borrowed.

use crate::body::Arguments;
use crate::cursor::Cursor;
use crate::error::{BodyError, DecodeError, DecodeErrorKind as Kind, SignatureExcerpt};
use crate::frame::Fixed;
use crate::header::Header;
use crate::reader::{ANY_FDS, Reader, Window};
use crate::signature::Signature;
use crate::value::Decode;

/// A message as it was received, borrowed. Holding one means that its header was checked; its body is checked by whoever
/// reads it, or by [`Message::validate`].
///
/// ```
/// use barebus_wire::{Header, Message, MessageType, Serial};
///
/// let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
/// header.reply_serial = Some(Serial::FIRST);
/// let mut buf = [0; 128];
/// let len = header.encode(&mut buf, &("enabled", 7_u32))?;
///
/// let message = Message::parse(&buf[..len])?;
/// assert_eq!(message.body::<(&str, u32)>()?, ("enabled", 7));
/// // Prints the header's fields and the values: `body: ('enabled', uint32 7)`.
/// println!("{message:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Message<'a> {
    bytes: &'a [u8],
    header: Header<'a>,
    /// A multiple of 8; body_start <= bytes.len()
    body_start: u32,
    /// How many descriptors came with it; [`ANY_FDS`] where the bytes do not say so.
    fds: u32,
    /// What of it is known to be UTF-8.
    window: Window<'a>,
}

impl<'a> Message<'a> {
    /// Checks the header of the one message that `bytes` are.
    ///
    /// # Errors
    /// `Incomplete` when bytes are missing, `SurplusBytes` when there are too many, else the rule that the header breaks.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        // Without UNIX_FDS it may stand in a file that once came with descriptors.
        Self::parse_with(bytes, ANY_FDS)
    }

    /// As [`Message::parse`], where `fds` descriptors came if UNIX_FDS is absent.
    #[allow(clippy::cast_possible_truncation, reason = "a message has at most 2^27 bytes")]
    pub(crate) fn parse_with(bytes: &'a [u8], fds: u32) -> Result<Self, DecodeError> {
        let Some(fixed) = Fixed::parse(bytes)? else {
            return Err(DecodeError::new(Kind::Incomplete, bytes.len()));
        };
        let len = fixed.frame_len();
        let Some(frame) = bytes.get(..len) else {
            return Err(DecodeError::new(Kind::Incomplete, bytes.len()));
        };
        let mut message = Self {
            bytes,
            header: Header::without_fields(&fixed)?,
            body_start: fixed.body_start() as u32,
            fds,
            window: Window::EMPTY,
        };
        message.window = message.header.complete(frame, &fixed)?;
        if bytes.len() != len {
            return Err(DecodeError::new(Kind::SurplusBytes, len));
        }
        if message.header.unix_fds != 0 {
            message.fds = message.header.unix_fds;
        }
        Ok(message)
    }

    /// The message as one that was received, so that the number of descriptors is known: UNIX_FDS, and none without that field.
    ///
    /// Every UNIX_FD in the body must be below that number, or reading it fails with `FdIndexOutOfBounds`. Of a message that is only
    /// parsed, this is checked where UNIX_FDS is there. Spec: Type System, UNIX_FD.
    #[must_use]
    pub const fn received(mut self) -> Self {
        self.fds = self.header.unix_fds;
        self
    }

    /// For a message that was received and whose header was checked before.
    #[cfg(all(feature = "alloc", not(compact)))]
    pub(crate) const fn trusted(bytes: &'a [u8], header: Header<'a>, body_start: u32) -> Self {
        Self { bytes, header, body_start, fds: header.unix_fds, window: Window::EMPTY }
    }

    /// The header.
    pub const fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// The body's signature.
    pub const fn signature(&self) -> Signature<'a> {
        self.header.signature
    }

    /// How many descriptors came with it; [`ANY_FDS`] where that is not known.
    #[cfg(feature = "alloc")]
    pub(crate) const fn fds(&self) -> u32 {
        self.fds
    }

    /// The whole message.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The body as it was received.
    pub fn body_bytes(&self) -> &'a [u8] {
        self.bytes.get(self.body_start as usize..).unwrap_or_default()
    }

    /// The body's values as a tuple of arguments: `let (state,): (&str,) = message.body()?`.
    ///
    /// Every value is validated as it is read; what stays lazy ([`Array`](crate::Array), [`Dict`](crate::Dict)) is validated
    /// as it is walked.
    ///
    /// # Errors
    /// `BodyError::Signature` when the message has another signature, `BodyError::Variant` and `BodyError::MissingEntry` when a
    /// variant or a dictionary in it does not hold what the type asks for, else the rule that the body breaks.
    #[cfg_attr(compact, inline(never))]
    #[cfg_attr(not(compact), inline)]
    pub fn body<T: DecodeBody<'a>>(&self) -> Result<T, BodyError> {
        if self.header.signature != T::SIGNATURE {
            return Err(BodyError::Signature {
                expected: T::SIGNATURE,
                found: SignatureExcerpt::new(self.header.signature),
            });
        }
        let mut reader = self.reader();
        let error = match T::decode_body(&mut reader) {
            Ok(body) => match reader.finish() {
                Ok(()) => return Ok(body),
                Err(error) => error,
            },
            Err(error) => error,
        };
        Err(reader.explain(error))
    }

    /// The first argument, when the signature begins with its type; what follows it is not looked at.
    ///
    /// # Errors
    /// As [`Message::body`].
    pub fn first_argument<T: Decode<'a>>(&self) -> Result<T, BodyError> {
        if self.header.signature.types().next() != Some(T::SIGNATURE) {
            return Err(BodyError::Signature {
                expected: T::SIGNATURE,
                found: SignatureExcerpt::new(self.header.signature),
            });
        }
        let mut reader = self.reader();
        T::decode(&mut reader).map_err(|error| reader.explain(error))
    }

    /// Walks the body's values, whatever they are.
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor::new(self.reader(), self.header.signature)
    }

    /// An error that validating the body, or walking it, has ended with, in full: `FdIndexOutOfBounds` with the index, and with how
    /// many descriptors came.
    pub fn explain(&self, error: DecodeError) -> BodyError {
        match error.kind {
            Kind::FdIndexOutOfBounds => self.reader().missing_fd(error),
            _ => BodyError::Decode(error),
        }
    }

    /// A reader that stands at the body's first byte.
    #[cfg_attr(compact, inline(never))]
    #[cfg_attr(not(compact), inline)]
    pub fn reader(&self) -> Reader<'a> {
        let mut reader = Reader::new(self.bytes, self.header.endian);
        reader.start_at(self.body_start as usize);
        reader.set_fds(self.fds);
        reader.set_window(self.window);
        reader
    }
}

/// A message's arguments as Rust types: implemented for tuples of up to 16 [`Decode`] types, and for `()`.
///
/// ```
/// use barebus_wire::{BodyError, DecodeBody, Message};
///
/// /// The arguments of a reply, as any tuple.
/// fn answer<'a, T: DecodeBody<'a>>(reply: &Message<'a>) -> Result<T, BodyError> {
///     reply.body()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a message body cannot be read as `{Self}`",
    label = "wrap it in a tuple: `(value,)`",
    note = "a body is a tuple of up to 16 arguments, and every argument must implement `Decode`"
)]
pub trait DecodeBody<'a>: Arguments + Sized {
    /// Unmarshals the arguments.
    ///
    /// # Errors
    /// Whatever rule the bytes break.
    fn decode_body(reader: &mut Reader<'a>) -> Result<Self, DecodeError>;
}
