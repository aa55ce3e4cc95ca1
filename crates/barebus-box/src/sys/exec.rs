//! Executes programs.

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
    /// The strings that the pointers below point to. Their bytes do not move when this value moves.
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

    /// Executes the program. Returns only if that fails.
    pub(crate) fn exec(&self) -> Errno {
        let (arguments, environment) = (self.arguments.as_ptr(), self.environment.as_ptr());
        // SAFETY: the path ends with a NUL. Both arrays end with a null pointer and point to strings that `_texts` owns.
        unsafe { libc::execve(self.path.as_ptr(), arguments, environment) };
        Errno::last()
    }
}

/// Makes `command` run `action` in its new process before exec.
///
/// `action` must make system calls only, see [`super`].
pub(crate) fn before_exec(
    command: &mut Command,
    action: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
) {
    // SAFETY: the only caller's action (enter::enter) does not allocate, lock or panic.
    unsafe { command.pre_exec(action) };
}
