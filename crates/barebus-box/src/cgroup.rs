//! The cgroup of a box: a child of its owner's cgroup. It is removed with everything that systemd created in it.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io, process};

use nix::errno::Errno;
use nix::fcntl::{self, OFlag};
use nix::poll::{self, PollFd, PollFlags, PollTimeout};
use nix::sys::stat::{Mode, mkdirat};
use nix::sys::uio;
use nix::unistd::{self, UnlinkatFlags};

use crate::plan::{self, unless};
use crate::{recipe, sys};

/// The name of a box's cgroup and the cgroup it is made in.
#[derive(Debug)]
pub(crate) struct Cgroup {
    /// Below [`recipe::CGROUPS`].
    parent: CString,
    name: CString,
    /// The whole path.
    pub(crate) path: PathBuf,
}

impl Cgroup {
    /// A new name in the calling thread's own cgroup.
    pub(crate) fn new() -> io::Result<Self> {
        let text = fs::read_to_string("/proc/thread-self/cgroup")?;
        let parent = Path::new(recipe::CGROUPS).join(own(&text));
        // The time distinguishes owners with the same process ID in different PID namespaces.
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}-{:x}", process::id(), time.as_nanos());
        Ok(Self { parent: plan::path(&parent), name: plan::text(&name), path: parent.join(&name) })
    }

    /// Opens the parent of the box's cgroup, after removing what killed supervisors and watchers have left there.
    ///
    /// Called in the supervisor: makes system calls only.
    pub(crate) fn open_parent(&self) -> nix::Result<OwnedFd> {
        let parent = open(fcntl::AT_FDCWD, &self.parent)?;
        sweep(parent.as_fd());
        Ok(parent)
    }

    /// Creates the cgroup. While the returned descriptor is open, no other supervisor regards the cgroup as left behind.
    ///
    /// Called in the supervisor: makes system calls only.
    pub(crate) fn make(&self, parent: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
        loop {
            unless(
                mkdirat(parent, self.name.as_c_str(), Mode::from_bits_truncate(0o755)),
                Errno::EEXIST,
            )?;
            match lock(parent, &self.name) {
                // Another supervisor regarded it as left behind before it was locked.
                Err(Errno::EWOULDBLOCK | Errno::ENOENT | Errno::ENODEV) => wait_a_moment(),
                locked => return locked,
            }
        }
    }

    /// Removes the cgroup as soon as all processes in it have ended. It need not exist.
    ///
    /// Called in the supervisor and its watcher: makes system calls only.
    pub(crate) fn remove(&self, parent: BorrowedFd<'_>) {
        for _ in 0..REMOVE_TRIES {
            if let Ok(folder) = open(parent, &self.name) {
                wait_until_empty(folder.as_fd());
            }
            if remove_tree(parent, &self.name, MAX_DEPTH).is_ok() {
                return;
            }
            wait_a_moment();
        }
    }
}

/// The path in the unified hierarchy, without the leading slash. A cgroup outside of the cgroup namespace has no path here; then it is the
/// root of the namespace.
fn own(text: &str) -> &str {
    let path = text.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or("");
    if path.starts_with("..") { "" } else { path }
}

/// Removes the cgroups of boxes whose supervisor and watcher are gone and in which nothing runs any more.
fn sweep(parent: BorrowedFd<'_>) {
    let _ = each_folder(parent, |name| {
        if name.to_bytes().starts_with(PREFIX.as_bytes()) {
            let locked = lock(parent, name);
            if locked.is_ok_and(|folder| is_empty(folder.as_fd())) {
                let _ = remove_tree(parent, name, MAX_DEPTH);
            }
        }
        Ok(())
    });
}

