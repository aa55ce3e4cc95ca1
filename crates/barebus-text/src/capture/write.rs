//! Writes the format pcapng.

use core::time::Duration;

use super::LINK_TYPE;

/// Marshals a capture in the format pcapng: one section in little-endian byte order, with one interface and times in microseconds.
///
/// ```
/// use std::time::Duration;
///
/// use barebus_text::capture::{Capture, PcapngWriter};
///
/// let mut file = Vec::new();
/// let writer = PcapngWriter::start(Some("Debian GNU/Linux 12"), "example 1.0", None, &mut file);
/// writer.packet(Duration::from_secs(1_700_000_000), b"a message", &mut file);
///
/// let packet = Capture::new(&*file)?.next().unwrap()?;
/// assert_eq!(packet.bytes, b"a message");
/// # Ok::<(), barebus_text::capture::CaptureError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PcapngWriter {
    /// Maximum number of bytes kept of a message; 0: all.
    snap_len: u32,
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// The major version 1 in the lower half, the minor version 0 in the upper half.
const VERSION: u32 = 1;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

/// The option shb_os.
const OS: u16 = 3;
/// The option shb_userappl.
const APPLICATION: u16 = 4;

impl PcapngWriter {
    /// Appends the blocks that a file begins with. `os` is the name of the operating system, `application` that of the program.
    /// `snap_len` is the maximum number of bytes to keep of each message; `None`: all.
    pub fn start(
        os: Option<&str>,
        application: &str,
        snap_len: Option<u32>,
        out: &mut Vec<u8>,
    ) -> Self {
        let snap_len = snap_len.unwrap_or(0);
        block(SECTION_HEADER, out, |out| {
            put(BYTE_ORDER, out);
            put(VERSION, out);
            // The section's length is unknown.
            out.extend([0xff; 8]);
            let options = [os.map(|os| (OS, os)), Some((APPLICATION, application))];
            for (code, text) in options.into_iter().flatten() {
                option(code, text, out);
            }
            put(0, out);
        });
        block(INTERFACE_DESCRIPTION, out, |out| {
            put(LINK_TYPE, out);
            put(snap_len, out);
        });
        Self { snap_len }
    }

    /// Appends a message that was captured `time` after 1970-01-01.
    pub fn packet(&self, time: Duration, message: &[u8], out: &mut Vec<u8>) {
        let original_len = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let len = match self.snap_len {
            0 => original_len,
            snap_len => original_len.min(snap_len),
        };
        let kept = message.get(..len as usize).unwrap_or(message);
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        block(ENHANCED_PACKET, out, |out| {
            put(0, out);
            put(u32::try_from(time >> 32).unwrap_or(u32::MAX), out);
            put(u32::try_from(time & u64::from(u32::MAX)).unwrap_or(u32::MAX), out);
            put(len, out);
            put(original_len, out);
            out.extend_from_slice(kept);
        });
    }
}

/// Appends a block: its type, its length, its content filled up to a multiple of 4 bytes, its length again.
fn block(kind: u32, out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    put(kind, out);
    put(0, out);
    content(out);
    fill(start, out);
    let len = u32::try_from(out.len() - start + 4).unwrap_or(u32::MAX);
    put(len, out);
    if let Some(place) = out.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&len.to_le_bytes());
    }
}

/// Appends an option; longer texts than its length can express are cut.
fn option(code: u16, text: &str, out: &mut Vec<u8>) {
    let text = text.as_bytes();
    let text = text.get(..usize::from(u16::MAX)).unwrap_or(text);
    let start = out.len();
    out.extend(code.to_le_bytes());
    out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(text);
    fill(start, out);
}

/// Fills up what begins at `start` to a multiple of 4 bytes.
fn fill(start: usize, out: &mut Vec<u8>) {
    let len = out.len() - start;
    out.resize(start + len.next_multiple_of(4), 0);
}

fn put(number: u32, out: &mut Vec<u8>) {
    out.extend(number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Capture, Format};

    #[test]
    fn the_file_begins_as_busctls_does() {
        let mut file = Vec::new();
        PcapngWriter::start(Some("Debian GNU/Linux 12 (bookworm)"), "abc", Some(4096), &mut file);
        let mut expected = Vec::new();
        expected.extend([0x0a, 0x0d, 0x0d, 0x0a, 76, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0]);
        expected.extend([0xff; 8]);
        expected.extend([3, 0, 30, 0]);
        expected.extend(b"Debian GNU/Linux 12 (bookworm)\0\0");
        expected.extend([4, 0, 3, 0]);
        expected.extend(b"abc\0");
        expected.extend([0, 0, 0, 0, 76, 0, 0, 0]);
        expected.extend([1, 0, 0, 0, 20, 0, 0, 0, 0xe7, 0, 0, 0, 0, 0x10, 0, 0, 20, 0, 0, 0]);
        assert_eq!(file, expected);
    }

    #[test]
    fn packets_are_read_back_with_their_times_and_lengths() {
        for snap_len in [None, Some(3)] {
            let mut file = Vec::new();
            let writer = PcapngWriter::start(None, "", snap_len, &mut file);
            let time = Duration::from_micros(1_796_013_169_348_453);
            for len in 0..9 {
                writer.packet(time, &b"abcdefgh"[..len], &mut file);
            }
            let capture = Capture::new(&*file).unwrap();
            assert_eq!(capture.format(), Format::Pcapng);
            for (len, captured) in capture.map(Result::unwrap).enumerate() {
                let kept = snap_len.map_or(len, |snap_len| len.min(snap_len as usize));
                assert_eq!(captured.bytes, &b"abcdefgh"[..kept]);
                assert_eq!((captured.time, captured.original_len), (Some(time), len as u64));
            }
        }
    }
}
