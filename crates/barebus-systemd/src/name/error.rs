//! Why text is no name of a unit, or cannot be escaped or unescaped.

use std::fmt;

use super::kind::UnitKind;

/// Text that breaks a rule of unit names or of their escaping.
///
/// ```
/// use barebus_systemd::UnitName;
///
/// let error = UnitName::parse("sshd.servic").unwrap_err();
/// assert_eq!(&*error.text, "sshd.servic");
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    /// The text that was refused. Bytes that are not UTF-8 are replaced.
    pub text: Box<str>,
    /// The rule that it breaks.
    pub kind: NameErrorKind,
    /// Offset in bytes, from the text's start, of what breaks the rule.
    pub at: usize,
    pub(super) task: Task,
}

/// The rule that a text breaks.
///
/// ```
/// use barebus_systemd::UnitName;
/// use barebus_systemd::name::NameErrorKind;
///
/// assert_eq!(UnitName::parse("sshd").unwrap_err().kind, NameErrorKind::NoType);
/// assert_eq!(UnitName::parse("sshd.servic").unwrap_err().kind, NameErrorKind::UnknownType);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameErrorKind {
    /// The text is empty.
    Empty,
    /// A unit name, or one that it was to become, is longer than 255 bytes; or a path is longer than 4095 bytes, or one of its
    /// elements longer than 255.
    TooLong,
    /// The text has no dot, so it does not end in a unit type.
    NoType,
    /// The text after the last dot is no unit type.
    UnknownType,
    /// Nothing precedes the type or the `@`.
    NoPrefix,
    /// The character is not allowed here.
    BadCharacter(char),
    /// The name has no `@`, so it can have no instance.
    NotTemplate,
    /// A `\` is not followed by `x` and two hexadecimal digits.
    BadEscape,
    /// A path has an element `..`, or one that `escape_path` never writes: `.` or an empty one.
    NotNormalized,
    /// Unescaped, the text is not UTF-8.
    NotUtf8,
    /// The object path is not one of a unit.
    NotUnitPath,
    /// The name is that of a template, of which only instances are units.
    IsTemplate,
    /// Units of this type cannot be transient.
    NotTransient(UnitKind),
}

/// What the text was to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Name,
    Instance,
    EscapePath,
    Unescape,
    UnescapePath,
    UnescapeLabel,
    ObjectPath,
    Mangle,
}

impl NameError {
    pub(super) fn new(
        task: Task,
        text: impl Into<Box<str>>,
        kind: NameErrorKind,
        at: usize,
    ) -> Self {
        Self { text: text.into(), kind, at, task }
    }

    /// Refuses a valid name for what it is.
    pub(crate) fn of_unit(name: &str, kind: NameErrorKind, at: usize) -> Self {
        Self::new(Task::Name, name, kind, at)
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = match self.task {
            Task::Name => ("cannot use", "as a unit name"),
            Task::Instance => ("cannot use", "as an instance"),
            Task::EscapePath => ("cannot escape", "as a path"),
            Task::Unescape => ("cannot unescape", ""),
            Task::UnescapePath => ("cannot unescape", "as a path"),
            Task::UnescapeLabel => ("cannot unescape", "as an element of an object path"),
            Task::ObjectPath => ("cannot use", "as a unit's object path"),
            Task::Mangle => ("cannot complete", "to a unit name"),
        };
        let space = if after.is_empty() { "" } else { " " };
        write!(f, "{before} {}{space}{after}: ", Quoted(&self.text))?;
        self.why(f)
    }
}

impl NameError {
    /// The part of the message that follows the colon.
    fn why(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        match self.kind {
            NameErrorKind::Empty => f.write_str("it is empty"),
            NameErrorKind::TooLong
                if matches!(self.task, Task::EscapePath | Task::UnescapePath) =>
            {
                write!(
                    f,
                    "it is longer than 4095 bytes, or its element at byte {at} longer than 255"
                )
            }
            NameErrorKind::TooLong => f.write_str("the name would be longer than 255 bytes"),
            NameErrorKind::NoType => {
                f.write_str("it does not end in a unit type; append one, for example '.service'")
            }
            NameErrorKind::UnknownType => {
                write!(f, "the text at byte {at} is not a unit type such as 'service'")
            }
            NameErrorKind::NoPrefix => write!(f, "nothing precedes the character at byte {at}"),
            NameErrorKind::BadCharacter(character) => {
                let mut buffer = [0; 4];
                let character = Quoted(character.encode_utf8(&mut buffer));
                write!(f, "the character {character} at byte {at} is not allowed")?;
                if matches!(self.task, Task::Name | Task::Instance) {
                    f.write_str("; `escape` makes text a part of a name")?;
                }
                Ok(())
            }
            NameErrorKind::NotTemplate => f.write_str("it has no '@'"),
            NameErrorKind::BadEscape if self.task == Task::UnescapeLabel => {
                write!(f, "the byte at {at} is not as `escape_label` writes it")
            }
            NameErrorKind::BadEscape => {
                write!(f, "the '\\' at byte {at} is not followed by 'x' and two hexadecimal digits")
            }
            NameErrorKind::NotNormalized => {
                write!(f, "the path has an element '..', '.' or '' at byte {at}")
            }
            NameErrorKind::NotUtf8 => write!(f, "the result is not UTF-8 from byte {at} on"),
            NameErrorKind::NotUnitPath => {
                f.write_str("it is not one element below '/org/freedesktop/systemd1/unit'")
            }
            NameErrorKind::IsTemplate => {
                f.write_str("it is a template; put an instance after the '@'")
            }
            NameErrorKind::NotTransient(kind) => write!(f, "a {kind} cannot be transient"),
        }
    }
}

impl std::error::Error for NameError {}

/// Text in quotes, safe for terminals: control characters are escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        f.write_char('\'')?;
        for character in self.0.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_debug())?;
            } else {
                f.write_char(character)?;
            }
        }
        f.write_char('\'')
    }
}
