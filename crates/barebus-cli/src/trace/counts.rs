//! Counts calls, and shows them as a table.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use barebus::{BusName, Header, Message};
use clap::ValueEnum;

use super::latency::Latencies;
use super::pairing::Call;
use super::processes::{Known, Process};
use super::{End, Show};
use crate::render::{json_string, one_line};
use crate::terminal::{Style, Styles};

/// What calls are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The method
    Member,
    /// Who calls
    Sender,
    /// Who is called
    Service,
    /// The object that is called
    Path,
}

impl By {
    const fn head(self) -> &'static str {
        match self {
            Self::Member => "METHOD",
            Self::Sender => "SENDER",
            Self::Service => "SERVICE",
            Self::Path => "PATH",
        }
    }

    /// The key in JSON.
    const fn key(self) -> &'static str {
        match self {
            Self::Member => "method",
            Self::Sender => "sender",
            Self::Service => "service",
            Self::Path => "path",
        }
    }

    fn group(self, header: &Header<'_>, key: &mut String) {
        key.clear();
        match self {
            Self::Member => {
                if let Some(interface) = header.interface {
                    key.push_str(interface.as_str());
                    key.push('.');
                }
                key.push_str(header.member.map_or("", |member| member.as_str()));
            }
            Self::Sender => key.push_str(header.sender.map_or("-", BusName::as_str)),
            Self::Service => key.push_str(header.destination.map_or("-", BusName::as_str)),
            Self::Path => key.push_str(header.path.map_or("", |path| path.as_str())),
        }
    }
}

/// What is known about the calls of a group.
#[derive(Clone, Debug, Default)]
struct Group {
    name: String,
    calls: u64,
    errors: u64,
    unanswered: u64,
    /// Of calls and replies.
    bytes: u64,
    latencies: Latencies,
}

/// Counts calls.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) by: By,
    groups: Vec<Group>,
    indices: HashMap<String, usize>,
    key: String,
    /// Calls that have ended.
    pub(crate) ended: u64,
}

/// Groups that are counted, so that peers who make up names cannot fill the memory. What comes later is counted as [`OTHERS`].
const GROUPS_MAX: usize = 10_000;

const OTHERS: &str = "(others)";

/// What is kept of a call, in bytes.
const COST: usize = 100;

impl Counts {
    pub(crate) fn new(by: By) -> Self {
        Self { by, groups: Vec::new(), indices: HashMap::new(), key: String::new(), ended: 0 }
    }

    /// The index of the group of a call.
    fn index(&mut self, header: &Header<'_>) -> usize {
        self.by.group(header, &mut self.key);
        if let Some(index) = self.indices.get(&self.key) {
            return *index;
        }
        let name = if self.groups.len() < GROUPS_MAX { &self.key } else { OTHERS };
        let index = self.groups.len();
        if let Some(index) = self.indices.get(name) {
            return *index;
        }
        self.indices.insert(name.to_owned(), index);
        self.groups.push(Group { name: name.to_owned(), ..Group::default() });
        index
    }

    /// The groups, the slowest first.
    fn sorted(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.iter().collect();
        groups.sort_by(|a, b| {
            let key = |group: &Group| (group.latencies.mean(), group.calls);
            key(b).cmp(&key(a)).then_with(|| a.name.cmp(&b.name))
        });
        groups
    }

