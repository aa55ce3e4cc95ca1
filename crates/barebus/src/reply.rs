//! What came back, with the file descriptors that it brought.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use barebus_wire::{BodyError, DecodeBody, FdIndex, Header, Message};

macro_rules! received {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'a> {
            message: Message<'a>,
            fds: Vec<OwnedFd>,
        }

        impl<'a> $name<'a> {
            #[inline]
            pub(crate) const fn new(message: Message<'a>, fds: Vec<OwnedFd>) -> Self {
                Self { message, fds }
            }

            /// The arguments as a tuple: `let (state,): (&str,) = reply.body()?`. They borrow from the receive buffer.
            ///
            /// # Errors
            /// `BodyError::Signature` names both signatures; `BodyError::Decode` what is invalid and where.
            #[inline]
            pub fn body<T: DecodeBody<'a>>(&self) -> Result<T, BodyError> {
                self.message.body()
            }

            /// The whole message.
            pub const fn message(&self) -> &Message<'a> {
                &self.message
            }

            /// Its header.
            pub const fn header(&self) -> &Header<'a> {
                self.message.header()
            }

            /// The file descriptor that a UNIX_FD of the body names.
            pub fn fd(&self, index: FdIndex) -> Option<BorrowedFd<'_>> {
                self.fds.get(index.0 as usize).map(AsFd::as_fd)
            }

            /// The file descriptors, in the order of their indices; they are closed when dropped.
            pub fn into_fds(self) -> Vec<OwnedFd> {
                self.fds
            }
        }
    };
}

received! {
    /// A METHOD_RETURN.
    Reply
}

received! {
    /// A SIGNAL.
    Signal
}
