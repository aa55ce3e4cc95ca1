//! The program's entry, in place of the standard library's.
//!
//! The standard library prepares a message for stack overflows before it calls `main`: it reads `/proc/self/maps`, allocates a stack for the
//! handler and installs it, 17 system calls for every invocation. This entry does without: a stack overflow ends the program with SIGSEGV as
//! before, but silently. A panic does not name the main thread. All else is the same: file descriptors 0 to 2 are open, SIGPIPE is ignored, a
//! panic exits with 101, and what stands in the standard output's buffer is written.
//!
//! Only glibc passes the arguments to programs without the standard library's entry, so other C libraries keep that one.

use std::panic::{UnwindSafe, catch_unwind};
#[cfg(not(test))]
use std::process;
use std::process::ExitCode;

#[cfg(not(test))]
use nix::libc::{self, c_int};

/// What a panic exits with, as in the standard library.
const PANICKED: u8 = 101;

// SAFETY: no other function of the program is called `main`: the crate is `no_main` where this one is compiled.
#[cfg(not(test))]
#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    open_standard_streams();
    // SAFETY: ignoring a signal runs no code of this program, and nothing else of it runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    // This also writes what stands in the standard output's buffer.
    process::exit(code_of(crate::run).into())
}

/// The code that the program exits with.
fn code_of(run: impl FnOnce() -> ExitCode + UnwindSafe) -> u8 {
    match catch_unwind(run) {
        Ok(code) => (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap_or(1),
        Err(payload) => {
            // Its destructor could panic again.
            std::mem::forget(payload);
            PANICKED
        }
    }
}

/// Opens those of the file descriptors 0 to 2 that are closed. Otherwise the next file or socket would get such a number, and what the program
/// prints would be written to it.
#[cfg(not(test))]
fn open_standard_streams() {
    let mut streams = [0, 1, 2].map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
    let count = streams.len() as libc::nfds_t;
    // SAFETY: the kernel writes to `count` elements of the array, which outlives the call.
    let is_polled = unsafe { libc::poll(streams.as_mut_ptr(), count, 0) } >= 0;
    for stream in streams {
        let is_closed = if is_polled {
            stream.revents & libc::POLLNVAL != 0
        } else {
            // SAFETY: this only reads the descriptor's flags, and fails if there is no such descriptor.
            unsafe { libc::fcntl(stream.fd, libc::F_GETFD) == -1 }
        };
        // SAFETY: the path ends with a NUL. The descriptor gets the lowest free number, which is this one, and stays open until the program ends.
        if is_closed && unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) } == -1 {
            process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_arrives() {
        for number in 0..=u8::MAX {
            assert_eq!(code_of(|| ExitCode::from(number)), number);
        }
    }

    #[test]
    fn a_panic_exits_with_101() {
        assert_eq!(code_of(|| panic!("this is meant to be seen")), 101);
    }
}
