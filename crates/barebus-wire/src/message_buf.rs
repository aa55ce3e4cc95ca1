//! A buffer of messages to be sent.

use alloc::vec::Vec;

use crate::body::EncodeBody;
use crate::error::EncodeError;
use crate::header::{Header, Serial};
use crate::prepared::{PreparedCall, PreparedError};

/// A buffer of messages that grows and is used again: in steady state marshalling into it allocates nothing. Needs the feature
/// `alloc`; without it use [`Header::encode`].
///
/// ```
/// use barebus_wire::{MessageBuf, MethodCall, Serial, frame_len};
///
/// const CALL: MethodCall<'static> =
///     MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
///
/// let mut buf = MessageBuf::new();
/// buf.push(&CALL.header(Serial::FIRST), &(2, 3))?;
/// assert_eq!(frame_len(buf.as_slice())?, Some(buf.len()));
/// // What was written to a socket is removed.
/// buf.consume(buf.len());
/// assert!(buf.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MessageBuf {
    /// Initialised to its end, so that using it again costs nothing.
    bytes: Vec<u8>,
    /// len <= bytes.len()
    len: usize,
}

impl MessageBuf {
    /// A buffer that owns no memory yet.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), len: 0 }
    }

    /// The messages, one after the other.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Bytes that are filled.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no message.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Drops the messages, keeps the memory.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// Drops what lies after the first `len` bytes, keeps the memory.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Drops the first `count` bytes; the others move to the front.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.len);
        self.bytes.copy_within(count..self.len, 0);
        self.len -= count;
    }

    /// Appends bytes as they are.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.truncate(self.len);
        self.bytes.extend_from_slice(bytes);
        self.len = self.bytes.len();
    }

    /// Appends a message. Gives its length in bytes; a message that fails leaves nothing behind.
    ///
    /// # Errors
    /// As [`Header::encode`], but never `BufferTooSmall`.
    pub fn push<B: EncodeBody + ?Sized>(
        &mut self,
        header: &Header<'_>,
        body: &B,
    ) -> Result<usize, EncodeError> {
        self.push_with(|buf| header.encode(buf, body))
    }

    /// Appends a prepared call. Gives its length in bytes; a message that fails leaves nothing behind.
    ///
    /// # Errors
    /// As [`PreparedCall::encode`], but never `BufferTooSmall`.
    pub fn push_prepared<B: EncodeBody + ?Sized>(
        &mut self,
        call: &PreparedCall,
        serial: Serial,
        body: &B,
    ) -> Result<usize, PreparedError> {
        call.check(body)?;
        Ok(self.push_with(|buf| call.encode_checked(buf, serial, body))?)
    }

    #[cfg_attr(compact, inline(never))]
    #[cfg_attr(not(compact), inline)]
    fn push_with(
        &mut self,
        encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>,
    ) -> Result<usize, EncodeError> {
        loop {
            match encode(self.bytes.get_mut(self.len..).unwrap_or_default()) {
                Ok(len) => {
                    self.len += len;
                    return Ok(len);
                }
                Err(EncodeError::BufferTooSmall { needed }) => self.grow(needed),
                Err(error) => return Err(error),
            }
        }
    }

    #[cfg_attr(not(compact), cold)]
    fn grow(&mut self, needed: usize) {
        let doubled = self.bytes.len().saturating_mul(2);
        self.bytes.resize(self.len.saturating_add(needed).max(doubled).max(512), 0);
    }
}
