//! Opens the files of the command line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use barebus_text::capture::{Capture, CaptureError, Captured, Format};

use crate::args::Layout;
use crate::exit::{Exit, Failure};
use crate::output::{Answering, BUFFER_LEN, Output};

/// An open file.
pub(crate) type Input = BufReader<Answering<Box<dyn Read>>>;

/// Messages in a file whose format has been detected.
pub(crate) type Messages = Capture<Whole>;

/// Opens a file; `-` is the standard input. `out` is flushed before more is read.
pub(crate) fn open(file: &Path, out: &Output) -> Result<Input, Failure> {
    Ok(BufReader::with_capacity(BUFFER_LEN, out.before(unbuffered(file)?)))
}

fn unbuffered(file: &Path) -> Result<Box<dyn Read>, Failure> {
    Ok(if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| unreadable(file, &error))?)
    })
}

/// The text of a file, up to `limit` bytes; `-` is the standard input.
pub(crate) fn text(file: &Path, limit: u64) -> Result<String, Failure> {
    let mut text = String::new();
    let read = unbuffered(file)?.take(limit).read_to_string(&mut text);
    read.map_err(|error| unreadable(file, &error))?;
    Ok(text)
}

/// Name of a file for messages.
pub(crate) fn name(file: &Path) -> String {
    match file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => file.display().to_string(),
    }
}

/// Failure of reading a file.
pub(crate) fn unreadable(file: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Files, format_args!("cannot read {}: {why}", name(file)))
}

/// Opens a file with messages, as [`open`] does. `otherwise` is the format if it cannot be detected.
pub(crate) fn messages(
    file: &Path,
    layout: Layout,
    otherwise: Option<Format>,
    out: &Output,
) -> Result<Messages, Failure> {
    let format = match layout {
        Layout::Raw => Format::Raw,
        Layout::Hex => Format::Hex,
        Layout::Pcap => Format::Pcap,
        Layout::Pcapng => Format::Pcapng,
        Layout::Auto => {
            let Detected { format, whole, .. } = detect(file, out)?;
            let format = format.or_else(|error| otherwise.ok_or(error)).map_err(|error| {
                Failure::new(Exit::Refused, format_args!("{}: {error}", name(file)))
            })?;
            return Ok(Capture::with_format(whole, format));
        }
    };
    Ok(Capture::with_format(io::Cursor::new(Vec::new()).chain(open(file, out)?), format))
}

/// A file whose beginning was read.
pub(crate) struct Detected {
    pub(crate) head: Vec<u8>,
    /// The format of messages that begins so.
    pub(crate) format: Result<Format, CaptureError>,
    pub(crate) whole: Whole,
}

/// The beginning of a file, and what follows.
pub(crate) type Whole = io::Chain<io::Cursor<Vec<u8>>, Input>;

/// Opens a file, as [`open`] does, and detects its format.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn detect(file: &Path, out: &Output) -> Result<Detected, Failure> {
    let mut input = open(file, out)?;
    let mut head = Vec::new();
    // What is there: a writer may wait for an answer. No message is shorter than the least.
    let read = input.fill_buf().map(|there| u64::try_from(there.len()).unwrap_or(0));
    let read = read.and_then(|there| {
        input.by_ref().take(there.clamp(HEAD_MIN, HEAD_MAX)).read_to_end(&mut head)
    });
    read.map_err(|error| unreadable(file, &error))?;
    let format = Capture::new(&*head).map(|capture| capture.format());
    Ok(Detected { format, whole: io::Cursor::new(head.clone()).chain(input), head })
}

/// Describes a message of which the capture kept only the start.
pub(crate) fn cut(captured: &Captured) -> Option<String> {
    let (kept, len) = (captured.bytes.len(), captured.original_len);
    captured.is_cut().then(|| format!("the capture kept {kept} of the message's {len} bytes"))
}

/// Appends line `number` to `line`, with its newline if it has one. Nothing is appended at the end of the file.
///
/// # Errors
/// Reading fails, or the line has `limit` bytes or more.
pub(crate) fn read_line(
    reader: &mut impl BufRead,
    number: usize,
    limit: usize,
    line: &mut Vec<u8>,
) -> io::Result<()> {
    let taken = reader.by_ref().take(limit as u64).read_until(b'\n', line)?;
    if taken == limit && !line.ends_with(b"\n") {
        return Err(too_long(format_args!("line {number}"), limit));
    }
    Ok(())
}

/// Failure because a part of a file is too long to be kept in memory.
pub(crate) fn too_long(what: impl std::fmt::Display, limit: usize) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{what} is too long: the limit is {limit} bytes"),
    )
}

/// Bytes that are enough to detect a format.
const HEAD_MIN: u64 = 16;

/// Bytes by which text is told from a stream that need not be valid.
const HEAD_MAX: u64 = 64;
