//! The transport `unixexec`. Spec: Executed Subprocesses on Unix.

use std::os::fd::AsFd;

use barebus_wire::address::Address;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

use super::{text, wrong};
use crate::child::Child;
use crate::error::AttemptError;
use crate::sys;
use crate::transport::Transport;

/// Starts a program and connects to its standard input and output.
///
/// In a privileged program `path` must contain a `/` and the started program gets an empty environment, because the user controls `$PATH` and
/// the environment.
pub(super) fn reach(address: &Address<'_>) -> Result<Transport, AttemptError> {
    let program = text(address.get("path"), "path")?;
    if sys::is_privileged() && !program.to_bytes().contains(&b'/') {
        return Err(wrong("path", "needs a '/': a privileged program does not search $PATH"));
    }
    let mut arguments = vec![match address.get("argv0") {
        None => program.clone(),
        zeroth => text(zeroth, "argv0")?,
    }];
    // The first missing number ends the list.
    while let Some(argument) = address.get(&format!("argv{}", arguments.len())) {
        arguments.push(text(Some(argument), "argv")?);
    }
    let flags = SockFlag::SOCK_CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)?;
    let mut transport = Transport::connected(ours)?;
    transport.child = Some(Child::start(&program, &arguments, theirs.as_fd())?);
    Ok(transport)
}
