//! Descriptors of the caller as arguments.

use std::os::fd::OwnedFd;

use barebus::Descriptor;
use barebus::wire::{Basic, CursorEvent, Endian, OwnedBody};

use crate::exit::Failure;

/// Takes each UNIX_FD of arguments for the number of a descriptor that the caller has opened. Returns the arguments with the indices of the
/// descriptors in their place, and the descriptors, which are sent along.
///
/// # Errors
/// Wrong usage: there is no open descriptor of this number.
pub(crate) fn of(body: OwnedBody) -> Result<(OwnedBody, Vec<OwnedFd>), Failure> {
    let mut descriptors = Vec::new();
    if !body.signature().as_str().contains(['h', 'v']) {
        return Ok((body, descriptors));
    }
    let mut bytes = body.as_bytes().to_vec();
    let mut cursor = body.cursor();
    // A marshalled body can be walked.
    while let Ok(Some(event)) = cursor.next() {
        let CursorEvent::Basic(Basic::UnixFd(number)) = event else { continue };
        let descriptor = i32::try_from(number.0).map_err(|error| error.to_string());
        let descriptor = descriptor
            .and_then(|number| Descriptor::inherited(number).map_err(|error| error.to_string()));
        let descriptor = descriptor.map_err(|error| {
            let number = number.0;
            Failure::usage(format_args!("cannot pass file descriptor {number}: {error}"))
        })?;
        let index = u32::try_from(descriptors.len()).unwrap_or(u32::MAX);
        descriptors.push(descriptor);
        let index = match body.endian() {
            Endian::Little => index.to_le_bytes(),
            Endian::Big => index.to_be_bytes(),
        };
        // The value is the last thing that was read.
        let end = cursor.position();
        if let Some(place) = bytes.get_mut(end.saturating_sub(index.len())..end) {
            place.copy_from_slice(&index);
        }
    }
    let body = OwnedBody::from_bytes(body.signature(), body.endian(), bytes)
        .map_err(|error| Failure::usage(format_args!("cannot marshal the arguments: {error}")))?;
    Ok((body, descriptors))
}
