//! `barebus tree`.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

use barebus::{Bus, BusName, CallError, CallId, Connection, ObjectPath};
use barebus_codegen::introspection::Node;

use crate::args::{Form, Globals, Tree};
use crate::command::property::CALLS_AT_ONCE;
use crate::command::{message, open};
use crate::exit::{Exit, Failure, Failures};
use crate::introspection;
use crate::json::Json;
use crate::render::{is_utf8, one_line};
use crate::terminal::{Style, Styles};

pub(crate) fn run(globals: &Globals, asked: &Tree) -> Result<ExitCode, Failure> {
    let Globals { target, format, selection, .. } = globals;
    // busctl's --json does not change its tree.
    let is_json = format.output.is_some() && format.form(&[Form::Text, Form::Json])?.is_json();
    for service in &asked.services {
        message::to(target, service)?;
    }
    let mut connection = open(target)?;
    let services = match asked.services.is_empty() {
        false => asked.services.clone(),
        true if target.is_peer() => vec![String::new()],
        true => {
            let names = Bus::new(&mut connection).list_names();
            let mut names =
                names.map_err(|error| Failure::call("cannot list the names", &error))?;
            let acquired = selection.acquired || !selection.unique;
            names.retain(|name| if name.starts_with(':') { selection.unique } else { acquired });
            names
        }
    };
    let has_headings = asked.services.len() > 1 || (asked.services.is_empty() && !target.is_peer());
    let mut failures = Failures::default();
    let mut out = io::stdout().lock();
    let styles = Styles::of_output();
    let mut trees = Vec::new();
    for (index, service) in services.iter().enumerate() {
        let mut walk = Walk::new(message::to(target, service)?);
        let walked = walk.run(&mut connection, |failure: Failure| {
            failures.tell(&failure.after(target.reply_timeout()));
        });
        if is_json {
            let paths = walk.found.iter().map(Json::from);
            let service = Some(service).filter(|service| !service.is_empty());
            trees.push(Json::object([
                ("service", Json::from(service)),
                ("objects", Json::array(paths)),
            ]));
        } else {
            let mut text = String::new();
            if index > 0 {
                text.push('\n');
            }
            if has_headings {
                // Writing to a String does not fail.
                let service = styles.paint(Style::Bold, one_line(service));
                let _ = writeln!(text, "Service {service}:");
            }
            print(&walk.found, format.list, &mut text);
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
        walked?;
    }
    if is_json {
        Json::array(trees).print_as(format.form(&[Form::Text, Form::Json])?)?;
    }
    Ok(failures.code())
}

/// Walks the objects of a service. Many are asked at a time.
struct Walk<'n> {
    to: Option<BusName<'n>>,
    /// Objects that have answered.
    found: BTreeSet<String>,
    /// Objects that are known, those that have failed included.
    known: HashSet<String>,
    waiting: VecDeque<String>,
    /// `asked.len() <= CALLS_AT_ONCE`
    asked: VecDeque<(String, CallId)>,
    room: Room,
    /// Whether no more objects are added.
    is_full: bool,
}

impl<'n> Walk<'n> {
    fn new(to: Option<BusName<'n>>) -> Self {
        Self {
            to,
            found: BTreeSet::new(),
            known: HashSet::from(["/".to_owned()]),
            waiting: VecDeque::from(["/".to_owned()]),
            asked: VecDeque::new(),
            room: Room::default(),
            is_full: false,
        }
    }

    /// # Errors
    /// The connection has ended.
    fn run(
        &mut self,
        connection: &mut Connection,
        mut tell: impl FnMut(Failure),
    ) -> Result<(), Failure> {
        let service = self.to.map_or_else(|| "the peer".to_owned(), |to| to.to_string());
        loop {
            while self.asked.len() < CALLS_AT_ONCE {
                let Some(path) = self.waiting.pop_front() else { break };
                let tried = format!("introspecting {path} of {service}");
                let asked = match ObjectPath::parse(&path) {
                    Ok(at) => introspection::start(connection, self.to, at),
                    Err(error) => {
                        let what = format!("{tried}: it is not an object path: {error}");
                        tell(Failure::new(Exit::Refused, what));
                        continue;
                    }
                };
                let asked = asked.map_err(|error| Failure::call(tried, &error))?;
                self.asked.push_back((path, asked));
            }
            let Some((path, asked)) = self.asked.pop_front() else { return Ok(()) };
            let tried = format!("introspecting {path} of {service}");
            let answer = match introspection::wait_for_children(connection, asked, &tried) {
                Err(error @ CallError::Connection(_)) => return Err(Failure::call(&tried, &error)),
                answer => answer.map_err(|error| Failure::call(&tried, &error)),
            };
            match answer.and_then(|document| document) {
                Ok(document) => {
                    introspection::warn_of_problems(&tried, &document);
                    self.add_children(&path, &document.node, &tried, &mut tell);
                    self.found.insert(path);
                }
                Err(failure) => tell(failure),
            }
        }
    }

