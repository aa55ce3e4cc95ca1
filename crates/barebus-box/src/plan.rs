//! What the new processes do before they are what they shall be: written down beforehand, because a copy of a process that had many
//! threads may neither allocate nor lock.

use core::fmt;
use core::ops::BitOr;
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{self, AT_FDCWD, OFlag};
use nix::mount::{self, MntFlags, MsFlags};
use nix::sched::{self, CloneFlags};
use nix::sys::socket::{self, UnixAddr};
use nix::sys::stat::{self, Mode, SFlag};
use nix::unistd;

/// Steps in their order.
pub(crate) type Plan = Vec<Step>;

/// One thing to be done.
#[derive(Debug)]
pub(crate) enum Step {
    /// Mounts a file system.
    Mount(Mounting),
    /// Shows a file system of the root's: overlaid, or else as it is, read-only. A box that misses it still boots.
    Carry { overlay: Option<Mounting>, bound: Mounting },
    /// Makes what is mounted at `at` read-only.
    ReadOnly { at: CString },
    /// Makes a folder, unless it is there.
    Folder { at: CString, mode: Mode },
    /// Makes a link, in place of whatever stood there.
    Link { at: CString, to: CString },
    /// Makes a file, in place of whatever stood there.
    File { at: CString, text: Vec<u8> },
    /// Writes to a file of the kernel's.
    Tell { at: CString, text: &'static [u8] },
    /// Makes the node of a character device.
    Device { at: CString, number: (u64, u64) },
    /// Removes a file, if it is there.
    RemoveFile { at: CString },
    /// Removes an empty folder, if it is there.
    RemoveFolder { at: CString },
    /// Goes to a folder.
    Enter { at: CString },
    /// Takes the working directory as root and lets go of the former one.
    BecomeRoot,
    /// Takes part in namespaces of its own from here on.
    Unshare(CloneFlags),
    /// Gives a socket its address.
    Bind { socket: OwnedFd, address: UnixAddr },
    /// Takes a terminal as standard input, output and error.
    Terminal { at: CString },
}

/// A call of mount(2).
#[derive(Debug)]
pub(crate) struct Mounting {
    pub(crate) what: CString,
    pub(crate) at: CString,
    pub(crate) kind: CString,
    pub(crate) flags: MsFlags,
    pub(crate) options: CString,
}

impl Mounting {
    /// A file system of `kind` at `at`.
    pub(crate) fn new(kind: &str, at: impl AsRef<Path>) -> Self {
        Self {
            what: text(kind),
            at: path(at),
            kind: text(kind),
            flags: MsFlags::empty(),
            options: CString::default(),
        }
    }

    /// What is at `what`, at `at` as well.
    pub(crate) fn bind(what: impl AsRef<Path>, at: impl AsRef<Path>) -> Self {
        Self { what: path(what), ..Self::new("", at) }.flags(MsFlags::MS_BIND)
    }

    pub(crate) fn flags(mut self, flags: MsFlags) -> Self {
        self.flags = self.flags.bitor(flags);
        self
    }

    pub(crate) fn options(mut self, options: impl AsRef<[u8]>) -> Self {
        self.options = c_string(options.as_ref());
        self
    }

