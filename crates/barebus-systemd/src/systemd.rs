//! `Systemd`: blocking, and for event loops.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use barebus::{CallError, Connection};

use crate::client::Client;
use crate::shell::{Shell, earlier};
use crate::subscription;
use crate::together::all;

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
/// Units, jobs and lists hold no connection, so any number of them can be kept. To use a member of systemd's interfaces that has no method here, take its
/// [definition](crate::interface) and call it over the [`connection`](Self::connection).
///
/// # Limits
///
/// At most 100 calls and 100 jobs are outstanding at a time. Further ones are sent, in order, when earlier ones have ended. Without these limits a
/// program with many jobs would exceed limits of the message bus and of systemd. [`set_call_limit`](Self::set_call_limit) and
/// [`set_job_limit`](Self::set_job_limit) change them.
///
/// # When systemd re-executes itself
///
/// Waits survive it. On a bus, systemd is followed to its new connection. A direct connection ends; it is opened again, within 5 s
/// ([`set_absence`](Self::set_absence)), also before the next call if nothing was outstanding. A call whose answer was outstanding fails,
/// because nobody knows whether systemd has performed it.
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

/// The operations of a [`Systemd`] as `async` methods, for event loops. Pass their futures to [`Systemd::begin`] or [`Systemd::all`], which poll them.
///
/// No other executor can run them: nothing would read the socket and wake them, so they would never end. For tokio use `tokio::Systemd`.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let systemd = Systemd::system()?;
/// let later = systemd.later();
/// for status in systemd.all(["a.service", "b.service"].map(|unit| later.status(unit))) {
///     println!("{}", status?.active_state);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
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
///
/// ```no_run
/// use barebus_systemd::{Pending, Systemd};
///
/// /// One round of an event loop, when the socket is readable: the result, once it is there.
/// fn round<T>(systemd: &Systemd, pending: &mut Pending<'_, T>) -> Result<Option<T>, barebus::Error> {
///     systemd.process()?;
///     Ok(pending.poll())
/// }
///
/// let systemd = Systemd::system()?;
/// let later = systemd.later();
/// let mut pending = systemd.begin(async move { later.status("dbus.service").await });
/// if let Some(status) = round(&systemd, &mut pending)? {
///     println!("{}", status?.active_state);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[must_use = "it does nothing unless polled"]
pub struct Pending<'s, T> {
    shell: &'s Shell,
    /// `None` after the result was returned.
    flow: Option<Pin<Box<dyn Future<Output = T> + 's>>>,
}

impl<T> Pending<'_, T> {
    /// Continues the operation, without waiting. Returns `None` while it is not finished. Then returns its result once, and `None` from then on.
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