    /// Appends the table, with a header line in the styles of `legend`. `process` tells the process of a sender.
    pub(crate) fn print<'p>(
        &self,
        legend: Option<Styles>,
        process: impl Fn(&str) -> Known<'p>,
        out: &mut String,
    ) {
        let heads =
            ["CALLS", "ERRORS", "UNANSWERED", "BYTES", "MEAN/ms", "P50/ms", "P99/ms", "MAX/ms"];
        let rows: Vec<([String; 8], String)> = self
            .sorted()
            .into_iter()
            .map(|group| (cells(group), self.name(group, &process)))
            .collect();
        let mut widths = if legend.is_some() { heads.map(str::len) } else { [0; 8] };
        for (cells, _) in &rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.len());
            }
        }
        let row = |cells: &[&str; 8], name: &str| {
            let mut row = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                // Writing to a String does not fail.
                let _ = write!(row, "{cell:>width$} ");
            }
            row + name
        };
        if let Some(styles) = legend {
            let heads = row(&heads, self.by.head());
            let _ = writeln!(out, "{}", styles.paint(Style::Underlined, heads));
        }
        for (cells, name) in &rows {
            let _ = writeln!(out, "{}", row(&cells.each_ref().map(String::as_str), name));
        }
    }

    /// The name of a group on one line.
    fn name<'p>(&self, group: &Group, process: impl Fn(&str) -> Known<'p>) -> String {
        let name = one_line(&group.name).into_owned();
        match self.process(group, process) {
            Some(process) => format!("{name}/{}", one_line(&process.to_string())),
            None => name,
        }
    }

    fn process<'p>(
        &self,
        group: &Group,
        process: impl Fn(&str) -> Known<'p>,
    ) -> Option<&'p Process> {
        match process(&group.name) {
            Known::Process(process) if self.by == By::Sender => Some(process),
            _ => None,
        }
    }

    /// Appends the counts as an array, on a line.
    pub(crate) fn print_json<'p>(&self, process: impl Fn(&str) -> Known<'p>, out: &mut String) {
        out.push('[');
        for (index, group) in self.sorted().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let Group { name, calls, errors, unanswered, bytes, latencies } = group;
            let (key, name) = (self.by.key(), json_string(name));
            let _ = write!(out, "{comma}{{\"{key}\":{name}");
            if let Some(process) = self.process(group, &process) {
                let _ = write!(out, ",\"pid\":{}", process.pid);
                if let Some(name) = &process.name {
                    let _ = write!(out, ",\"process\":{}", json_string(name));
                }
            }
            let _ = write!(
                out,
                ",\"calls\":{calls},\"errors\":{errors},\"unanswered\":{unanswered},\"bytes\":{bytes}"
            );
            for (key, latency) in [
                ("mean", latencies.mean()),
                ("p50", latencies.percentile(50)),
                ("p99", latencies.percentile(99)),
                ("max", latencies.largest()),
            ] {
                let _ = match latency {
                    Some(latency) => write!(out, ",\"{key}_ns\":{}", latency.as_nanos()),
                    None => write!(out, ",\"{key}_ns\":null"),
                };
            }
            out.push('}');
        }
        out.push_str("]\n");
    }
}

impl Show for Counts {
    /// The index of its group.
    type Context = usize;

    fn call(&mut self, message: &Message<'_>, _: Option<Duration>) -> (usize, usize) {
        let index = self.index(message.header());
        if let Some(group) = self.groups.get_mut(index) {
            group.calls += 1;
            group.bytes += message.as_bytes().len() as u64;
        }
        (index, COST)
    }

    fn ended(&mut self, call: Call<usize>, end: End<'_>, latency: Option<Duration>) {
        self.ended += 1;
        let Some(group) = self.groups.get_mut(call.context) else { return };
        match end {
            End::Return(message) => group.bytes += message.as_bytes().len() as u64,
            End::Error(message) => {
                group.errors += 1;
                group.bytes += message.as_bytes().len() as u64;
            }
            End::Never => group.unanswered += 1,
            End::NotExpected => {}
        }
        if let Some(latency) = latency {
            group.latencies.add(latency);
        }
    }

    fn signal(&mut self, _: &Message<'_>, _: Option<Duration>) {}
}

fn cells(group: &Group) -> [String; 8] {
    let latencies = &group.latencies;
    [
        group.calls.to_string(),
        group.errors.to_string(),
        group.unanswered.to_string(),
        group.bytes.to_string(),
        milliseconds(latencies.mean()),
        milliseconds(latencies.percentile(50)),
        milliseconds(latencies.percentile(99)),
        milliseconds(latencies.largest()),
    ]
}

/// `1.234`; `-` if there is none.
pub(crate) fn milliseconds(time: Option<Duration>) -> String {
    match time {
        Some(time) => {
            let micros = time.as_micros();
            format!("{}.{:03}", micros / 1000, micros % 1000)
        }
        None => "-".into(),
    }
}
