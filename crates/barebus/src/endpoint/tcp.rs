//! The transports `tcp` and `nonce-tcp`.

use std::time::Duration;

use barebus_wire::address::Address;
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::TcpNoDelay;
use nix::sys::stat::fstat;

use super::{connect_within, read_beginning, text, wrong};
use crate::error::AttemptError;
use crate::sys;
use crate::transport::Transport;

/// Connects to the first of the host's addresses that answers.
pub(super) fn reach(address: &Address<'_>, timeout: Duration) -> Result<Transport, AttemptError> {
    let host = text(address.get("host"), "host")?;
    let port = text(address.get("port"), "port")?;
    if !port.to_str().is_ok_and(|port| port.parse().is_ok_and(|port: u16| port != 0)) {
        return Err(wrong("port", "is not a port number from 1 to 65535"));
    }
    let family = match address.get("family").map(|family| family.as_str()) {
        None => libc::AF_UNSPEC,
        Some("ipv4") => libc::AF_INET,
        Some("ipv6") => libc::AF_INET6,
        Some(_) => return Err(wrong("family", "is neither ipv4 nor ipv6")),
    };
    let places = sys::resolve(&host, &port, family).map_err(|reason| wrong("host", reason))?;
    let mut failure = wrong("host", "has no address of the requested family");
    for place in &places {
        match connect_within(timeout, place) {
            Ok(fd) => {
                setsockopt(&fd, TcpNoDelay, &true)?;
                let mut transport = Transport::connected(fd)?;
                transport.passes_fds = false;
                return Ok(transport);
            }
            Err(error) => failure = error.into(),
        }
    }
    Err(failure)
}

/// Connects by TCP and sends the 16 bytes of the nonce file, which prove that the client can read the server's files.
/// Spec: Nonce-authenticated TCP Sockets.
pub(super) fn reach_with_nonce(
    address: &Address<'_>,
    timeout: Duration,
) -> Result<Transport, AttemptError> {
    let file = text(address.get("noncefile"), "noncefile")?;
    let transport = reach(address, timeout)?;
    let mut room = [0; 17];
    let file = sys::open_to_read(&file)?;
    // Reading any other type of file can block.
    if fstat(&file)?.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Err(wrong("noncefile", "is not a regular file"));
    }
    let nonce = read_beginning(&file, &mut room)?;
    if nonce.len() != 16 {
        return Err(wrong("noncefile", "does not hold 16 bytes"));
    }
    // The send buffer of a new connection has room for 16 bytes.
    match transport.send([nonce, &[]], &[], sys::send) {
        Ok(16) => Ok(transport),
        Ok(_) => Err(Errno::EAGAIN.into()),
        Err(error) => Err(error.into()),
    }
}
