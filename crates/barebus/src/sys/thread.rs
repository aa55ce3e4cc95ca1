//! Threads for what may wait, without the kilobytes of `std::thread`.

use std::mem::MaybeUninit;
use std::ptr;

use nix::libc::{self, c_void};

/// What a thread does with a number.
pub(super) type Run = extern "C" fn(*mut c_void) -> *mut c_void;

/// Starts a thread that nobody joins, with all signals blocked: the program's handlers are not made for it. `false` when there can be
/// none.
#[cold]
pub(super) fn start(run: Run, argument: usize) -> bool {
    let before = set_signal_mask(ALL);
    let mut thread = MaybeUninit::uninit();
    let argument = ptr::without_provenance_mut(argument);
    // SAFETY: `run` takes any argument; `thread` is a place for the new thread's name, which is read only when it was written.
    let is_started = unsafe {
        let code = libc::pthread_create(thread.as_mut_ptr(), ptr::null(), run, argument);
        code == 0 && libc::pthread_detach(thread.assume_init()) == 0
    };
    set_signal_mask(before);
    is_started
}

/// Signals 1 to 64, a bit each, as the kernel has them: without 32 to 34, by which the C library tells all threads to change their user.
/// It waits until each has done so.
const ALL: u64 = {
    let all = !(0b111 << 31);
    // The kernel has the half of the lower signals first.
    let is_swapped = cfg!(all(target_endian = "big", target_pointer_width = "32"));
    if is_swapped { u64::rotate_left(all, 32) } else { all }
};

/// Blocks these signals in this thread, and gives those that were blocked before. Asked by number, because a
/// function of the C library costs the smallest program 70 bytes to name.
#[inline]
fn set_signal_mask(mask: u64) -> u64 {
    let mut before = mask;
    // SAFETY: both are masks of the length told. Where the kernel has more signals it refuses, and nothing changes.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            &raw const mask,
            &raw mut before,
            size_of_val(&mask),
        )
    };
    before
}
