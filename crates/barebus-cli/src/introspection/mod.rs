//! Introspection data: the XML with which an object describes itself. Spec: Introspection Data Format.
//!
//! The XML comes from a stranger. It is read in one pass, without recursion and without comparing attributes with one another. Entities
//! that the document declares are not expanded. The length of the text is limited, and the memory used is proportional to it.

mod parser;

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;

use parser::Parser;

/// An object.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) children: Vec<Child>,
    /// Values in the XML that the specification does not allow, and how they were read.
    pub(crate) warnings: Warnings,
}

/// An object below.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) name: String,
    annotations: Annotations,
}

#[derive(Debug)]
pub(crate) struct Interface {
    pub(crate) name: String,
    /// Methods, signals and properties in their order.
    pub(crate) members: Vec<Member>,
    /// EmitsChangedSignal holds for all properties that do not have it themselves.
    annotations: Annotations,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) kind: MemberKind,
    pub(crate) name: String,
    /// Of a method's arguments, of a signal's values, or of a property.
    pub(crate) signature: String,
    /// Of what a method returns.
    pub(crate) result: String,
    /// A property that cannot be read is writable.
    is_readable: bool,
    is_writable: bool,
    annotations: Annotations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberKind {
    Method,
    Signal,
    Property,
}

/// The standard annotations of one element. Spec: Standard Annotations.
#[derive(Debug, Default)]
struct Annotations {
    is_deprecated: bool,
    is_without_reply: bool,
    emits: Option<Emits>,
}

/// Whether PropertiesChanged reports changes. Spec: Standard Annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emits {
    Change,
    Invalidation,
    Nothing,
    /// There are no changes.
    Constant,
}

impl Child {
    /// The flags, in busctl's words.
    pub(crate) fn flags(&self) -> String {
        words(&[(self.annotations.is_deprecated, "deprecated")])
    }
}

impl Interface {
    /// The interface's own flags, in busctl's words.
    pub(crate) fn flags(&self) -> String {
        words(&[(self.annotations.is_deprecated, "deprecated")])
    }

    /// The flags of a member, from its annotations and its access, in busctl's words.
    pub(crate) fn member_flags(&self, member: &Member) -> String {
        let emits = match member.kind {
            MemberKind::Property => {
                member.annotations.emits.or(self.annotations.emits).unwrap_or(Emits::Change)
            }
            _ => Emits::Nothing,
        };
        words(&[
            (member.annotations.is_deprecated, "deprecated"),
            (member.annotations.is_without_reply, "no-reply"),
            (emits == Emits::Constant, "const"),
            (emits == Emits::Invalidation, "emits-invalidation"),
            (emits == Emits::Change, "emits-change"),
            (member.is_writable, "writable"),
        ])
    }
}

impl Member {
    /// Whether it is a property that has a value to be read.
    pub(crate) fn is_readable_property(&self) -> bool {
        self.kind == MemberKind::Property && self.is_readable
    }
}

fn words(flags: &[(bool, &str)]) -> String {
    let words = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word);
    words.collect::<Vec<_>>().join(" ")
}

/// The first few warnings about a text, and how many more there are.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    pub(crate) first: Vec<Problem>,
    pub(crate) more: usize,
}

impl Warnings {
    fn push(&mut self, problem: impl FnOnce() -> Problem) {
        if self.first.len() < WARNINGS_MAX {
            self.first.push(problem());
        } else {
            self.more += 1;
        }
    }
}

/// A text can be wrong as often as it is long. Nobody reads thousands of lines.
const WARNINGS_MAX: usize = 20;

/// What is wrong in the XML, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    what: String,
    /// Both counted from 1, the column in bytes.
    line: usize,
    column: usize,
}

impl Problem {
    /// At the offset `at` of `xml`, in bytes.
    fn new(xml: &str, at: u64, mut what: String) -> Self {
        // It may quote the XML, and a name in the XML has any length.
        if let Some((end, _)) = what.char_indices().nth(WHAT_LEN) {
            what.truncate(end);
            what.push('…');
        }
        let before = usize::try_from(at).ok().and_then(|at| xml.as_bytes().get(..at));
        let before = before.unwrap_or(xml.as_bytes());
        let newlines = before.iter().filter(|byte| **byte == b'\n').count();
        let last = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        Self { what, line: newlines + 1, column: last + 1 }
    }
}

/// In characters.
const WHAT_LEN: usize = 200;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// Reads introspection data.
///
/// # Errors
/// The text is not XML, or its outermost element is not `node`.
pub(crate) fn parse(xml: &str) -> Result<Object, Problem> {
    // Checked before any work is done for each byte.
    if xml.len() > LEN_MAX {
        let what = format!("it has {} bytes, more than {LEN_MAX}", xml.len());
        return Err(Problem { what, line: 1, column: 1 });
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser::new(xml);
    loop {
        let at = reader.buffer_position();
        let taken = match reader.read_event() {
            Ok(Event::Eof) => {
                return parser.finish().map_err(|what| Problem::new(xml, at, what));
            }
            Ok(event) => parser.take(&event, at).map_err(|what| (at, what)),
            Err(error) => Err((reader.error_position(), error.to_string())),
        };
        taken.map_err(|(at, what)| Problem::new(xml, at, what))?;
    }
}

/// In bytes. Far above real services: systemd's Manager takes 40 KiB.
const LEN_MAX: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
