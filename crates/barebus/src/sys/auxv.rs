//! The auxiliary vector, which the kernel passes to a program at exec.

use nix::libc;

/// Whether the program has more rights than the user who started it (setuid, file capabilities). Its environment is then untrusted.
pub(crate) fn is_privileged() -> bool {
    // SAFETY: getauxval reads a table that the kernel made at exec. It accepts any key and has no preconditions.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
