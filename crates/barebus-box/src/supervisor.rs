//! The process between the owner and the box's PID 1. It ends the box when the owner drops it or ends, and removes everything.
//!
//! All code here runs in a fork of one thread of the owner and makes system calls only, see [`sys`].

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{self, OFlag};
use nix::libc;
use nix::poll::{self, PollFd, PollFlags, PollTimeout};
use nix::sched::CloneFlags;
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::stat::{self, Mode};
use nix::unistd;

use crate::cgroup::Cgroup;
use crate::plan::{self, Plan};
use crate::sys::{self, Fork, Program};
use crate::watcher::Watcher;
use crate::{enter, recipe};

/// Everything that the supervisor and PID 1 need. It is created before the fork.
#[derive(Debug)]
pub(crate) struct Supervision {
    /// Steps in the supervisor's mount namespace.
    pub(crate) stage: Plan,
    /// Steps in the box.
    pub(crate) inside: Plan,
    pub(crate) namespaces: CloneFlags,
    pub(crate) systemd: Program,
    pub(crate) cgroup: Cgroup,
    /// The supervisor's end of a socket pair. A byte means that the owner knows PID 1; the end of the stream ends the box.
    pub(crate) leash: OwnedFd,
    /// The process that boots the box. Its end ends the box, even if a fork of it keeps the other end of the leash open.
    pub(crate) owner: OwnedFd,
    /// Writing end of the pipe for [`Report`]s. It is closed when PID 1 becomes systemd.
    pub(crate) reports: OwnedFd,
    /// A file for systemd's output.
    pub(crate) log: OwnedFd,
    /// The descriptors that stay open in the supervisor, sorted: those above, and any that [`Self::inside`] has.
    pub(crate) kept: Vec<RawFd>,
    /// Those of them that PID 1 needs, sorted. PID 1 has no others, because a link in the root may lead to `/proc/self/fd`.
    pub(crate) kept_inside: Vec<RawFd>,
}

impl Supervision {
    /// Returns the plans, to name a failed step. Everything else is closed in the owner: only the supervisor and PID 1 keep it.
    pub(crate) fn into_plans(self) -> (Plan, Plan) {
        (self.stage, self.inside)
    }
}

/// What the new processes report to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// PID 1 was started with this process ID.
    Started(i32),
    /// A step failed.
    Failed { what: Failed, errno: i32 },
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// A step of [`Supervision::stage`], by its number.
    Stage(usize),
    /// A step of [`Supervision::inside`], by its number.
    Inside(usize),
    Cgroup,
    Terminal,
    Namespaces,
    Systemd,
    Watcher,
}

impl Report {
    /// Length of a report in bytes. It is less than PIPE_BUF, so reports are written atomically.
    pub(crate) const LEN: usize = 12;

    fn to_bytes(self) -> [u8; Self::LEN] {
        let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let (kind, number, errno) = match self {
            Self::Started(pid) => (0, pid, 0),
            Self::Failed { what: Failed::Stage(step), errno } => (1, number(step), errno),
            Self::Failed { what: Failed::Inside(step), errno } => (2, number(step), errno),
            Self::Failed { what: Failed::Cgroup, errno } => (3, 0, errno),
            Self::Failed { what: Failed::Terminal, errno } => (4, 0, errno),
            Self::Failed { what: Failed::Namespaces, errno } => (5, 0, errno),
            Self::Failed { what: Failed::Systemd, errno } => (6, 0, errno),
            Self::Failed { what: Failed::Watcher, errno } => (7, 0, errno),
        };
        let mut bytes = [0; Self::LEN];
        for (place, value) in bytes.chunks_exact_mut(4).zip([kind, number, errno]) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(4).filter_map(|chunk| chunk.first_chunk());
        let mut next = || numbers.next().map(|chunk: &[u8; 4]| i32::from_ne_bytes(*chunk));
        let (kind, number, errno) = (next()?, next()?, next()?);
        let what = match kind {
            0 => return Some(Self::Started(number)),
            1 => Failed::Stage(usize::try_from(number).ok()?),
            2 => Failed::Inside(usize::try_from(number).ok()?),
            3 => Failed::Cgroup,
            4 => Failed::Terminal,
            5 => Failed::Namespaces,
            6 => Failed::Systemd,
            7 => Failed::Watcher,
            _ => return None,
        };
        Some(Self::Failed { what, errno })
    }
}

