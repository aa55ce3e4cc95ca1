//! Files.

use std::ffi::CStr;
use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;

/// Opens a file for reading. Does not block on special files.
pub(crate) fn open_to_read(file: &CStr) -> nix::Result<OwnedFd> {
    let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    loop {
        // SAFETY: `file` ends with a NUL. Without O_CREAT there is no third argument.
        let number = unsafe { libc::open64(file.as_ptr(), flags) };
        match Errno::result(number) {
            Err(Errno::EINTR) => {}
            // SAFETY: the descriptor is new, so it has no other owner.
            number => return number.map(|number| unsafe { OwnedFd::from_raw_fd(number) }),
        }
    }
}
