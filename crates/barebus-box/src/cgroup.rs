//! The cgroup a box lives in: a child of its owner's, removed with all that systemd made in it.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::{fs, io, process};

use nix::errno::Errno;
use nix::fcntl::{self, OFlag};
use nix::poll::{self, PollFd, PollTimeout};
use nix::sys::stat::Mode;
use nix::unistd::{self, UnlinkatFlags};

use crate::{plan, recipe, sys};

/// The name of a box's cgroup and the cgroup it is made in.
#[derive(Debug)]
pub(crate) struct Cgroup {
    /// Below [`recipe::CGROUPS`].
    pub(crate) parent: CString,
    pub(crate) name: CString,
    /// The whole path.
    pub(crate) path: PathBuf,
}

impl Cgroup {
    /// A new name in this process's own cgroup.
    pub(crate) fn new() -> io::Result<Self> {
        let text = fs::read_to_string("/proc/self/cgroup")?;
        let parent = Path::new(recipe::CGROUPS).join(own(&text));
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", process::id());
        Ok(Self { parent: plan::path(&parent), name: plan::text(&name), path: parent.join(&name) })
    }

    /// Makes it, having removed what killed supervisors left behind. Gives its parent, where to remove it from.
    ///
    /// Called in the supervisor: nothing but system calls.
    pub(crate) fn make(&self) -> nix::Result<OwnedFd> {
        let parent = open(fcntl::AT_FDCWD, &self.parent)?;
        sweep(parent.as_fd());
        nix::sys::stat::mkdirat(&parent, self.name.as_c_str(), Mode::from_bits_truncate(0o755))?;
        Ok(parent)
    }

    /// Removes it. All processes in it have ended.
    ///
    /// Called in the supervisor: nothing but system calls.
    pub(crate) fn remove(&self, parent: BorrowedFd<'_>) {
        for _ in 0..REMOVE_TRIES {
            if remove_tree(parent, &self.name, MAX_DEPTH).is_ok() {
                return;
            }
            // A process that has ended may still be on its way out.
            wait_a_moment();
        }
    }
}

/// The path in the unified hierarchy, without the leading slash. What lies outside of the cgroup namespace cannot be named here;
/// then the namespace's root serves.
fn own(text: &str) -> &str {
    let path = text.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or("");
    if path.starts_with("..") { "" } else { path }
}

/// Removes the cgroups of boxes whose owner is gone and in which nothing runs.
fn sweep(parent: BorrowedFd<'_>) {
    let _ = each_folder(parent, |name| {
        let owner = name.to_bytes().strip_prefix(PREFIX.as_bytes()).and_then(leading_number);
        let gone =
            |owner| nix::sys::signal::kill(unistd::Pid::from_raw(owner), None) == Err(Errno::ESRCH);
        if owner.is_some_and(gone) && is_empty(parent, name) {
            let _ = remove_tree(parent, name, MAX_DEPTH);
        }
        Ok(())
    });
}

/// Whether no process lives in a cgroup or below it: seen from another PID namespace, an owner may only seem gone.
fn is_empty(parent: BorrowedFd<'_>, name: &CStr) -> bool {
    let mut text = [0; 256];
    let read = open(parent, name).and_then(|folder| {
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
        let file = fcntl::openat(&folder, c"cgroup.events", flags, Mode::empty())?;
        unistd::read(&file, &mut text)
    });
    let text = read.ok().and_then(|len| text.get(..len)).unwrap_or_default();
    text.split(|&byte| byte == b'\n').any(|line| line == b"populated 0")
}

fn remove_tree(parent: BorrowedFd<'_>, name: &CStr, depth: u32) -> nix::Result<()> {
    let depth = depth.checked_sub(1).ok_or(Errno::ELOOP)?;
    let folder = match open(parent, name) {
        Err(Errno::ENOENT) => return Ok(()),
        folder => folder?,
    };
    each_folder(folder.as_fd(), |child| remove_tree(folder.as_fd(), child, depth))?;
    unistd::unlinkat(parent, name, UnlinkatFlags::RemoveDir)
}

fn open(at: impl AsFd, path: &CStr) -> nix::Result<OwnedFd> {
    fcntl::openat(at, path, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
}

/// Calls `action` with each folder in `folder`; the standard library's way would allocate.
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

fn leading_number(text: &[u8]) -> Option<i32> {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    core::str::from_utf8(text.get(..len)?).ok()?.parse().ok()
}

fn wait_a_moment() {
    let none: &mut [PollFd<'_>] = &mut [];
    let millis = u16::try_from(REMOVE_PAUSE.as_millis()).unwrap_or(u16::MAX);
    let _ = poll::poll(none, PollTimeout::from(millis));
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

const PREFIX: &str = "barebus-box-";
const FOLDER: u8 = nix::libc::DT_DIR;
/// systemd's own slices nest less deep than this by far.
const MAX_DEPTH: u32 = 32;
const REMOVE_TRIES: u32 = 1000;
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
    fn reads_the_owner_in_a_name() {
        assert_eq!(leading_number(b"123-4"), Some(123));
        assert_eq!(leading_number(b"x"), None);
        assert_eq!(leading_number(b"99999999999-1"), None);
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
