//! Processes by descriptors (pidfd_open(2)).

use std::fs;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The number of the process, in this process's PID namespace; `None` if the process was waited for, is in no namespace below this
/// one, or the descriptor is not one of a process.
///
/// The number can be another process's as soon as this one was waited for. So what was asked by the number counts only if the number is
/// still the same afterwards.
pub(crate) fn pid_of(pidfd: BorrowedFd<'_>) -> Option<u32> {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd())).ok()?;
    let number = info.lines().find_map(|line| line.strip_prefix("Pid:"))?;
    // -1: it was waited for. 0: it cannot be seen from here.
    number.trim().parse().ok().filter(|number| *number != 0)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_descriptor_of_something_else_has_no_process() {
        let file = fs::File::open("/dev/null").unwrap();
        assert_eq!(pid_of(file.as_fd()), None);
    }
}
