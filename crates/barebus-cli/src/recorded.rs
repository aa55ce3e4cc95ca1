//! Reads messages in any form: streams, captures, JSON, lines of text.

use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Duration;

use barebus::wire::frame_len;
use barebus_text::capture::{Capture, CaptureErrorKind, Captured, Format};

use crate::command::encode;
use crate::exit::{Exit, Failure};
use crate::input::{self, Detected, Whole, too_long};
use crate::line::Body;
use crate::output::Output;
use crate::pieces::{Pieces, Shape};

/// A message of a file.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// Where it is: `message at offset 7`, `line 3`.
    pub(crate) place: String,
    /// When it was captured, since 1970-01-01, if that is known.
    pub(crate) time: Option<Duration>,
    pub(crate) bytes: Vec<u8>,
    /// Why the bytes are not the message: the capture kept only its start.
    pub(crate) cut: Option<String>,
}

/// The messages of a file, in order.
pub(crate) struct Recording {
    name: String,
    source: Source,
    ended: bool,
}

enum Source {
    /// Of a format that holds bytes.
    Bytes(Box<Capture<Whole>>),
    /// A stream that need not be valid.
    Stream { bytes: Vec<u8>, at: usize },
    /// JSON objects, or lines.
    Text(Box<Pieces<BufReader<Whole>>>, Shape),
}

/// In bytes. A longer stream is more likely endless.
const STREAM_MAX: usize = 1 << 30;

impl Recording {
    /// Opens a file; `-` is the standard input. `out` is flushed before more is read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open(file: &Path, out: &Output) -> Result<Self, Failure> {
        Self::open_as(file, out, false)
    }

    /// As [`open`](Self::open), but a stream may hold anything. What is not framed is one message, up to the end of the file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open_raw(file: &Path, out: &Output) -> Result<Self, Failure> {
        Self::open_as(file, out, true)
    }

    fn open_as(file: &Path, out: &Output, is_raw: bool) -> Result<Self, Failure> {
        let Detected { head, format, mut whole } = input::detect(file, out)?;
        let format = format.ok();
        let is_text = head.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        if is_raw && (format == Some(Format::Raw) || (format.is_none() && !is_text)) {
            let mut bytes = Vec::new();
            let read = whole.by_ref().take(STREAM_MAX as u64 + 1).read_to_end(&mut bytes);
            read.map_err(|error| input::unreadable(file, &error))?;
            if bytes.len() > STREAM_MAX {
                return Err(input::unreadable(file, &too_long("the stream", STREAM_MAX)));
            }
            let source = Source::Stream { bytes, at: 0 };
            return Ok(Self { name: input::name(file), source, ended: false });
        }
        let source = match format {
            _ if head.trim_ascii_start().starts_with(b"{") => text(whole, Shape::Objects),
            Some(format) => Source::Bytes(Box::new(Capture::with_format(whole, format))),
            None => text(whole, Shape::Lines),
        };
        Ok(Self { name: input::name(file), source, ended: false })
    }

    fn read(&mut self) -> Option<Result<Recorded, Failure>> {
        let name = &self.name;
        match &mut self.source {
            Source::Bytes(capture) => Some(match capture.next()? {
                Ok(captured) => Ok(of_capture(name, captured)),
                Err(error) => Err(match error.kind {
                    CaptureErrorKind::Frame(frame) => {
                        let offset = error.offset;
                        refused(format_args!("{name}: message at offset {offset}: {frame}"))
                    }
                    _ => unreadable(name, &error),
                }),
            }),
            Source::Stream { bytes, at } => {
                let rest = bytes.get(*at..).filter(|rest| !rest.is_empty())?;
                let len = frame_len(rest).ok().flatten().filter(|len| *len <= rest.len());
                let bytes = rest.get(..len.unwrap_or(rest.len())).unwrap_or(rest).to_vec();
                let place = format!("{name}: message at offset {at}");
                *at += bytes.len();
                Some(Ok(Recorded { place, time: None, bytes, cut: None }))
            }
            Source::Text(pieces, shape) => Some(match pieces.next()? {
                Ok(piece) => {
                    let place = format!("{name}: line {}", piece.line);
                    let bytes = match shape {
                        Shape::Objects => encode::marshal(&piece, None),
                        Shape::Lines => {
                            encode::marshal(&piece, Some(Body::Busctl)).or_else(|error| {
                                encode::marshal(&piece, Some(Body::GVariant)).map_err(|_| error)
                            })
                        }
                    };
                    match bytes {
                        Ok(bytes) => Ok(Recorded { place, time: None, bytes, cut: None }),
                        Err(error) => Err(refused(format_args!("{place}: {error}"))),
                    }
                }
                Err(error) => Err(unreadable(name, &error)),
            }),
        }
    }
}

fn text(whole: Whole, shape: Shape) -> Source {
    Source::Text(Box::new(Pieces::new(BufReader::new(whole), shape)), shape)
}

/// It ends after an error.
impl Iterator for Recording {
    type Item = Result<Recorded, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

fn of_capture(name: &str, captured: Captured) -> Recorded {
    let cut = input::cut(&captured);
    let Captured { offset, time, bytes, .. } = captured;
    Recorded { place: format!("{name}: message at offset {offset}"), time, bytes, cut }
}

fn refused(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Refused, what)
}

fn unreadable(name: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Files, format_args!("cannot read {name}: {why}"))
}
