//! The owner's side of a boot.

use core::time::Duration;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::{self, FcntlArg, OFlag};
use nix::poll::{self, PollFd, PollFlags, PollTimeout};
use nix::sched::CloneFlags;
use nix::sys::memfd::{self, MFdFlags};
use nix::sys::signal::{SigSet, SigmaskHow};
use nix::sys::socket::{self, AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr};
use nix::unistd;

use crate::builder::Builder;
use crate::cgroup::Cgroup;
use crate::error::BoxError;
use crate::plan::{self, Plan};
use crate::root::Root;
use crate::supervisor::{self, Failed, Report, Supervision};
use crate::sys::{self, Fork, Program};
use crate::systemd_box::{Log, Supervisor, SystemdBox};
use crate::{mounts, ready, recipe};

/// Boots a box.
pub(crate) fn boot(builder: &Builder) -> Result<SystemdBox, BoxError> {
    let begun = Instant::now();
    check_privileges()?;
    builder.units.iter().try_for_each(|(name, _)| check_unit_name(name))?;
    let root = Root::survey(&builder.root, builder.bus)?;
    let (supervision, ends) =
        prepare(builder, &root).map_err(|(doing, source)| BoxError::Prepare { doing, source })?;
    let namespaces = supervision.namespaces | CloneFlags::CLONE_NEWCGROUP;
    let supervisor = start(&supervision, ends.leash)?;
    let (stage, inside) = supervision.into_plans();
    let boot = Boot {
        deadline: begun + builder.timeout,
        timeout: builder.timeout,
        log: ends.log,
        supervisor,
    };
    let (pid, pid_1) = boot.until_ready(&ends.reports, &ends.notify, &stage, &inside)?;
    ready::wait_for_systemd(pid, boot.deadline)
        .map_err(|(doing, source)| boot.no_bus(doing, source))?;
    Ok(SystemdBox::new(boot.supervisor, pid, pid_1, namespaces, boot.log, begun.elapsed()))
}

fn check_privileges() -> Result<(), BoxError> {
    let uid = unistd::geteuid();
    if !uid.is_root() {
        return Err(BoxError::NotRoot { uid: uid.as_raw() });
    }
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    match effective {
        Some(capabilities) if capabilities & CAP_SYS_ADMIN == 0 => Err(BoxError::NotPrivileged),
        _ => Ok(()),
    }
}

fn check_unit_name(name: &str) -> Result<(), BoxError> {
    let fits = name.len() <= UNIT_NAME_LEN && !name.contains(['/', '\0']) && !name.starts_with('.');
    let named = name.rsplit_once('.').is_some_and(|(_, kind)| !kind.is_empty());
    if fits && named { Ok(()) } else { Err(BoxError::UnitName(name.to_owned())) }
}

/// The owner's ends of pipes and sockets.
struct Ends {
    leash: OwnedFd,
    reports: OwnedFd,
    notify: OwnedFd,
    log: Log,
}

type Refusal = (&'static str, io::Error);

/// Makes everything that the new processes need.
fn prepare(builder: &Builder, root: &Root) -> Result<(Supervision, Ends), Refusal> {
    let refused = |doing| move |errno: Errno| (doing, io::Error::from(errno));
    let (leash_held, leash) = leash().map_err(refused("make a socket pair"))?;
    let owner = sys::pidfd_open(unistd::getpid().as_raw()).and_then(above_standard);
    let owner = owner.map_err(refused("open this process"))?;
    let (reports, reports_held) = pipe().map_err(refused("make a pipe"))?;
    let (notify, notify_held) = notification_socket().map_err(refused("make a socket"))?;
    let address = UnixAddr::new(recipe::STAGED_NOTIFY).map_err(refused("name a socket"))?;
    let log = memfd::memfd_create("barebus-box log", MFdFlags::MFD_CLOEXEC)
        .and_then(above_standard)
        .map_err(refused("make a file in memory"))?;
    let log_held = log.try_clone().map_err(|source| ("make a file in memory", source))?;
    let cgroup = Cgroup::new().map_err(|source| ("read /proc/thread-self/cgroup", source))?;
    let mountinfo = fs::read("/proc/thread-self/mountinfo")
        .map_err(|source| ("read /proc/thread-self/mountinfo", source))?;
    let carried = mounts::carried(&mountinfo, &root.path);
    let kept = sorted([&leash_held, &owner, &reports_held, &notify_held, &log_held]);
    let kept_inside = sorted([&reports_held, &notify_held]);
    let notify_held = (notify_held, address);
    let supervision = Supervision {
        stage: recipe::stage(root),
        inside: recipe::inside(builder, root, &carried, &cgroup.path, notify_held),
        namespaces: namespaces(builder),
        systemd: systemd(root),
        cgroup,
        leash: leash_held,
        owner,
        reports: reports_held,
        log: log_held,
        kept,
        kept_inside,
    };
    Ok((supervision, Ends { leash, reports, notify, log: Log(File::from(log)) }))
}

fn sorted<const N: usize>(fds: [&OwnedFd; N]) -> Vec<RawFd> {
    let mut fds = fds.map(AsRawFd::as_raw_fd);
    fds.sort_unstable();
    fds.into()
}

/// All but the cgroup namespace, which PID 1 unshares once it is in its cgroup.
fn namespaces(builder: &Builder) -> CloneFlags {
    let namespaces = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWIPC;
    if builder.host_network { namespaces } else { namespaces | CloneFlags::CLONE_NEWNET }
}

fn systemd(root: &Root) -> Program {
    let unit = format!("--unit={}", recipe::TARGET);
    let notify = format!("NOTIFY_SOCKET={}", recipe::NOTIFY);
    let arguments = [
        root.systemd,
        "--system",
        &unit,
        "--show-status=0",
        "--log-target=console",
        "--log-color=0",
        "--log-level=warning",
    ];
    let environment = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        // How systemd learns that it is in a container.
        "container=barebus-box",
        "TERM=dumb",
        &notify,
    ];
    Program::new(
        plan::text(root.systemd),
        arguments.map(plan::text).into(),
        environment.map(plan::text).into(),
    )
}

