//! Received replies and signals, with their file descriptors.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use barebus_session::Received;
use barebus_wire::{BodyError, DecodeBody, ErrorName, FdIndex, Header, Message, MessageType};

use crate::error::CallError;
use crate::sys::Descriptor;

macro_rules! received {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<'a>(Received<'a, Descriptor>);

        impl<'a> $name<'a> {
            #[inline]
            pub(crate) const fn new(received: Received<'a, Descriptor>) -> Self {
                Self(received)
            }

            /// The arguments as a tuple: `let (state,): (&str,) = reply.body()?`. They borrow from the receive buffer.
            ///
            /// # Errors
            /// [`BodyError::Signature`] and [`BodyError::Variant`]: other types than expected; both signatures are named.
            /// [`BodyError::Decode`]: the body is invalid; it says what is wrong at which byte.
            #[inline]
            pub fn body<T: DecodeBody<'a>>(&self) -> Result<T, BodyError> {
                self.0.message.body()
            }

            /// The whole message.
            pub const fn message(&self) -> &Message<'a> {
                &self.0.message
            }

            /// The header of the message.
            pub const fn header(&self) -> &Header<'a> {
                self.0.message.header()
            }

            /// The file descriptor that a UNIX_FD of the body refers to; `None` if no descriptor has this index.
            pub fn fd(&self, index: FdIndex) -> Option<BorrowedFd<'_>> {
                self.0.fds.get(index.0 as usize).map(AsFd::as_fd)
            }

            /// The file descriptors, in the order of their indices. Dropping one closes it, which can block:
            /// see [`Descriptor`].
            pub fn into_fds(self) -> Vec<OwnedFd> {
                self.0.fds.into_iter().map(OwnedFd::from).collect()
            }
        }

        /// The header's fields, the body's values, and the file descriptors.
        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                shown.field("message", &self.0.message);
                if !self.0.fds.is_empty() {
                    shown.field("fds", &self.0.fds);
                }
                shown.finish()
            }
        }

        impl<'a> From<$name<'a>> for Received<'a, Descriptor> {
            fn from(received: $name<'a>) -> Self {
                received.0
            }
        }
    };
}

received! {
    /// The reply to a call: a METHOD_RETURN. It borrows from the receive buffer, so it must be dropped before the connection is used
    /// again.
    ///
    /// ```no_run
    /// use barebus::{Connection, Dict, Proxy, Variant};
    ///
    /// let mut bus = Connection::system()?;
    /// let mut proxy = Proxy::new(&mut bus, "org.example", "/org/example", "org.example.Link")?;
    /// let reply = proxy.get_all()?;
    /// let (properties,): (Dict<&str, Variant>,) = reply.body()?;
    /// println!("{:?}", properties.get::<u32>("Mtu")?);
    /// // Prints the header's fields and the values: `body: ({'Mtu': <uint32 1500>},)`.
    /// println!("{reply:?}");
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// A reply with a file descriptor:
    ///
    /// ```no_run
    /// use barebus::{Connection, FdIndex, Proxy, Reply};
    ///
    /// let mut bus = Connection::system()?;
    /// let (name, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
    /// let mut login = Proxy::new(&mut bus, name, path, "org.freedesktop.login1.Manager")?;
    /// let reply: Reply<'_> = login.call("Inhibit", &("sleep", "backup", "a backup runs", "block"))?;
    /// // The reply is a file descriptor: its index in the message.
    /// let (FdIndex(index),): (FdIndex,) = reply.body()?;
    /// let lock = reply.into_fds().into_iter().nth(index as usize);
    /// # Ok::<(), barebus::Error>(())
    /// ```
    Reply
}

received! {
    /// A received SIGNAL. It borrows from the receive buffer, so it must be dropped before the connection is used again.
    ///
    /// ```no_run
    /// use barebus::{Connection, MatchRuleBuf, Signal};
    ///
    /// let mut bus = Connection::system()?;
    /// let rule = MatchRuleBuf::signals().sender("org.freedesktop.DBus").member("NameOwnerChanged");
    /// let mut changes = bus.signals(&rule.rule()?)?;
    /// if let Some(signal) = changes.next(&mut bus, None)? {
    ///     let signal: Signal<'_> = signal;
    ///     let (name, old, new): (&str, &str, &str) = signal.body()?;
    ///     println!("{:?}: {name}, {old} -> {new}", signal.header().member);
    /// }
    /// # Ok::<(), barebus::Error>(())
    /// ```
    Signal
}

/// The reply; an ERROR message becomes an error.
#[inline]
pub(crate) fn into_reply(reply: Received<'_, Descriptor>) -> Result<Reply<'_>, CallError> {
    if reply.message.header().message_type == MessageType::Error {
        return Err(remote_error(&reply.message));
    }
    Ok(Reply::new(reply))
}

/// An ERROR message as an error.
#[cold]
fn remote_error(message: &Message<'_>) -> CallError {
    let name = message.header().error_name.map_or("", ErrorName::as_str);
    CallError::Remote {
        name: name.into(),
        message: message.first_argument::<&str>().unwrap_or_default().into(),
    }
}