/// Locks a cgroup while the descriptor is open. Only the holder of the lock removes it. Fails if it was removed before it was locked.
fn lock(parent: BorrowedFd<'_>, name: &CStr) -> nix::Result<OwnedFd> {
    let folder = open(parent, name)?;
    sys::lock(folder.as_fd())?;
    fcntl::openat(&folder, c"cgroup.procs", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    Ok(folder)
}

/// Whether no process runs in a cgroup or below it.
fn is_empty(folder: BorrowedFd<'_>) -> bool {
    open_events(folder).is_ok_and(|events| says_empty(&events))
}

/// Waits until no process runs in a cgroup or below it, or the cgroup was removed.
fn wait_until_empty(folder: BorrowedFd<'_>) {
    let Ok(events) = open_events(folder) else { return };
    while !says_empty(&events) {
        // The kernel reports each change of the file since the last read as POLLPRI. It does not report the removal of the cgroup, which the
        // supervisor of another box may cause: hence the limit.
        let mut changed = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
        if !matches!(poll::poll(&mut changed, LOOK_AGAIN), Ok(_) | Err(Errno::EINTR)) {
            return;
        }
    }
}

fn open_events(folder: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    fcntl::openat(folder, c"cgroup.events", flags, Mode::empty())
}

/// Reads `cgroup.events`. A removed cgroup is empty.
fn says_empty(events: &OwnedFd) -> bool {
    let mut text = [0; 256];
    match uio::pread(events, &mut text, 0) {
        Err(errno) => errno == Errno::ENODEV,
        Ok(len) => {
            let text = text.get(..len).unwrap_or_default();
            text.split(|&byte| byte == b'\n').any(|line| line == b"populated 0")
        }
    }
}

fn remove_tree(parent: BorrowedFd<'_>, name: &CStr, depth: u32) -> nix::Result<()> {
    let depth = depth.checked_sub(1).ok_or(Errno::ELOOP)?;
    let folder = match open(parent, name) {
        Err(Errno::ENOENT) => return Ok(()),
        folder => folder?,
    };
    each_folder(folder.as_fd(), |child| remove_tree(folder.as_fd(), child, depth))?;
    // The supervisor of another box may remove the same cgroup at the same time.
    unless(unistd::unlinkat(parent, name, UnlinkatFlags::RemoveDir), Errno::ENOENT)
}

fn open(at: impl AsFd, path: &CStr) -> nix::Result<OwnedFd> {
    fcntl::openat(at, path, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
}

/// Calls `action` with each directory in `folder`. The standard library would allocate.
fn each_folder(
    folder: BorrowedFd<'_>,
    mut action: impl FnMut(&CStr) -> nix::Result<()>,
) -> nix::Result<()> {
    let mut buf = [0; 2048];
    loop {
        let filled = sys::directory_entries(folder, &mut buf)?;
        let mut rest = buf.get(..filled).unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
        // Each entry: inode and offset, 8 bytes each; its length, 2; its kind, 1; its name, with a NUL.
        while let Some([low, high, kind]) = rest.get(16..).and_then(|at| at.first_chunk()) {
            let len = usize::from(u16::from_ne_bytes([*low, *high]));
            let name = rest.get(19..len).and_then(|at| CStr::from_bytes_until_nul(at).ok());
            if let Some(name) =
                name.filter(|name| *kind == FOLDER && *name != c"." && *name != c"..")
            {
                action(name)?;
            }
            rest = rest.get(len.max(1)..).unwrap_or_default();
        }
    }
}

fn wait_a_moment() {
    let none: &mut [PollFd<'_>] = &mut [];
    let millis = u16::try_from(REMOVE_PAUSE.as_millis()).unwrap_or(u16::MAX);
    let _ = poll::poll(none, PollTimeout::from(millis));
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

const PREFIX: &str = "barebus-box-";
const FOLDER: u8 = nix::libc::DT_DIR;
/// Far above the nesting of systemd's slices.
const MAX_DEPTH: u32 = 32;
const REMOVE_TRIES: u32 = 1000;
/// In milliseconds.
const LOOK_AGAIN: u16 = 100;
const REMOVE_PAUSE: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_own_cgroup_in_the_unified_hierarchy() {
        assert_eq!(
            own("4:memory:/a\n0::/user.slice/session-1.scope\n"),
            "user.slice/session-1.scope"
        );
        assert_eq!(own("0::/\n"), "");
        assert_eq!(own("4:memory:/a\n"), "");
    }

    #[test]
    fn takes_the_root_for_a_cgroup_outside_of_the_namespace() {
        assert_eq!(own("0::/../../x\n"), "");
    }

    #[test]
    fn walks_the_folders_of_a_folder_only() {
        let folder = open(fcntl::AT_FDCWD, c"/proc/self").unwrap();
        let mut names = Vec::new();
        each_folder(folder.as_fd(), |name| {
            names.push(name.to_owned());
            Ok(())
        })
        .unwrap();
        assert!(names.contains(&c"fd".to_owned()));
        assert!(!names.contains(&c"status".to_owned()));
        assert!(!names.contains(&c"..".to_owned()));
    }
}
