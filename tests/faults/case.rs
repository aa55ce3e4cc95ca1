//! One scene with one plan of faults, and the checks for all plans.

use std::io;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use barebus::{CallError, Cause, ConnectionError, FdsError, MessageType, NoReply, SessionError};
use barebus_tests::memory;
use barebus_tests::peer::{are_closed, open_files};
use nix::errno::Errno;

use crate::exchange::{LARGE, Outcome, Sizes, User, Way, exchange, files, options};
use crate::plan::{Call, Planned, Seen, play};
use crate::server::{Server, Shared};
use crate::watchdog;

/// The expected result of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Every answer is right, as without faults.
    Right,
    /// No connection, for this reason.
    NotOpened(Errno),
    /// No connection, because of a timeout.
    NotOpenedInTime,
    /// No second connection, for this reason.
    NotOpenedAgain(Errno),
    /// No second connection, because of a timeout.
    NotOpenedAgainInTime,
    /// The connection ends with this reason after one of these steps. If authentication in one write was not complete, the client
    /// connects once more instead, and every answer is right.
    Ends(&'static [&'static str], Errno),
    /// The connection ends because the peer has closed it.
    Closed,
    /// The call fails if it was to carry descriptors; otherwise the connection ends with this reason.
    FdsRefused(Errno),
    /// One message fails because its descriptors were not passed, or none if there was no such message.
    OneWithoutFds,
    /// From some point on everything times out.
    Late,
}

/// Errors for each system call, whether or not Linux ever returns them.
pub(crate) const ERRORS: [Errno; 8] = [
    Errno::EINTR,
    Errno::EAGAIN,
    Errno::EPIPE,
    Errno::ECONNRESET,
    Errno::ENOBUFS,
    Errno::ENOMEM,
    Errno::EMFILE,
    Errno::ETOOMANYREFS,
];

/// Time limit of a handshake or a call, by the clock of the scene.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(100);

/// More system calls than any scene that ends. One that spins makes 1,000 until a timeout.
const MOST_CALLS: usize = 50_000;

/// Open files are counted for the whole process, so only one scene runs at a time.
static STAGE: Mutex<()> = Mutex::new(());

/// Waits until no other scene runs.
pub(crate) fn stage() -> MutexGuard<'static, ()> {
    watchdog::start();
    // A failed scene has reported its failure itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One way to use a connection, while system calls fail.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) way: Way,
    pub(crate) plan: Vec<Planned>,
    pub(crate) sizes: Sizes,
    pub(crate) timeout: Duration,
    pub(crate) most_calls: usize,
}

impl Case {
    pub(crate) fn new(way: Way, plan: &[Planned]) -> Self {
        let plan = plan.to_vec();
        Self { way, plan, sizes: LARGE, timeout: TIMEOUT, most_calls: MOST_CALLS }
    }

    /// Plays the scene. With any fault, each fault occurs, nothing is stuck, errors name the operation and the reason, and a
    /// second connection works.
    pub(crate) fn play(&self) -> (Outcome, Seen) {
        let (server, stream) = match self.way {
            Way::Given => {
                let (server, stream) = Server::direct();
                stream.set_nonblocking(true).unwrap();
                (server, Some(stream))
            }
            Way::TurnedAway => (Server::listening(1), None),
            Way::Waiting | Way::Looping => (Server::listening(0), None),
        };
        let (address, files) = (server.borrow().address.clone(), files());
        let (outcome, seen) = play(&self.plan, self.most_calls, acting(&server), || {
            exchange(self.way, self.timeout, self.sizes, &address, stream, files)
        });
        server.borrow_mut().act();
        assert_eq!(seen.stuck, None, "after {} calls", seen.calls.len());
        for (planned, hits) in self.plan.iter().zip(&seen.hits) {
            assert!(*hits != 0, "{planned:?} was never reached");
        }
        check_texts(&outcome, &address);
        if outcome.steps.iter().all(|(_, result)| result.is_ok()) {
            assert!(server.borrow().fds.is_empty(), "more descriptors were sent than announced");
        }
        if self.way != Way::Given {
            second(&server);
        }
        let known = [MessageType::MethodReturn, MessageType::Error];
        assert!(server.borrow().answers.iter().all(|answer| known.contains(answer)));
        (outcome, seen)
    }

