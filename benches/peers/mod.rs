//! Who takes part when the connection is measured: a client that knows nothing, servers, and the messages between them.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};

pub mod call;
pub mod canned;
pub mod raw;
pub mod servers;

/// Connects to an address of one of the two forms that are used here.
///
/// # Errors
/// What the system says.
pub fn connect(address: &str) -> io::Result<UnixStream> {
    if let Some(name) = address.strip_prefix(ABSTRACT) {
        return UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?);
    }
    match address.strip_prefix(PATH) {
        Some(path) => UnixStream::connect(path),
        None => Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
}

/// Bytes of the message that `bytes` begin with, padding and all, which must be little-endian; `None` when there are less than 16.
#[inline]
pub fn frame_len(bytes: &[u8]) -> Option<usize> {
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    Some((FIXED_LEN + word(FIELDS_LEN_AT)?).next_multiple_of(8) + word(BODY_LEN_AT)?)
}

const ABSTRACT: &str = "unix:abstract=";
const PATH: &str = "unix:path=";

/// Bytes of the fixed part of a header. Spec: Message Format.
const FIXED_LEN: usize = 16;
const BODY_LEN_AT: usize = 4;
const SERIAL_AT: usize = 8;
const FIELDS_LEN_AT: usize = 12;
