//! The blocking shell, and the one for event loops.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
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
use crate::set::all;
use crate::state::State;
use crate::subscription;

/// A connection to systemd, and its operations. Each waits for its answer.
///
/// ```no_run
/// use barebus_systemd::{Mode, Systemd};
///
/// let systemd = Systemd::system()?;
/// println!("{}", systemd.unit_file_state("sshd.service")?);
/// let a = systemd.start_unit("a.service", Mode::Replace)?;
/// let b = systemd.start_unit("b.service", Mode::Replace)?;
/// println!("{}, {}", systemd.wait(&a)?, systemd.wait(&b)?);
/// for unit in &systemd.list_units()? {
///     println!("{}: {}", unit.name, unit.active_state);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Units, jobs and lists hold no connection, so any number of them can be kept. What has no method is reached by a
/// [definition](crate::interface) over the [`connection`](Self::connection).
///
/// # Limits
///
/// At most 100 calls and 100 jobs are out at a time; what is beyond waits its turn, in order. A message bus and systemd have limits of their own,
/// which a program with many jobs would run into otherwise: [`set_call_limit`](Self::set_call_limit), [`set_job_limit`](Self::set_job_limit).
///
/// # When systemd re-executes itself
///
/// Waits survive it. On a bus, systemd is followed to its new connection. A direct connection ends; it is opened again, within 5 s
/// ([`set_absence`](Self::set_absence)). A call whose answer was outstanding fails, because nobody knows whether systemd has performed it.
pub struct Systemd {
    pub(crate) shell: Shell,
}

impl Systemd {
    /// Takes over a connection: to a bus, or directly to systemd. Calls and subscriptions that were made before go on;
    /// [`connection`](Self::connection) gives it back for them.
    pub fn over(connection: Connection) -> Self {
        Self { shell: Shell::new(connection) }
    }

    /// The connection, for everything that this type has no method for: [definitions](crate::interface), calls and subscriptions of your
    /// own.
    pub fn connection(&mut self) -> &mut Connection {
        crate::job::release(&self.shell);
        drop(subscription::settle(&self.shell));
        self.shell.connection.get_mut()
    }

    /// The connection, without what this type knows about it.
    pub fn into_connection(mut self) -> Connection {
        self.connection();
        self.shell.connection.into_inner()
    }

