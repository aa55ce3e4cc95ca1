//! The actions of the client in every scene: it opens a connection and uses all of its functions.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use barebus::wire::EncodeBody;
use barebus::{
    BusName, CallError, Connection, ConnectionError, Event, FdIndex, InterfaceName, MatchRule,
    MemberName, MethodCall, NoReply, ObjectPath, OpenError, Options, Reply,
};
use barebus_tests::peer::SERVICE;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{setsockopt, sockopt::SndBuf};

use crate::plan::aside;
use crate::server::INTERFACE;

/// How a connection is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A listening bus, and blocking calls.
    Waiting,
    /// As `Waiting`, but the bus refuses the first connection.
    TurnedAway,
    /// A nonblocking stream to the service itself, and blocking calls.
    Given,
    /// A listening bus, and an event loop.
    Looping,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::TurnedAway, Self::Given, Self::Looping];
}

/// How much is sent and received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Bytes requested from the service at once.
    pub(crate) given: u32,
    /// Bytes sent to the service at once.
    pub(crate) taken: usize,
}

/// More than one read takes, and more than one write.
pub(crate) const LARGE: Sizes = Sizes { given: 70_000, taken: 20_000 };
/// Still several if each carries one byte.
pub(crate) const SMALL: Sizes = Sizes { given: 200, taken: 300 };

/// The result.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) opened: Result<(), OpenError>,
    pub(crate) steps: Vec<(&'static str, Result<(), CallError>)>,
    /// Signals that were refused because of their descriptors.
    pub(crate) refused: usize,
    /// The error of the connection at the end.
    pub(crate) ending: Result<(), ConnectionError>,
}

/// Files to send, opened before the scene. There are two kinds, so that they can be distinguished.
pub(crate) fn files() -> Vec<[OwnedFd; 2]> {
    let pair = || ["/dev/null", "/dev/zero"].map(|path| File::open(path).unwrap().into());
    vec![pair(), pair()]
}

/// Opens a connection and performs all actions. Wrong answers panic.
pub(crate) fn exchange(
    way: Way,
    timeout: Duration,
    sizes: Sizes,
    address: &str,
    stream: Option<UnixStream>,
    mut files: Vec<[OwnedFd; 2]>,
) -> Outcome {
    let options = options(way, timeout);
    let opened = match stream {
        Some(stream) => options.over(stream),
        None => options.open(address),
    };
    let mut connection = match opened {
        Ok(connection) => connection,
        Err(error) => {
            return Outcome { opened: Err(error), steps: Vec::new(), refused: 0, ending: Ok(()) };
        }
    };
    assert!(connection.as_fd().as_raw_fd() > 2, "a standard file's number");
    // So that one write becomes many.
    aside(|| setsockopt(&connection, SndBuf, &4096).unwrap());
    let mut user = User { connection: &mut connection, way };
    let mut steps = vec![("Echo", user.echo())];
    let fds = files.pop().unwrap();
    steps.push(("Mirror", user.mirror(fds)));
    if way != Way::Looping {
        steps.push(("Emit", user.signal(timeout / 10)));
    }
    steps.push(("Give", user.give(sizes.given)));
    steps.push(("Take", user.take(sizes.taken, Vec::new())));
    steps.push(("Take with descriptors", user.take(sizes.taken, files.pop().unwrap().into())));
    steps.push(("Echo again", user.echo()));
    let mut refused = 0;
    let ending = loop {
        match connection.next_event(Some(Duration::ZERO)) {
            Ok(None) => break Ok(()),
            Ok(Some(Event::Refused(_))) => refused += 1,
            // From a call that waited until the connection ended.
            Ok(Some(Event::NoReply { .. })) => {}
            Ok(Some(event)) => panic!("{event:?} was waiting"),
            Err(error) => break Err(error),
        }
    };
    Outcome { opened: Ok(()), steps, refused, ending }
}

/// Both timeouts are `timeout`.
pub(crate) fn options(way: Way, timeout: Duration) -> Options {
    let options = if way == Way::Given { Options::direct() } else { Options::bus() };
    options.handshake_timeout(timeout).call_timeout(Some(timeout))
}

