//! The format raw: messages one after the other.

use std::io::Read;

use barebus_wire::{DecodeError, DecodeErrorKind, frame_len, limits};

use super::Captured;
use super::error::{CaptureError, CaptureErrorKind as Kind};
use super::source::Source;

/// The next message; `None` at the end.
pub(super) fn next<R: Read>(source: &mut Source<R>) -> Result<Option<Captured>, CaptureError> {
    let offset = source.offset();
    let mut bytes = Vec::new();
    source.read(limits::FIXED_HEADER_LEN as u64, &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let frame = |error| Err(CaptureError { kind: Kind::Frame(error), offset });
    let incomplete = |len| frame(DecodeError::new(DecodeErrorKind::Incomplete, len));
    let len = match frame_len(&bytes) {
        Ok(Some(len)) => len,
        Ok(None) => return incomplete(bytes.len()),
        Err(error) => return frame(error),
    };
    let Some(rest) = len.checked_sub(bytes.len()) else {
        return frame(DecodeError::new(DecodeErrorKind::SurplusBytes, len));
    };
    if source.read(rest as u64, &mut bytes)? < rest as u64 {
        return incomplete(bytes.len());
    }
    Ok(Some(Captured { offset, time: None, original_len: bytes.len() as u64, bytes }))
}
