//! Checking whole bodies.

use core::fmt;

use crate::error::{DecodeError, SignatureExcerpt};
use crate::layout::Layout;
use crate::message::Message;

impl Message<'_> {
    /// Checks the whole body against its signature.
    ///
    /// # Errors
    /// The first rule that the body breaks; [`Message::explain`] says more of it.
    pub fn validate(&self) -> Result<(), DecodeError> {
        Layout::new(self.signature()).validate_body(self.reader())
    }
}

impl Layout<'_> {
    /// Checks that `message` has a body of this signature, and the whole of it.
    ///
    /// # Errors
    /// `Signature` when it has another signature; else the first rule that the body breaks.
    pub fn validate(&self, message: &Message<'_>) -> Result<(), LayoutError> {
        if message.signature() != self.signature() {
            return Err(LayoutError::Signature {
                expected: SignatureExcerpt::new(self.signature()),
                found: SignatureExcerpt::new(message.signature()),
            });
        }
        self.validate_body(message.reader()).map_err(LayoutError::Decode)
    }
}

/// Why a message is none of the layout's signature, or no valid one.
///
/// ```
/// use barebus_wire::{Layout, LayoutError, Message, MessageBuf, MethodCall, Serial, Signature};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let mut buf = MessageBuf::new();
/// buf.push(&call.header(Serial::FIRST), &(2, 3))?;
/// let message = Message::parse(buf.as_slice())?;
/// let error = Layout::new(Signature::from_static("ss")).validate(&message).unwrap_err();
/// assert!(matches!(error, LayoutError::Signature { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutError {
    /// It is of other types.
    Signature {
        /// What the layout says.
        expected: SignatureExcerpt,
        /// What the message says.
        found: SignatureExcerpt,
    },
    /// Its body is invalid.
    Decode(DecodeError),
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { expected, found } => {
                write!(f, "the signature is '{found}', expected '{expected}'")
            }
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for LayoutError {}
