//! Fewer file descriptors for a while.

use nix::libc::rlim_t;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Limits the open files of this process until it is dropped.
#[derive(Debug)]
pub struct FileLimit(rlim_t, rlim_t);

impl FileLimit {
    /// At most `most`.
    #[must_use]
    pub fn set(most: usize) -> Self {
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        // Its size differs between machines.
        setrlimit(Resource::RLIMIT_NOFILE, most as rlim_t, hard).unwrap();
        Self(soft, hard)
    }
}

impl Drop for FileLimit {
    fn drop(&mut self) {
        setrlimit(Resource::RLIMIT_NOFILE, self.0, self.1).unwrap();
    }
}