    /// Adds the objects that introspection data mentions, also those several levels below.
    fn add_children(
        &mut self,
        path: &str,
        node: &Node,
        tried: &str,
        tell: &mut impl FnMut(Failure),
    ) {
        let mut nodes = vec![(path.to_owned(), node)];
        while let Some((above, node)) = nodes.pop() {
            for child in &node.children {
                if self.is_full {
                    return;
                }
                let path = self.room.path(&above, &child.name);
                let Some(path) = path.filter(|_| self.known.len() < OBJECTS_MAX) else {
                    self.is_full = true;
                    let what =
                        format!("{tried}: there are too many objects, or their paths are too long");
                    tell(Failure::new(Exit::Refused, what));
                    return;
                };
                if self.known.insert(path.clone()) {
                    self.waiting.push_back(path.clone());
                }
                if !child.children.is_empty() {
                    nodes.push((path, child));
                }
            }
        }
    }
}

/// A service can invent objects without end.
pub(crate) const OBJECTS_MAX: usize = 100_000;

/// Bytes of the paths of all objects. A service sends a path once for any number of objects below it.
const PATHS_MAX: usize = 64 << 20;

/// How many bytes of paths have been made.
#[derive(Debug, Default)]
pub(crate) struct Room(usize);

impl Room {
    /// The path of a child. A name that begins with a slash is a whole path. `None`: the paths together are too long.
    pub(crate) fn path(&mut self, above: &str, name: &str) -> Option<String> {
        let above = if name.starts_with('/') { "" } else { above.trim_end_matches('/') };
        let slash = if name.starts_with('/') { "" } else { "/" };
        self.0 = self.0.saturating_add(above.len() + slash.len() + name.len());
        (self.0 <= PATHS_MAX).then(|| format!("{above}{slash}{name}"))
    }
}

/// Prints paths as busctl does.
fn print(paths: &BTreeSet<String>, is_list: bool, out: &mut String) {
    let mut sorted = paths.iter();
    if is_list {
        for path in sorted {
            let _ = writeln!(out, "{path}");
        }
        return;
    }
    match (sorted.next().map(String::as_str), paths.len()) {
        (None, _) => out.push_str("No objects discovered.\n"),
        (Some("/"), 1) => out.push_str("Only root object discovered.\n"),
        _ => draw(paths, if is_utf8() { &LINES } else { &ASCII_LINES }, out),
    }
}

/// What is drawn before an object that has a successor and one that has none, and before what is below them.
struct Lines {
    branch: &'static str,
    last: &'static str,
    vertical: &'static str,
    space: &'static str,
}

const LINES: Lines = Lines { branch: "├─", last: "└─", vertical: "│ ", space: "  " };
const ASCII_LINES: Lines = Lines { branch: "|-", last: "`-", vertical: "| ", space: "  " };

/// Draws each object below the nearest one above it that has answered.
fn draw(paths: &BTreeSet<String>, lines: &Lines, out: &mut String) {
    let sorted: Vec<&str> = paths.iter().map(String::as_str).filter(|path| *path != "/").collect();
    // For each object above: its path, and what stands before those below it.
    let mut above: Vec<(&str, String)> = vec![("/", String::new())];
    for (index, path) in sorted.iter().enumerate() {
        while above.last().is_some_and(|(parent, _)| !is_below(path, parent)) {
            above.pop();
        }
        let (parent, prefix) =
            above.last().map_or(("/", ""), |(parent, prefix)| (*parent, &**prefix));
        let rest = sorted.get(index + 1..).unwrap_or_default();
        let mut siblings = rest.iter().take_while(|other| is_below(other, parent));
        let has_more = siblings.any(|other| !is_below(other, path));
        let (line, next) = match has_more {
            true => (lines.branch, lines.vertical),
            false => (lines.last, lines.space),
        };
        let _ = writeln!(out, "{prefix}{line}{path}");
        let prefix = format!("{prefix}{next}");
        above.push((path, prefix));
    }
}

/// Whether an object is below another one, or both are the root.
pub(crate) fn is_below(path: &str, above: &str) -> bool {
    above == "/" || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn children(xml: &str) -> (HashSet<String>, usize) {
        let document = barebus_codegen::introspection::read_children(xml).unwrap();
        let mut walk = Walk::new(None);
        let mut failures = 0;
        for _ in 0..2 {
            walk.add_children("/", &document.node, "x", &mut |_| failures += 1);
        }
        (walk.known, failures)
    }

    #[test]
    fn the_objects_of_a_document_are_found_at_all_levels() {
        let xml = "<node><node name='a'><node name='b'/><node name='/c/d'/></node></node>";
        let expected = ["/", "/a", "/a/b", "/c/d"].map(String::from);
        assert_eq!(children(xml), (HashSet::from(expected), 0));
    }

    #[test]
    fn a_long_path_above_many_objects_does_not_fill_the_memory() {
        let below = "<node name='b'><node name='c'/></node>".repeat(2000);
        let xml = format!("<node><node name='{}'>{below}</node></node>", "a".repeat(1 << 20));
        let (known, failures) = children(&xml);
        let bytes: usize = known.iter().map(String::len).sum();
        assert!(bytes <= PATHS_MAX && failures == 1, "{bytes} {failures}");
    }
}
