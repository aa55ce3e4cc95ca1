//! The transport `unixexec`.

use std::os::fd::AsFd;

use barebus_wire::address::Address;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

use super::text;
use crate::child::Child;
use crate::error::AttemptError;
use crate::transport::Transport;

/// Starts a program and talks to its standard input and output.
pub(super) fn reach(address: &Address<'_>) -> Result<Transport, AttemptError> {
    let program = text(address.get("path"), "path")?;
    let mut arguments = vec![match address.get("argv0") {
        None => program.clone(),
        zeroth => text(zeroth, "argv0")?,
    }];
    // A gap ends the list.
    while let Some(argument) = address.get(&format!("argv{}", arguments.len())) {
        arguments.push(text(Some(argument), "argv")?);
    }
    let flags = SockFlag::SOCK_CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)?;
    let mut transport = Transport::connected(ours)?;
    transport.child = Some(Child::start(&program, &arguments, theirs.as_fd())?);
    Ok(transport)
}
