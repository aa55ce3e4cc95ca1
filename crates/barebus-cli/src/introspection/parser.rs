//! From XML events to an object.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::{Annotations, Child, Emits, Interface, Member, MemberKind, Object, Problem};

/// An object as far as it has been read.
#[derive(Debug)]
pub(super) struct Parser<'x> {
    xml: &'x str,
    object: Object,
    /// Number of open elements.
    depth: usize,
    /// The open elements, from the outermost on, as long as their place gives them a meaning: `open.len() <= depth`. Other elements
    /// are skipped with all that they contain.
    open: Vec<Open>,
    is_done: bool,
}

/// An open element that has a meaning. It is the last of its kind that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// The document's `node`.
    Object,
    Child,
    Interface,
    Member,
}

impl<'x> Parser<'x> {
    pub(super) fn new(xml: &'x str) -> Self {
        Self { xml, object: Object::default(), depth: 0, open: Vec::new(), is_done: false }
    }

    /// Takes the event at the offset `at`.
    pub(super) fn take(&mut self, event: &Event<'_>, at: u64) -> Result<(), String> {
        match event {
            Event::Start(element) => {
                if self.depth == self.open.len() {
                    let opened = self.begin(element, at)?;
                    self.open.extend(opened);
                }
                self.depth += 1;
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.open.truncate(self.depth);
                self.is_done |= self.depth == 0;
            }
            Event::Text(text) if self.depth == 0 && !text.trim_ascii().is_empty() => {
                return Err("text outside of any element".to_owned());
            }
            Event::CData(_) | Event::GeneralRef(_) if self.depth == 0 => {
                return Err("text outside of any element".to_owned());
            }
            // Text and comments have no meaning. Declarations in a document type are not needed and not trusted.
            _ => {}
        }
        Ok(())
    }

    /// Takes the beginning of an element whose parent has a meaning. Gives what it opens, if it has a meaning itself.
    fn begin(&mut self, element: &BytesStart<'_>, at: u64) -> Result<Option<Open>, String> {
        let name = element.name();
        let name = name.as_ref();
        let attributes = Attributes::of(element)?;
        match (self.open.last(), name) {
            (None, _) if self.is_done => Err("a second element without any around".to_owned()),
            (None, b"node") => Ok(Some(Open::Object)),
            (None, name) => {
                let name = String::from_utf8_lossy(name);
                Err(format!("the outermost element is '{name}', not 'node'"))
            }
            (Some(Open::Object), b"interface") => {
                let (name, members) = (attributes.name, Vec::new());
                let annotations = Annotations::default();
                self.object.interfaces.push(Interface { name, members, annotations });
                Ok(Some(Open::Interface))
            }
            (Some(Open::Object), b"node") => {
                let (name, annotations) = (attributes.name, Annotations::default());
                self.object.children.push(Child { name, annotations });
                Ok(Some(Open::Child))
            }
            (Some(_), b"annotation") => {
                self.annotate(&attributes, at);
                Ok(None)
            }
            (Some(Open::Interface), name) => Ok(member_kind(name).map(|kind| {
                self.add_member(kind, attributes, at);
                Open::Member
            })),
            (Some(Open::Member), b"arg") => {
                self.add_argument(&attributes, at);
                Ok(None)
            }
            (Some(_), _) => Ok(None),
        }
    }

    fn add_member(&mut self, kind: MemberKind, attributes: Attributes, at: u64) {
        let is_property = kind == MemberKind::Property;
        let access = plain(&attributes.access);
        let is_writable = is_property && access.contains("write");
        // Without any of the words it is "read": a property that cannot be read is rare.
        let is_readable = is_property && (access.contains("read") || !is_writable);
        if is_property {
            let meaning = match (is_readable, is_writable) {
                (true, true) => "readwrite",
                (false, _) => "write",
                (true, false) => "read",
            };
            self.check("access", &attributes.access, meaning, &attributes.name, at);
        }
        let Some(interface) = self.object.interfaces.last_mut() else { return };
        interface.members.push(Member {
            kind,
            name: attributes.name,
            signature: if is_property { attributes.signature } else { String::new() },
            result: String::new(),
            is_readable,
            is_writable,
            annotations: Annotations::default(),
        });
    }

