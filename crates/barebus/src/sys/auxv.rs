//! The auxiliary vector: what the kernel told the program at exec.

use nix::libc;

/// Whether the program runs with more rights than whoever started it (setuid, file capabilities): then the environment is
/// not to be believed.
pub(crate) fn is_privileged() -> bool {
    // SAFETY: getauxval looks into a table that the kernel made at exec; it takes any key and has no preconditions.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
