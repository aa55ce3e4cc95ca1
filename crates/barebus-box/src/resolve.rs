//! Paths of a root that is not trusted, seen from the host.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{self, OFlag, OpenHow, ResolveFlag};

/// Opens a path as a process would whose root is `root`: absolute links start there, and `..` does not lead out of it.
pub(crate) fn open_in_root(
    root: impl AsFd,
    path: impl AsRef<Path>,
    flags: OFlag,
) -> nix::Result<OwnedFd> {
    let resolve = ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS;
    let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(resolve);
    let mut tries = 0;
    loop {
        match fcntl::openat2(&root, path.as_ref(), how) {
            // The kernel could not tell whether `..` leads out, because something was renamed meanwhile.
            Err(Errno::EAGAIN) if tries < MAX_TRIES => tries += 1,
            opened => return opened,
        }
    }
}

const MAX_TRIES: u32 = 1000;