/// Forks the supervisor.
fn start(supervision: &Supervision, leash: OwnedFd) -> Result<Supervisor, BoxError> {
    let refused =
        |errno: Errno| BoxError::Prepare { doing: "fork the supervisor", source: errno.into() };
    // The owner's signal handlers must not run in the supervisor.
    let former = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK).map_err(refused)?;
    let forked = sys::fork_into(CloneFlags::CLONE_NEWNS, NO_SIGNAL);
    if matches!(forked, Ok(Fork::Child)) {
        supervisor::run(supervision);
    }
    let restored = former.thread_set_mask();
    match forked.map_err(refused)? {
        Fork::Parent { pid, pidfd } => {
            let supervisor = Supervisor::new(leash, pid, pidfd);
            restored.map_err(refused).map(|()| supervisor)
        }
        Fork::Child => sys::exit(1),
    }
}

/// A boot in progress. Dropping it ends the box.
struct Boot {
    deadline: Instant,
    timeout: Duration,
    log: Log,
    supervisor: Supervisor,
}

impl Boot {
    /// Waits until systemd reports that it has booted. Returns its process.
    fn until_ready(
        &self,
        reports: &OwnedFd,
        notify: &OwnedFd,
        stage: &Plan,
        inside: &Plan,
    ) -> Result<(i32, OwnedFd), BoxError> {
        let refused = |doing| move |errno: Errno| BoxError::Prepare { doing, source: errno.into() };
        let supervisor = self.supervisor.pidfd();
        let mut pid_1 = None;
        let mut is_systemd = false;
        loop {
            let reports_now = if is_systemd { supervisor } else { reports };
            let ready = wait_any([reports_now, notify, supervisor], self.deadline);
            let [reported, notified, ended] = match ready {
                Err(Errno::ETIMEDOUT) => return Err(self.timed_out("end of the boot")),
                ready => ready.map_err(refused("wait for systemd"))?,
            };
            if notified && says_ready(notify) {
                return pid_1.ok_or_else(|| self.died());
            }
            if reported && !is_systemd {
                match receive(reports).map_err(refused("hear from the supervisor"))? {
                    Some(Report::Started(pid)) => {
                        let pidfd = sys::pidfd_open(pid).map_err(refused("open a process"))?;
                        self.supervisor.acknowledge().map_err(refused("tell the supervisor"))?;
                        pid_1 = Some((pid, pidfd));
                    }
                    Some(Report::Failed { what, errno }) => {
                        let source = io::Error::from_raw_os_error(errno);
                        return Err(BoxError::Setup { step: step(what, stage, inside), source });
                    }
                    None => is_systemd = true,
                }
            } else if ended {
                return Err(self.died());
            }
        }
    }

    fn died(&self) -> BoxError {
        BoxError::Died { log: self.log.read() }
    }

    fn timed_out(&self, waiting_for: &'static str) -> BoxError {
        BoxError::TimedOut { after: self.timeout, waiting_for, log: self.log.read() }
    }

