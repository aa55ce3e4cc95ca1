//! Plans which system calls of the client fail and how, and provides a clock that advances only with the client's calls and waits.
//!
//! Client and server run on one thread: the server acts when the client would block. So every run of a scene makes
//! the same system calls, a fault can be planned for each of them, deadlines take no time, and a client that waits forever
//! is detected at once.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::{getppid, getuid};

use crate::watchdog::Watched;

/// The system calls that the client makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    Socket,
    SocketPair,
    Connect,
    SetSockOpt,
    Fcntl,
    Ioctl,
    Poll,
    /// send(2) and sendmsg(2).
    Send,
    Recvmsg,
    Open,
    Read,
    Close,
}

impl Call {
    const COUNT: usize = Self::Close as usize + 1;
}

/// The fault of a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails. close(2) closes in any case, as on Linux.
    Error(Errno),
    /// It reads or writes at most this many bytes.
    Short(usize),
    /// It reads the end of the stream.
    EndOfFile,
    /// It reads, but returns at most this number of descriptors (MSG_CTRUNC), as at the limit of open files.
    CutOff(usize),
}

/// A fault, and the calls that it hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) call: Call,
    /// The first affected call, counted from 0 among those of its kind.
    pub(crate) first: usize,
    /// The interval of affected calls.
    pub(crate) every: usize,
    pub(crate) times: usize,
    pub(crate) fault: Fault,
}

impl Planned {
    pub(crate) const fn once(call: Call, first: usize, fault: Fault) -> Self {
        Self { call, first, every: 1, times: 1, fault }
    }

    pub(crate) const fn lasting(call: Call, first: usize, fault: Fault) -> Self {
        Self { call, first, every: 1, times: usize::MAX, fault }
    }

    fn hits(&self, call: Call, index: usize) -> bool {
        self.call == call
            && index
                .checked_sub(self.first)
                .is_some_and(|later| later % self.every == 0 && later / self.every < self.times)
    }
}

/// Observations of a scene.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The system calls in order.
    pub(crate) calls: Vec<Call>,
    /// Number of calls that each planned fault has affected.
    pub(crate) hits: Vec<usize>,
    /// Whether an affected write was to carry descriptors.
    pub(crate) hit_fds: bool,
    /// Why the scene was aborted.
    pub(crate) stuck: Option<&'static str>,
    /// Allocations made.
    pub(crate) allocations: usize,
    /// Duration of the scene by its own clock.
    pub(crate) took: Duration,
}

struct Stage {
    plan: Vec<Planned>,
    counts: [usize; Call::COUNT],
    meanwhile: Option<Box<dyn FnMut()>>,
    /// Maximum number of system calls of the scene.
    most: usize,
    seen: Seen,
}

/// Duration of each system call, and of reading the clock.
const CALL_TIME: Duration = Duration::from_micros(100);
const LOOK_TIME: Duration = Duration::from_micros(1);
/// Start time of each scene.
const BEGIN: Duration = Duration::from_secs(1_000_000);

