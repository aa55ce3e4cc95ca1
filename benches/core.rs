//! One core for all: this process and those that it starts.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Stays on the last core that this process may use; processes that it starts inherit that.
///
/// # Errors
/// What the system says.
pub fn pin() -> nix::Result<()> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let last = (0..CpuSet::count()).rev().find(|core| allowed.is_set(*core).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(last.unwrap_or(0))?;
    sched_setaffinity(Pid::from_raw(0), &one)
}
