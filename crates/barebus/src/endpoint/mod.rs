//! Connects to server addresses. Spec: Server Addresses, Transports.

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

/// The server's GUID in `address`.
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

/// Connects to `address`. `timeout` limits each connection attempt.
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

/// Connects again to the server at `address`, after an earlier connection to it.
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

/// The address of a Unix socket: a `sockaddr_un`.
struct UnixAddress {
    bytes: [u8; FAMILY_LEN + PATH_LEN],
    len: usize,
}

/// Length in bytes of the first field of a socket address.
const FAMILY_LEN: usize = size_of::<libc::sa_family_t>();

/// Size in bytes of a socket's name, including the NUL of a path.
const PATH_LEN: usize = 108;

impl UnixAddress {
    /// # Errors
    /// The invalid key and the reason.
    fn of(address: &Address<'_>) -> Result<Self, (&'static str, &'static str)> {
        for key in ["dir", "tmpdir", "runtime"] {
            if address.get(key).is_some() {
                return Err((key, "is for servers only"));
            }
        }
        // An abstract name begins with a NUL, a path ends with one.
        let (key, value, start) = match (address.get("path"), address.get("abstract")) {
            (Some(_), Some(_)) => return Err(("abstract", "cannot be combined with 'path'")),
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
            return Err((key, "contains a NUL"));
        }
        // A path has a NUL at its end, an abstract name at its start: one byte more in either case.
        Ok(Self { bytes, len: FAMILY_LEN + 1 + len })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[allow(clippy::cast_possible_truncation, reason = "it is 1")]
const AF_UNIX: libc::sa_family_t = libc::AF_UNIX as libc::sa_family_t;

/// Returns a socket that is connected to `address`, a `sockaddr`.
fn connect_within(timeout: Duration, address: &[u8]) -> nix::Result<OwnedFd> {
    let end = monotonic().saturating_add(timeout);
    let connected = || -> nix::Result<OwnedFd> {
        let fd = sys::stream_socket(address)?;
        // connect(2) can block if the server's queue is full or the host does not answer. SO_SNDTIMEO limits that time.
        setsockopt(&fd, SendTimeout, &time_val(end.saturating_sub(monotonic())))?;
        sys::connect(&fd, address)?;
        Ok(fd)
    };
    loop {
        match connected() {
            // Repeated interruptions do not extend the time limit.
            Err(Errno::EINTR) if monotonic() < end => {}
            Err(Errno::EINTR | Errno::EAGAIN | Errno::EINPROGRESS) => return Err(Errno::ETIMEDOUT),
            connected => return connected,
        }
    }
}

/// Reads from the start of `file` until `room` is full or the file ends.
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

/// Writes a value's unescaped bytes into `room` and returns their number; `None` if they do not fit.
fn unescape(value: EscapedValue<'_>, room: &mut [u8]) -> Option<usize> {
    let mut len = 0;
    for byte in value.bytes() {
        *room.get_mut(len)? = byte;
        len += 1;
    }
    Some(len)
}

/// A value as a C string.
#[cfg(any(feature = "tcp", feature = "unixexec"))]
fn text(value: Option<EscapedValue<'_>>, key: &'static str) -> Result<CString, AttemptError> {
    let value = value.ok_or(wrong(key, MISSING))?;
    CString::new(value.bytes().collect::<Vec<u8>>()).map_err(|_| wrong(key, "contains a NUL"))
}

const fn wrong(key: &'static str, reason: &'static str) -> AttemptError {
    AttemptError::Key { key, reason }
}

const MISSING: &str = "is missing";
