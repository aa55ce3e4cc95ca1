//! Arguments: what a message's body holds, as a tuple.

use core::fmt;

use crate::cursor::Cursor;
use crate::error::EncodeError;
use crate::message::Message;
use crate::print::BodyText;
use crate::signature::{ShortText, Signature, SignatureText};
use crate::writer::Writer;

/// Arguments to be marshalled as a message's body: implemented for tuples of up to 16 [`Encode`](crate::Encode) types, for `()`, and for the
/// body of another message.
///
/// A body is a tuple even if it has one argument: `("sshd.service",)` is the body `s`. A tuple that is itself an argument is a STRUCT:
/// `((1_u32, "a"),)` is the body `(us)`, and `(1_u32, "a")` is the body `us`.
///
/// ```
/// use barebus_wire::EncodeBody;
///
/// /// A body is a tuple of arguments.
/// fn signature(body: &impl EncodeBody) -> String {
///     body.signature().to_string()
/// }
///
/// assert_eq!(signature(&("eth0", 1500_u32)), "su");
/// assert_eq!(signature(&((1_u8, 2_u8),)), "(yy)");
/// assert_eq!(signature(&()), "");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a message body",
    label = "wrap it in a tuple: `(value,)`",
    note = "a body is a tuple of up to 16 arguments, and every argument must implement `Encode`"
)]
pub trait EncodeBody {
    /// The arguments' types, one after the other.
    fn signature(&self) -> Signature<'_>;

    /// Marshals the arguments.
    ///
    /// # Errors
    /// As the arguments' own [`Encode`](crate::Encode).
    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;
}

impl<T: EncodeBody + ?Sized> EncodeBody for &T {
    fn signature(&self) -> Signature<'_> {
        T::signature(self)
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        T::encode_body(self, writer)
    }
}

/// Arguments that another message brought.
///
/// ```
/// use barebus_wire::{Message, MessageBuf, MethodCall, RawBody, Serial};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let mut received = MessageBuf::new();
/// received.push(&call.header(Serial::FIRST), &(2, 3))?;
/// let message = Message::parse(received.as_slice())?;
///
/// // Pass the arguments on without reading them.
/// let next = MethodCall::from_static("org.example.Other", "/", "org.example.Calculator", "Add");
/// let mut sent = MessageBuf::new();
/// sent.push(&next.header(Serial::FIRST), &RawBody::of(&message))?;
/// assert_eq!(Message::parse(sent.as_slice())?.body::<(i32, i32)>()?, (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RawBody<'a> {
    cursor: Cursor<'a>,
    signature: Signature<'a>,
}

impl<'a> RawBody<'a> {
    /// The arguments of `message`, to be validated as they are marshalled again.
    pub fn of(message: &Message<'a>) -> Self {
        Self { cursor: message.cursor(), signature: message.signature() }
    }
}

/// The values as a tuple, in GVariant's text form.
impl fmt::Debug for RawBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BodyText(self.cursor.clone()).fmt(f)
    }
}

impl EncodeBody for RawBody<'_> {
    fn signature(&self) -> Signature<'_> {
        self.signature
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let mut cursor = self.cursor.clone();
        writer.put_all(&mut cursor)?;
        // Bytes after the last value make the body invalid; dropping them would hide it.
        Ok(cursor.into_reader().finish()?)
    }
}

/// A list of arguments whose signature is known when compiling: implemented for `()` and for tuples of up to 16 [`Type`](crate::Type)s.
///
/// A tuple that is a single value is a STRUCT and has the signature `(…)`, see [`Type`](crate::Type). As a list of arguments it has the
/// signatures of its fields, one after the other.
///
/// ```
/// use barebus_wire::Arguments;
///
/// assert_eq!(<(&str, Vec<u32>)>::SIGNATURE, "sau");
/// assert_eq!(<()>::SIGNATURE, "");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of arguments",
    label = "wrap it in a tuple: `(value,)`",
    note = "a list of arguments is a tuple of up to 16 types that implement `Type`"
)]
pub trait Arguments {
    /// The signature's text.
    const TEXT: SignatureText;

    /// [`Arguments::TEXT`], where a constant lives.
    #[doc(hidden)]
    const TEXT_REF: &'static SignatureText = &Self::TEXT;

    /// [`Self::TEXT`] if it is short.
    #[doc(hidden)]
    const SHORT_TEXT: &'static ShortText = &Self::TEXT.short();

    /// The arguments' types, one after the other.
    const SIGNATURE: Signature<'static> = Self::TEXT_REF.signature_in(Self::SHORT_TEXT);
}
