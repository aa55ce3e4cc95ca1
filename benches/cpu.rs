//! Pins this process, and those that it starts, to one CPU.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Pins this process to the last CPU that it may use. Processes that it starts inherit this.
///
/// # Errors
/// The error of sched_getaffinity(2) or sched_setaffinity(2).
pub fn pin() -> nix::Result<()> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let last = (0..CpuSet::count()).rev().find(|cpu| allowed.is_set(*cpu).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(last.unwrap_or(0))?;
    sched_setaffinity(Pid::from_raw(0), &one)
}
