//! Introspection data: the XML description of an object. Spec: Introspection Data Format.
//!
//! [`read`] is tolerant: it keeps what it can use and lists the rest as [`Problem`]s. Code generation is strict: it refuses a document
//! that has a problem.

mod element;
pub mod gdbus;
mod parser;
mod position;
mod problem;
mod text;

use barebus_wire::definition::Emits;

pub use parser::{read, read_children};
pub use problem::{Problem, ProblemKind};

/// Maximum length of a document in bytes. systemd's largest has 75 KB.
pub const LEN_MAX: usize = 16 * 1024 * 1024;

/// Maximum depth of nested elements.
pub const DEPTH_MAX: usize = 64;

/// Maximum number of problems in [`Document::problems`].
pub const PROBLEMS_MAX: usize = 64;

/// Introspection data of one object.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let document = read(r#"<node><node name="eth0"/></node>"#)?;
/// assert!(document.problems.is_empty());
/// assert_eq!(document.node.children[0].name, "eth0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The object.
    pub node: Node,
    /// The problems of the document, in order; at most [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// Number of further problems.
    pub more_problems: usize,
}

/// An object.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let node = read(r#"<node><interface name="org.example.Lamp"/></node>"#)?.node;
/// assert_eq!(node.interfaces[0].name, "org.example.Lamp");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The object's path. In the outermost node it is absolute and often missing; otherwise it is relative to the enclosing node.
    pub name: String,
    /// The object's interfaces, in the document's order.
    pub interfaces: Vec<Interface>,
    /// Objects below this one.
    pub children: Vec<Node>,
    /// Annotations of the object itself.
    pub annotations: Vec<Annotation>,
}

/// An interface.
///
/// ```
/// use barebus_codegen::introspection::{MemberKind, read};
///
/// let xml = r#"<node><interface name="org.example.Lamp">
///       <method name="Blink"/><signal name="Broken"/>
///     </interface></node>"#;
/// let interface = read(xml)?.node.interfaces.remove(0);
/// assert_eq!(interface.members_of(MemberKind::Signal).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// The name.
    pub name: String,
    /// Methods, properties and signals, in the document's order.
    pub members: Vec<Member>,
    /// Annotations of the interface itself.
    pub annotations: Vec<Annotation>,
    /// Documentation of the interface: paragraphs, separated by empty lines.
    pub documentation: String,
    /// Line in the document, counted from 1.
    pub line: usize,
}

/// A method, property or signal.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let xml = r#"<node><interface name="org.example.Lamp"><method name="Blink">
///       <arg name="times" type="u" direction="in"/><arg type="b" direction="out"/>
///     </method></interface></node>"#;
/// let interface = read(xml)?.node.interfaces.remove(0);
/// let blink = &interface.members[0];
/// assert_eq!((blink.signature(), blink.result()), ("u".into(), "b".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which of the three.
    pub kind: MemberKind,
    /// The name.
    pub name: String,
    /// Type of a property; empty for methods and signals.
    pub property_type: String,
    /// Access to a property.
    pub access: Access,
    /// Arguments of a method or signal.
    pub arguments: Vec<Argument>,
    /// Annotations of the member.
    pub annotations: Vec<Annotation>,
    /// Documentation of the member: paragraphs, separated by empty lines.
    pub documentation: String,
    /// Line in the document, counted from 1.
    pub line: usize,
}

/// The kind of a member.
///
/// ```
/// use barebus_codegen::introspection::MemberKind;
///
/// assert_eq!(MemberKind::Property.as_str(), "property");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// A method.
    Method,
    /// A property.
    Property,
    /// A signal.
    Signal,
}

impl MemberKind {
    /// The element's name in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Property => "property",
            Self::Signal => "signal",
        }
    }
}

/// Access to a property.
///
/// ```
/// use barebus_codegen::introspection::{Access, read};
///
/// let xml = r#"<node><interface name="org.example.Lamp">
///       <property name="Level" type="u" access="readwrite"/>
///     </interface></node>"#;
/// let interface = read(xml)?.node.interfaces.remove(0);
/// assert_eq!(interface.members[0].access, Access::ReadWrite);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// `read`; an unknown word is read as this.
    #[default]
    Read,
    /// `write`.
    Write,
    /// `readwrite`.
    ReadWrite,
}

