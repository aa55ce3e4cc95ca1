//! The steps that create a box. The owner prepares them and the forked processes perform them, because a fork of a process with several
//! threads must neither allocate nor lock.
//!
//! The root is untrusted: its links may point anywhere on the host. Two rules protect the host:
//!
//! - Before [`Step::BecomeRoot`], a step uses only paths of the stage, which this crate has mounted. The exceptions are [`Step::Place`] and
//!   [`Step::Carry`]: they walk from the root to a mount point without following links ([`Walk`]).
//! - After it, a step may follow links: no path leads out of the new root, and the process has no descriptor of a directory of the host that
//!   `/proc/self/fd` could lead to.

use core::fmt;
use core::ops::BitOr;
use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{self, AT_FDCWD, OFlag};
use nix::mount::{self, MntFlags, MsFlags};
use nix::sched::{self, CloneFlags};
use nix::sys::socket::{self, UnixAddr};
use nix::sys::stat::{self, Mode, SFlag};
use nix::unistd;

use crate::recipe::{self, INSIDE};
use crate::sys;
use crate::walk::{self, Walk};

/// Steps in their order.
pub(crate) type Plan = Vec<Step>;

/// One step of a plan.
#[derive(Debug)]
pub(crate) enum Step {
    /// Mounts a file system.
    Mount(Mounting),
    /// Moves what is mounted at `from` to a mount point of the new root.
    Place { from: CString, at: Walk },
    /// Shows another file system of the root at its place in the new root. `overlay` mounts an overlay of the working directory at
    /// [`recipe::CARRIED_FOLDER`]. A file system that cannot be overlaid is shown read-only. One that cannot be shown is left out.
    Carry { point: Walk, overlay: Mounting },
    /// Makes what is mounted at `at` read-only.
    ReadOnly { at: CString },
    /// Makes a file read-only, if it exists, by mounting it on itself.
    Protect { at: CString },
    /// Creates a directory, unless it exists.
    Folder { at: CString, mode: Mode },
    /// Creates a link. Replaces an existing file or link.
    Link { at: CString, to: CString },
    /// Creates a file. Replaces an existing file or link.
    File { at: CString, text: Vec<u8> },
    /// Writes to a file of a kernel file system.
    Tell { at: CString, text: &'static [u8] },
    /// Creates the node of a character device.
    Device { at: CString, number: (u64, u64) },
    /// Removes a file, if it exists.
    RemoveFile { at: CString },
    /// Removes an empty directory, if it exists.
    RemoveFolder { at: CString },
    /// Changes the working directory.
    Enter { at: CString },
    /// Makes the working directory the root and detaches the former root.
    BecomeRoot,
    /// Unshares namespaces.
    Unshare(CloneFlags),
    /// Binds a socket to an address.
    Bind { socket: OwnedFd, address: UnixAddr },
    /// Makes a terminal standard input, output and error.
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

    /// Shows `what` at `at` as well.
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
    /// Performs the step. It does not allocate, lock or panic.
    pub(crate) fn perform(&self) -> nix::Result<()> {
        match self {
            Self::Mount(mounting) => mounting.perform(),
            Self::Place { from, at } => place(from, at),
            Self::Carry { point, overlay } => carry(point, overlay),
            Self::ReadOnly { at } => read_only(at),
            Self::Protect { at } => unless(protect(at), Errno::ENOENT),
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

/// Makes a file standard input, output and error.
pub(crate) fn standard_streams(at: &CStr) -> nix::Result<()> {
    let file = fcntl::open(at, OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty())?;
    unistd::dup2_stdin(&file)?;
    unistd::dup2_stdout(&file)?;
    unistd::dup2_stderr(&file)
}

/// Moves what is mounted at `from` to a mount point of the new root.
fn place(from: &CStr, at: &Walk) -> nix::Result<()> {
    let at = at.from(open_folder(INSIDE)?)?;
    sys::move_mount((AT_FDCWD, from), (at.as_fd(), c""))
}

/// Shows another file system of the root, which is the working directory, at its place in the new root.
fn carry(point: &Walk, overlay: &Mounting) -> nix::Result<()> {
    let root = open_folder(c".")?;
    let Ok(source) = point.from(&root) else { return Ok(()) };
    let is_folder = walk::kind(&source)? == SFlag::S_IFDIR;
    if is_folder {
        unistd::fchdir(&source)?;
        let mounted = overlay.perform();
        unistd::fchdir(&root)?;
        if mounted.is_ok() {
            return place_or_drop(recipe::CARRIED_FOLDER, point);
        }
    }
    let staged = if is_folder { recipe::CARRIED_FOLDER } else { recipe::CARRIED_FILE };
    let moved = sys::clone_mount(source.as_fd())
        .and_then(|bound| sys::move_mount((bound.as_fd(), c""), (AT_FDCWD, staged)));
    match moved {
        // Never writable: otherwise the box could change the host. Leaving the file system out is better.
        Ok(()) if read_only(staged).is_ok() => place_or_drop(staged, point),
        Ok(()) => mount::umount2(staged, MntFlags::MNT_DETACH),
        Err(_) => Ok(()),
    }
}

fn place_or_drop(staged: &CStr, point: &Walk) -> nix::Result<()> {
    place(staged, point).or_else(|_| mount::umount2(staged, MntFlags::MNT_DETACH))
}

fn protect(at: &CStr) -> nix::Result<()> {
    mount::mount(Some(at), at, None::<&CStr>, MsFlags::MS_BIND, None::<&CStr>)?;
    read_only(at)
}

/// The old root is briefly mounted on top of the new one, so the new one needs no directory for it.
pub(crate) fn become_root() -> nix::Result<()> {
    unistd::pivot_root(c".", c".")?;
    mount::umount2(c".", MntFlags::MNT_DETACH)?;
    unistd::chdir(c"/")
}

fn read_only(at: &CStr) -> nix::Result<()> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID;
    mount::mount(None::<&CStr>, at, None::<&CStr>, flags, None::<&CStr>)
}

/// Opens a directory as the start of a walk.
pub(crate) fn open_folder(at: &CStr) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    fcntl::open(at, flags, Mode::empty())
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

/// Treats one error as success.
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

/// A string for the kernel.
pub(crate) fn text(text: &str) -> CString {
    c_string(text.as_bytes())
}

/// Cuts the text at a NUL. No existing path contains one.
fn c_string(bytes: &[u8]) -> CString {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    CString::new(bytes).unwrap_or_default()
}

/// What the step does, for the error message: "cannot … for the box".
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mount(mounting) => {
                let kind = if mounting.kind.is_empty() { c"bind" } else { &mounting.kind };
                write!(f, "mount {} at {}", kind.to_string_lossy(), mounting.at.to_string_lossy())
            }
            Self::Place { at, .. } => {
                write!(f, "mount at {at} of the root, which must not be a link,")
            }
            Self::Carry { point, .. } => write!(f, "show the file system at {point}"),
            Self::ReadOnly { at } | Self::Protect { at } => {
                write!(f, "make {} read-only", at.to_string_lossy())
            }
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
