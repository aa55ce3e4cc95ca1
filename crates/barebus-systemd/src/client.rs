//! What the flows need of a connection.
//!
//! A **flow** is an operation of this crate: an `async fn` that is generic over [`Client`]. It knows no executor and no socket. Three shells drive
//! flows: [`Systemd`](crate::Systemd) blocks until a flow has ended, [`Later`](crate::Later) leaves the waiting to the user's event loop, and
//! `tokio::Systemd` awaits it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use barebus::definition::Request;
use barebus::wire::Flags;
use barebus::{CallError, EncodeBody, MatchRuleBuf, MethodCall, OwnedMessage};

use crate::access::action;
use crate::error::Error;
use crate::state::State;
use crate::subscription;
use crate::together::unless;

/// A connection to systemd, and what the crate knows about it.
///
/// [`send`](Self::send) and [`signals`](Self::signals) queue their messages when they are called, not when a future is polled: messages leave in
/// the order of the calls, and those that are queued together leave in one write.
pub(crate) trait Client: Sized {
    /// The signals of a subscription. Dropping it ends the subscription.
    type Signals;

    /// Queues a call. Dropping the future gives the call up. [`call`](Self::call) also heeds the limit of outstanding calls.
    fn send<B: EncodeBody>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        options: CallOptions,
    ) -> Self::Reply<'_>;

    /// The reply to a call.
    type Reply<'c>: Future<Output = Result<OwnedMessage, CallError>> + Unpin
    where
        Self: 'c;

    /// Queues a subscription. It gets every signal that is caused by what is sent later.
    fn signals(&self, rule: &MatchRuleBuf) -> Result<Self::Signals, CallError>;

    /// The next signal. Dropping the future loses none.
    ///
    /// The error is the refusal of the bus, or the end of the connection that the subscription was made on.
    fn next<'a>(
        &'a self,
        signals: &'a mut Self::Signals,
    ) -> impl Future<Output = Result<Arc<OwnedMessage>, CallError>> + 'a;

    /// Counts signals that were lost because they came faster than they were taken: those of the subscription, and maybe others.
    fn lost(&self, signals: &Self::Signals) -> u64;

    /// Waits until `at`.
    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()>;

    /// Whether this is a direct connection, without a bus.
    fn is_direct(&self) -> bool;

    /// What is known about the connection.
    fn state(&self) -> &State<Self::Signals>;

    /// Reads, without waiting, if nobody has read since the last reply: the connection may have ended meanwhile.
    fn look(&self) {}

    /// Whether the connection has ended, as far as that was read.
    fn has_ended(&self) -> bool;

    /// The number of calls whose reply is outstanding, whoever made them.
    fn outstanding(&self) -> usize;

    /// Counts the connections that were opened in place of ones that had ended. Subscriptions of an earlier connection are gone.
    fn generation(&self) -> u64;

    /// Opens a connection in place of the one of `generation`, which has ended. Does nothing if another flow has done so already.
    ///
    /// The error says why that failed; [`Client::can_reopen`] says whether it is of use.
    fn reopen(&self, generation: u64) -> Result<(), Error>;

    /// The address of the server.
    fn address(&self) -> String;

    /// Whether the connection can be opened again: it leads directly to a systemd whose address is known.
    fn can_reopen(&self) -> bool;

    /// Sends a request, when fewer calls than the limit are outstanding. The reply owns its bytes and file descriptors.
    ///
    /// If the connection ended before, and can be opened again, that is done first. If the bus refuses the call because too many replies are
    /// outstanding, it is sent again when a reply has come.
    async fn call<A: EncodeBody, Out>(
        &self,
        request: Request<'_, A, Out>,
        mut options: CallOptions,
    ) -> Result<OwnedMessage, CallError> {
        let calls = &self.state().calls;
        let _turn = calls.turn().await;
        open(self).await;
        drop(subscription::settle(self));
        let until = Instant::now() + CROWDED;
        loop {
            let again = options.again();
            let is_alone = self.outstanding() == 0;
            let error = match self.send_request(&request, options).await {
                Err(error) if error.remote_name() == Some(LIMITS_EXCEEDED) => error,
                reply => return reply,
            };
            // If no other reply was outstanding, another limit was meant.
            if is_alone || Instant::now() >= until {
                return Err(error);
            }
            options = again.map_err(|_| error)?;
            unless(calls.next_end(), self.sleep_until(Instant::now() + PAUSE)).await;
        }
    }

    /// [`send`](Self::send) for a request.
    fn send_request<A: EncodeBody, Out>(
        &self,
        request: &Request<'_, A, Out>,
        mut options: CallOptions,
    ) -> Self::Reply<'_> {
        let mut call = request.call;
        if self.is_direct() {
            call.destination = None;
        }
        if self.state().is_interactive() && action(&call).is_some() {
            call.flags = call.flags.with(Flags::ALLOW_INTERACTIVE_AUTHORIZATION);
            if matches!(options.timeout, Timeout::Common) {
                options.timeout = Timeout::Of(None);
            }
        }
        self.send(&call, &request.arguments, options)
    }
}

/// How a call is sent.
#[derive(Debug, Default)]
pub(crate) struct CallOptions {
    /// A UNIX_FD in the arguments is an index into them.
    pub(crate) fds: Vec<OwnedFd>,
    /// How long to wait for the reply.
    pub(crate) timeout: Timeout,
}

impl CallOptions {
    /// The same for another attempt.
    fn again(&self) -> io::Result<Self> {
        let fds = self.fds.iter().map(OwnedFd::try_clone).collect::<io::Result<_>>()?;
        Ok(Self { fds, timeout: self.timeout })
    }
}

/// How long a call waits for its reply.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Timeout {
    /// The connection's own time limit.
    #[default]
    Common,
    /// Another limit; `None`: no limit.
    Of(Option<Duration>),
}

/// The bus has no place for another outstanding reply.
const LIMITS_EXCEEDED: &str = "org.freedesktop.DBus.Error.LimitsExceeded";

/// How long such a call is tried again.
const CROWDED: Duration = Duration::from_secs(25);

/// How long to wait between two attempts to reach systemd, or for a reply to any call.
const PAUSE: Duration = Duration::from_millis(20);

/// Opens the connection again, if it has ended and that is possible. If it fails, the next call tells why the connection has ended.
pub(crate) async fn open<C: Client>(client: &C) {
    client.look();
    if client.has_ended() && client.can_reopen() {
        let _ = reopen(client, client.generation()).await;
    }
}

/// Opens a connection in place of the one of `generation`, which has ended. Tries again for as long as systemd may be away.
pub(crate) async fn reopen<C: Client>(client: &C, generation: u64) -> Result<(), Error> {
    let until = Instant::now() + client.state().absence();
    loop {
        match client.reopen(generation) {
            Err(error) if Instant::now() >= until => return Err(error),
            Err(_) => client.sleep_until(Instant::now() + PAUSE).await,
            Ok(()) => return Ok(()),
        }
    }
}

/// Whether a connection to this address can be opened again. Those over a given stream have no address. A program is not started again: if it
/// was ssh, the user learns why it has ended.
pub(crate) fn is_reopenable(text: &str) -> bool {
    barebus::wire::address::Addresses::parse(text).is_ok() && !text.starts_with("unixexec:")
}
