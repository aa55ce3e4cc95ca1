//! `barebus validate`.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use barebus::wire::limits;
use barebus_text::capture::{CaptureErrorKind, Format};

use crate::args::{Layout, ValidateOptions};
use crate::exit::{Exit, Failure, Failures};
use crate::input;
use crate::output::Output;
use crate::render::one_line;
use crate::verdict::Verdict;

pub(crate) fn run(options: &ValidateOptions) -> Result<ExitCode, Failure> {
    let is_terminal = io::stdout().is_terminal();
    let mut validation =
        Validation { out: Output::new(), is_terminal, failures: Failures::default() };
    for file in &options.files.files {
        if options.tsv {
            validation.table(file)?;
        } else {
            validation.messages(file, options.files.format)?;
        }
    }
    validation.out.flush()?;
    Ok(validation.failures.code())
}

struct Validation {
    out: Output,
    is_terminal: bool,
    failures: Failures,
}

/// Returned errors are errors of writing. Errors of reading are printed and noted.
impl Validation {
    /// Prints a line per message of a file: the verdict, the file, and the offset of the message.
    fn messages(&mut self, file: &Path, layout: Layout) -> io::Result<()> {
        // A file of an unknown format is treated as an invalid message.
        let capture = match input::messages(file, layout, Some(Format::Raw), &self.out) {
            Ok(capture) => capture,
            Err(failure) => {
                self.failures.tell(&failure);
                return Ok(());
            }
        };
        let is_packets = !matches!(capture.format(), Format::Raw | Format::Hex);
        let name = input::name(file);
        let mut count = 0_u64;
        for captured in capture {
            count += 1;
            let (verdict, offset) = match captured {
                Ok(captured) => {
                    let verdict = Verdict::of(&captured.bytes);
                    let verdict = match input::cut(&captured) {
                        Some(sentence) => verdict.because(sentence),
                        None => verdict,
                    };
                    (verdict, captured.offset)
                }
                Err(error) => match error.kind {
                    CaptureErrorKind::Frame(frame) => (Verdict::broken(frame), error.offset),
                    CaptureErrorKind::NotHex(byte) => {
                        (Verdict::no_digit(error.offset, byte), error.offset)
                    }
                    CaptureErrorKind::HalfByte => (Verdict::half_byte(error.offset), error.offset),
                    _ => {
                        self.unreadable(file, &error)?;
                        continue;
                    }
                },
            };
            self.answer(&verdict, format_args!("{verdict}\t{}\t{offset}", one_line(&name)))?;
        }
        // An empty file is an incomplete message, but a capture may be empty.
        if count == 0 && !is_packets {
            let verdict = Verdict::of(&[]);
            self.answer(&verdict, format_args!("{verdict}\t{}\t0", one_line(&name)))?;
        }
        Ok(())
    }

    /// Prints a line per row: its identifier and the verdict.
    fn table(&mut self, file: &Path) -> io::Result<()> {
        let mut input = match input::open(file, &self.out) {
            Ok(input) => input,
            Err(failure) => {
                self.failures.tell(&failure);
                return Ok(());
            }
        };
        let mut row = Vec::new();
        for number in 1.. {
            row.clear();
            if let Err(error) = input::read_line(&mut input, number, ROW_LEN_MAX, &mut row) {
                return self.unreadable(file, &error);
            }
            if row.is_empty() {
                break;
            }
            let row = row.strip_suffix(b"\n").unwrap_or(&row);
            let row = row.strip_suffix(b"\r").unwrap_or(row);
            if row.is_empty() || row.starts_with(b"#") {
                continue;
            }
            let (id, verdict) = judge_row(row);
            // The identifier is printed unchanged, except on a terminal.
            if self.is_terminal {
                self.out.bytes(one_line(&String::from_utf8_lossy(id)).as_bytes())?;
            } else {
                self.out.bytes(id)?;
            }
            self.answer(&verdict, format_args!("\t{verdict}"))?;
        }
        Ok(())
    }

    /// Reports that a file cannot be read further, unless flushing the output failed.
    fn unreadable(&mut self, file: &Path, error: &dyn std::fmt::Display) -> io::Result<()> {
        self.out.flush()?;
        self.failures.tell(&input::unreadable(file, error));
        Ok(())
    }

    fn answer(&mut self, verdict: &Verdict, line: std::fmt::Arguments<'_>) -> io::Result<()> {
        if !verdict.is_valid() {
            self.failures.note(Exit::Refused);
        }
        self.out.line(line)
    }
}

/// In bytes: the longest message in hexadecimal digits, and enough for the other columns.
const ROW_LEN_MAX: usize = 2 * limits::MESSAGE_LEN as usize + 64 * 1024;

/// Returns the identifier of a row and the verdict on its message.
fn judge_row(row: &[u8]) -> (&[u8], Verdict) {
    let mut fields = row.split(|byte| *byte == b'\t');
    let id = fields.next().unwrap_or_default();
    let Some(text) = fields.next_back() else {
        return (id, Verdict::not_hex(0, "the row has no tab with hexadecimal digits after it"));
    };
    let verdict = match hex::decode(text) {
        Ok(bytes) => Verdict::of(&bytes),
        Err(_) => match text.iter().position(|byte| !byte.is_ascii_hexdigit()) {
            Some(at) => Verdict::no_digit(at as u64, text.get(at).copied().unwrap_or_default()),
            None => Verdict::half_byte(text.len() as u64),
        },
    };
    (id, verdict)
}
