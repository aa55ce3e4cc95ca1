//! `barebus trace`.

mod file;
mod live;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use barebus::wire::match_rule::OwnedMatchRule;
use barebus::{BusName, Message};

use crate::args::{Form, Globals, Trace};
use crate::exit::Failure;
use crate::terminal::Styles;
use crate::trace::counts::{By, Counts};
use crate::trace::lines::{Lines, Look};
use crate::trace::processes::Known;
use crate::trace::{Filter, Tracer};
use crate::watch::Flow;

pub(crate) fn run(globals: &Globals, asked: &Trace) -> Result<ExitCode, Failure> {
    let is_json = globals.format.form(&[Form::Text, Form::Json])?.is_json();
    let (files, services) = split(&asked.words)?;
    let rules = globals.selection.rules.iter().map(|rule| {
        rule.parse::<OwnedMatchRule>().map_err(|error| {
            Failure::usage(format_args!("cannot use the match rule '{rule}': {error}"))
        })
    });
    let filter = Filter {
        services,
        rules: rules.collect::<Result<_, _>>()?,
        narrow: asked.narrow.clone(),
        destination: globals.sending.destination.clone(),
        ours: Vec::new(),
    };
    let limit = globals.selection.limit_messages;
    let styles = Styles::of_output();
    if asked.count {
        let by = asked.by.unwrap_or(By::Member);
        let counting =
            Counting { limit, is_json, legend: (!globals.format.no_legend).then_some(styles) };
        let tracing = |filter| Tracing {
            tracer: Tracer::new(filter, Counts::new(by)),
            how: counting,
            every: asked.every,
        };
        return trace(globals, &files, filter, tracing);
    }
    let is_cut = io::stdout().is_terminal() && !globals.format.full && !is_json;
    let look = Look { is_json, width: is_cut.then_some(WIDTH), styles };
    let tracing = |filter| Tracing {
        tracer: Tracer::new(filter, Lines::new(look, limit)),
        how: Printing,
        every: None,
    };
    trace(globals, &files, filter, tracing)
}

/// How many characters of arguments and of a result are shown on a terminal.
const WIDTH: usize = 60;

fn trace<H: How>(
    globals: &Globals,
    files: &[PathBuf],
    filter: Filter,
    tracing: impl FnOnce(Filter) -> Tracing<H>,
) -> Result<ExitCode, Failure> {
    match files {
        [] => live::run(globals, filter, tracing),
        files => file::run(files, tracing(filter)),
    }
}

/// What is traced, and how it is shown.
struct Tracing<H: How> {
    tracer: Tracer<H::Show>,
    how: H,
    /// How often the counts are printed.
    every: Option<Duration>,
}

impl<H: How> Tracing<H> {
    /// Takes a message, and appends what it completes to `out`.
    fn message(&mut self, message: &Message<'_>, time: Option<Duration>) -> Flow {
        self.tracer.message(message, time);
        self.how.flow(&self.tracer.show)
    }
}

/// The two ways to show what is traced.
trait How {
    type Show: crate::trace::Show;

    /// Whether process names are needed for all senders.
    fn needs_processes(&self, show: &Self::Show) -> bool;

    /// Whether `--limit-messages` is reached.
    fn flow(&self, show: &Self::Show) -> Flow;

    /// Appends what is complete.
    fn print<'p>(
        &self,
        show: &mut Self::Show,
        process: impl Fn(&str) -> Known<'p>,
        out: &mut String,
    );

    /// Appends what is printed again and again.
    fn repeat<'p>(
        &self,
        show: &mut Self::Show,
        process: impl Fn(&str) -> Known<'p>,
        out: &mut String,
    );
}

struct Printing;

impl How for Printing {
    type Show = Lines;

    fn needs_processes(&self, _: &Lines) -> bool {
        true
    }

    fn flow(&self, show: &Lines) -> Flow {
        flow(show.is_complete())
    }

    fn print<'p>(&self, show: &mut Lines, process: impl Fn(&str) -> Known<'p>, out: &mut String) {
        show.print(process, out);
    }

    fn repeat<'p>(&self, _: &mut Lines, _: impl Fn(&str) -> Known<'p>, _: &mut String) {}
}

struct Counting {
    limit: Option<u64>,
    is_json: bool,
    /// The styles of the header line, if there is one.
    legend: Option<Styles>,
}

impl How for Counting {
    type Show = Counts;

    fn needs_processes(&self, show: &Counts) -> bool {
        show.by == By::Sender
    }

    fn flow(&self, show: &Counts) -> Flow {
        flow(self.limit.is_some_and(|limit| show.ended >= limit))
    }

    fn print<'p>(&self, _: &mut Counts, _: impl Fn(&str) -> Known<'p>, _: &mut String) {}

    fn repeat<'p>(&self, show: &mut Counts, process: impl Fn(&str) -> Known<'p>, out: &mut String) {
        match self.is_json {
            true => show.print_json(process, out),
            false => show.print(self.legend, process, out),
        }
    }
}

const fn flow(is_complete: bool) -> Flow {
    match is_complete {
        true => Flow::End,
        false => Flow::Continue,
    }
}

/// Tells files from services. A word with a slash is a file, and so is `-` and the name of a file that is there.
fn split(words: &[String]) -> Result<(Vec<PathBuf>, Vec<String>), Failure> {
    let (mut files, mut services) = (Vec::new(), Vec::new());
    for word in words {
        if word == "-" || word.contains('/') || Path::new(word).is_file() {
            files.push(PathBuf::from(word));
        } else if BusName::parse(word).is_ok() {
            services.push(word.clone());
        } else {
            let what = format!("'{word}' is neither a bus name nor a file that is there");
            return Err(Failure::usage(what));
        }
    }
    Ok((files, services))
}
