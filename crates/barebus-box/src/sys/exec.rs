//! Becoming another program.

use core::ptr;
use std::ffi::CString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc::{self, c_char};

/// A program with its arguments and environment, ready for exec.
#[derive(Debug)]
pub(crate) struct Program {
    path: CString,
    /// What the pointers below point to. The strings' bytes stay where they are when this moves.
    _texts: Vec<CString>,
    /// Ends with a null pointer.
    arguments: Vec<*const c_char>,
    /// Ends with a null pointer.
    environment: Vec<*const c_char>,
}

impl Program {
    pub(crate) fn new(path: CString, arguments: Vec<CString>, environment: Vec<CString>) -> Self {
        let pointers = |texts: &[CString]| {
            texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect::<Vec<_>>()
        };
        let (argument_pointers, environment_pointers) =
            (pointers(&arguments), pointers(&environment));
        let texts = arguments.into_iter().chain(environment).collect();
        Self {
            path,
            _texts: texts,
            arguments: argument_pointers,
            environment: environment_pointers,
        }
    }

    /// Becomes the program, or says why not.
    pub(crate) fn exec(&self) -> Errno {
        let (arguments, environment) = (self.arguments.as_ptr(), self.environment.as_ptr());
        // SAFETY: the path ends with a NUL; both arrays end with a null pointer, and what they point to is owned by `_texts`.
        unsafe { libc::execve(self.path.as_ptr(), arguments, environment) };
        Errno::last()
    }
}

/// Has `command` do `action` in its new process before it becomes the program.
///
/// `action` must keep to system calls, see above.
pub(crate) fn before_exec(
    command: &mut Command,
    action: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
) {
    // SAFETY: the one caller's action (enter::enter) allocates nothing, takes no lock, and does not panic.
    unsafe { command.pre_exec(action) };
}
