//! Where a connection leads: addresses as transports. Spec: Server Addresses, Transports.

#[cfg(feature = "unixexec")]
mod exec;
#[cfg(feature = "tcp")]
mod tcp;

#[cfg(any(feature = "tcp", feature = "unixexec"))]
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_sasl::Guid;
use barebus_wire::address::{Address, Addresses, EscapedValue};
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::SendTimeout;
use nix::unistd::read;

use crate::error::AttemptError;
use crate::io::monotonic;
use crate::sys;
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
        other => Err(AttemptError::Unsupported { transport: other.into() }),
    }
}

/// Connects once more to the server that `address` names, which was reached before.
pub(crate) fn reach_again(address: &str, timeout: Duration) -> Result<Transport, AttemptError> {
    match Addresses::parse(address).ok().and_then(|mut addresses| addresses.next()) {
        Some(address) => reach(&address, timeout),
        None => Err(Errno::EINVAL.into()),
    }
}

fn unix(address: &Address<'_>, timeout: Duration) -> Result<Transport, AttemptError> {
    match UnixAddress::of(address) {
        Ok(place) => Ok(Transport::connected(connect_within(timeout, place.bytes())?)?),
        Err((key, reason)) => Err(wrong(key, reason)),
    }
}

/// Where a Unix socket is: a `sockaddr_un`.
struct UnixAddress {
    bytes: [u8; FAMILY_LEN + PATH_LEN],
    len: usize,
}

/// Length in bytes of a socket address's first field.
const FAMILY_LEN: usize = size_of::<libc::sa_family_t>();

/// The room in bytes that a socket's name has, a path's NUL included.
const PATH_LEN: usize = 108;

impl UnixAddress {
    /// The key that is wrong, and why, if there is none.
    fn of(address: &Address<'_>) -> Result<Self, (&'static str, &'static str)> {
        for key in ["dir", "tmpdir", "runtime"] {
            if address.get(key).is_some() {
                return Err((key, "is for servers only"));
            }
        }
        // An abstract name begins with a NUL, a path ends with one.
        let (key, value, start) = match (address.get("path"), address.get("abstract")) {
            (Some(_), Some(_)) => return Err(("abstract", "cannot stand beside 'path'")),
            (None, Some(name)) => ("abstract", name, FAMILY_LEN + 1),
            (Some(path), None) => ("path", path, FAMILY_LEN),
            (None, None) => return Err(("path", MISSING)),
        };
        let mut bytes = [0; FAMILY_LEN + PATH_LEN];
        let [first, second] = AF_UNIX.to_ne_bytes();
        bytes[0] = first;
        bytes[1] = second;
        let room = bytes.get_mut(start..start + PATH_LEN - 1).unwrap_or_default();
        let Some(len) = unescape(value, room) else {
            return Err((key, "is longer than 107 bytes"));
        };
        if len == 0 {
            return Err((key, "is empty"));
        }
        if start == FAMILY_LEN && room.iter().take(len).any(|byte| *byte == 0) {
            return Err((key, "holds a NUL"));
        }
        // Where a path's NUL is, an abstract name's length has its first byte.
        Ok(Self { bytes, len: FAMILY_LEN + 1 + len })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[allow(clippy::cast_possible_truncation, reason = "it is 1")]
const AF_UNIX: libc::sa_family_t = libc::AF_UNIX as libc::sa_family_t;

/// A socket connected to `address`, a `sockaddr` of the system's.
fn connect_within(timeout: Duration, address: &[u8]) -> nix::Result<OwnedFd> {
    let end = monotonic().saturating_add(timeout);
    let connected = || -> nix::Result<OwnedFd> {
        let fd = sys::stream_socket(address)?;
        // A server that is not there, or whose queue is full, lets connect(2) wait: so long at most.
        setsockopt(&fd, SendTimeout, &time_val(end.saturating_sub(monotonic())))?;
        sys::connect(&fd, address)?;
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

/// The beginning of `file`, as much as fits into `room`.
pub(crate) fn read_beginning<'a>(file: &OwnedFd, room: &'a mut [u8]) -> nix::Result<&'a [u8]> {
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read(file, rest) {
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
