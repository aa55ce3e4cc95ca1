//! A client that knows nothing: it writes bytes that were marshalled before and counts the bytes that come back.
//!
//! It is the least that the same conversation costs, and what `barebus` is compared with.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use barebus_wire::Serial;
use nix::unistd::geteuid;

use super::call::{Call, hello};
use super::{connect, frame_len};

/// The client.
#[derive(Debug)]
pub struct Raw {
    stream: UnixStream,
    room: Box<[u8]>,
}

impl Raw {
    /// Connects and writes `bytes`, which begin with the authentication; waits for its two lines and `messages` messages.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(address: &str, bytes: &[u8], messages: usize) -> io::Result<Self> {
        let mut raw = Self { stream: connect(address)?, room: vec![0; ROOM].into() };
        raw.stream.write_all(bytes)?;
        let mut filled = 0;
        loop {
            filled += raw.read(filled)?;
            let came = raw.room.get(..filled).unwrap_or_default();
            if has_all(came, messages) {
                return Ok(raw);
            }
        }
    }

    /// Writes `bytes` and reads until `count` bytes have come.
    ///
    /// # Errors
    /// What the system says.
    #[inline]
    pub fn exchange(&mut self, bytes: &[u8], count: usize) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        let mut came = 0;
        while came < count {
            came += self.read(0)?;
        }
        Ok(())
    }

    /// Writes `call` and tells how many bytes its answer takes.
    ///
    /// # Errors
    /// What the system says.
    pub fn answer_len(&mut self, call: &[u8]) -> io::Result<usize> {
        self.stream.write_all(call)?;
        let count = self.read(0)?;
        let came = self.room.get(..count).unwrap_or_default();
        assert_eq!(frame_len(came), Some(count), "one answer comes at once");
        assert_eq!(came.get(1), Some(&2), "the answer is a METHOD_RETURN");
        Ok(count)
    }

    #[inline]
    fn read(&mut self, at: usize) -> io::Result<usize> {
        match self.stream.read(self.room.get_mut(at..).unwrap_or_default())? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => Ok(count),
        }
    }
}

/// What a connection begins with: authentication, `Hello` and `call`, in one go.
pub fn opening(call: Option<&Call>) -> Vec<u8> {
    // Each digit of the number as the hexadecimal number of its character. Spec: Authentication, EXTERNAL.
    let uid: String = geteuid().to_string().bytes().map(|digit| format!("{digit:02x}")).collect();
    let mut bytes = b"\0AUTH EXTERNAL ".to_vec();
    bytes.extend(uid.as_bytes());
    bytes.extend(b"\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");
    bytes.extend(hello());
    if let Some(call) = call {
        bytes.extend(call.bytes(Serial::FIRST.next()));
    }
    bytes
}

/// Whether the answers to the authentication and `messages` whole messages are there.
fn has_all(bytes: &[u8], messages: usize) -> bool {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let (Some(ok), Some(agree)) = (lines.next(), lines.next()) else {
        return false;
    };
    let mut rest = bytes.get(ok.len() + agree.len()..).unwrap_or_default();
    for _ in 0..messages {
        match frame_len(rest).and_then(|len| rest.get(len..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

/// As much as barebus has for one read, roughly.
const ROOM: usize = 64 * 1024;
