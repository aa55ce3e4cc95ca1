//! A second process that removes the box's cgroups if the supervisor is killed.
//!
//! If the supervisor is killed, the kernel kills PID 1, but it does not remove cgroups.
//!
//! The watcher is a fork of the supervisor and makes system calls only, see [`sys`].

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{self, PollFd, PollFlags, PollTimeout};
use nix::sched::CloneFlags;
use nix::sys::prctl;
use nix::unistd;

use crate::cgroup::Cgroup;
use crate::recipe;
use crate::supervisor::close_all_but;
use crate::sys::{self, Fork};

/// The supervisor's side of its watcher.
pub(crate) struct Watcher {
    pid: i32,
    pidfd: OwnedFd,
}

impl Watcher {
    /// Forks a watcher of the calling process. `parent` is the parent of the box's cgroup.
    pub(crate) fn start(cgroup: &Cgroup, parent: BorrowedFd<'_>) -> nix::Result<Self> {
        let supervisor = sys::pidfd_open(unistd::getpid().as_raw())?;
        match sys::fork_into(CloneFlags::empty(), libc::SIGCHLD)? {
            Fork::Child => watch(cgroup, parent, supervisor.as_fd()),
            Fork::Parent { pid, pidfd } => Ok(Self { pid, pidfd }),
        }
    }

    /// Ends the watcher. Called when the cgroups are removed.
    pub(crate) fn end(&self) {
        let _ = sys::pidfd_kill(self.pidfd.as_fd(), libc::SIGKILL);
        let _ = sys::wait(self.pid, 0);
    }
}

/// Runs the watcher.
fn watch(cgroup: &Cgroup, parent: BorrowedFd<'_>, supervisor: BorrowedFd<'_>) -> ! {
    let mut kept = [parent.as_raw_fd(), supervisor.as_raw_fd()];
    kept.sort_unstable();
    close_all_but(&kept);
    // Signals to the supervisor's session or process group do not reach the watcher.
    let _ = unistd::setsid();
    let _ = prctl::set_name(c"barebus-watcher");
    // Leaves the host's file systems. If the supervisor has changed the root, the stage is the root.
    let _ = unistd::chdir(recipe::STAGE).or_else(|_| unistd::chdir("/"));
    let mut end = [PollFd::new(supervisor, PollFlags::POLLIN)];
    while poll::poll(&mut end, PollTimeout::NONE) == Err(Errno::EINTR) {}
    cgroup.remove(parent);
    sys::exit(0)
}