    fn no_bus(&self, doing: &'static str, source: io::Error) -> BoxError {
        if source.kind() == io::ErrorKind::TimedOut {
            return self.timed_out("systemd on the bus");
        }
        BoxError::Bus { doing, source, log: self.log.read() }
    }
}

/// Describes what failed, for the error message.
fn step(what: Failed, stage: &Plan, inside: &Plan) -> String {
    let step = match what {
        Failed::Stage(number) => stage.get(number),
        Failed::Inside(number) => inside.get(number),
        Failed::Cgroup => return "make a cgroup".to_owned(),
        Failed::Terminal => return "make a terminal".to_owned(),
        Failed::Namespaces => return "make the namespaces".to_owned(),
        Failed::Systemd => return "start systemd".to_owned(),
        Failed::Watcher => return "start the watcher".to_owned(),
    };
    step.map(ToString::to_string).unwrap_or_default()
}

/// The next report; `None` if PID 1 is systemd or has ended.
fn receive(reports: &OwnedFd) -> nix::Result<Option<Report>> {
    let mut bytes = [0; Report::LEN];
    match unistd::read(reports, &mut bytes)? {
        Report::LEN => Ok(Report::from_bytes(bytes)),
        _ => Ok(None),
    }
}

/// Reads one notification: lines of `NAME=value`, see sd_notify(3).
fn says_ready(notify: &OwnedFd) -> bool {
    let mut buf = [0; 4096];
    let received = socket::recv(notify.as_raw_fd(), &mut buf, MsgFlags::MSG_DONTWAIT);
    let text = received.ok().and_then(|len| buf.get(..len)).unwrap_or_default();
    text.split(|&byte| byte == b'\n').any(|line| line == b"READY=1")
}

/// Waits until one of `fds` is readable or closed by its other side.
fn wait_any<const N: usize>(fds: [&OwnedFd; N], deadline: Instant) -> nix::Result<[bool; N]> {
    loop {
        let mut fds = fds.map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN));
        match poll::poll(&mut fds, time_left(deadline)?) {
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(fds.map(|fd| fd.any().unwrap_or(true))),
            Err(error) => return Err(error),
        }
    }
}

/// Rounded up, so that the last millisecond is not spent in a busy loop. `ETIMEDOUT` when no time is left.
fn time_left(deadline: Instant) -> nix::Result<PollTimeout> {
    let left = deadline.checked_duration_since(Instant::now()).ok_or(Errno::ETIMEDOUT)?;
    Ok(PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX))
}

fn leash() -> nix::Result<(OwnedFd, OwnedFd)> {
    let kind = SockType::Stream;
    let (held, leash) =
        socket::socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC)?;
    Ok((above_standard(held)?, above_standard(leash)?))
}

fn pipe() -> nix::Result<(OwnedFd, OwnedFd)> {
    let (reading, writing) = unistd::pipe2(OFlag::O_CLOEXEC)?;
    Ok((above_standard(reading)?, above_standard(writing)?))
}

/// The socket, and a copy for PID 1 to give it an address in the box.
fn notification_socket() -> nix::Result<(OwnedFd, OwnedFd)> {
    let flags = SockFlag::SOCK_CLOEXEC;
    let made = socket::socket(AddressFamily::Unix, SockType::Datagram, flags, None)?;
    let made = above_standard(made)?;
    let copy = above_standard(made.try_clone().map_err(|_| Errno::EMFILE)?)?;
    Ok((made, copy))
}

/// Moves a descriptor above the three standard ones, which the new processes replace. They can be free if the program was started with them
/// closed.
fn above_standard(fd: OwnedFd) -> nix::Result<OwnedFd> {
    if fd.as_raw_fd() > 2 {
        return Ok(fd);
    }
    fcntl::fcntl(&fd, FcntlArg::F_DUPFD_CLOEXEC(3)).map(sys::own)
}

/// A forked process without an exit signal is invisible to a `wait` for any child.
const NO_SIGNAL: i32 = 0;
const CAP_SYS_ADMIN: u64 = 1 << 21;
/// Spec: systemd.unit(5).
const UNIT_NAME_LEN: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_of_unit_files_only() {
        assert!(check_unit_name("a@b-c.service").is_ok());
        for name in ["", "a", "a.", ".service", "../a.service", "a/b.service", "a\0.service"] {
            assert!(check_unit_name(name).is_err(), "{name:?}");
        }
        assert!(check_unit_name(&format!("{}.service", "a".repeat(248))).is_err());
    }
}
