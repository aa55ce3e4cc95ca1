//! Starting a program, and waiting for its end.

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_void};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::{is_privileged, thread};

/// Starts `program` with `socket` as its standard input and output, and `stderr` as its standard error; `None`: it inherits ours. `arguments` begin with the zeroth. It inherits the environment, and
/// a name without a slash is looked for in `$PATH`; a program with more rights than its user passes no environment on.
pub(crate) fn spawn(
    program: &CStr,
    arguments: &[CString],
    socket: BorrowedFd<'_>,
    stderr: Option<BorrowedFd<'_>>,
) -> nix::Result<Pid> {
    #[allow(clippy::cast_possible_truncation, reason = "constants below 256")]
    const FLAGS: libc::c_short =
        (libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK) as libc::c_short;

    let socket = socket.as_raw_fd();
    let stderr = stderr.map(|stderr| stderr.as_raw_fd());
    let mut arguments: Vec<_> = arguments.iter().map(|text| text.as_ptr().cast_mut()).collect();
    arguments.push(ptr::null_mut());
    let nothing = [ptr::null_mut()];
    let mut pid = 0;
    // SAFETY: the structs are plain C, valid with all bits zero, and initialised by the first call that takes each. `program`, and
    // the texts that `arguments` point at up to its null pointer, end with a NUL, live until the call returns and are not written
    // to, though the type would allow it. `nothing` is an empty list; `environ` is the C library's own, which nobody changes meanwhile:
    // `std::env::set_var` demands that of its callers.
    let code = unsafe {
        let mut files: libc::posix_spawn_file_actions_t = std::mem::zeroed();
        let mut attributes: libc::posix_spawnattr_t = std::mem::zeroed();
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::posix_spawn_file_actions_init(&raw mut files);
        libc::posix_spawnattr_init(&raw mut attributes);
        // Programs do not expect to be started with signals blocked, as they may be in a thread of ours, or ignored, as SIGPIPE is
        // in programs of Rust's.
        libc::sigemptyset(&raw mut signals);
        libc::posix_spawnattr_setsigmask(&raw mut attributes, &raw const signals);
        libc::sigaddset(&raw mut signals, libc::SIGPIPE);
        libc::posix_spawnattr_setsigdefault(&raw mut attributes, &raw const signals);
        libc::posix_spawnattr_setflags(&raw mut attributes, FLAGS);
        // All of the above cannot fail; these can, for want of memory.
        let mut code = 0;
        for (fd, number) in [(Some(socket), 0), (Some(socket), 1), (stderr, 2)] {
            if let Some(fd) = fd.filter(|_| code == 0) {
                code = libc::posix_spawn_file_actions_adddup2(&raw mut files, fd, number);
            }
        }
        if code == 0 {
            code = libc::posix_spawnp(
                &raw mut pid,
                program.as_ptr(),
                &raw const files,
                &raw const attributes,
                arguments.as_ptr(),
                if is_privileged() { nothing.as_ptr() } else { environ },
            );
        }
        libc::posix_spawnattr_destroy(&raw mut attributes);
        libc::posix_spawn_file_actions_destroy(&raw mut files);
        code
    };
    if code == 0 { Ok(Pid::from_raw(pid)) } else { Err(Errno::from_raw(code)) }
}

/// Waits for the end of a child in a thread, so that it does not stay a zombie.
pub(crate) fn reap(child: Pid) {
    extern "C" fn wait(child: *mut c_void) -> *mut c_void {
        if let Ok(child) = libc::pid_t::try_from(child.addr()) {
            while waitpid(Pid::from_raw(child), None) == Err(Errno::EINTR) {}
        }
        ptr::null_mut()
    }

    thread::start(wait, child.as_raw().unsigned_abs() as usize);
}

unsafe extern "C" {
    /// The program's environment: pointers at texts, then a null pointer.
    static environ: *const *mut libc::c_char;
}
