//! `barebus monitor`.

mod gdbus;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use barebus_text::{PrintError, busctl, json};

use crate::args::{Form, Globals, Monitor};
use crate::colour::Look;
use crate::command::open_to_watch;
use crate::exit::Failure;
use crate::line::{self, Body};
use crate::render::warn;
use crate::terminal::Styles;
use crate::watch::{
    Ahead, Clock, Flow, Left, Live, Seen, Stopped, Wanted, become_monitor, end_of, subscribe,
};

pub(crate) fn run(globals: &Globals, asked: &Monitor) -> Result<ExitCode, Failure> {
    let form = globals.format.form(&[Form::Text, Form::Verbose, Form::Json, Form::Gvariant])?;
    let wanted = Wanted {
        // On a direct connection a name has no meaning.
        services: if globals.target.is_peer() { &[] } else { &asked.services },
        rules: &globals.selection.rules,
        narrow: &asked.narrow,
        destination: globals.sending.destination.as_deref(),
        only_signals: asked.signals,
    };
    let rules = wanted.rules()?;
    if asked.signals && form == Form::Gvariant {
        return gdbus::run(globals, asked, &rules);
    }
    let mut connection = open_to_watch(&globals.target)?;
    if asked.signals {
        subscribe(&mut connection, &rules)?;
    } else {
        become_monitor(&mut connection, &rules)?;
    }
    tell(globals, "Monitoring bus message stream.");
    let mut left = Left::of(globals);
    let is_painted = Styles::of_output().are_there();
    let mut printer = Printer { form, clock: Clock::utc(), text: String::new(), is_painted };
    let stopped = Live::new()?.run(&mut connection, end_of(globals), |seen, out| {
        if left.flow() == Flow::End {
            return Ok(Flow::End);
        }
        match printer.print(seen, out) {
            Ok(()) => return Ok(left.one()),
            // The output tells the error itself.
            Err(PrintError::Output) => {}
            Err(error) => warn(format_args!("a message cannot be printed: {error}")),
        }
        Ok(Flow::Continue)
    })?;
    tell_end(globals, stopped);
    Ok(ExitCode::SUCCESS)
}

/// Tells the user on standard error, as busctl does.
pub(crate) fn tell(globals: &Globals, what: &str) {
    if !globals.format.quiet {
        // Nobody may be reading.
        let _ = writeln!(io::stderr(), "{what}");
    }
}

/// Tells the user why watching has ended.
pub(crate) fn tell_end(globals: &Globals, stopped: Stopped) {
    match stopped {
        Stopped::Enough => tell(globals, "Received requested maximum number of messages, exiting."),
        Stopped::Late => tell(globals, "Timed out waiting for messages, exiting."),
        Stopped::Interrupted => {}
    }
}

/// Prints messages.
struct Printer {
    form: Form,
    clock: Clock,
    text: String,
    /// Whether the output has colours.
    is_painted: bool,
}

impl Printer {
    fn print(&mut self, seen: &Seen<'_>, out: &mut Ahead) -> Result<(), PrintError> {
        let micros = u64::try_from(seen.time.as_micros()).unwrap_or(u64::MAX);
        match self.form {
            Form::BusctlJson => {
                json::print_monitored(seen.message, micros, out)?;
                out.write_str("\n")?;
            }
            Form::BusctlPretty | Form::Json | Form::JsonPretty => {
                self.text.clear();
                if self.form == Form::BusctlPretty {
                    json::print_monitored(seen.message, micros, &mut self.text)?;
                } else {
                    json::print_message(seen.message, &mut self.text)?;
                    // encode ignores the time.
                    self.text.pop();
                    write!(self.text, ",\"timestamp-realtime\":{micros}}}")?;
                }
                if self.form.is_pretty() {
                    let mut indented = String::new();
                    json::indent(&self.text, &mut indented)?;
                    out.write_str(&Look::Json.paint(&indented))?;
                } else {
                    out.write_str(&self.text)?;
                }
                out.write_str("\n")?;
            }
            Form::Gvariant => {
                self.text.clear();
                line::print(seen.message, Body::GVariant, &mut self.text)?;
                writeln!(out, "{}", self.text)?;
            }
            _ if self.is_painted => {
                self.text.clear();
                let time = self.clock.full(seen.time);
                busctl::print_message(seen.message, time, &mut self.text)?;
                out.write_str(&Look::Long.paint(&self.text))?;
            }
            // The usual one into pipes, so it goes there at once.
            _ => busctl::print_message(seen.message, self.clock.full(seen.time), out)?,
        }
        Ok(())
    }
}