    /// Plays the scene and checks its result. Nothing leaks.
    pub(crate) fn leads_to(&self, expected: Expected) {
        self.leads_to_and(expected, |_| {});
    }

    /// As [`leads_to`](Self::leads_to), with a further `check`.
    pub(crate) fn leads_to_and(&self, expected: Expected, check: impl FnOnce(&Seen)) {
        let told = Told(self);
        let files_before = open_files();
        let ((), held) = memory::held(|| {
            let (outcome, seen) = self.play();
            self.judge(&outcome, &seen, expected);
            check(&seen);
        });
        assert!(are_closed(files_before), "files stay open");
        assert_eq!(held, 0, "bytes stay allocated");
        drop(told);
    }
}

/// Says which case has failed.
struct Told<'c>(&'c Case);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("with {:?}, {:?}", self.0.way, self.0.plan);
        }
    }
}

/// The server's actions in the meantime.
pub(crate) fn acting(server: &Shared) -> Box<dyn FnMut()> {
    let server = Rc::clone(server);
    Box::new(move || server.borrow_mut().act())
}

/// A second connection, without faults.
fn second(server: &Shared) {
    let address = server.borrow().address.clone();
    let (echoed, seen) = play(&[], MOST_CALLS, acting(server), || {
        let mut connection = options(Way::Waiting, TIMEOUT).open(&address).unwrap();
        User { connection: &mut connection, way: Way::Waiting }.echo()
    });
    assert!(echoed.is_ok() && seen.stuck.is_none(), "the second: {echoed:?}, {:?}", seen.stuck);
    server.borrow_mut().act();
}

impl Case {
    /// Whether the client connected again because authentication in one write had failed.
    pub(crate) fn has_retried(&self, seen: &Seen) -> bool {
        match self.way {
            Way::Given => false,
            Way::Waiting | Way::TurnedAway | Way::Looping => count(&seen.calls, Call::Connect) == 2,
        }
    }

    pub(crate) fn judge(&self, outcome: &Outcome, seen: &Seen, expected: Expected) {
        let may_wait = matches!(
            expected,
            Expected::Late | Expected::NotOpenedInTime | Expected::NotOpenedAgainInTime
        );
        assert!(may_wait || seen.took < self.timeout, "waited in vain: {:?}", seen.took);
        let failed = outcome.steps.iter().position(|(_, result)| result.is_err());
        let begin = failed.unwrap_or(outcome.steps.len());
        let later = &outcome.steps[begin..];
        let may_retry = matches!(
            expected,
            Expected::Ends(..) | Expected::Closed | Expected::FdsRefused(_) | Expected::Late
        );
        if may_retry && self.has_retried(seen) && outcome.ending.is_ok() && later.is_empty() {
            return;
        }
        match expected {
            Expected::NotOpened(_) | Expected::NotOpenedInTime => {
                // `check_texts` has checked its text.
                let error = outcome.opened.as_ref().unwrap_err().to_string();
                let reason = match expected {
                    Expected::NotOpened(errno) => io::Error::from(errno).to_string(),
                    _ => io::Error::from(Errno::ETIMEDOUT).to_string(),
                };
                assert!(error.ends_with(&reason), "{error}");
                return;
            }
            _ => assert!(outcome.opened.is_ok(), "{:?}", outcome.opened),
        }
        match expected {
            Expected::FdsRefused(errno) => {
                let instead = if seen.hit_fds {
                    Expected::OneWithoutFds
                } else {
                    Expected::Ends(&["writing"], errno)
                };
                self.judge(outcome, seen, instead);
            }
            Expected::Right => {
                assert!(
                    later.is_empty() && outcome.ending.is_ok(),
                    "{later:?}, {:?}",
                    outcome.ending
                );
            }
            Expected::Ends(doing, errno) => ends(outcome, later, |cause| match cause {
                Cause::Io { doing: tried, error, .. } => {
                    doing.contains(tried) && error.raw_os_error() == Some(errno as i32)
                }
                _ => false,
            }),
            Expected::NotOpenedAgain(_) | Expected::NotOpenedAgainInTime => {
                let errno = match expected {
                    Expected::NotOpenedAgain(errno) => errno,
                    _ => Errno::ETIMEDOUT,
                };
                let reason = io::Error::from(errno);
                ends(outcome, later, |cause| match cause {
                    Cause::Reopen(error) => error.to_string() == reason.to_string(),
                    // The second query.
                    Cause::Io { doing: "connecting again", error, .. } => {
                        error.raw_os_error() == Some(errno as i32)
                    }
                    _ => false,
                });
            }
            Expected::Closed => ends(outcome, later, |cause| {
                matches!(cause, Cause::Session(SessionError::Closed { .. }))
            }),
            Expected::OneWithoutFds => {
                let ended: Vec<_> =
                    outcome.steps.iter().filter(|(_, result)| result.is_err()).collect();
                let reason = ended.first().map(|(_, result)| result.as_ref().unwrap_err());
                let is_so = match reason {
                    None => true,
                    Some(CallError::NoReply(
                        NoReply::FdsNotPassed | NoReply::Fds(FdsError::Truncated),
                    )) => outcome.refused == 0,
                    // The signal's descriptors did not arrive.
                    Some(CallError::NoReply(NoReply::TimedOut)) => outcome.refused == 1,
                    Some(_) => false,
                };
                assert!(ended.len() <= 1 && is_so && outcome.ending.is_ok(), "{outcome:?}");
            }
            Expected::Late => {
                assert!(!later.is_empty(), "everything came");
                let is_late = |result: &Result<(), CallError>| match result {
                    Ok(()) | Err(CallError::NoReply(NoReply::TimedOut)) => true,
                    Err(CallError::Connection(error)) => {
                        matches!(
                            error.cause,
                            Cause::Session(SessionError::HandshakeTimedOut { .. })
                        )
                    }
                    Err(_) => false,
                };
                assert!(later.iter().all(|(_, result)| is_late(result)), "{later:?}");
                // Each step waits for at most two calls.
                let steps = u32::try_from(outcome.steps.len()).unwrap();
                assert!(seen.took <= self.timeout * (2 * steps + 2), "{:?}", seen.took);
            }
            Expected::NotOpened(_) | Expected::NotOpenedInTime => unreachable!("judged above"),
        }
    }
}