thread_local! {
    /// Whether this thread currently acts as the client.
    static IS_CLIENT: Cell<bool> = const { Cell::new(false) };
    static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
    /// Whether traces mark the actions of the client.
    static MARKS: Cell<bool> = const { Cell::new(false) };
    /// Allocations in this scene, and the one that is refused.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static REFUSED: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Runs `act` as the client with the faults of `plan`, and `meanwhile` when it would block. It may make at most `most` calls.
pub(crate) fn play<R>(
    plan: &[Planned],
    most: usize,
    meanwhile: Box<dyn FnMut()>,
    act: impl FnOnce() -> R,
) -> (R, Seen) {
    let watched = Watched::new(plan);
    let seen = Seen {
        calls: Vec::new(),
        hits: vec![0; plan.len()],
        hit_fds: false,
        stuck: None,
        allocations: 0,
        took: Duration::ZERO,
    };
    let stage = Stage {
        plan: plan.to_vec(),
        counts: [0; Call::COUNT],
        meanwhile: Some(meanwhile),
        most,
        seen,
    };
    STAGE.set(Some(stage));
    ALLOCATIONS.set(0);
    let curtain = Curtain;
    begin();
    let result = act();
    drop(curtain);
    drop(watched);
    MARKS.set(false);
    REFUSED.set(usize::MAX);
    let mut seen = STAGE.take().expect("the scene was set").seen;
    seen.allocations = ALLOCATIONS.get();
    (result, seen)
}

/// Ends the scene, also after a panic.
struct Curtain;

impl Drop for Curtain {
    fn drop(&mut self) {
        end();
    }
}

/// The client acts from here on.
fn begin() {
    if MARKS.get() {
        getppid();
    }
    IS_CLIENT.set(true);
}

/// The client does not act from here on.
fn end() {
    IS_CLIENT.set(false);
    if MARKS.get() {
        getuid();
    }
}

/// Makes what the client does in the next scene visible in the trace of this thread's system calls: between [`BEGINS`] and [`ENDS`].
pub(crate) fn mark() {
    MARKS.set(true);
}

/// System calls that the client never makes.
pub(crate) const BEGINS: &str = "getppid";
pub(crate) const ENDS: &str = "getuid";

/// Actions of the scene itself, without faults.
pub(crate) fn aside<R>(act: impl FnOnce() -> R) -> R {
    if !is_client() {
        return act();
    }
    end();
    let result = act();
    begin();
    result
}

// What the system calls ask, see `system`.

/// Whether this thread is a client in a scene now.
pub(crate) fn is_client() -> bool {
    // A thread that ends plays no scene.
    IS_CLIENT.try_with(Cell::get).unwrap_or(false)
}

fn with<R>(act: impl FnOnce(&mut Stage) -> R) -> Option<R> {
    if !is_client() {
        return None;
    }
    // Memory of the records does not count for the client.
    IS_CLIENT.set(false);
    let result = STAGE.with_borrow_mut(|stage| stage.as_mut().map(act));
    IS_CLIENT.set(true);
    result
}

/// Counts a system call, and returns its planned fault. `fds`: whether it is to carry descriptors.
pub(crate) fn next(call: Call, fds: bool) -> Option<Fault> {
    with(|stage| {
        let count = &mut stage.counts[call as usize];
        let index = *count;
        *count += 1;
        stage.seen.calls.push(call);
        stage.seen.took += CALL_TIME;
        if stage.seen.calls.len() > stage.most {
            stage.seen.stuck.get_or_insert("it makes system calls without end");
        }
        if stage.seen.stuck.is_some() {
            return Some(Fault::Error(Errno::ECANCELED));
        }
        let hit = stage.plan.iter().position(|planned| planned.hits(call, index))?;
        stage.seen.hits[hit] += 1;
        stage.seen.hit_fds |= fds;
        Some(stage.plan[hit].fault)
    })
    .flatten()
}

/// Makes this allocation of the client in the next scene fail, counted from 0.
pub(crate) fn refuse(allocation: usize) {
    REFUSED.set(allocation);
}

/// Counts an allocation. Returns whether it fails.
pub(crate) fn refuses() -> bool {
    if !is_client() {
        return false;
    }
    let number = ALLOCATIONS.get();
    ALLOCATIONS.set(number + 1);
    number == REFUSED.get()
}

/// Lets the server act.
pub(crate) fn meanwhile() {
    let Some(Some(mut act)) = with(|stage| stage.meanwhile.take()) else { return };
    // The callers of this function cannot be unwound.
    let acted = aside(|| catch_unwind(AssertUnwindSafe(&mut act)));
    with(|stage| {
        stage.meanwhile = Some(act);
        if acted.is_err() {
            stage.seen.stuck = Some("the server has panicked");
        }
    });
}

/// Nothing arrives, and the client waits for this time; `None`: without limit.
pub(crate) fn wait(time: Option<Duration>) {
    with(|stage| match time {
        Some(time) => stage.seen.took += time,
        None => {
            stage.seen.stuck.get_or_insert("it waits for ever");
        }
    });
}

/// The clock of the scene.
pub(crate) fn now() -> Option<Duration> {
    with(|stage| {
        stage.seen.took += LOOK_TIME;
        BEGIN + stage.seen.took
    })
}
