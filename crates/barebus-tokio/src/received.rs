//! Received replies and signals.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;

use barebus::wire::DecodeBody;
use barebus::{BodyError, DecodeError, FdIndex, Message, OwnedMessage, PropertiesChanged};

/// The cost of a file descriptor in bytes: a queue of 1 MiB holds at most 64 of them open.
const FD_COST: usize = 16 << 10;

/// The cost of a message in a queue, in bytes.
pub(crate) fn cost(message: &OwnedMessage) -> usize {
    size_of::<OwnedMessage>() + message.len() + message.fd_count() * FD_COST
}

macro_rules! received {
    ($name:ident) => {
        impl $name {
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
                self.received.message()
            }

            /// The file descriptor that a UNIX_FD of the body refers to; `None` if no descriptor has this index. It is closed with
            /// the last clone of the message.
            pub fn fd(&self, index: FdIndex) -> Option<BorrowedFd<'_>> {
                self.received.fd(index)
            }
        }

        impl<'a> barebus::definition::IntoMessage<'a> for &'a $name {
            fn into_message(self) -> Result<Message<'a>, DecodeError> {
                self.message()
            }
        }
    };
}
pub(crate) use received;

/// The reply to a call: a METHOD_RETURN.
///
/// ```no_run
/// use barebus::MethodCall;
/// use barebus_tokio::{Connection, Reply};
///
/// # async fn example(bus: Connection) -> Result<(), barebus::Error> {
/// let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
/// let call = MethodCall::new(name, path, "org.freedesktop.DBus", "ListNames")?;
/// let reply: Reply = bus.call(&call, &()).await?;
/// // What it reads borrows from the reply.
/// let (names,): (Vec<&str>,) = reply.body()?;
/// println!("{names:?}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Reply {
    received: OwnedMessage,
}

received!(Reply);

impl Reply {
    /// The file descriptors, in the order of their indices. Dropping one closes it, which can block: see [`Descriptor`](barebus::Descriptor).
    pub fn into_fds(self) -> Vec<OwnedFd> {
        self.received.into_fds()
    }
}

impl From<Reply> for OwnedMessage {
    fn from(reply: Reply) -> Self {
        reply.received
    }
}

impl From<barebus::Reply<'_>> for Reply {
    fn from(reply: barebus::Reply<'_>) -> Self {
        Self { received: reply.into() }
    }
}

/// A received SIGNAL. Its clones, and the copies in other streams, share the bytes and the file descriptors.
///
/// ```no_run
/// use barebus_tokio::{Signal, SignalStream};
///
/// /// Passes the signals of a stream to tasks of their own.
/// async fn spread(mut signals: SignalStream) -> Result<(), barebus::Error> {
///     while let Some(signal) = signals.next().await.transpose()? {
///         tokio::spawn(handle(signal));
///     }
///     Ok(())
/// }
///
/// async fn handle(signal: Signal) {
///     if let Ok((name,)) = signal.body::<(&str,)>() {
///         println!("{name}");
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Signal {
    received: Arc<OwnedMessage>,
}

received!(Signal);

impl Signal {
    /// The arguments of `PropertiesChanged`. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// [`BodyError::Signature`]: this is another signal.
    pub fn properties_changed(&self) -> Result<PropertiesChanged<'_>, BodyError> {
        let (interface, changed, invalidated) = self.body()?;
        Ok(PropertiesChanged { interface, changed, invalidated })
    }

    /// Its cost in a queue, in bytes.
    pub(crate) fn cost(&self) -> usize {
        cost(&self.received)
    }
}

impl From<OwnedMessage> for Signal {
    fn from(received: OwnedMessage) -> Self {
        Self { received: Arc::new(received) }
    }
}

impl From<Signal> for Arc<OwnedMessage> {
    fn from(signal: Signal) -> Self {
        signal.received
    }
}