    /// The same operations as `async` methods. [`begin`](Self::begin) starts one.
    pub const fn later(&self) -> Later<'_> {
        Later { shell: &self.shell }
    }

    /// Starts an operation of [`later`](Self::later), or any future that is made of such operations, for an event loop.
    ///
    /// A level-triggered loop (poll(2), epoll) polls each [`Pending`], waits until the [`socket`](Self::socket) is readable, or writable if
    /// [`wants_write`](Self::wants_write), at most until [`next_deadline`](Self::next_deadline), and calls [`process`](Self::process).
    pub fn begin<'s, T>(&'s self, operation: impl Future<Output = T> + 's) -> Pending<'s, T> {
        Pending { shell: &self.shell, flow: Some(Box::pin(operation)) }
    }

    /// Runs operations of [`later`](Self::later) together, and waits until all have ended. Returns their results in order. As many are under
    /// way at a time as [calls](Self::set_call_limit) may be outstanding; they start in order.
    ///
    /// ```no_run
    /// use barebus_systemd::Systemd;
    ///
    /// let systemd = Systemd::system()?;
    /// let later = systemd.later();
    /// let units = ["a.service", "b.service", "c.service"];
    /// for state in systemd.all(units.map(|unit| later.unit_file_state(unit))) {
    ///     println!("{}", state?);
    /// }
    /// # Ok::<(), barebus_systemd::Error>(())
    /// ```
    pub fn all<F: Future>(&self, operations: impl IntoIterator<Item = F>) -> Vec<F::Output> {
        self.block_on(all(operations.into_iter(), self.shell.state.calls.limit()))
    }

    /// Writes what can be written and reads once, without waiting. Then poll what is [pending](Self::begin).
    ///
    /// # Errors
    /// [`CallError::Connection`] if the process was forked. Why a connection has ended is returned by the operations.
    pub fn process(&self) -> Result<(), CallError> {
        self.shell.alarm.set(None);
        self.shell.woken.set(false);
        self.shell.connection.borrow_mut().process()?;
        Ok(())
    }

    /// Whether something waits to be written. Call it immediately before waiting.
    pub fn wants_write(&self) -> bool {
        self.shell.connection.borrow().wants_write()
    }

    /// When to go on even if nothing is readable. Call it immediately before waiting.
    pub fn next_deadline(&self) -> Option<Instant> {
        if self.shell.woken.is_set() {
            return Some(Instant::now());
        }
        earlier(self.shell.connection.borrow().next_deadline(), self.shell.alarm.get())
    }

    /// A duplicate of the socket's descriptor, to wait for. It is another one after systemd has re-executed itself: get it before each wait.
    ///
    /// # Errors
    /// Too many files are open.
    pub fn socket(&self) -> io::Result<Arc<OwnedFd>> {
        let connection = self.shell.connection.borrow();
        let number = connection.as_fd().as_raw_fd();
        let mut known = self.shell.socket.borrow_mut();
        match &*known {
            Some((known, socket)) if *known == number => Ok(Arc::clone(socket)),
            _ => {
                let socket = Arc::new(connection.as_fd().try_clone_to_owned()?);
                *known = Some((number, Arc::clone(&socket)));
                Ok(socket)
            }
        }
    }

    /// Runs a flow to its end.
    pub(crate) fn block_on<T>(&self, flow: impl Future<Output = T>) -> T {
        self.shell.block_on(flow)
    }
}

limits!(Systemd);

impl fmt::Debug for Systemd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Systemd")
            .field("connection", &self.shell.connection)
            .finish_non_exhaustive()
    }
}

/// The operations of a [`Systemd`] as `async` methods, for event loops: see [`Systemd::begin`]. They wait in no way of their own; polled by anything
/// but [`Pending`] they never end.
#[derive(Clone, Copy)]
pub struct Later<'s> {
    pub(crate) shell: &'s Shell,
}

impl fmt::Debug for Later<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Later").finish_non_exhaustive()
    }
}

/// An operation that an event loop waits for.
#[must_use = "it does nothing unless polled"]
pub struct Pending<'s, T> {
    shell: &'s Shell,
    /// `None` after the result was returned.
    flow: Option<Pin<Box<dyn Future<Output = T> + 's>>>,
}

impl<T> Pending<'_, T> {
    /// Goes on with the operation, without waiting. Returns its result once it has ended, and `None` before and after.
    pub fn poll(&mut self) -> Option<T> {
        let flow = self.flow.as_mut()?;
        let waker = self.shell.waker();
        match flow.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => {
                self.flow = None;
                Some(result)
            }
            Poll::Pending => None,
        }
    }
}

impl<T> fmt::Debug for Pending<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_over = self.flow.is_none();
        f.debug_struct("Pending").field("is_over", &is_over).finish_non_exhaustive()
    }
}

/// The connection and what flows wait for.
pub(crate) struct Shell {
    connection: RefCell<Connection>,
    state: State<Signals>,
    /// The earliest time at which a flow that waits wants to be polled.
    alarm: Cell<Option<Instant>>,
    /// Whether a flow was woken by another one.
    woken: Arc<Flag>,
    generation: Cell<u64>,
    /// The number of the connection's descriptor and a duplicate of it, once somebody asked for that.
    socket: RefCell<Option<(RawFd, Arc<OwnedFd>)>>,
}

#[derive(Debug, Default)]
struct Flag(AtomicBool);

impl Flag {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, to: bool) {
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
    fn new(connection: Connection) -> Self {
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
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
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
