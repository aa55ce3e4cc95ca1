//! What came, owned: the message's bytes and its file descriptors.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use barebus::wire::DecodeBody;
use barebus::{BodyError, DecodeError, Descriptor, FdIndex, Message, PropertiesChanged, Received};

/// A message and the file descriptors that came with it.
#[derive(Debug)]
pub(crate) struct Owned {
    /// Of a whole message, which was parsed before.
    bytes: Box<[u8]>,
    fds: Vec<Descriptor>,
}

/// What a file descriptor counts, in bytes: so that a queue of 1 MiB holds no more than 64 of them open.
const FD_COST: usize = 16 << 10;

impl Owned {
    /// What it counts in a queue, in bytes.
    pub(crate) fn cost(&self) -> usize {
        size_of::<Self>() + self.bytes.len() + self.fds.len() * FD_COST
    }

    pub(crate) fn message(&self) -> Result<Message<'_>, DecodeError> {
        Message::parse(&self.bytes).map(Message::received)
    }

    pub(crate) fn fd(&self, index: FdIndex) -> Option<BorrowedFd<'_>> {
        self.fds.get(index.0 as usize).map(AsFd::as_fd)
    }
}

impl From<Received<'_, Descriptor>> for Owned {
    fn from(received: Received<'_, Descriptor>) -> Self {
        let Received { message, fds } = received;
        Self { bytes: message.as_bytes().into(), fds }
    }
}

macro_rules! received {
    ($name:ident) => {
        impl $name {
            /// The arguments as a tuple: `let (state,): (&str,) = reply.body()?`. They borrow from this.
            ///
            /// # Errors
            /// `BodyError::Signature` names both signatures; `BodyError::Decode` what is invalid and where.
            pub fn body<'a, T: DecodeBody<'a>>(&'a self) -> Result<T, BodyError> {
                self.message()?.body()
            }

            /// The whole message: its header, and the body to be walked.
            ///
            /// # Errors
            /// None: the message was parsed when it came.
            pub fn message(&self) -> Result<Message<'_>, DecodeError> {
                self.received.message()
            }

            /// The file descriptor that a UNIX_FD of the body names. It is closed when the last owner of the message is gone.
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

/// A METHOD_RETURN.
#[derive(Debug)]
pub struct Reply {
    received: Owned,
}

received!(Reply);

impl Reply {
    /// The file descriptors, in the order of their indices. Dropping one closes it, which can wait: see [`Descriptor`].
    pub fn into_fds(self) -> Vec<OwnedFd> {
        self.received.fds.into_iter().map(OwnedFd::from).collect()
    }
}

impl From<barebus::Reply<'_>> for Reply {
    fn from(reply: barebus::Reply<'_>) -> Self {
        Self { received: Owned::from(Received::from(reply)) }
    }
}

/// A SIGNAL. Its clones, and those that other streams were given, share the bytes and the file descriptors.
#[derive(Clone, Debug)]
pub struct Signal {
    received: Arc<Owned>,
}

received!(Signal);

impl Signal {
    /// What a `PropertiesChanged` tells. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// `BodyError::Signature` for signals that are none.
    pub fn properties_changed(&self) -> Result<PropertiesChanged<'_>, BodyError> {
        let (interface, changed, invalidated) = self.body()?;
        Ok(PropertiesChanged { interface, changed, invalidated })
    }

    /// What it counts in a queue, in bytes.
    pub(crate) fn cost(&self) -> usize {
        self.received.cost()
    }
}

impl From<Owned> for Signal {
    fn from(received: Owned) -> Self {
        Self { received: Arc::new(received) }
    }
}