/// Checks that the connection has ended for such a cause, and keeps reporting it.
fn ends(
    outcome: &Outcome,
    later: &[(&str, Result<(), CallError>)],
    is_so: impl Fn(&Cause) -> bool,
) {
    for (step, result) in later {
        match result {
            Err(CallError::Connection(error)) if is_so(&error.cause) => {}
            other => panic!("{step}: {other:?}"),
        }
    }
    match &outcome.ending {
        Err(error) if is_so(&error.cause) => {}
        other => panic!("in the end: {other:?}"),
    }
}

/// Checks that each error names the operation, the place, and the system's error.
fn check_texts(outcome: &Outcome, address: &str) {
    if let Err(error) = &outcome.opened {
        let error = error.to_string();
        assert!(error.starts_with(&format!("cannot connect to {address}: ")), "{error}");
    }
    let ending = outcome.ending.as_ref().err();
    let connection = |error: &ConnectionError| {
        let text = error.to_string();
        let rest = text.strip_prefix(&format!("connection to {address}: "));
        let rest = rest.unwrap_or_else(|| panic!("{text}"));
        let how = error.handshake.map(|handshake| format!(" (authentication was {handshake})"));
        let rest = rest.strip_suffix(&*how.unwrap_or_default()).unwrap_or_else(|| panic!("{text}"));
        match &error.cause {
            Cause::Io { doing, error, .. } => assert_eq!(rest, format!("{doing}: {error}")),
            Cause::Reopen(error) => assert_eq!(rest, format!("cannot connect again: {error}")),
            Cause::Session(error) => assert_eq!(rest, error.to_string()),
            other => panic!("{other:?}"),
        }
    };
    ending.into_iter().for_each(connection);
    for (_, result) in &outcome.steps {
        match result {
            Err(CallError::Connection(error)) => connection(error),
            Ok(()) | Err(CallError::NoReply(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The system calls of an exchange without faults.
pub(crate) fn recorded(way: Way) -> Vec<Call> {
    Case::new(way, &[]).play().1.calls
}

/// Number of system calls of that kind.
pub(crate) fn count(calls: &[Call], call: Call) -> usize {
    calls.iter().filter(|other| **other == call).count()
}
