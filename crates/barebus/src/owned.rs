//! Messages that own their bytes and file descriptors.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use barebus_session::Received;
use barebus_wire::definition::IntoMessage;
use barebus_wire::{BodyError, DecodeBody, DecodeError, FdIndex, Message};

use crate::reply::{Reply, Signal};
use crate::sys::Descriptor;

/// A received message that owns its bytes and its file descriptors, so it can be kept while the connection is used.
///
/// Made from a [`Reply`], a [`Signal`] or the [`Received`] of an event. The `answer` and `value` of definitions read it, too.
///
/// ```no_run
/// use barebus::{Connection, MethodCall, OwnedMessage};
///
/// let mut bus = Connection::system()?;
/// let call = MethodCall::from_static(
///     "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId",
/// );
/// // A reply borrows from the connection. An owned message does not.
/// let first = OwnedMessage::from(bus.call(&call, &())?);
/// let second = OwnedMessage::from(bus.call(&call, &())?);
/// assert_eq!(first.body::<(&str,)>()?, second.body::<(&str,)>()?);
/// # Ok::<(), barebus::Error>(())
/// ```
pub struct OwnedMessage {
    /// A whole message, which was parsed when it arrived.
    bytes: Box<[u8]>,
    fds: Vec<Descriptor>,
}

impl OwnedMessage {
    /// The arguments as a tuple: `let (state,): (&str,) = reply.body()?`. They borrow from `self`.
    ///
    /// # Errors
    /// [`BodyError::Signature`] and [`BodyError::Variant`]: other types than expected; both signatures are named.
    /// [`BodyError::Decode`]: the body is invalid; it says what is wrong at which byte.
    pub fn body<'a, T: DecodeBody<'a>>(&'a self) -> Result<T, BodyError> {
        self.message()?.body()
    }

    /// The whole message: its header and its body.
    ///
    /// # Errors
    /// None: the message was parsed when it arrived.
    pub fn message(&self) -> Result<Message<'_>, DecodeError> {
        Message::parse(&self.bytes).map(Message::received)
    }

    /// The file descriptor that a UNIX_FD of the body refers to; `None` if no descriptor has this index.
    pub fn fd(&self, index: FdIndex) -> Option<BorrowedFd<'_>> {
        self.fds.get(index.0 as usize).map(AsFd::as_fd)
    }

    /// The file descriptors, in the order of their indices. Dropping one closes it, which can block: see [`Descriptor`].
    pub fn into_fds(self) -> Vec<OwnedFd> {
        self.fds.into_iter().map(OwnedFd::from).collect()
    }

    /// The number of its bytes.
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it has no bytes. No message is empty.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number of its file descriptors.
    pub fn fd_count(&self) -> usize {
        self.fds.len()
    }
}

impl From<Received<'_, Descriptor>> for OwnedMessage {
    fn from(received: Received<'_, Descriptor>) -> Self {
        let Received { message, fds } = received;
        Self { bytes: message.as_bytes().into(), fds }
    }
}

impl From<Reply<'_>> for OwnedMessage {
    fn from(reply: Reply<'_>) -> Self {
        Received::from(reply).into()
    }
}

impl From<Signal<'_>> for OwnedMessage {
    fn from(signal: Signal<'_>) -> Self {
        Received::from(signal).into()
    }
}

impl<'a> IntoMessage<'a> for &'a OwnedMessage {
    fn into_message(self) -> Result<Message<'a>, DecodeError> {
        self.message()
    }
}

/// The header's fields, which tell how many file descriptors there are, and the body's values.
impl fmt::Debug for OwnedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Ok(message) => message.fmt(f),
            Err(error) => write!(f, "<invalid: {error}>"),
        }
    }
}
