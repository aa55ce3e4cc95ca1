//! Problems of a document.

use std::fmt;

use barebus_wire::SignatureError;
use barebus_wire::name::NameError;

use super::{DEPTH_MAX, LEN_MAX};

/// A problem of a document, with its position.
///
/// ```
/// use barebus_codegen::introspection::read;
///
/// let document = read(r#"<node><interface name="lamp"/></node>"#)?;
/// let problem = &document.problems[0];
/// println!("line {}: {problem}", problem.line);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the document, counted from 1.
    pub line: usize,
    /// Column in the line, in bytes, counted from 1.
    pub column: usize,
    /// The interface, if the problem is in one.
    pub interface: Option<String>,
    /// The member, if the problem is in one.
    pub member: Option<String>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong. Texts of the document are cut after 200 characters.
///
/// ```
/// use barebus_codegen::introspection::{ProblemKind, read};
///
/// let document = read(r#"<node><interface name="lamp"/></node>"#)?;
/// assert!(matches!(&document.problems[0].kind, ProblemKind::InterfaceName(name, _) if name == "lamp"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The document is longer than [`LEN_MAX`]. The value is its length in bytes.
    TooLong(usize),
    /// The document is not well-formed XML.
    NotXml(String),
    /// The document has no element.
    Empty,
    /// The outermost element has this name instead of `node`.
    NotNode(String),
    /// There is a second outermost element.
    SecondElement,
    /// There is text outside of any element.
    TextOutside,
    /// The document ends inside this many elements.
    Unclosed(usize),
    /// The document uses an entity that XML does not define. Declared entities are ignored.
    UnknownEntity(String),
    /// Elements are nested more than [`DEPTH_MAX`] deep. The innermost are ignored.
    TooDeep,
    /// An unknown element. It is ignored.
    UnknownElement(String),
    /// An attribute is missing: `name`, `type`, `access` or `value`.
    MissingAttribute(&'static str),
    /// Not an interface name.
    InterfaceName(String, NameError),
    /// Not a member name.
    MemberName(String, NameError),
    /// A property's name is longer than 255 bytes or has control characters.
    PropertyName(String),
    /// Not a signature.
    Signature(String, SignatureError),
    /// Not one single complete type.
    NotSingle(String),
    /// Argument direction that is neither `in` nor `out`.
    Direction(String),
    /// Access that is not `read`, `write` or `readwrite`.
    Access(String),
    /// An invalid value of a standard annotation.
    AnnotationValue(&'static str, String),
    /// A second interface with the same name.
    DuplicateInterface,
    /// A second method, property or signal with the same name.
    DuplicateMember,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(len) => write!(f, "the document has {len} bytes, more than {LEN_MAX}"),
            Self::NotXml(what) => f.write_str(what),
            Self::Empty => f.write_str("the document has no element"),
            Self::NotNode(name) => write!(f, "the outermost element is '{name}', not 'node'"),
            Self::SecondElement => f.write_str("there is a second outermost element"),
            Self::TextOutside => f.write_str("there is text outside of any element"),
            Self::Unclosed(count) => write!(f, "the document ends inside {count} elements"),
            Self::UnknownEntity(name) => write!(f, "the entity '{name}' is unknown"),
            Self::TooDeep => write!(f, "more than {DEPTH_MAX} elements are nested"),
            Self::UnknownElement(name) => write!(f, "the element '{name}' is unknown here"),
            Self::MissingAttribute(name) => write!(f, "the attribute '{name}' is missing"),
            Self::InterfaceName(name, error) => {
                write!(f, "'{name}' is not an interface name: {error}")
            }
            Self::MemberName(name, error) => write!(f, "'{name}' is not a member name: {error}"),
            Self::PropertyName(name) => write!(f, "'{name}' is not a property name"),
            Self::Signature(text, error) => write!(f, "'{text}' is not a signature: {error}"),
            Self::NotSingle(text) => write!(f, "'{text}' is not a single complete type"),
            Self::Direction(word) => write!(f, "the direction '{word}' is neither 'in' nor 'out'"),
            Self::Access(word) => {
                write!(f, "the access '{word}' is not 'read', 'write' or 'readwrite'")
            }
            Self::AnnotationValue(name, value) => {
                write!(f, "the annotation {name} has no value '{value}'")
            }
            Self::DuplicateInterface => f.write_str("the interface is there twice"),
            Self::DuplicateMember => f.write_str("the member is there twice"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match (&self.interface, &self.member) {
            (Some(interface), Some(member)) => write!(f, "{interface}.{member}: ")?,
            (Some(interface), None) => write!(f, "{interface}: ")?,
            (None, _) => {}
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for Problem {}
