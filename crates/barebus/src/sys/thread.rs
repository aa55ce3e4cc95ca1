//! Threads for calls that may block, without the kilobytes of `std::thread`.

use std::mem::MaybeUninit;
use std::ptr;

use nix::libc::{self, c_void};

/// The function of a thread. Its argument is a number.
pub(super) type Run = extern "C" fn(*mut c_void) -> *mut c_void;

/// Starts a detached thread with all signals blocked, because the program's signal handlers do not expect it. Returns `false` if no thread
/// can be started.
#[cold]
pub(super) fn start(run: Run, argument: usize) -> bool {
    let before = set_signal_mask(ALL);
    let mut thread = MaybeUninit::uninit();
    let argument = ptr::without_provenance_mut(argument);
    // SAFETY: `run` accepts any argument. `thread` is read only if pthread_create has written it.
    let is_started = unsafe {
        let code = libc::pthread_create(thread.as_mut_ptr(), ptr::null(), run, argument);
        code == 0 && libc::pthread_detach(thread.assume_init()) == 0
    };
    set_signal_mask(before);
    is_started
}

/// Signals 1 to 64, one bit each, in the kernel's layout, except 32 to 34: the C library uses these to make all threads change their user,
/// and waits until each thread has done so.
const ALL: u64 = {
    let all = !(0b111 << 31);
    // The kernel stores the half with the lower signals first.
    let is_swapped = cfg!(all(target_endian = "big", target_pointer_width = "32"));
    if is_swapped { u64::rotate_left(all, 32) } else { all }
};

/// Sets the signal mask of this thread and returns the previous one. It is a raw system call, because using the C library's function makes
/// the smallest program 70 bytes larger.
#[inline]
fn set_signal_mask(mask: u64) -> u64 {
    let mut before = mask;
    // SAFETY: both masks have the given length. A kernel with more signals refuses the call and changes nothing.
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
