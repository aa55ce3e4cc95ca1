//! Files.

use std::ffi::CStr;
use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;

/// Opens a file, without waiting if it is a special one.
pub(crate) fn open_to_read(file: &CStr) -> nix::Result<OwnedFd> {
    let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    loop {
        // SAFETY: `file` ends with a NUL. Without O_CREAT there is no third argument.
        let number = unsafe { libc::open64(file.as_ptr(), flags) };
        match Errno::result(number) {
            Err(Errno::EINTR) => {}
            // SAFETY: the system has just opened it, and nobody else knows its number.
            number => return number.map(|number| unsafe { OwnedFd::from_raw_fd(number) }),
        }
    }
}
