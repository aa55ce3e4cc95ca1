//! What an object says of itself, as XML. Spec: Introspection Data Format.
//!
//! The text is a stranger's. It is read in one pass that neither recurses, however deep elements are nested, nor compares attributes
//! with one another, however many there are; no entity is expanded that the document declares; and what is kept is a few times as long
//! as the text, whose length is bounded.

use std::borrow::Cow;
use std::fmt;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An object.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) interfaces: Vec<Interface>,
    /// Names of the objects below.
    pub(crate) children: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Interface {
    pub(crate) name: String,
    /// Methods, signals and properties in their order.
    pub(crate) members: Vec<Member>,
    /// What holds for all properties that say nothing themselves.
    emits: Option<Emits>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) kind: MemberKind,
    pub(crate) name: String,
    /// Of a method's arguments, of a signal's values, or of a property.
    pub(crate) signature: String,
    /// Of what a method returns.
    pub(crate) result: String,
    is_deprecated: bool,
    is_without_reply: bool,
    is_writable: bool,
    emits: Option<Emits>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberKind {
    Method,
    Signal,
    Property,
}

/// Whether PropertiesChanged tells of changes. Spec: Standard Annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emits {
    Change,
    Invalidation,
    Nothing,
    /// There are no changes.
    Constant,
}

impl Emits {
    fn named(word: &str) -> Self {
        match word {
            "const" => Self::Constant,
            "invalidates" => Self::Invalidation,
            "false" => Self::Nothing,
            _ => Self::Change,
        }
    }
}

impl Interface {
    /// What annotations and access say of a member, in busctl's words.
    pub(crate) fn flags(&self, member: &Member) -> String {
        let emits = match member.kind {
            MemberKind::Property => member.emits.or(self.emits).unwrap_or(Emits::Change),
            _ => Emits::Nothing,
        };
        let flags = [
            (member.is_deprecated, "deprecated"),
            (member.is_without_reply, "no-reply"),
            (emits == Emits::Constant, "const"),
            (emits == Emits::Invalidation, "emits-invalidation"),
            (emits == Emits::Change, "emits-change"),
            (member.is_writable, "writable"),
        ];
        let words = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word);
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Why text is no description of an object, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    what: String,
    /// Both counted from 1, the column in bytes.
    line: usize,
    column: usize,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// Reads what an object says of itself.
///
/// # Errors
/// It is no XML, or other XML than an object's.
pub(crate) fn parse(xml: &str) -> Result<Object, Unreadable> {
    // Found before anything is done for each byte.
    if xml.len() > LEN_MAX {
        let what = format!("it has {} bytes, more than {LEN_MAX}", xml.len());
        return Err(Unreadable { what, line: 1, column: 1 });
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser::default();
    loop {
        let at = reader.buffer_position();
        let taken = match reader.read_event() {
            Ok(Event::Eof) => {
                return parser.finish().map_err(|what| unreadable(xml, at, what));
            }
            Ok(event) => parser.take(&event).map_err(|what| (at, what)),
            Err(error) => Err((reader.error_position(), error.to_string())),
        };
        taken.map_err(|(at, what)| unreadable(xml, at, what))?;
    }
}

/// Far above what any service says of itself: systemd's Manager takes 40 KiB.
const LEN_MAX: usize = 16 * 1024 * 1024;

fn unreadable(xml: &str, at: u64, mut what: String) -> Unreadable {
    // It may name what stands there, which is as long as its author likes.
    if let Some((end, _)) = what.char_indices().nth(WHAT_LEN) {
        what.truncate(end);
        what.push('…');
    }
    let before = usize::try_from(at).ok().and_then(|at| xml.as_bytes().get(..at));
    let before = before.unwrap_or(xml.as_bytes());
    let newlines = before.iter().filter(|byte| **byte == b'\n').count();
    let last = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Unreadable { what, line: newlines + 1, column: last + 1 }
}

/// In characters.
const WHAT_LEN: usize = 200;

/// An object as far as it has been read.
#[derive(Debug, Default)]
struct Parser {
    object: Object,
    /// Open elements.
    depth: usize,
    /// How many of them, from the outermost on, are the document's `node`, an `interface` in it, and a member of that. What stands in
    /// others is passed over.
    known: usize,
    is_done: bool,
}

impl Parser {
    fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(element) => {
                if self.depth == self.known {
                    self.begin(element)?;
                }
                self.depth += 1;
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.known = self.known.min(self.depth);
                self.is_done |= self.depth == 0;
            }
            Event::Text(text) if self.depth == 0 && !text.trim_ascii().is_empty() => {
                return Err("text outside of any element".to_owned());
            }
            Event::CData(_) | Event::GeneralRef(_) if self.depth == 0 => {
                return Err("text outside of any element".to_owned());
            }
            // Of text and comments nothing is told; what a document type declares is not needed, and not believed.
            _ => {}
        }
        Ok(())
    }