    fn perform(&self) -> nix::Result<()> {
        mount::mount(
            Some(self.what.as_c_str()),
            self.at.as_c_str(),
            given(&self.kind),
            self.flags,
            given(&self.options),
        )
    }
}

impl Step {
    /// Does it. Neither allocates nor locks nor panics.
    pub(crate) fn perform(&self) -> nix::Result<()> {
        match self {
            Self::Mount(mounting) => mounting.perform(),
            Self::Carry { overlay, bound } => {
                if overlay.as_ref().is_some_and(|overlay| overlay.perform().is_ok()) {
                    return Ok(());
                }
                // Never writable: better a box without the file system than a host that the box can change.
                if bound.perform().is_ok() && read_only(&bound.at).is_err() {
                    mount::umount2(bound.at.as_c_str(), MntFlags::MNT_DETACH)?;
                }
                Ok(())
            }
            Self::ReadOnly { at } => read_only(at),
            Self::Folder { at, mode } => unless(unistd::mkdir(at.as_c_str(), *mode), Errno::EEXIST),
            Self::Link { at, to } => {
                unless(unistd::unlink(at.as_c_str()), Errno::ENOENT)?;
                unistd::symlinkat(to.as_c_str(), AT_FDCWD, at.as_c_str())
            }
            Self::File { at, text } => {
                unless(unistd::unlink(at.as_c_str()), Errno::ENOENT)?;
                write(at, OFlag::O_CREAT | OFlag::O_EXCL, text)
            }
            Self::Tell { at, text } => write(at, OFlag::empty(), text),
            Self::Device { at, number: (major, minor) } => stat::mknod(
                at.as_c_str(),
                SFlag::S_IFCHR,
                Mode::from_bits_truncate(0o666),
                stat::makedev(*major, *minor),
            ),
            Self::RemoveFile { at } => unless(unistd::unlink(at.as_c_str()), Errno::ENOENT),
            Self::RemoveFolder { at } => unless(
                unistd::unlinkat(AT_FDCWD, at.as_c_str(), unistd::UnlinkatFlags::RemoveDir),
                Errno::ENOENT,
            ),
            Self::Enter { at } => unistd::chdir(at.as_c_str()),
            Self::BecomeRoot => become_root(),
            Self::Unshare(namespaces) => sched::unshare(*namespaces),
            Self::Bind { socket, address } => socket::bind(socket.as_raw_fd(), address),
            Self::Terminal { at } => standard_streams(at),
        }
    }
}

/// Takes a file as standard input, output and error.
pub(crate) fn standard_streams(at: &CStr) -> nix::Result<()> {
    let file = fcntl::open(at, OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty())?;
    unistd::dup2_stdin(&file)?;
    unistd::dup2_stdout(&file)?;
    unistd::dup2_stderr(&file)
}

/// The new root is mounted upon the old one for a moment, so that it needs no folder for it.
pub(crate) fn become_root() -> nix::Result<()> {
    unistd::pivot_root(c".", c".")?;
    mount::umount2(c".", MntFlags::MNT_DETACH)?;
    unistd::chdir(c"/")
}

fn read_only(at: &CStr) -> nix::Result<()> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID;
    mount::mount(None::<&CStr>, at, None::<&CStr>, flags, None::<&CStr>)
}

fn write(at: &CStr, flags: OFlag, text: &[u8]) -> nix::Result<()> {
    let flags = flags | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
    let file = fcntl::open(at, flags, Mode::from_bits_truncate(0o644))?;
    let mut rest = text;
    while !rest.is_empty() {
        let written = unistd::write(&file, rest)?;
        rest = rest.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Takes one failure for success.
pub(crate) fn unless(result: nix::Result<()>, accepted: Errno) -> nix::Result<()> {
    if result == Err(accepted) { Ok(()) } else { result }
}

fn given(text: &CStr) -> Option<&CStr> {
    Some(text).filter(|text| !text.is_empty())
}

/// A path for the kernel.
pub(crate) fn path(path: impl AsRef<Path>) -> CString {
    c_string(path.as_ref().as_os_str().as_bytes())
}

/// A word for the kernel.
pub(crate) fn text(text: &str) -> CString {
    c_string(text.as_bytes())
}

/// What stands behind a NUL is lost: no path that exists has one.
fn c_string(bytes: &[u8]) -> CString {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    CString::new(bytes).unwrap_or_default()
}

/// What is being done, for the message when it fails.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mount(mounting) | Self::Carry { bound: mounting, .. } => {
                let kind = if mounting.kind.is_empty() { c"bind" } else { &mounting.kind };
                write!(f, "mount {} at {}", kind.to_string_lossy(), mounting.at.to_string_lossy())
            }
            Self::ReadOnly { at } => write!(f, "make {} read-only", at.to_string_lossy()),
            Self::Folder { at, .. } => write!(f, "make the folder {}", at.to_string_lossy()),
            Self::Link { at, .. } => write!(f, "make the link {}", at.to_string_lossy()),
            Self::File { at, .. } => write!(f, "make the file {}", at.to_string_lossy()),
            Self::Tell { at, .. } => write!(f, "write to {}", at.to_string_lossy()),
            Self::Device { at, .. } => write!(f, "make the device {}", at.to_string_lossy()),
            Self::RemoveFile { at } | Self::RemoveFolder { at } => {
                write!(f, "remove {}", at.to_string_lossy())
            }
            Self::Enter { at } => write!(f, "enter {}", at.to_string_lossy()),
            Self::BecomeRoot => f.write_str("change the root"),
            Self::Unshare(_) => f.write_str("unshare the cgroup namespace"),
            Self::Bind { .. } => f.write_str("bind the notification socket"),
            Self::Terminal { at } => write!(f, "open {}", at.to_string_lossy()),
        }
    }
}