/// Runs the supervisor.
pub(crate) fn run(supervision: &Supervision) -> ! {
    close_all_but(&supervision.kept);
    // Signals of the terminal are for the owner. All signals have been blocked since before the fork.
    let _ = unistd::setsid();
    let _ = prctl::set_name(c"barebus-box");
    let _ = plan::standard_streams(c"/dev/null");
    stat::umask(Mode::empty());
    let code = match supervise(supervision) {
        Ok(()) => 0,
        Err(report) => {
            send(supervision, report);
            1
        }
    };
    sys::exit(code)
}

fn supervise(supervision: &Supervision) -> Result<(), Report> {
    perform(&supervision.stage, Failed::Stage)?;
    let failed = |what| move |errno: Errno| Report::Failed { what, errno: errno as i32 };
    let console = Console::open().map_err(failed(Failed::Terminal))?;
    let parent = supervision.cgroup.open_parent().map_err(failed(Failed::Cgroup))?;
    let watcher = Watcher::start(&supervision.cgroup, parent.as_fd());
    let watcher = watcher.map_err(failed(Failed::Watcher))?;
    let made = supervision.cgroup.make(parent.as_fd());
    let lived = match &made {
        Ok(_) => with_pid_1(supervision, &console).map_err(failed(Failed::Namespaces)),
        Err(errno) => Err(failed(Failed::Cgroup)(*errno)),
    };
    supervision.cgroup.remove(parent.as_fd());
    watcher.end();
    lived
}

/// Starts PID 1, waits, and ends it.
fn with_pid_1(supervision: &Supervision, console: &Console) -> nix::Result<()> {
    let me = sys::pidfd_open(unistd::getpid().as_raw())?;
    let (pid, pidfd) = match sys::fork_into(supervision.namespaces, libc::SIGCHLD)? {
        Fork::Child => become_systemd(supervision, me.as_fd()),
        Fork::Parent { pid, pidfd } => (pid, pidfd),
    };
    send(supervision, Report::Started(pid));
    for fd in &supervision.kept_inside {
        let _ = sys::close_range(*fd, *fd);
    }
    // Leaves the host's file systems, so they can be unmounted while the box runs.
    let _ = unistd::chdir(recipe::STAGE).and_then(|()| plan::become_root());
    attend(supervision, console, pidfd.as_fd());
    let _ = sys::pidfd_kill(pidfd.as_fd(), libc::SIGKILL);
    // Returns when the kernel has ended all processes in the box.
    let _ = sys::wait(pid, 0);
    console.pump(supervision.log.as_fd());
    Ok(())
}

/// Logs the output of systemd. Returns when the owner ends or shuts down the leash, or when PID 1 has ended and the owner knows its process
/// ID.
fn attend(supervision: &Supervision, console: &Console, pid_1: BorrowedFd<'_>) {
    let (mut known, mut ended) = (false, false);
    while !(known && ended) {
        let pid_1_events = if ended { PollFlags::empty() } else { PollFlags::POLLIN };
        let mut fds = [
            PollFd::new(supervision.leash.as_fd(), PollFlags::POLLIN),
            PollFd::new(console.maker.as_fd(), PollFlags::POLLIN),
            PollFd::new(pid_1, pid_1_events),
            PollFd::new(supervision.owner.as_fd(), PollFlags::POLLIN),
        ];
        match poll::poll(&mut fds, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(_) => return,
        }
        let [leash, printed, end, owner_ended] = fds.map(|fd| fd.any().unwrap_or(true));
        if printed {
            console.pump(supervision.log.as_fd());
        }
        if owner_ended {
            return;
        }
        ended |= end;
        if leash {
            match unistd::read(&supervision.leash, &mut [0]) {
                Ok(1) => known = true,
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Ok(_) | Err(_) => return,
            }
        }
    }
}

