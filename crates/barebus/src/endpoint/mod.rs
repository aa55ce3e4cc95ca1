//! Where a connection leads: addresses as transports. Spec: Server Addresses, Transports.

#[cfg(feature = "unixexec")]
mod exec;
#[cfg(feature = "tcp")]
mod tcp;

use std::ffi::CStr;
#[cfg(any(feature = "tcp", feature = "unixexec"))]
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use barebus_sasl::Guid;
use barebus_wire::address::{Address, Addresses, EscapedValue};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::socket::sockopt::SendTimeout;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrLike, UnixAddr, connect, setsockopt, socket,
};
use nix::sys::stat::Mode;
use nix::unistd::read;

use crate::error::AttemptError;
use crate::io::monotonic;
use crate::transport::{Transport, time_val};

/// The server's id as `address` promises it.
pub(crate) fn guid(address: &Address<'_>) -> Result<Option<Guid>, AttemptError> {
    let Some(value) = address.get("guid") else {
        return Ok(None);
    };
    let mut digits = [0; 32];
    match unescape(value, &mut digits).map(|_| Guid::parse(&digits)) {
        Some(Ok(guid)) => Ok(Some(guid)),
        _ => Err(wrong("guid", "is not 32 hexadecimal digits")),
    }
}

/// Connects to what `address` names, if it is something that a client can connect to. Each try may take `timeout`.
pub(crate) fn reach(address: &Address<'_>, timeout: Duration) -> Result<Transport, AttemptError> {
    match address.transport() {
        "unix" => unix(address, timeout),
        #[cfg(feature = "unixexec")]
        "unixexec" => exec::reach(address),
        #[cfg(feature = "tcp")]
        "tcp" => tcp::reach(address, timeout),
        #[cfg(feature = "tcp")]
        "nonce-tcp" => tcp::reach_with_nonce(address, timeout),
        other => Err(AttemptError::Unsupported { reason: why_unsupported(other) }),
    }
}

fn why_unsupported(transport: &str) -> &'static str {
    match transport {
        "unixexec" | "tcp" | "nonce-tcp" => "this program is built without the transport",
        "autolaunch" => "starting a bus (autolaunch) is not supported",
        "launchd" => "launchd is not supported",
        "systemd" => "systemd: is an address for servers only",
        _ => "the transport is unknown",
    }
}

/// Connects once more to the server that `address` names, which was reached before.
pub(crate) fn reach_again(address: &str, timeout: Duration) -> Result<Transport, AttemptError> {
    match Addresses::parse(address).ok().and_then(|mut addresses| addresses.next()) {
        Some(address) => reach(&address, timeout),
        None => Err(AttemptError::Unsupported { reason: "the address names no server" }),
    }
}

fn unix(address: &Address<'_>, timeout: Duration) -> Result<Transport, AttemptError> {
    match unix_place(address) {
        Ok(place) => Ok(Transport::connected(connect_within(timeout, &place)?)?),
        Err((key, reason)) => Err(wrong(key, reason)),
    }
}

/// Where the socket is; else the key that does not tell, and why.
fn unix_place(address: &Address<'_>) -> Result<UnixAddr, (&'static str, &'static str)> {
    for key in ["dir", "tmpdir", "runtime"] {
        if address.get(key).is_some() {
            return Err((key, "is for servers: a client needs 'path' or 'abstract'"));
        }
    }
    let (key, value) = match (address.get("path"), address.get("abstract")) {
        (Some(_), Some(_)) => return Err(("abstract", "cannot stand beside 'path'")),
        (None, Some(name)) => ("abstract", name),
        (Some(path), None) => ("path", path),
        (None, None) => return Err(("path", MISSING)),
    };
    // As much as a socket's name takes, a path's NUL included.
    let mut room = [0; 108];
    let len = unescape(value, &mut room).unwrap_or(room.len());
    let place = match (room.get(..len), room.get(..=len)) {
        (Some([]), _) => return Err((key, "is empty")),
        (Some(name), Some(_)) if key == "abstract" => UnixAddr::new_abstract(name),
        (_, Some(path)) => {
            CStr::from_bytes_with_nul(path).map_err(|_| Errno::EINVAL).and_then(UnixAddr::new)
        }
        (_, None) => Err(Errno::ENAMETOOLONG),
    };
    place.map_err(|error| match error {
        Errno::ENAMETOOLONG => (key, "is longer than the 107 bytes that a socket takes"),
        _ => (key, "holds a NUL"),
    })
}

/// A connected socket.
fn connect_within(timeout: Duration, place: &dyn SockaddrLike) -> nix::Result<OwnedFd> {
    let family = place.family().unwrap_or(AddressFamily::Unspec);
    let end = monotonic().saturating_add(timeout);
    let connected = || -> nix::Result<OwnedFd> {
        let fd = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
        // A server that is not there, or whose queue is full, lets connect(2) wait: so long at most.
        let time = end.saturating_sub(monotonic()).max(Duration::from_millis(1));
        setsockopt(&fd, SendTimeout, &time_val(time))?;
        connect(fd.as_raw_fd(), place)?;
        Ok(fd)
    };
    loop {
        match connected() {
            // Whoever is interrupted again and again waits no longer for that.
            Err(Errno::EINTR) if monotonic() < end => {}
            Err(Errno::EINTR | Errno::EAGAIN | Errno::EINPROGRESS) => return Err(Errno::ETIMEDOUT),
            connected => return connected,
        }
    }
}

/// What stands at the beginning of a file, as much as fits into `room`.
pub(crate) fn read_file<'a>(file: &CStr, room: &'a mut [u8]) -> nix::Result<&'a [u8]> {
    let file = loop {
        match open(file, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()) {
            Err(Errno::EINTR) => {}
            opened => break opened?,
        }
    };
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read(&file, rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(room.get(..filled).unwrap_or_default())
}

/// Puts a value's bytes into `room` and tells how many they are; `None` when there is too little.
fn unescape(value: EscapedValue<'_>, room: &mut [u8]) -> Option<usize> {
    let mut len = 0;
    for byte in value.bytes() {
        *room.get_mut(len)? = byte;
        len += 1;
    }
    Some(len)
}

/// A value as the system takes it.
#[cfg(any(feature = "tcp", feature = "unixexec"))]
fn text(value: Option<EscapedValue<'_>>, key: &'static str) -> Result<CString, AttemptError> {
    let value = value.ok_or(wrong(key, MISSING))?;
    CString::new(value.bytes().collect::<Vec<u8>>()).map_err(|_| wrong(key, "holds a NUL"))
}

const fn wrong(key: &'static str, reason: &'static str) -> AttemptError {
    AttemptError::Key { key, reason }
}

const MISSING: &str = "is missing";
