//! Enters the box: what the process of a command does before it executes the program.
//!
//! A process cannot change its own PID namespace, only that of its children. So there are two processes. The one inside becomes the program.
//! The one outside represents it: it ends in the same way as the one inside, and forwards signals to it. It does not stop when the one inside
//! stops: a system that shuts down stops all processes before it kills them, and its PID 1 cannot end before they are reaped.
//!
//! All code here runs in a fork of one thread of the owner and makes system calls only, see [`sys`].

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::fcntl::{self, AT_FDCWD, OFlag};
use nix::libc;
use nix::sched::{self, CloneFlags};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::stat::Mode;
use nix::unistd;

use crate::supervisor;
use crate::sys::{self, Fork};

/// Returns in the process inside.
pub(crate) fn enter(pid_1: BorrowedFd<'_>, namespaces: CloneFlags) -> io::Result<()> {
    let me = sys::pidfd_open(unistd::getpid().as_raw())?;
    sched::setns(pid_1, CloneFlags::CLONE_NEWPID)?;
    // From here on signals stay pending until they can be forwarded.
    let former = SigSet::all().thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_SETMASK)?;
    sys::default_signal(libc::SIGCHLD);
    let inside = match sys::fork_into(CloneFlags::empty(), libc::SIGCHLD)? {
        Fork::Parent { pid, .. } => stand_for(pid),
        Fork::Child => {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            if supervisor::has_ended(me.as_fd()) {
                sys::exit(1);
            }
            go_inside(pid_1, namespaces)
        }
    };
    former.thread_set_mask()?;
    Ok(inside?)
}

fn go_inside(pid_1: BorrowedFd<'_>, namespaces: CloneFlags) -> nix::Result<()> {
    let mut buf = [0; libc::PATH_MAX as usize];
    let folder = sys::working_directory(&mut buf);
    sched::setns(pid_1, CloneFlags::CLONE_NEWNS)?;
    join_cgroup();
    sched::setns(pid_1, namespaces & !(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID))?;
    drop_capabilities();
    // Keeps the working directory if it exists inside.
    if folder.is_none_or(|folder| unistd::chdir(folder).is_err()) {
        unistd::chdir(c"/")?;
    }
    Ok(())
}

/// Moves into the box's cgroups, where systemd may move the process on. It can only be done while the host's cgroup namespace is left,
/// and the box works for a command that stays outside as well.
fn join_cgroup() {
    let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
    let path = c"/sys/fs/cgroup/init.scope/cgroup.procs";
    if let Ok(file) = fcntl::openat(AT_FDCWD, path, flags, Mode::empty()) {
        let _ = unistd::write(&file, b"0");
    }
}

/// Capabilities that affect the host: its clock, modules, devices, kernel log, security policy and audit rules. Writing to the audit log is
/// kept, because PAM fails without it.
pub(crate) fn drop_capabilities() {
    for capability in DROPPED {
        sys::drop_capability(capability);
    }
}

/// The process outside, while the one inside runs.
fn stand_for(pid: i32) -> ! {
    // Otherwise pipes that the other process closes would stay open, including the one that reports a successful exec.
    let _ = sys::close_range(0, i32::MAX);
    loop {
        match sys::next_signal() {
            (libc::SIGCHLD, _) => attend(pid),
            // A signal from the terminal has also reached the other process, which is in the same process group.
            (signal, sent) if sent || signal == libc::SIGCONT => sys::kill(pid, signal),
            _ => {}
        }
    }
}

fn attend(pid: i32) {
    let status = match sys::wait(pid, libc::WNOHANG) {
        Ok(Some(status)) => status,
        Ok(None) => return,
        Err(_) => sys::exit(1),
    };
    if libc::WIFSIGNALED(status) {
        sys::die_by(libc::WTERMSIG(status));
    } else {
        sys::exit(libc::WEXITSTATUS(status));
    }
}

/// Numbers from capabilities(7), which libc lacks.
const DROPPED: [libc::c_ulong; 9] = [
    16, // CAP_SYS_MODULE
    17, // CAP_SYS_RAWIO
    25, // CAP_SYS_TIME
    30, // CAP_AUDIT_CONTROL
    32, // CAP_MAC_OVERRIDE
    33, // CAP_MAC_ADMIN
    34, // CAP_SYSLOG
    35, // CAP_WAKE_ALARM
    37, // CAP_AUDIT_READ
];