    /// An element that stands where its name means something.
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let name = element.name();
        let name = name.as_ref();
        let attributes = Attributes::of(element)?;
        let interface = self.object.interfaces.last_mut();
        match (self.known, name) {
            (0, _) if self.is_done => return Err("a second element without any around".to_owned()),
            (0, b"node") => self.known = 1,
            (0, name) => {
                let name = String::from_utf8_lossy(name);
                return Err(format!("the outermost element is '{name}', not 'node'"));
            }
            (1, b"interface") => {
                let name = attributes.name;
                self.object.interfaces.push(Interface { name, ..Interface::default() });
                self.known = 2;
            }
            (1, b"node") => self.object.children.push(attributes.name),
            (2, b"annotation") => {
                if let Some(interface) = interface.filter(|_| attributes.name == EMITS) {
                    interface.emits.get_or_insert(Emits::named(&attributes.value));
                }
            }
            (2, name) => {
                if let (Some(interface), Some(kind)) = (interface, member_kind(name)) {
                    interface.members.push(attributes.into_member(kind));
                    self.known = 3;
                }
            }
            (3, _) => {
                if let Some(member) = interface.and_then(|interface| interface.members.last_mut()) {
                    member.take(name, attributes);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Object, String> {
        if self.depth > 0 {
            return Err(format!("it ends inside {} elements", self.depth));
        }
        if self.is_done { Ok(self.object) } else { Err("there is no element in it".to_owned()) }
    }
}

fn member_kind(element: &[u8]) -> Option<MemberKind> {
    match element {
        b"method" => Some(MemberKind::Method),
        b"signal" => Some(MemberKind::Signal),
        b"property" => Some(MemberKind::Property),
        _ => None,
    }
}

impl Member {
    /// Takes note of an element inside.
    fn take(&mut self, element: &[u8], attributes: Attributes) {
        match (element, &*attributes.name, &*attributes.value) {
            (b"arg", ..) => match (self.kind, &*attributes.direction) {
                (MemberKind::Method, "out") => self.result += &attributes.signature,
                (MemberKind::Method, "in" | "") | (MemberKind::Signal, "out" | "") => {
                    self.signature += &attributes.signature
                }
                _ => {}
            },
            (b"annotation", DEPRECATED, "true") => self.is_deprecated = true,
            (b"annotation", NO_REPLY, "true") => self.is_without_reply = true,
            (b"annotation", EMITS, word) => {
                self.emits.get_or_insert(Emits::named(word));
            }
            _ => {}
        }
    }
}

// Spec: Standard Annotations.
const DEPRECATED: &str = "org.freedesktop.DBus.Deprecated";
const NO_REPLY: &str = "org.freedesktop.DBus.Method.NoReply";
const EMITS: &str = "org.freedesktop.DBus.Property.EmitsChangedSignal";

/// The attributes that mean something; empty where they are not there.
#[derive(Debug, Default)]
struct Attributes {
    name: String,
    /// `type`.
    signature: String,
    direction: String,
    access: String,
    value: String,
}

impl Attributes {
    fn of(element: &BytesStart<'_>) -> Result<Self, String> {
        let mut found = Self::default();
        let mut attributes = element.attributes();
        // Comparing each with all others takes its time.
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let to = match attribute.key.as_ref() {
                b"name" => &mut found.name,
                b"type" => &mut found.signature,
                b"direction" => &mut found.direction,
                b"access" => &mut found.access,
                b"value" => &mut found.value,
                _ => continue,
            };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            *to = value.map(Cow::into_owned).map_err(|error| error.to_string())?;
        }
        Ok(found)
    }

    fn into_member(self, kind: MemberKind) -> Member {
        let is_property = kind == MemberKind::Property;
        Member {
            kind,
            name: self.name,
            signature: if is_property { self.signature } else { String::new() },
            result: String::new(),
            is_deprecated: false,
            is_without_reply: false,
            is_writable: is_property && self.access.contains("write"),
            emits: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(xml: &str, line: usize, column: usize, word: &str) {
        let error = parse(xml).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(error.what.contains(word), "{error}");
        assert!(error.what.chars().count() <= WHAT_LEN + 1);
    }

    #[test]
    fn says_what_is_wrong_where() {
        refused("", 1, 1, "no element");
        refused("<!-- nothing -->\n", 2, 1, "no element");
        refused("words", 1, 1, "text outside");
        refused("<html/>", 1, 1, "'html'");
        refused("<node>\n  <interface name='a'></node>", 2, 23, "</interface>");
        refused("<node><interface", 1, 7, "not closed");
        refused("<node>\n<interface>", 2, 12, "inside 2 elements");
        refused("<node/>\n<node/>", 2, 1, "second");
        refused("<node/> words", 1, 8, "text outside");
        refused("<node><node name=x/></node>", 1, 7, "position");
        refused("<node><node name='&x;'/></node>", 1, 7, "`x`");
        refused("<node></node></node>", 1, 14, "</node>");
        refused(&format!("<{}>", "x".repeat(1000)), 1, 1, "xxx");
        refused(&" ".repeat(LEN_MAX + 1), 1, 1, "16777217 bytes");
    }

    #[test]
    fn what_stands_elsewhere_is_passed_over() {
        let object = parse(
            "<?xml version='1.0'?><!DOCTYPE node [<!ENTITY x 'y'>]><!-- - --><node name='/'>
               <doc><interface name='no'/><node name='no'/></doc>
               <node name='below'><interface name='no'><method name='no'/></interface></node>
               <interface name='a&amp;b'>words<doc><method name='no'/></doc>
                 <method name='M'><doc><arg type='no'/></doc><arg type='i'><arg type='no'/></arg></method>
                 <property name='P' type='s' access='read'><arg type='no'/></property>
               </interface>
             </node>",
        );
        let object = object.unwrap();
        assert_eq!(object.children, ["below"]);
        let [interface] = &object.interfaces[..] else { panic!("{object:?}") };
        assert_eq!(interface.name, "a&b");
        let members: Vec<_> =
            interface.members.iter().map(|it| (&*it.name, &*it.signature)).collect();
        assert_eq!(members, [("M", "i"), ("P", "s")]);
    }
}
