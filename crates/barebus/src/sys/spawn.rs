//! Starts a program and waits for its end.

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_void};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::{is_privileged, thread};

/// Starts `program` with `socket` as its standard input and output, and `stderr` as its standard error; `None`: it inherits ours. `arguments`
/// begin with argument 0.
///
/// The program inherits the environment, and a name without a slash is searched in `$PATH`. A privileged program passes on no environment.
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
    // SAFETY: the structs are C structs for which all bits zero are valid; the first call on each initialises it. `program` and the
    // strings in `arguments` end with a NUL, outlive the call and are not written to. `arguments` and `nothing` end with a null pointer.
    // `environ` belongs to the C library and is not changed meanwhile: `std::env::set_var` requires this of its callers.
    let code = unsafe {
        let mut files: libc::posix_spawn_file_actions_t = std::mem::zeroed();
        let mut attributes: libc::posix_spawnattr_t = std::mem::zeroed();
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::posix_spawn_file_actions_init(&raw mut files);
        libc::posix_spawnattr_init(&raw mut attributes);
        // Programs expect to be started with no signals blocked or ignored. This thread may block some, and Rust programs ignore SIGPIPE.
        libc::sigemptyset(&raw mut signals);
        libc::posix_spawnattr_setsigmask(&raw mut attributes, &raw const signals);
        libc::sigaddset(&raw mut signals, libc::SIGPIPE);
        libc::posix_spawnattr_setsigdefault(&raw mut attributes, &raw const signals);
        libc::posix_spawnattr_setflags(&raw mut attributes, FLAGS);
        // The calls above cannot fail. These can, if memory is short.
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

/// Waits in a thread for the end of a child, so that it does not stay a zombie.
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
    /// The program's environment: pointers to strings, then a null pointer.
    static environ: *const *mut libc::c_char;
}
