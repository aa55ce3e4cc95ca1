//! Sending the requests that definitions make.

use std::os::fd::OwnedFd;

use barebus_session::CallId;
use barebus_wire::definition::{IntoMessage, Request};
use barebus_wire::{DecodeError, EncodeBody, Message};

use crate::connection::Connection;
use crate::error::CallError;
use crate::reply::{Reply, Signal};

impl Connection {
    /// Sends a [`Request`] of a [definition](crate::definition) and waits for the reply. On a direct connection the destination
    /// is left out.
    ///
    /// ```no_run
    /// use barebus::definition::{Method, Object, Str};
    /// use barebus::{Connection, InterfaceName};
    ///
    /// const MANAGER: InterfaceName<'static> =
    ///     InterfaceName::from_static("org.freedesktop.systemd1.Manager");
    /// const SYSTEMD: Object<'static> =
    ///     Object::from_static("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
    /// const GET_UNIT_FILE_STATE: Method<(Str,), (Str,)> = Method::new(MANAGER, "GetUnitFileState");
    ///
    /// let mut bus = Connection::system()?;
    /// let reply = bus.request(GET_UNIT_FILE_STATE.call(SYSTEMD, ("sshd.service",)))?;
    /// let (state,) = GET_UNIT_FILE_STATE.answer(&reply)?;
    /// println!("{state}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call).
    #[inline]
    pub fn request<A: EncodeBody, Out>(
        &mut self,
        mut request: Request<'_, A, Out>,
    ) -> Result<Reply<'_>, CallError> {
        if self.is_direct() {
            request.call.destination = None;
        }
        self.call(&request.call, &request.arguments)
    }

    /// Queues a [`Request`] without waiting, as [`start_call`](Self::start_call) does. On a direct connection the destination
    /// is left out.
    ///
    /// # Errors
    /// As [`start_call`](Self::start_call).
    #[inline]
    pub fn start_request<A: EncodeBody, Out>(
        &mut self,
        request: Request<'_, A, Out>,
    ) -> Result<CallId, CallError> {
        self.start_request_with_fds(request, Vec::new())
    }

    /// As [`start_request`](Self::start_request), with file descriptors to send along. A UNIX_FD in the arguments is an index into `fds`.
    ///
    /// # Errors
    /// As [`start_call`](Self::start_call).
    #[inline]
    pub fn start_request_with_fds<A: EncodeBody, Out>(
        &mut self,
        mut request: Request<'_, A, Out>,
        fds: Vec<OwnedFd>,
    ) -> Result<CallId, CallError> {
        if self.is_direct() {
            request.call.destination = None;
        }
        self.start_call(&request.call, &request.arguments, fds)
    }
}

impl<'a> IntoMessage<'a> for &Reply<'a> {
    #[inline]
    fn into_message(self) -> Result<Message<'a>, DecodeError> {
        Ok(*self.message())
    }
}

impl<'a> IntoMessage<'a> for &Signal<'a> {
    #[inline]
    fn into_message(self) -> Result<Message<'a>, DecodeError> {
        Ok(*self.message())
    }
}
