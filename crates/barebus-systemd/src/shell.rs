//! What drives flows on a blocking connection.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::os::fd::{OwnedFd, RawFd};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{
    CallError, CallId, Connection, EncodeBody, MatchRuleBuf, MethodCall, NoReply, OwnedMessage,
    Signals,
};

use crate::client::{CallOptions, Client, Timeout, is_reopenable};
use crate::error::Error;
use crate::state::State;

/// The connection and what flows wait for.
pub(crate) struct Shell {
    pub(crate) connection: RefCell<Connection>,
    pub(crate) state: State<Signals>,
    /// The earliest time at which a flow that waits wants to be polled.
    pub(crate) alarm: Cell<Option<Instant>>,
    /// Whether a flow was woken by another one.
    pub(crate) woken: Arc<Flag>,
    generation: Cell<u64>,
    /// The number of the connection's descriptor and a duplicate of it, once somebody asked for that.
    pub(crate) socket: RefCell<Option<(RawFd, Arc<OwnedFd>)>>,
}

#[derive(Debug, Default)]
pub(crate) struct Flag(AtomicBool);

impl Flag {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, to: bool) {
        self.0.store(to, Ordering::Relaxed);
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.set(true);
    }
}

/// How long to wait between two looks at a connection that has ended.
const PAUSE: Duration = Duration::from_millis(10);

impl Shell {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection: RefCell::new(connection),
            state: State::default(),
            alarm: Cell::new(None),
            woken: Arc::default(),
            generation: Cell::new(0),
            socket: RefCell::new(None),
        }
    }

    pub(crate) fn block_on<T>(&self, flow: impl Future<Output = T>) -> T {
        let mut flow = pin!(flow);
        // Not the shell's own flag: that one is for what is pending besides.
        let woken = Arc::new(Flag::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut has_ended = false;
        loop {
            self.alarm.set(None);
            woken.set(false);
            if let Poll::Ready(result) = flow.as_mut().poll(&mut Context::from_waker(&waker)) {
                // What was read may be for what is pending.
                self.woken.set(true);
                return result;
            }
            if woken.is_set() {
                continue;
            }
            let until = self.alarm.get();
            let waited = self.connection.borrow_mut().wait_for_input(until);
            // The flow learns of it where it waits for the connection. If it goes on to wait, it is for the time.
            if has_ended && waited.is_err() {
                let left = until.map(|until| until.saturating_duration_since(Instant::now()));
                thread::sleep(left.unwrap_or(PAUSE));
            }
            has_ended = waited.is_err();
        }
    }

    /// Wakes what is pending in an event loop.
    pub(crate) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.woken))
    }

    /// Sees to it that flows are polled again at `at`.
    fn ring_at(&self, at: Option<Instant>) {
        self.alarm.set(earlier(self.alarm.get(), at));
    }

    fn start<B: EncodeBody>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        options: CallOptions,
    ) -> Result<Call<'_>, CallError> {
        let mut connection = self.connection.borrow_mut();
        let common = connection.call_timeout();
        let timeout = match options.timeout {
            Timeout::Common => common,
            Timeout::Of(timeout) => timeout,
        };
        connection.set_call_timeout(timeout);
        let queued = connection.start_call(call, body, options.fds);
        connection.set_call_timeout(common);
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Ok(Call { shell: self, generation: self.generation.get(), id: queued?, deadline })
    }
}

