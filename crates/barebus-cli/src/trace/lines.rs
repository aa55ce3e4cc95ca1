//! A line for each call and signal.

use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

use barebus::{BusName, Message};
use barebus_text::{gvariant, json};

use super::pairing::Call;
use super::processes::{Known, Process};
use super::{End, Show};
use crate::render::{json_string, one_line};
use crate::terminal::{Style, Styles};
use crate::watch::Clock;

/// Prints calls and signals as lines.
#[derive(Debug)]
pub(crate) struct Lines {
    look: Look,
    /// Complete lines, oldest first. A line waits here until the process of its sender is known.
    lines: VecDeque<Line>,
    clock: Clock,
    /// How many lines are printed at most.
    limit: u64,
    /// The number of lines so far, and of those that were printed.
    pub(crate) count: u64,
    printed: u64,
}

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// JSON instead of text.
    pub(crate) is_json: bool,
    /// How many characters of arguments and of results are shown.
    pub(crate) width: Option<usize>,
    pub(crate) styles: Styles,
}

/// What is kept of a call: the sender, and what is printed after it.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    sender: Rc<str>,
    rest: String,
}

#[derive(Debug)]
struct Line {
    time: Option<Duration>,
    head: Head,
}

impl Lines {
    /// `limit` is the number of lines to print at most.
    pub(crate) fn new(look: Look, limit: Option<u64>) -> Self {
        let limit = limit.unwrap_or(u64::MAX);
        let (lines, clock) = (VecDeque::new(), Clock::local());
        Self { look, lines, clock, limit, count: 0, printed: 0 }
    }

    /// Whether there are as many lines as are to be printed.
    pub(crate) const fn is_complete(&self) -> bool {
        self.count >= self.limit
    }

