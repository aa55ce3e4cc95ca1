//! Resolves paths in an untrusted root from the host.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{self, OFlag, OpenHow, ResolveFlag};

/// Opens a path as a process with the root `root` would: absolute links start at `root`, and `..` does not leave it.
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
            // Something was renamed meanwhile, so the kernel could not verify that `..` stays inside.
            Err(Errno::EAGAIN) if tries < MAX_TRIES => tries += 1,
            opened => return opened,
        }
    }
}

const MAX_TRIES: u32 = 1000;
