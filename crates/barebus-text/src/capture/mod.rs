//! Files with messages in them: messages one behind the other, the same as hexadecimal text, pcap and pcapng.
//!
//! [`Capture`] reads from anything that can be read, a message at a time, and trusts nothing that it reads: memory grows with the
//! bytes that are there, not with the lengths that they announce. What it gives are bytes: whether they are a valid message is for
//! [`Message::parse`](barebus_wire::Message::parse) to say.

mod error;
mod pcap;
mod pcapng;
mod source;
mod stream;

use core::time::Duration;
use std::io::Read;

pub use error::{CaptureError, CaptureErrorKind};

use pcap::Pcap;
use pcapng::Pcapng;
use source::Source;

/// How messages are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Messages one behind the other, as they cross a socket.
    Raw,
    /// As [`Format::Raw`], but in hexadecimal digits: upper or lower case; white space, `:`, `,` and `0x` between bytes do not
    /// matter, nor does what stands behind a `#` in its line.
    Hex,
    /// pcap with link type 231, which `dbus-monitor --pcap` writes.
    Pcap,
    /// pcapng with interfaces of link type 231, which `busctl capture` writes.
    Pcapng,
}

/// Link type of D-Bus messages in pcap and pcapng: each packet is a message, without the handshake before it.
pub const LINK_TYPE: u32 = 231;

/// A message as it lay in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Offset of its first byte in the file; of hexadecimal text, in the bytes that it stands for.
    pub offset: u64,
    /// When it was captured, since the beginning of 1970, if the file tells.
    pub time: Option<Duration>,
    /// Length in bytes that the message had when it was captured; see [`Captured::is_cut`].
    pub original_len: u64,
    /// The message.
    pub bytes: Vec<u8>,
}

impl Captured {
    /// Whether the capture kept only the message's beginning.
    pub fn is_cut(&self) -> bool {
        self.original_len > self.bytes.len() as u64
    }
}

/// The messages of a file, in their order. After an error it ends.
#[derive(Debug)]
pub struct Capture<R> {
    source: Source<R>,
    format: Format,
    layout: Layout,
    ended: bool,
}

/// What is known of the file besides where reading stands.
#[derive(Debug)]
enum Layout {
    Stream,
    Pcap(Option<Pcap>),
    Pcapng(Pcapng),
}

impl<R: Read> Capture<R> {
    /// Tells the format by the file's first bytes.
    ///
    /// # Errors
    /// [`CaptureErrorKind::UnknownFormat`], or what reading failed with.
    pub fn new(reader: R) -> Result<Self, CaptureError> {
        let mut source = Source::new(reader);
        let head = source.peek(HEAD_LEN)?;
        let format = detect(head)
            .ok_or(CaptureError { kind: CaptureErrorKind::UnknownFormat, offset: 0 })?;
        Ok(Self::from_source(source, format))
    }

    /// Takes the caller's word for the format.
    pub fn with_format(reader: R, format: Format) -> Self {
        Self::from_source(Source::new(reader), format)
    }

    fn from_source(mut source: Source<R>, format: Format) -> Self {
        source.hexadecimal = format == Format::Hex;
        let layout = match format {
            Format::Raw | Format::Hex => Layout::Stream,
            Format::Pcap => Layout::Pcap(None),
            Format::Pcapng => Layout::Pcapng(Pcapng::default()),
        };
        Self { source, format, layout, ended: false }
    }

    /// How the messages are laid out.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Packets passed over so far because they are of another link type than D-Bus, which only pcapng has.
    pub const fn skipped(&self) -> u64 {
        match &self.layout {
            Layout::Pcapng(layout) => layout.skipped,
            Layout::Stream | Layout::Pcap(_) => 0,
        }
    }

    fn read_next(&mut self) -> Result<Option<Captured>, CaptureError> {
        match &mut self.layout {
            Layout::Stream => stream::next(&mut self.source),
            Layout::Pcap(Some(layout)) => layout.next(&mut self.source),
            Layout::Pcap(layout) => {
                layout.insert(Pcap::start(&mut self.source)?).next(&mut self.source)
            }
            Layout::Pcapng(layout) => layout.next(&mut self.source),
        }
    }
}

impl<R: Read> Iterator for Capture<R> {
    type Item = Result<Captured, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read_next().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl<R: Read> core::iter::FusedIterator for Capture<R> {}

/// Bytes that are enough to tell the format.
const HEAD_LEN: usize = 4;

fn detect(head: &[u8]) -> Option<Format> {
    match head {
        [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0xc3, 0xd4]
        | [0x4d, 0x3c, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d] => Some(Format::Pcap),
        [0x0a, 0x0d, 0x0d, 0x0a] => Some(Format::Pcapng),
        // `B` is a hexadecimal digit too, but then another digit follows, which is no message type.
        [] | [b'l', ..] | [b'B'] => Some(Format::Raw),
        [b'B', second, ..] if !second.is_ascii_graphic() && !second.is_ascii_whitespace() => {
            Some(Format::Raw)
        }
        head if head.split(|byte| *byte == b'#').next().is_some_and(is_hexadecimal) => {
            Some(Format::Hex)
        }
        _ => None,
    }
}

fn is_hexadecimal(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_hexdigit() || b" \t\r\n:,x".contains(byte))
}