    /// Appends complete lines to `out`, up to the first whose sender's process is still being asked for.
    pub(crate) fn print<'p>(&mut self, process: impl Fn(&str) -> Known<'p>, out: &mut String) {
        while let Some(line) = self.lines.front().filter(|_| self.printed < self.limit) {
            let process = match process(&line.head.sender) {
                Known::Asked => break,
                Known::Process(process) => Some(process),
                Known::Nothing => None,
            };
            // Writing to a String does not fail.
            let _ = match self.look.is_json {
                true => print_json(line, process, out),
                false => print_text(line, process, &mut self.clock, out),
            };
            self.lines.pop_front();
            self.printed += 1;
        }
    }

    /// The senders of lines that wait, and of calls.
    pub(crate) fn sender<'a>(message: &Message<'a>) -> &'a str {
        message.header().sender.map_or("", BusName::as_str)
    }

    fn push(&mut self, time: Option<Duration>, head: Head) {
        self.count += 1;
        self.lines.push_back(Line { time, head });
    }

    /// What is printed after the sender.
    fn head(&self, message: &Message<'_>, kind: &str) -> Head {
        let header = message.header();
        let destination = header.destination.map(BusName::as_str);
        let path = header.path.map_or("", |path| path.as_str());
        let interface = header.interface.map(|name| name.as_str());
        let member = header.member.map_or("", |name| name.as_str());
        let mut rest = String::with_capacity(128);
        // Writing to a String does not fail.
        let _ = match self.look.is_json {
            true => {
                let text = |text: Option<&str>| text.map_or("null".into(), json_string);
                let (destination, interface) = (text(destination), text(interface));
                let bytes = message.as_bytes().len();
                write!(
                    rest,
                    ",\"destination\":{destination},\"path\":\"{path}\",\"interface\":{interface},\
                     \"member\":\"{member}\",\"bytes\":{bytes},\"arguments\":{}",
                    json_of(message),
                )
            }
            false => {
                let anybody = if kind == "signal" { "*" } else { "-" };
                let destination = destination.unwrap_or(anybody);
                let dot = if interface.is_some() { "." } else { "" };
                let interface = interface.unwrap_or_default();
                let arguments = self.cut(arguments(message));
                let method = format!("{interface}{dot}{member}");
                let method = self.look.styles.paint(Style::Bold, method);
                write!(rest, " → {destination} {path} {method}{arguments}")
            }
        };
        Head { sender: Self::sender(message).into(), rest }
    }

    /// Cuts a text that is longer than is to be shown.
    fn cut(&self, mut text: String) -> String {
        let end = self.look.width.and_then(|width| text.char_indices().nth(width));
        if let Some((end, _)) = end {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    fn print_end(&self, end: End<'_>, latency: Option<Duration>, rest: &mut String) {
        let _ = match (self.look.is_json, end) {
            (true, End::Return(message)) => {
                let bytes = message.as_bytes().len();
                write!(
                    rest,
                    ",\"outcome\":\"return\",\"result\":{},\"reply_bytes\":{bytes}",
                    json_of(message)
                )
            }
            (true, End::Error(message)) => {
                let (name, text) = error(message);
                let bytes = message.as_bytes().len();
                write!(
                    rest,
                    ",\"outcome\":\"error\",\"error\":{{\"name\":\"{name}\",\"message\":{}}},\"reply_bytes\":{bytes}",
                    json_string(text)
                )
            }
            (true, End::Never) => rest.write_str(",\"outcome\":\"unanswered\""),
            (true, End::NotExpected) => rest.write_str(",\"outcome\":\"no_reply_expected\""),
            (false, End::Return(message)) => {
                write!(rest, " = {}", self.cut(result(message)))
            }
            (false, End::Error(message)) => {
                let (name, text) = error(message);
                let text = self.cut(one_line(text.trim_end()).into_owned());
                let error = format!("error {name}: {text}");
                write!(rest, " = {}", self.look.styles.paint(Style::Red, error))
            }
            (false, End::Never) => {
                write!(rest, " = {}", self.look.styles.paint(Style::Yellow, "? <never answered>"))
            }
            (false, End::NotExpected) => rest.write_str(" <no reply expected>"),
        };
        let Some(latency) = latency else { return };
        let _ = match self.look.is_json {
            true => write!(rest, ",\"latency_ns\":{}", latency.as_nanos()),
            false => write!(rest, " <{}.{:06}>", latency.as_secs(), latency.subsec_micros()),
        };
    }
}

impl Show for Lines {
    type Context = Head;

    fn call(&mut self, message: &Message<'_>, _: Option<Duration>) -> (Head, usize) {
        let head = self.head(message, "call");
        let cost = head.rest.len() + HEAD_COST;
        (head, cost)
    }

    fn ended(&mut self, call: Call<Head>, end: End<'_>, latency: Option<Duration>) {
        let mut head = call.context;
        self.print_end(end, latency, &mut head.rest);
        self.push(call.time, head);
    }

    fn signal(&mut self, message: &Message<'_>, time: Option<Duration>) {
        let mut head = self.head(message, "signal");
        if self.look.is_json {
            head.rest.push_str(",\"outcome\":\"signal\"");
        }
        self.push(time, head);
    }
}

/// What a call takes besides its text, in bytes, about.
const HEAD_COST: usize = 200;

fn print_text(
    line: &Line,
    process: Option<&Process>,
    clock: &mut Clock,
    out: &mut String,
) -> std::fmt::Result {
    match line.time {
        Some(time) => clock.print_time_of_day(time, out)?,
        None => out.push('-'),
    }
    let sender = if line.head.sender.is_empty() { "-" } else { &line.head.sender };
    write!(out, " {sender}")?;
    if let Some(process) = process {
        write!(out, "/{}", one_line(&process.to_string()))?;
    }
    writeln!(out, "{}", line.head.rest)
}

fn print_json(line: &Line, process: Option<&Process>, out: &mut String) -> std::fmt::Result {
    match line.time {
        Some(time) => write!(out, "{{\"timestamp-realtime\":{}", time.as_micros())?,
        None => out.push_str("{\"timestamp-realtime\":null"),
    }
    match &*line.head.sender {
        "" => out.push_str(",\"sender\":null"),
        sender => write!(out, ",\"sender\":\"{sender}\"")?,
    }
    if let Some(process) = process {
        write!(out, ",\"pid\":{}", process.pid)?;
        if let Some(name) = &process.name {
            write!(out, ",\"process\":{}", json_string(name))?;
        }
    }
    writeln!(out, "{}}}", line.head.rest)
}

/// The body as an argument list: `('x', uint32 7)`, `('x')`, `()`.
fn arguments(message: &Message<'_>) -> String {
    let mut text = printed(message);
    if text.ends_with(",)") {
        text.replace_range(text.len() - 2.., ")");
    }
    text
}

/// The body as a result: one value is alone, several are a tuple.
fn result(message: &Message<'_>) -> String {
    let text = printed(message);
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(",)")) {
        Some(value) => value.to_owned(),
        None => text,
    }
}

fn printed(message: &Message<'_>) -> String {
    let mut text = String::new();
    match gvariant::print(message, &mut text) {
        Ok(()) => text,
        // A peer can send what is invalid on a direct connection.
        Err(error) => format!("(<{error}>)"),
    }
}

fn json_of(message: &Message<'_>) -> String {
    let mut text = String::new();
    match json::print(message, &mut text) {
        Ok(()) => text,
        Err(_) => "null".into(),
    }
}

/// The name and the text of an ERROR.
pub(crate) fn error<'a>(message: &Message<'a>) -> (&'a str, &'a str) {
    let name = message.header().error_name.map_or("", |name| name.as_str());
    (name, message.first_argument::<&str>().unwrap_or_default())
}
