//! Traces messages of files.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use barebus::Message;
use barebus_text::capture::CaptureErrorKind;

use super::{How, Tracing};
use crate::args::Layout;
use crate::exit::{Exit, Failure, Failures};
use crate::input;
use crate::output::Output;
use crate::trace::processes::Known;
use crate::watch::Flow;

pub(super) fn run<H: How>(files: &[PathBuf], tracing: Tracing<H>) -> Result<ExitCode, Failure> {
    let out = Output::new();
    let mut failures = Failures::default();
    let mut reading =
        Reading { tracing, out: &out, text: String::new(), next: None, has_seen: false };
    for file in files {
        let messages = match input::messages(file, Layout::Auto, None, &out) {
            Ok(messages) => messages,
            Err(failure) => {
                failures.tell(&failure);
                continue;
            }
        };
        let invalid = |offset: u64, error: &dyn std::fmt::Display| {
            let name = input::name(file);
            Failure::new(Exit::Refused, format_args!("{name}: message at offset {offset}: {error}"))
        };
        let mut flow = Flow::Continue;
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
            match (input::cut(&captured), Message::parse(&captured.bytes)) {
                (None, Ok(message)) => flow = reading.message(&message, captured.time)?,
                (Some(sentence), _) => failures.tell(&invalid(captured.offset, &sentence)),
                (None, Err(error)) => failures.tell(&invalid(captured.offset, &error)),
            }
            if flow == Flow::End {
                break;
            }
        }
        if flow == Flow::End {
            break;
        }
    }
    // The counts of files that are no captures would look like those of empty ones.
    if reading.has_seen || failures.are_none() {
        reading.finish()?;
    }
    out.flush()?;
    Ok(failures.code())
}

struct Reading<'o, H: How> {
    tracing: Tracing<H>,
    out: &'o Output,
    text: String,
    /// When the counts are printed next, in times of the messages.
    next: Option<Duration>,
    /// Whether there was a message.
    has_seen: bool,
}

impl<H: How> Reading<'_, H> {
    fn message(&mut self, message: &Message<'_>, time: Option<Duration>) -> Result<Flow, Failure> {
        self.has_seen = true;
        let Tracing { tracer, how, every } = &mut self.tracing;
        if let Some((every, time)) = every.zip(time) {
            let next = *self.next.get_or_insert(time.saturating_add(every));
            if time >= next {
                how.repeat(&mut tracer.show, |_| Known::Nothing, &mut self.text);
                self.next = Some(time.saturating_add(every));
            }
        }
        let flow = self.tracing.message(message, time);
        let Tracing { tracer, how, .. } = &mut self.tracing;
        how.print(&mut tracer.show, |_| Known::Nothing, &mut self.text);
        self.write()?;
        Ok(flow)
    }

    fn finish(mut self) -> Result<(), Failure> {
        let how = self.tracing.how;
        let mut show = self.tracing.tracer.finish();
        how.print(&mut show, |_| Known::Nothing, &mut self.text);
        how.repeat(&mut show, |_| Known::Nothing, &mut self.text);
        self.out.bytes(self.text.as_bytes())?;
        Ok(())
    }

    fn write(&mut self) -> Result<(), Failure> {
        self.out.bytes(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}