/// Runs the box's PID 1 until it executes systemd.
fn become_systemd(supervision: &Supervision, supervisor: BorrowedFd<'_>) -> ! {
    // The supervisor has only one thread, so the death of the parent thread is its death.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    if has_ended(supervisor) {
        sys::exit(1);
    }
    close_all_but(&supervision.kept_inside);
    enter::drop_capabilities();
    let report = match perform(&supervision.inside, Failed::Inside) {
        Ok(()) => {
            stat::umask(Mode::from_bits_truncate(0o022));
            let _ = SigSet::empty().thread_set_mask();
            let errno = supervision.systemd.exec();
            Report::Failed { what: Failed::Systemd, errno: errno as i32 }
        }
        Err(report) => report,
    };
    send(supervision, report);
    sys::exit(1)
}

/// Whether the process has ended.
pub(crate) fn has_ended(process: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(process, PollFlags::POLLIN)];
    !matches!(poll::poll(&mut fds, PollTimeout::ZERO), Ok(0))
}

fn perform(plan: &Plan, which: fn(usize) -> Failed) -> Result<(), Report> {
    for (number, step) in plan.iter().enumerate() {
        if let Err(errno) = step.perform() {
            return Err(Report::Failed { what: which(number), errno: errno as i32 });
        }
    }
    Ok(())
}

fn send(supervision: &Supervision, report: Report) {
    // Fails if the owner has ended, which the supervisor detects in other ways.
    let _ = unistd::write(&supervision.reports, &report.to_bytes());
}

/// The terminal that systemd prints to.
struct Console {
    maker: OwnedFd,
    /// Kept open, so that the terminal does not hang up when no other process has it open.
    _terminal: OwnedFd,
}

impl Console {
    fn open() -> nix::Result<Self> {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let maker = fcntl::open(recipe::CONSOLE_MAKER, flags | OFlag::O_NONBLOCK, Mode::empty())?;
        sys::unlock_terminal(maker.as_fd())?;
        let terminal = fcntl::open(recipe::CONSOLE, flags, Mode::empty())?;
        Ok(Self { maker, _terminal: terminal })
    }

    /// Moves output into `log`. Output beyond [`LOG_LEN`] is dropped, so that systemd never blocks.
    fn pump(&self, log: BorrowedFd<'_>) {
        let mut buf = [0; 4096];
        while let Ok(len @ 1..) = unistd::read(&self.maker, &mut buf) {
            let written = stat::fstat(log).map_or(0, |log| log.st_size);
            let room = LOG_LEN.saturating_sub(usize::try_from(written).unwrap_or(LOG_LEN));
            let len = len.min(room);
            let _ = unistd::write(log, buf.get(..len).unwrap_or_default());
        }
    }
}

/// Closes all descriptors except the three standard ones and `kept`, which is sorted.
pub(crate) fn close_all_but(kept: &[RawFd]) {
    let mut next = 3;
    for &fd in kept {
        if fd > next {
            let _ = sys::close_range(next, fd - 1);
        }
        next = fd.saturating_add(1);
    }
    let _ = sys::close_range(next, RawFd::MAX);
}

/// Maximum length of the kept output of systemd, in bytes.
const LOG_LEN: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_arrive_as_they_were_sent() {
        let failures = [
            Failed::Stage(3),
            Failed::Inside(40),
            Failed::Cgroup,
            Failed::Terminal,
            Failed::Namespaces,
            Failed::Systemd,
            Failed::Watcher,
        ];
        let failures = failures.map(|what| Report::Failed { what, errno: 13 });
        for report in failures.into_iter().chain([Report::Started(4711)]) {
            assert_eq!(Report::from_bytes(report.to_bytes()), Some(report));
        }
        assert_eq!(Report::from_bytes([0xff; Report::LEN]), None);
    }
}
