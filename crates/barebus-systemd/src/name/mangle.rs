//! Words of a command line, completed to names of units as systemctl does.

use std::fmt;
use std::hash::Hasher;
use std::path::Path;

use super::error::{NameError, NameErrorKind as Kind, Task};
use super::escape::{escape_path, is_name_byte, push_hex};
use super::kind::UnitKind;
use super::unit_name::UnitName;

/// What a word is where patterns are taken.
///
/// ```
/// use barebus_systemd::UnitKind;
/// use barebus_systemd::name::{Mangled, mangle_pattern};
///
/// let name = mangle_pattern("sshd", UnitKind::Service)?;
/// assert!(matches!(&name, Mangled::Name(name) if *name == "sshd.service"));
/// let pattern = mangle_pattern("ssh*", UnitKind::Service)?;
/// assert!(matches!(&pattern, Mangled::Pattern(_)));
/// assert_eq!(pattern.as_str(), "ssh*");
/// # Ok::<(), barebus_systemd::name::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mangled {
    /// The name of one unit.
    Name(UnitName),
    /// A pattern with `*`, `?` or `[`, for methods that take patterns, such as `ListUnitsByPatterns`.
    Pattern(Box<str>),
}

impl Mangled {
    /// The name or pattern.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Pattern(pattern) => pattern,
        }
    }
}

impl fmt::Display for Mangled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Completes a word to the name of a unit, as systemctl does with its arguments.
///
/// A valid name stays as it is. An absolute path becomes the name of a device (below `/dev` and `/sys`) or a mount. In other words
/// `/` becomes `-`, other characters that no name can have are escaped, and the type `default_kind` is appended if there is none;
/// systemctl appends `service`.
///
/// ```
/// use barebus_systemd::name::{UnitKind, mangle};
///
/// assert_eq!(mangle("foo", UnitKind::Service)?, "foo.service");
/// assert_eq!(mangle("/dev/sda", UnitKind::Service)?, "dev-sda.device");
/// assert_eq!(mangle("/home", UnitKind::Service)?, "home.mount");
/// # Ok::<(), barebus_systemd::name::NameError>(())
/// ```
///
/// # Errors
/// When the word is empty, or the name would break a rule; see [`UnitName::parse`].
pub fn mangle(word: &str, default_kind: UnitKind) -> Result<UnitName, NameError> {
    match valid_or_path(word) {
        Some(name) => Ok(name),
        None => complete(word, escape_word(word, b""), default_kind),
    }
}

/// As [`mangle`], where patterns are taken: a word with `*`, `?` or `[` is a pattern, and gets no type.
///
/// ```
/// use barebus_systemd::name::{Mangled, UnitKind, mangle_pattern};
///
/// let pattern = mangle_pattern("ssh*", UnitKind::Service)?;
/// assert_eq!(pattern, Mangled::Pattern("ssh*".into()));
/// # Ok::<(), barebus_systemd::name::NameError>(())
/// ```
///
/// # Errors
/// As [`mangle`]; the length of a pattern is not checked.
pub fn mangle_pattern(word: &str, default_kind: UnitKind) -> Result<Mangled, NameError> {
    let is_pattern = |text: &str| text.contains(['*', '?', '[']);
    let escaped = escape_word(word, b"[]!-*?");
    if is_pattern(word) && escaped == word {
        return Ok(Mangled::Pattern(escaped.into()));
    }
    match valid_or_path(word) {
        Some(name) => Ok(Mangled::Name(name)),
        None if is_pattern(&escaped) => Ok(Mangled::Pattern(escaped.into())),
        None => complete(word, escaped, default_kind).map(Mangled::Name),
    }
}

/// The name that the word is already, or that it is as a path.
fn valid_or_path(word: &str) -> Option<UnitName> {
    if let Ok(name) = UnitName::parse(word) {
        return Some(name);
    }
    if !word.starts_with('/') {
        return None;
    }
    let mut elements = word.split('/').filter(|element| !matches!(*element, "" | "."));
    let kind = match (elements.next(), elements.next()) {
        (Some("dev" | "sys"), Some(_)) => UnitKind::Device,
        _ => UnitKind::Mount,
    };
    UnitName::of_path(word, kind).ok()
}

/// Escapes what can be in no name; `besides` is let through too.
fn escape_word(word: &str, besides: &[u8]) -> String {
    let mut escaped = String::with_capacity(word.len());
    for byte in word.bytes() {
        match byte {
            b'/' => escaped.push('-'),
            byte if is_name_byte(byte) || byte == b'@' || besides.contains(&byte) => {
                escaped.push(char::from(byte));
            }
            byte => push_hex(&mut escaped, byte),
        }
    }
    escaped
}

/// Appends the type if there is none, and checks the name.
fn complete(word: &str, escaped: String, default_kind: UnitKind) -> Result<UnitName, NameError> {
    if word.is_empty() {
        return Err(NameError::new(Task::Mangle, word, Kind::Empty, 0));
    }
    UnitName::parse(&escaped).or_else(|_| {
        let name = [&*escaped, ".", default_kind.as_str()].concat();
        UnitName::check(&name, Task::Mangle).map_err(|error| {
            let at = match error.kind {
                Kind::BadCharacter(character) => word.find(character).unwrap_or_default(),
                _ => 0,
            };
            NameError { text: word.into(), at, ..error }
        })
    })
}

impl UnitName {
    /// The name of the unit of a path: of a mount, automount or swap, or of a device.
    ///
    /// A name that would be too long is cut, and ends in a hash of the whole, as systemd does it.
    ///
    /// ```
    /// use barebus_systemd::name::{UnitKind, UnitName};
    ///
    /// assert_eq!(UnitName::of_path("/var/lib", UnitKind::Mount)?, "var-lib.mount");
    /// # Ok::<(), barebus_systemd::name::NameError>(())
    /// ```
    ///
    /// # Errors
    /// As [`escape_path`].
    pub fn of_path(path: impl AsRef<Path>, kind: UnitKind) -> Result<Self, NameError> {
        let mut name = escape_path(path)?;
        name.push('.');
        name.push_str(kind.as_str());
        if name.len() > Self::MAX_LEN {
            name = hashed(&name, kind);
        }
        Self::parse(&name)
    }
}

/// The beginning of a name that is too long, and a hash of the whole.
#[allow(
    deprecated,
    reason = "the standard library's SipHash 2-4 with a key is deprecated in favour of crates"
)]
fn hashed(name: &str, kind: UnitKind) -> String {
    /// Length of the hash in hexadecimal digits.
    const DIGITS: usize = 16;
    let mut hasher =
        std::hash::SipHasher::new_with_keys(0x324a_3258_fb37_f2ec, 0x9aeb_210d_9b06_9f84);
    // systemd hashes the terminating NUL too.
    hasher.write(&[name.as_bytes(), b"\0"].concat());
    let hash = hasher.finish();
    let kind = kind.as_str();
    // Room for `_`, the hash, a dot and the type. What is escaped is ASCII.
    let len = UnitName::MAX_LEN - kind.len() - DIGITS - 2;
    let beginning = name.get(..len).unwrap_or_default();
    format!("{beginning}_{:016x}.{kind}", hash.swap_bytes())
}
