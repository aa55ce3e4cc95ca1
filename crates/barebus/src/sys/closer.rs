//! Closes files of other processes without blocking the caller.
//!
//! close(2) can block: on a TCP socket for the time that SO_LINGER sets, on a FUSE or NFS file until its server answers, on a Unix socket
//! for every unread descriptor in it. This cannot be predicted: fstat(2) itself asks the FUSE server. So a thread closes all such files,
//! one at a time, and ends when none is left.

use std::os::fd::{IntoRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::libc::{self, c_void};

use super::process::state;
use super::thread;

/// The descriptors that wait to be closed.
///
/// It allocates nothing. In a forked child it is empty, because the child does not have the thread: descriptors that waited in the parent
/// stay open in the child.
#[repr(C)]
pub(super) struct Closer {
    /// Number of descriptors passed since the thread was started; 0 while there is no thread.
    count: AtomicUsize,
    /// One bit per descriptor number.
    waiting: [AtomicUsize; WORDS],
}

/// Enough for the 1,048,576 files that a process can open by default (fs.nr_open). A descriptor with a greater number stays open.
const WORDS: usize = (1 << 20) / BITS;
const BITS: usize = usize::BITS as usize;

impl Closer {
    /// Has `fd` closed by the thread. If no thread can be started, `fd` stays open until the next call.
    #[cold]
    pub(super) fn close(&self, fd: OwnedFd) {
        let number = fd.into_raw_fd().unsigned_abs() as usize;
        if let Some(word) = self.waiting.get(number / BITS) {
            word.fetch_or(1 << (number % BITS), Ordering::SeqCst);
        }
        // One thread for any number of descriptors, because peers decide how many there are and how long each takes.
        if self.count.fetch_add(1, Ordering::SeqCst) == 0 && !thread::start(close_all, 0) {
            self.count.store(0, Ordering::SeqCst);
        }
        // Lets the thread keep up with a flood of descriptors on a single processor.
        // SAFETY: the call has no arguments.
        unsafe { libc::syscall(libc::SYS_sched_yield) };
    }
}

/// The thread.
extern "C" fn close_all(_: *mut c_void) -> *mut c_void {
    let closer = &state().closer;
    loop {
        let count = closer.count.load(Ordering::SeqCst);
        for (index, word) in closer.waiting.iter().enumerate() {
            let mut bits = word.swap(0, Ordering::SeqCst);
            while bits != 0 {
                let number = index * BITS + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Ok(number) = RawFd::try_from(number) {
                    // SAFETY: `close` passed ownership to the bit, which is cleared: the descriptor has no other owner.
                    unsafe { libc::close(number) };
                }
            }
        }
        // If the count has changed, more descriptors were passed, and their callers rely on this thread.
        let end = closer.count.compare_exchange(count, 0, Ordering::SeqCst, Ordering::SeqCst);
        if end.is_ok() {
            return ptr::null_mut();
        }
    }
}
