//! Reads messages from files: raw streams, hexadecimal text, pcap and pcapng. [`PcapngWriter`] writes pcapng.
//!
//! [`Capture`] reads one message at a time from any reader. The file is untrusted: memory grows with the bytes read, not with the lengths
//! announced. It returns bytes; parse them with [`Message::parse`](barebus_wire::Message::parse).

mod error;
mod pcap;
mod pcapng;
mod source;
mod stream;
mod write;

use core::time::Duration;
use std::io::Read;

pub use error::{CaptureError, CaptureErrorKind};
pub use write::PcapngWriter;

use pcap::Pcap;
use pcapng::Pcapng;
use source::Source;

/// The format of a file.
///
/// ```
/// use barebus_text::capture::{Capture, Format};
///
/// // pcap files begin with one of two numbers.
/// let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 231, 0, 0, 0];
/// assert_eq!(Capture::new(&header[..])?.format(), Format::Pcap);
/// # Ok::<(), barebus_text::capture::CaptureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Messages one after the other, as on a socket.
    Raw,
    /// As [`Format::Raw`], in hexadecimal digits of either case. White space, `:`, `,` and `0x` between bytes are ignored, and so is a `#` with
    /// the rest of its line.
    Hex,
    /// pcap with link type 231, which `dbus-monitor --pcap` writes.
    Pcap,
    /// pcapng with interfaces of link type 231, which `busctl capture` writes.
    Pcapng,
}

/// Link type of D-Bus in pcap and pcapng: each packet is a message. The handshake is not included.
pub const LINK_TYPE: u32 = 231;

/// A message from a file.
///
/// ```
/// use barebus_text::capture::{Capture, Captured, Format};
/// use barebus_wire::{MessageBuf, MethodCall, Serial};
///
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let mut file = MessageBuf::new();
/// file.push(&call.header(Serial::FIRST), &(2, 3))?;
///
/// let captured: Captured = Capture::with_format(file.as_slice(), Format::Raw).next().unwrap()?;
/// assert_eq!(captured.bytes, file.as_slice());
/// assert!(!captured.is_cut());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Offset of the first byte in the file; for hexadecimal text, in decoded bytes.
    pub offset: u64,
    /// Time of the capture since 1970-01-01, if the file has it.
    pub time: Option<Duration>,
    /// Length in bytes that the message had when it was captured; see [`Captured::is_cut`].
    pub original_len: u64,
    /// The message.
    pub bytes: Vec<u8>,
}

impl Captured {
    /// Whether the capture kept only the start of the message.
    pub fn is_cut(&self) -> bool {
        self.original_len > self.bytes.len() as u64
    }
}

/// Iterates over the messages of a file, in order. It ends after an error.
///
/// ```no_run
/// use barebus_text::capture::Capture;
/// use barebus_wire::Message;
///
/// let file = std::io::BufReader::new(std::fs::File::open("capture.pcapng")?);
/// for captured in Capture::new(file)? {
///     println!("{:?}", Message::parse(&captured?.bytes)?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Capture<R> {
    source: Source<R>,
    format: Format,
    layout: Layout,
    ended: bool,
}

/// State of reading that depends on the format.
#[derive(Debug)]
enum Layout {
    Stream,
    Pcap(Option<Pcap>),
    Pcapng(Pcapng),
}

impl<R: Read> Capture<R> {
    /// Detects the format by the first bytes of the file.
    ///
    /// # Errors
    /// [`CaptureErrorKind::UnknownFormat`], or an error of reading.
    pub fn new(reader: R) -> Result<Self, CaptureError> {
        let mut source = Source::new(reader);
        let head = source.peek(HEAD_LEN)?;
        let format = detect(head)
            .ok_or(CaptureError { kind: CaptureErrorKind::UnknownFormat, offset: 0 })?;
        Ok(Self::from_source(source, format))
    }

    /// Reads a file of a known format.
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

    /// The format of the file.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Number of packets skipped so far because their link type is not D-Bus. Only pcapng can mix link types.
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

/// Number of bytes that identify the format.
const HEAD_LEN: usize = 4;

fn detect(head: &[u8]) -> Option<Format> {
    match head {
        [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0xc3, 0xd4]
        | [0x4d, 0x3c, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d] => Some(Format::Pcap),
        [0x0a, 0x0d, 0x0d, 0x0a] => Some(Format::Pcapng),
        // `B` can also be a hexadecimal digit, but then another digit follows, which is not a message type.
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