/// An argument of a method or signal.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let xml = r#"<node><interface name="org.example.Lamp">
///       <method name="Blink"><arg name="times" type="u" direction="in"/></method>
///     </interface></node>"#;
/// let interface = read(xml)?.node.interfaces.remove(0);
/// let times = &interface.members[0].arguments[0];
/// assert_eq!((times.name.as_str(), times.signature.as_str(), times.is_out), ("times", "u", false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument {
    /// The name; empty when it has none.
    pub name: String,
    /// Its type: one single complete type.
    pub signature: String,
    /// Whether it is part of a method's reply. `false` for arguments of signals.
    pub is_out: bool,
    /// Annotations of the argument.
    pub annotations: Vec<Annotation>,
    /// Documentation of the argument.
    pub documentation: String,
}

/// An annotation.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let xml = r#"<node><interface name="org.example.Lamp">
///       <annotation name="org.freedesktop.DBus.Deprecated" value="true"/>
///     </interface></node>"#;
/// let interface = read(xml)?.node.interfaces.remove(0);
/// assert_eq!(interface.annotations[0].value, "true");
/// assert!(interface.is_deprecated());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

// Spec: Introspection Data Format, the annotations.
pub(crate) const DEPRECATED: &str = "org.freedesktop.DBus.Deprecated";
pub(crate) const NO_REPLY: &str = "org.freedesktop.DBus.Method.NoReply";
pub(crate) const EMITS: &str = "org.freedesktop.DBus.Property.EmitsChangedSignal";
/// GLib's annotation that holds documentation.
pub(crate) const DOC_STRING: &str = "org.gtk.GDBus.DocString";

fn annotation<'a>(annotations: &'a [Annotation], name: &str) -> Option<&'a str> {
    annotations.iter().find(|annotation| annotation.name == name).map(|found| &*found.value)
}

/// The value of `EmitsChangedSignal`. An unknown word is read as the default, `true`.
fn emits(annotations: &[Annotation]) -> Option<Emits> {
    annotation(annotations, EMITS).map(|word| emits_word(&plain(word)).unwrap_or(Emits::Value))
}

/// Whether a boolean annotation is set. An unknown word is read as `false`.
fn is_set(annotations: &[Annotation], name: &str) -> bool {
    annotation(annotations, name).is_some_and(|word| plain(word) == "true")
}

/// A word of the document in lower case and without white space around it.
fn plain(word: &str) -> String {
    word.trim().to_ascii_lowercase()
}

fn emits_word(word: &str) -> Option<Emits> {
    Some(match word {
        "true" => Emits::Value,
        "invalidates" => Emits::Invalidates,
        "const" => Emits::Const,
        "false" => Emits::Never,
        _ => return None,
    })
}

impl Node {
    /// Whether the object is deprecated.
    pub fn is_deprecated(&self) -> bool {
        is_set(&self.annotations, DEPRECATED)
    }
}

impl Interface {
    /// Whether the interface is deprecated.
    pub fn is_deprecated(&self) -> bool {
        is_set(&self.annotations, DEPRECATED)
    }

    /// How `PropertiesChanged` reports changes of `property`: by its own annotation, the interface's, or the default.
    pub fn emits(&self, property: &Member) -> Emits {
        emits(&property.annotations).unwrap_or_else(|| self.emits_by_default())
    }

    /// How `PropertiesChanged` reports changes of properties that do not say it themselves.
    pub fn emits_by_default(&self) -> Emits {
        emits(&self.annotations).unwrap_or(Emits::Value)
    }

    /// The members of one kind.
    pub fn members_of(&self, kind: MemberKind) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.kind == kind)
    }
}

impl Member {
    /// Whether the member itself is deprecated.
    pub fn is_deprecated(&self) -> bool {
        is_set(&self.annotations, DEPRECATED)
    }

    /// Whether the method sends no reply.
    pub fn is_without_reply(&self) -> bool {
        is_set(&self.annotations, NO_REPLY)
    }

    /// Whether the property can be read.
    pub fn is_readable(&self) -> bool {
        self.access != Access::Write
    }

    /// Whether the property can be set.
    pub fn is_writable(&self) -> bool {
        self.access != Access::Read
    }

    /// Signature of a method's or signal's arguments, or type of a property.
    pub fn signature(&self) -> String {
        match self.kind {
            MemberKind::Property => self.property_type.clone(),
            _ => self.joined(false),
        }
    }

    /// Signature of a method's reply; empty for other members.
    pub fn result(&self) -> String {
        self.joined(true)
    }

    fn joined(&self, is_out: bool) -> String {
        let arguments = self.arguments.iter().filter(|argument| argument.is_out == is_out);
        arguments.map(|argument| &*argument.signature).collect()
    }
}

#[cfg(test)]
mod tests;
