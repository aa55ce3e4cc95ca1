//! `barebus decode`.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use barebus::wire::Message;
use barebus_text::capture::{CaptureErrorKind, Captured};
use barebus_text::{PrintError, busctl, json, plain};

use crate::args::{DecodeOptions, Form, Globals};
use crate::colour::Look;
use crate::exit::{Exit, Failure, Failures};
use crate::line::Body;
use crate::output::Output;
use crate::render::escaped_lines;
use crate::watch::Clock;
use crate::{input, line};

pub(crate) fn run(globals: &Globals, options: &DecodeOptions) -> Result<ExitCode, Failure> {
    let form = options.form.shown(&globals.format)?;
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

/// Prints the messages of a file. Invalid messages are reported, and the others are still printed. Returned errors are errors of
/// writing.
fn print_all(
    messages: input::Messages,
    file: &Path,
    form: Form,
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
        match print(&captured, form, &mut text) {
            Ok(()) => out.bytes(Look::from(form).paint(&escaped(&text, form)).as_bytes())?,
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

/// Appends a message as text, in whole lines.
fn print(captured: &Captured, form: Form, text: &mut String) -> Result<(), PrintError> {
    let message = Message::parse(&captured.bytes)?;
    match form {
        Form::Text => line::print(&message, Body::Busctl, text)?,
        Form::Gvariant => line::print(&message, Body::GVariant, text)?,
        Form::Verbose => {
            let mut clock = Clock::utc();
            let time = captured.time.map_or("n/a", |time| clock.full(time));
            return busctl::print_message(&message, time, text);
        }
        Form::Plain => return plain::print(&message, text),
        Form::JsonPretty => {
            let mut short = String::new();
            json::print_message(&message, &mut short)?;
            json::indent(&short, text)?;
        }
        _ => json::print_message(&message, text)?,
    }
    text.push('\n');
    Ok(())
}

/// Plain text is as its sender wrote it, so it is escaped for a terminal.
fn escaped(text: &str, form: Form) -> Cow<'_, str> {
    if form == Form::Plain && io::stdout().is_terminal() {
        escaped_lines(text)
    } else {
        Cow::Borrowed(text)
    }
}
