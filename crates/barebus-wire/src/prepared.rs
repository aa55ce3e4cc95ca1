//! A METHOD_CALL whose header is marshalled once.

use alloc::boxed::Box;
use alloc::vec;
use core::fmt;

use crate::body::EncodeBody;
use crate::endian::Endian;
use crate::error::{EncodeError, SignatureExcerpt};
use crate::field::{BODY_LEN_AT, SERIAL_AT};
use crate::header::Serial;
use crate::limits;
use crate::method_call::MethodCall;
use crate::signature::Signature;
use crate::writer::Writer;

/// A header marshalled once, to be sent many times with other serials and other arguments of the same types. Needs the feature
/// `alloc`.
///
/// ```
/// use barebus_wire::{Message, MessageBuf, MethodCall, PreparedCall, Serial, Signature};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let mut add = PreparedCall::new(&call, Signature::from_static("ii"))?;
/// let mut buf = MessageBuf::new();
/// buf.push_prepared(&mut add, Serial::FIRST, &(2, 3))?;
/// assert_eq!(Message::parse(buf.as_slice())?.body::<(i32, i32)>()?, (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreparedCall {
    /// Header with its padding; serial and body length are 0.
    head: Box<[u8]>,
    signature: Box<str>,
    endian: Endian,
}

impl PreparedCall {
    /// Prepares `call` with arguments of `signature`.
    ///
    /// # Errors
    /// `Header` when a reserved name is used; `MessageTooLong`.
    pub fn new(call: &MethodCall<'_>, signature: Signature<'_>) -> Result<Self, EncodeError> {
        let header = call.header(Serial::FIRST);
        header.check_reserved()?;
        let mut counter = Writer::new(&mut [], header.endian);
        header.put(&mut counter, signature);
        let mut head = vec![0; counter.position().min(limits::MESSAGE_LEN as usize)];
        let mut writer = Writer::new(&mut head, header.endian);
        header.put(&mut writer, signature);
        writer.finish()?;
        Ok(Self { head: head.into(), signature: signature.as_str().into(), endian: header.endian })
    }

    /// Marshals the call with `serial` and `body`. Gives its length in bytes.
    ///
    /// # Errors
    /// `Signature` when `body` has another signature than was prepared; else as [`Header::encode`](crate::Header::encode).
    #[inline]
    pub fn encode<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        serial: Serial,
        body: &B,
    ) -> Result<usize, PreparedError> {
        self.check(body)?;
        Ok(self.encode_checked(buf, serial, body)?)
    }

    /// That `body` has the signature that was prepared.
    #[inline]
    pub(crate) fn check<B: EncodeBody + ?Sized>(&self, body: &B) -> Result<(), PreparedError> {
        if body.signature().as_str() == &*self.signature {
            return Ok(());
        }
        Err(PreparedError::Signature {
            expected: SignatureExcerpt::of(&self.signature),
            found: SignatureExcerpt::new(body.signature()),
        })
    }

    /// As [`PreparedCall::encode`], for a body that [`PreparedCall::check`] took.
    #[inline]
    pub(crate) fn encode_checked<B: EncodeBody + ?Sized>(
        &self,
        buf: &mut [u8],
        serial: Serial,
        body: &B,
    ) -> Result<usize, EncodeError> {
        let mut writer = Writer::new(buf, self.endian);
        writer.put_bytes(&self.head);
        writer.patch_u32(SERIAL_AT, serial.get());
        body.encode_body(&mut writer)?;
        let body_len = u32::try_from(writer.position() - self.head.len());
        writer.patch_u32(BODY_LEN_AT, body_len.map_err(|_| EncodeError::MessageTooLong)?);
        writer.finish()
    }
}

/// Why a prepared call cannot be marshalled.
///
/// ```
/// use barebus_wire::{MessageBuf, MethodCall, PreparedCall, PreparedError, Serial, Signature};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let mut add = PreparedCall::new(&call, Signature::from_static("ii"))?;
/// let error = MessageBuf::new().push_prepared(&mut add, Serial::FIRST, &("2", "3")).unwrap_err();
/// assert!(matches!(error, PreparedError::Signature { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreparedError {
    /// The arguments are of other types than were prepared.
    Signature {
        /// What was prepared.
        expected: SignatureExcerpt,
        /// What the arguments are.
        found: SignatureExcerpt,
    },
    /// The arguments cannot be marshalled.
    Encode(EncodeError),
}

impl From<EncodeError> for PreparedError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for PreparedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { expected, found } => {
                write!(f, "the arguments' signature is '{found}', prepared was '{expected}'")
            }
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for PreparedError {}
