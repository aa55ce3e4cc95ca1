//! Closing a stranger's file without waiting for it.
//!
//! close(2) can sleep: for as long as SO_LINGER says of a TCP socket, until the server of a FUSE or NFS file answers, or until both are
//! done for descriptors that lie unread in a Unix socket. Nothing tells in advance: fstat(2) itself asks the FUSE server. So a thread
//! closes every such file, one at a time, and ends when none is left.

use std::os::fd::{IntoRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::libc::{self, c_void};

use super::process::state;
use super::thread;

/// The descriptors that wait to be closed.
///
/// It allocates nothing. In a forked child it is empty, because the thread is not there: what waited in the parent stays open in the
/// child.
#[repr(C)]
pub(super) struct Closer {
    /// Descriptors handed over since the thread was started; 0 while there is none.
    count: AtomicUsize,
    /// A bit for each descriptor number.
    waiting: [AtomicUsize; WORDS],
}

/// For the 1,048,576 files that Linux lets a process open by default (fs.nr_open). A greater number stays open.
const WORDS: usize = (1 << 20) / BITS;
const BITS: usize = usize::BITS as usize;

impl Closer {
    /// Closes `fd` soon. When no thread can be started it stays open until the next one is handed over.
    #[cold]
    pub(super) fn close(&self, fd: OwnedFd) {
        let number = fd.into_raw_fd().unsigned_abs() as usize;
        if let Some(word) = self.waiting.get(number / BITS) {
            word.fetch_or(1 << (number % BITS), Ordering::SeqCst);
        }
        // One thread, however many wait: strangers decide how many that are, and how long each takes.
        if self.count.fetch_add(1, Ordering::SeqCst) == 0 && !thread::start(close_all, 0) {
            self.count.store(0, Ordering::SeqCst);
        }
        // So that the thread keeps pace with a flood, on one processor too.
        // SAFETY: it takes nothing.
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
                    // SAFETY: `close` has given up the descriptor to its bit, which is gone: nobody else owns it.
                    unsafe { libc::close(number) };
                }
            }
        }
        // Whoever has come meanwhile has counted and relies on this thread.
        let end = closer.count.compare_exchange(count, 0, Ordering::SeqCst, Ordering::SeqCst);
        if end.is_ok() {
            return ptr::null_mut();
        }
    }
}
