//! Errors of code generation.

use std::fmt;

use crate::introspection::{MemberKind, Problem};

/// An error of code generation.
///
/// ```
/// use barebus_codegen::{Options, Source, generate};
///
/// let error = generate(&[Source::new("lamp.xml", "<node")], &Options::default()).unwrap_err();
/// assert_eq!(error.source, "lamp.xml");
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Name of the source.
    pub source: String,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong.
///
/// ```
/// use barebus_codegen::{ErrorKind, Options, Source, generate};
///
/// let mut options = Options::default();
/// options.interfaces.push("org.example.Lamp".into());
/// let error = generate(&[Source::new("empty.xml", "<node/>")], &options).unwrap_err();
/// assert!(matches!(error.kind, ErrorKind::NoInterface(name) if name == "org.example.Lamp"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document is not introspection data, or breaks a rule.
    Document(Box<Problem>),
    /// No source has a requested interface. The name of the source is empty.
    NoInterface(String),
    /// The object's bus name or path is invalid.
    Object(String),
    /// A member has different types in two sources.
    Types(Box<TypesDiffer>),
    /// A list of arguments or a struct has more types than a tuple can have.
    TooManyTypes {
        /// The interface.
        interface: String,
        /// The member's name.
        member: String,
        /// Line in the source.
        line: usize,
        /// Number of types.
        count: usize,
    },
}

/// A member with different types in two sources.
///
/// ```
/// use barebus_codegen::{ErrorKind, Options, Source, generate};
///
/// let lamp = |code| {
///     format!(
///         r#"<node><interface name="org.example.Lamp">
///              <property name="Level" type="{code}" access="read"/>
///            </interface></node>"#
///     )
/// };
/// let sources = [Source::new("old", lamp("u")), Source::new("new", lamp("t"))];
/// match generate(&sources, &Options::default()).unwrap_err().kind {
///     ErrorKind::Types(differ) => assert_eq!(differ.member, "Level"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypesDiffer {
    /// The interface.
    pub interface: String,
    /// Method, property or signal.
    pub kind: MemberKind,
    /// The member's name.
    pub member: String,
    /// Line in this source.
    pub line: usize,
    /// The types here: `ss -> o`.
    pub types: String,
    /// The other source.
    pub other: String,
    /// Line in the other source.
    pub other_line: usize,
    /// The types there.
    pub other_types: String,
}

/// Maximum number of types in a tuple, see [`barebus_wire::Arguments`].
pub(crate) const TUPLE_MAX: usize = 16;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Document(problem) => {
                write!(f, "cannot use introspection data of {}: {problem}", self.source)
            }
            ErrorKind::NoInterface(name) => {
                write!(f, "cannot generate {name}: no source has this interface")
            }
            ErrorKind::Object(what) => write!(f, "cannot use object of {}: {what}", self.source),
            ErrorKind::Types(differ) => {
                let TypesDiffer { interface, member, line, types, .. } = &**differ;
                let TypesDiffer { other, other_line, other_types, .. } = &**differ;
                write!(
                    f,
                    "cannot merge {} {interface}.{member}: its types are '{types}' in {} (line \
                     {line}), '{other_types}' in {other} (line {other_line})",
                    differ.kind.as_str(),
                    self.source,
                )
            }
            ErrorKind::TooManyTypes { interface, member, line, count } => write!(
                f,
                "cannot generate {interface}.{member} of {} (line {line}): it has {count} types in a \
                 row, {TUPLE_MAX} are the most",
                self.source,
            ),
        }
    }
}

// Display includes the cause, so there is no source.
impl std::error::Error for Error {}