/// The caller of the service.
pub(crate) struct User<'c> {
    pub(crate) connection: &'c mut Connection,
    pub(crate) way: Way,
}

impl User<'_> {
    pub(crate) fn echo(&mut self) -> Result<(), CallError> {
        self.call("Echo", &("hello",), Vec::new(), |reply| {
            assert_eq!(reply.body::<(&str,)>().unwrap(), ("hello",));
        })
    }

    pub(crate) fn mirror(&mut self, fds: [OwnedFd; 2]) -> Result<(), CallError> {
        self.call("Mirror", &(FdIndex(0), FdIndex(1)), fds.into(), |reply| {
            assert_eq!(reply.body::<(FdIndex, FdIndex)>().unwrap(), (FdIndex(0), FdIndex(1)));
            let devices: Vec<_> = reply.into_fds().into_iter().map(device).collect();
            // Memory devices 3 and 5: null and zero.
            assert_eq!(devices, [(1, 3), (1, 5)]);
        })
    }

    fn signal(&mut self, patience: Duration) -> Result<(), CallError> {
        let rule = MatchRule::parse("type='signal',member='Emitted'").unwrap();
        let id = self.connection.subscribe(&rule)?;
        let emitted = self.call("Emit", &(), Vec::new(), |_| {});
        let signal =
            emitted.and_then(|()| match self.connection.next_signal(id, Some(patience))? {
                Some(signal) => {
                    assert_eq!(
                        signal.into_fds().into_iter().map(device).collect::<Vec<_>>(),
                        [(1, 3)]
                    );
                    Ok(())
                }
                None => Err(CallError::NoReply(NoReply::TimedOut)),
            });
        let unsubscribed = self.connection.unsubscribe(id);
        signal.and(unsubscribed)
    }

    fn give(&mut self, len: u32) -> Result<(), CallError> {
        self.call("Give", &(len,), Vec::new(), |reply| {
            let (bytes,) = reply.body::<(&[u8],)>().unwrap();
            assert!(bytes == vec![7; len as usize]);
        })
    }

    fn take(&mut self, len: usize, fds: Vec<OwnedFd>) -> Result<(), CallError> {
        self.call("Take", &(&vec![9_u8; len][..],), fds, |reply| {
            assert_eq!(reply.body::<(u32,)>().unwrap().0 as usize, len);
        })
    }

    fn call(
        &mut self,
        member: &'static str,
        body: &dyn EncodeBody,
        fds: Vec<OwnedFd>,
        check: impl FnOnce(Reply<'_>),
    ) -> Result<(), CallError> {
        let mut call = service(member);
        if self.way == Way::Given {
            call.destination = None;
        }
        let id = self.connection.start_call(&call, body, fds)?;
        if self.way != Way::Looping {
            return self.connection.wait(id).map(check);
        }
        loop {
            if let Some(reply) = self.connection.poll_reply(id)? {
                check(reply);
                return Ok(());
            }
            self.turn()?;
        }
    }

    /// One turn of an event loop.
    fn turn(&mut self) -> Result<(), ConnectionError> {
        let mut asked = PollFlags::POLLIN;
        asked.set(PollFlags::POLLOUT, self.connection.wants_write());
        let deadline = self.connection.next_deadline().expect("a call has a deadline");
        let time = deadline.saturating_duration_since(Instant::now()).as_millis() + 1;
        let time = PollTimeout::try_from(time).unwrap();
        poll(&mut [PollFd::new(self.connection.as_fd(), asked)], time).unwrap();
        self.connection.process().map(drop)
    }
}

/// A call of the service on the bus.
pub(crate) const fn service(member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(ObjectPath::ROOT, MemberName::from_static(member))
        .interface(InterfaceName::from_static(INTERFACE))
        .destination(BusName::from_static(SERVICE))
}

/// The number of the device that the file is.
fn device(fd: OwnedFd) -> (u64, u64) {
    assert!(fd.as_raw_fd() > 2, "a standard file's number");
    let device = File::from(fd).metadata().unwrap().rdev();
    (nix::sys::stat::major(device), nix::sys::stat::minor(device))
}
