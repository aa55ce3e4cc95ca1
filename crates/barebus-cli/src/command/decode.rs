//! `barebus decode`.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use barebus::wire::Message;
use barebus_text::capture::CaptureErrorKind;
use barebus_text::{PrintError, json};

use crate::args::{DecodeOptions, Globals};
use crate::exit::{Exit, Failure, Failures};
use crate::line::Body;
use crate::output::Output;
use crate::{input, line};

pub(crate) fn run(globals: &Globals, options: &DecodeOptions) -> Result<ExitCode, Failure> {
    let form = options.form.line(&globals.format)?;
    let out = Output::new();
    let mut failures = Failures::default();
    for file in &options.files.files {
        match input::messages(file, options.files.format, None, &out) {
            Ok(messages) => print_all(messages, file, form, &out, &mut failures)?,
            Err(failure) => failures.tell(&failure),
        }
    }
    out.flush()?;
    Ok(failures.code())
}

/// Prints the messages of a file, one per line. Invalid messages are reported, and the others are still printed. Returned errors are errors of
/// writing.
fn print_all(
    messages: input::Messages,
    file: &Path,
    form: Option<Body>,
    out: &Output,
    failures: &mut Failures,
) -> io::Result<()> {
    let invalid = |offset: u64, error: &dyn std::fmt::Display| {
        let name = input::name(file);
        Failure::new(Exit::Refused, format_args!("{name}: message at offset {offset}: {error}"))
    };
    let mut text = String::new();
    for captured in messages {
        let captured = match captured {
            Ok(captured) => captured,
            Err(error) => {
                failures.tell(&match error.kind {
                    CaptureErrorKind::Frame(frame) => invalid(error.offset, &frame),
                    // Reading also fails if the output cannot be flushed.
                    _ => out.flush().map(|()| input::unreadable(file, &error))?,
                });
                continue;
            }
        };
        text.clear();
        match print(&captured.bytes, form, &mut text) {
            Ok(()) => out.line(&text)?,
            Err(PrintError::Decode(error)) => {
                failures.tell(&match input::cut(&captured) {
                    Some(sentence) => invalid(captured.offset, &sentence),
                    None => invalid(captured.offset, &error),
                });
            }
            Err(error @ PrintError::NoSuchFd { .. }) => {
                failures.tell(&invalid(captured.offset, &error));
            }
            // Writing to a String cannot fail.
            Err(PrintError::Output) => {}
        }
    }
    Ok(())
}

/// Appends a message as text.
fn print(bytes: &[u8], form: Option<Body>, text: &mut String) -> Result<(), PrintError> {
    let message = Message::parse(bytes)?;
    match form {
        None => json::print_message(&message, text),
        Some(body) => line::print(&message, body, text),
    }
}
