//! A running box.

use core::time::Duration;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{self, PollFd, PollFlags};
use nix::sched::CloneFlags;
use nix::sys::socket::{self, MsgFlags, Shutdown};
use nix::sys::wait::{self, Id, WaitPidFlag};

use crate::builder::Builder;
use crate::error::BoxError;
use crate::{enter, forward, supervisor, sys};

/// A running systemd with its message bus. Dropping it ends all processes in it and leaves nothing on the host.
///
/// ```no_run
/// use barebus_box::SystemdBox;
///
/// let the_box = SystemdBox::boot()?;
/// let output = the_box.command("systemctl").arg("is-system-running").output()?;
/// print!("{}", String::from_utf8_lossy(&output.stdout));
/// // Dropped, it disappears.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SystemdBox {
    _supervisor: Supervisor,
    pid: i32,
    pid_1: Arc<OwnedFd>,
    namespaces: CloneFlags,
    log: Log,
    boot_time: Duration,
    root: PathBuf,
    system_bus_address: String,
}

impl SystemdBox {
    /// Boots a box with dbus-daemon on the host's root.
    ///
    /// # Errors
    /// As [`Builder::boot`].
    pub fn boot() -> Result<Self, BoxError> {
        Self::builder().boot()
    }

    /// A box to be booted.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        supervisor: Supervisor,
        pid: i32,
        pid_1: OwnedFd,
        namespaces: CloneFlags,
        log: Log,
        boot_time: Duration,
    ) -> Self {
        let root = PathBuf::from(format!("/proc/{pid}/root"));
        Self {
            _supervisor: supervisor,
            pid,
            pid_1: Arc::new(pid_1),
            namespaces,
            log,
            boot_time,
            system_bus_address: format!("unix:path=/proc/{pid}/root{INSIDE_BUS_SOCKET}"),
            root,
        }
    }

    /// Process ID of the box's PID 1 on the host.
    pub fn pid(&self) -> u32 {
        self.pid.unsigned_abs()
    }

    /// The address of the system bus, for use on the host.
    pub fn system_bus_address(&self) -> &str {
        &self.system_bus_address
    }

    /// The address of systemd's private socket, for use inside only: systemd refuses peers outside of its PID namespace.
    pub fn private_address(&self) -> &'static str {
        PRIVATE_ADDRESS
    }

    /// Path of the box's root on the host.
    ///
    /// An absolute link below it leads to the host's files. To resolve links inside the box, run a [`command`](Self::command).
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The output of systemd so far (warnings and errors), at most 1 MiB.
    pub fn log(&self) -> String {
        self.log.read()
    }

    /// How long the boot took.
    pub fn boot_time(&self) -> Duration {
        self.boot_time
    }

    /// Whether the box's PID 1 still runs. It ends when the box is shut down from inside.
    pub fn is_running(&self) -> bool {
        !supervisor::has_ended(self.pid_1.as_fd())
    }

    /// A command that runs inside the box. `program` is searched inside, where the host's programs have their usual paths.
    ///
    /// `DBUS_SYSTEM_BUS_ADDRESS` and `BAREBUS_PRIVATE_ADDRESS` are set to the addresses inside. The working directory is kept if it exists inside,
    /// otherwise it is `/`. The [`Child`](std::process::Child) is a process outside of the box. It ends in the same way as the command, kills the
    /// command when it is killed, and forwards signals to it. When the box is shut down from inside, systemd ends the command: with SIGTERM,
    /// with SIGHUP too if it has a terminal, and with SIGKILL if it still runs after 90 s.
    ///
    /// `CommandExt::uid` and `CommandExt::gid` cannot be used, because only root can enter the box. Run `setpriv` or `runuser` inside.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", INSIDE_BUS_ADDRESS);
        command.env("BAREBUS_PRIVATE_ADDRESS", PRIVATE_ADDRESS);
        let (pid_1, namespaces) = (Arc::clone(&self.pid_1), self.namespaces);
        sys::before_exec(&mut command, move || enter::enter(pid_1.as_fd(), namespaces));
        command
    }

    /// A command that runs on the host, with `DBUS_SYSTEM_BUS_ADDRESS` set to the box's bus.
    pub fn outside_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &self.system_bus_address);
        command
    }

    /// Runs a command and waits for it. Meanwhile SIGHUP, SIGINT, SIGQUIT and SIGTERM do not end this process, so the box outlives the command.
    /// These signals are forwarded to the command; Ctrl-C reaches the command directly.
    ///
    /// # Errors
    /// The command cannot be started, as for [`Command::status`].
    pub fn run(&self, command: &mut Command) -> io::Result<ExitStatus> {
        forward::run(command)
    }
}

/// The owner's side of the supervisor. Dropping it ends the box.
#[derive(Debug)]
pub(crate) struct Supervisor {
    leash: OwnedFd,
    pid: i32,
    pidfd: OwnedFd,
}

impl Supervisor {
    pub(crate) fn new(leash: OwnedFd, pid: i32, pidfd: OwnedFd) -> Self {
        Self { leash, pid, pidfd }
    }

    pub(crate) fn pidfd(&self) -> &OwnedFd {
        &self.pidfd
    }

    /// Tells the supervisor that the owner knows PID 1, so that its process ID may be reused after its end.
    pub(crate) fn acknowledge(&self) -> nix::Result<()> {
        socket::send(self.leash.as_raw_fd(), b"k", MsgFlags::MSG_NOSIGNAL).map(drop)
    }

    /// Whether this process started the supervisor. A fork did not, whatever its process ID is.
    fn is_ours(&self) -> bool {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        let flags = flags | WaitPidFlag::__WALL;
        wait::waitid(Id::PIDFd(self.pidfd.as_fd()), flags) != Err(Errno::ECHILD)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // This is the copy in a fork of the owner. The box continues.
        if !self.is_ours() {
            return;
        }
        // Closing is not enough, because a fork of this process may have a copy.
        let _ = socket::shutdown(self.leash.as_raw_fd(), Shutdown::Write);
        let mut end = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        while poll::poll(&mut end, END_TIMEOUT) == Err(Errno::EINTR) {}
        let _ = sys::wait(self.pid, libc::WNOHANG);
    }
}

/// The output of systemd, in memory that the supervisor writes to.
#[derive(Debug)]
pub(crate) struct Log(pub(crate) File);

impl Log {
    pub(crate) fn read(&self) -> String {
        let mut bytes = Vec::new();
        let mut buf = [0; 4096];
        // The offset of the file belongs to the supervisor, so this reads at explicit offsets.
        while let Ok(len @ 1..) = self.0.read_at(&mut buf, bytes.len() as u64) {
            bytes.extend_from_slice(buf.get(..len).unwrap_or_default());
        }
        // Lines of a terminal end with CR and LF.
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }
}

pub(crate) const INSIDE_BUS_SOCKET: &str = "/run/dbus/system_bus_socket";
const INSIDE_BUS_ADDRESS: &str = "unix:path=/run/dbus/system_bus_socket";
const PRIVATE_ADDRESS: &str = "unix:path=/run/systemd/private";
/// In milliseconds. Ending a box takes some tens of milliseconds on an idle machine. The limit is for a kernel that hangs, not for a busy
/// machine.
const END_TIMEOUT: u16 = 60_000;