/// The earlier of two times.
pub(crate) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Client for Shell {
    type Signals = Signals;
    type Reply<'c> = Reply<'c>;

    fn send<B: EncodeBody>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        options: CallOptions,
    ) -> Reply<'_> {
        match self.start(call, body, options) {
            Ok(call) => Reply(Some(Ok(call))),
            Err(error) => Reply(Some(Err(error))),
        }
    }

    fn signals(&self, rule: &MatchRuleBuf) -> Result<Signals, CallError> {
        let rule = rule.rule().map_err(CallError::Rule)?;
        self.connection.borrow_mut().start_signals(&rule)
    }

    async fn next<'a>(&'a self, signals: &'a mut Signals) -> Result<Arc<OwnedMessage>, CallError> {
        poll_fn(|_| match signals.poll(&mut self.connection.borrow_mut()) {
            Ok(None) => Poll::Pending,
            Ok(Some(signal)) => Poll::Ready(Ok(Arc::new(signal.into()))),
            Err(error) => Poll::Ready(Err(error)),
        })
        .await
    }

    fn lost(&self, _: &Signals) -> u64 {
        self.connection.borrow().session_state().dropped()
    }

    async fn sleep_until(&self, at: Instant) {
        poll_fn(|_| {
            if Instant::now() >= at {
                return Poll::Ready(());
            }
            self.ring_at(Some(at));
            Poll::Pending
        })
        .await;
    }

    fn is_direct(&self) -> bool {
        self.connection.borrow().is_direct()
    }

    fn look(&self) {
        let mut connection = self.connection.borrow_mut();
        // Where a reply is awaited, somebody reads. Only direct connections are opened again.
        if !connection.is_direct() || connection.session_state().outstanding() != 0 {
            return;
        }
        // Signals precede the end of the stream.
        if connection.read_arrived() {
            let _ = connection.wait_for_input(Some(Instant::now()));
            // What was read may be for what is pending.
            self.woken.set(true);
        }
    }

    fn has_ended(&self) -> bool {
        self.connection.borrow().session_state().error().is_some()
    }

    fn outstanding(&self) -> usize {
        self.connection.borrow().session_state().outstanding()
    }

    fn state(&self) -> &State<Signals> {
        &self.state
    }

    fn generation(&self) -> u64 {
        self.generation.get()
    }

    fn reopen(&self, generation: u64) -> Result<(), Error> {
        if self.generation.get() != generation {
            return Ok(());
        }
        let (address, timeout) = {
            let connection = self.connection.borrow();
            (connection.address().to_owned(), connection.call_timeout())
        };
        let mut connection = Connection::open_direct(&address)
            .map_err(|error| Error::new("connecting again", None, error))?;
        connection.set_call_timeout(timeout);
        self.connection.replace(connection);
        self.socket.replace(None);
        self.generation.set(generation + 1);
        Ok(())
    }

    fn address(&self) -> String {
        self.connection.borrow().address().to_owned()
    }

    fn can_reopen(&self) -> bool {
        let connection = self.connection.borrow();
        connection.is_direct() && is_reopenable(connection.address())
    }
}

/// A call that was queued, or why it was not; `None` after the result was returned.
pub(crate) struct Reply<'s>(Option<Result<Call<'s>, CallError>>);

/// A call whose reply is outstanding.
struct Call<'s> {
    shell: &'s Shell,
    generation: u64,
    id: CallId,
    deadline: Option<Instant>,
}

impl Call<'_> {
    fn poll(&self) -> Poll<Result<OwnedMessage, CallError>> {
        if self.generation != self.shell.generation.get() {
            return Poll::Ready(Err(CallError::NoReply(NoReply::NotOutstanding)));
        }
        match self.shell.connection.borrow_mut().poll_reply(self.id) {
            Ok(Some(reply)) => Poll::Ready(Ok(reply.into())),
            Ok(None) => {
                self.shell.ring_at(self.deadline);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl Future for Reply<'_> {
    type Output = Result<OwnedMessage, CallError>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.take() {
            Some(Ok(call)) => match call.poll() {
                Poll::Pending => {
                    self.0 = Some(Ok(call));
                    Poll::Pending
                }
                // The call has ended.
                ready => ready,
            },
            Some(Err(error)) => Poll::Ready(Err(error)),
            None => Poll::Ready(Err(CallError::NoReply(NoReply::NotOutstanding))),
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.generation == self.shell.generation.get() {
            self.shell.connection.borrow_mut().forget(self.id);
        }
    }
}