    fn add_argument(&mut self, attributes: &Attributes, at: u64) {
        let interface = self.object.interfaces.last_mut();
        let Some(member) = interface.and_then(|interface| interface.members.last_mut()) else {
            return;
        };
        let (part, meaning) = match (member.kind, &*plain(&attributes.direction)) {
            (MemberKind::Property, _) => return,
            (MemberKind::Method, "out") => (&mut member.result, "out"),
            (MemberKind::Method, _) => (&mut member.signature, "in"),
            // Arguments of signals have only this direction, so that the attribute decides nothing.
            (MemberKind::Signal, _) => (&mut member.signature, "out"),
        };
        part.push_str(&attributes.signature);
        if is_strange(&attributes.direction, meaning) {
            let about = format!("an argument of {}", member.name);
            self.check("direction", &attributes.direction, meaning, &about, at);
        }
    }

    /// Takes an annotation of the innermost open element.
    fn annotate(&mut self, attributes: &Attributes, at: u64) {
        let interface = self.object.interfaces.last_mut();
        let annotations = match self.open.last() {
            Some(Open::Child) => self.object.children.last_mut().map(|it| &mut it.annotations),
            Some(Open::Interface) => interface.map(|it| &mut it.annotations),
            Some(Open::Member) => {
                interface.and_then(|it| it.members.last_mut()).map(|it| &mut it.annotations)
            }
            // The table has no row for the object itself.
            Some(Open::Object) | None => None,
        };
        let Some(annotations) = annotations else { return };
        let value = plain(&attributes.value);
        let boolean = if value == "true" { "true" } else { "false" };
        let meaning = match &*attributes.name {
            DEPRECATED => {
                annotations.is_deprecated |= value == "true";
                boolean
            }
            NO_REPLY => {
                annotations.is_without_reply |= value == "true";
                boolean
            }
            EMITS => {
                let (emits, meaning) = Emits::named(&value);
                annotations.emits.get_or_insert(emits);
                meaning
            }
            // Anybody may define annotations.
            _ => return,
        };
        self.check("value", &attributes.value, meaning, &attributes.name, at);
    }

    /// Warns if an attribute does not have the value as which it was read.
    fn check(&mut self, attribute: &str, found: &str, meaning: &str, about: &str, at: u64) {
        if is_strange(found, meaning) {
            let what = || format!("unknown {attribute} '{found}' of {about}, read as '{meaning}'");
            self.object.warnings.push(|| Problem::new(self.xml, at, what()));
        }
    }

    pub(super) fn finish(self) -> Result<Object, String> {
        if self.depth > 0 {
            return Err(format!("it ends inside {} elements", self.depth));
        }
        if self.is_done { Ok(self.object) } else { Err("there is no element in it".to_owned()) }
    }
}

// Spec: Standard Annotations.
const DEPRECATED: &str = "org.freedesktop.DBus.Deprecated";
const NO_REPLY: &str = "org.freedesktop.DBus.Method.NoReply";
const EMITS: &str = "org.freedesktop.DBus.Property.EmitsChangedSignal";

fn member_kind(element: &[u8]) -> Option<MemberKind> {
    match element {
        b"method" => Some(MemberKind::Method),
        b"signal" => Some(MemberKind::Signal),
        b"property" => Some(MemberKind::Property),
        _ => None,
    }
}

impl Emits {
    /// What a word means, and the specification's word for that.
    fn named(word: &str) -> (Self, &'static str) {
        match word {
            "const" => (Self::Constant, "const"),
            "invalidates" => (Self::Invalidation, "invalidates"),
            "false" => (Self::Nothing, "false"),
            _ => (Self::Change, "true"),
        }
    }
}

/// The value of an attribute without regard to case and to white space around it.
fn plain(value: &str) -> String {
    value.trim().to_ascii_lowercase()
}

/// Whether a value is there that is not the one as which it was read.
fn is_strange(found: &str, meaning: &str) -> bool {
    !found.is_empty() && found != meaning
}

/// The attributes that have a meaning. One that is missing is empty.
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
        // The check compares each attribute with all others, which takes quadratic time.
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
}
