//! What holds for all bytes and all values, written once: tests and fuzz targets call it.

use barebus_wire::{Message, frame_len};

/// No bytes make the parser panic.
pub fn message(bytes: &[u8]) {
    let _ = frame_len(bytes);
    if let Ok(message) = Message::parse(bytes) {
        let _ = message.validate();
    }
}
