//! Object paths. Spec: Valid Object Paths.

use super::error::{NameError, NameErrorKind as Kind};
use super::lanes::{all_zero, fold_pairs, not_in, not_letter, or};

super::name! {
    /// The path of an object: `/`, or elements of `[A-Za-z0-9_]` that each follow a `/`. Spec: Valid Object Paths.
    ///
    /// ```
    /// use barebus_wire::ObjectPath;
    ///
    /// let path = ObjectPath::parse("/org/example/links")?;
    /// assert_eq!(path.parent(), Some(ObjectPath::from_static("/org/example")));
    /// assert_eq!(path.last(), Some("links"));
    /// assert!(ObjectPath::parse("/links/").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ObjectPath,
    /// An [`ObjectPath`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::ObjectPath;
    /// use barebus_wire::name::OwnedObjectPath;
    ///
    /// let owned: OwnedObjectPath = ObjectPath::parse(&String::from("/links/eth0"))?.to_owned();
    /// assert_eq!(owned.borrow().last(), Some("eth0"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedObjectPath,
    is_valid, check
}

impl<'a> ObjectPath<'a> {
    /// The path `/`.
    pub const ROOT: ObjectPath<'static> = ObjectPath("/");

    /// The path that `text` is, without saying why it is none.
    #[cfg(not(compact))]
    #[inline]
    pub(crate) fn accept(text: &'a str) -> Option<Self> {
        if Self::accepts(text.as_bytes()) { Some(Self(text)) } else { None }
    }

    /// Whether this is `/`.
    pub const fn is_root(self) -> bool {
        self.0.len() == 1
    }

    /// The path without its last element; `None` for the root.
    pub fn parent(self) -> Option<Self> {
        match self.0.rsplit_once('/')? {
            ("", "") => None,
            ("", _) => Some(Self::ROOT),
            (parent, _) => Some(Self(parent)),
        }
    }

    /// The last element; `None` for the root.
    pub fn last(self) -> Option<&'a str> {
        self.elements().next_back()
    }

    /// The elements, from the first to the last; none for the root.
    pub fn elements(self) -> Elements<'a> {
        Elements { rest: self.0 }
    }

    /// Whether this is `ancestor` or lies below it. Spec: Match Rules, `path_namespace`.
    pub fn is_in(self, ancestor: ObjectPath<'_>) -> bool {
        ancestor.is_root()
            || self
                .0
                .strip_prefix(ancestor.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Iterator over the elements of a path; see [`ObjectPath::elements`].
///
/// ```
/// use barebus_wire::ObjectPath;
///
/// let path = ObjectPath::from_static("/org/example/links");
/// assert!(path.elements().eq(["org", "example", "links"]));
/// assert_eq!(path.elements().next_back(), Some("links"));
/// ```
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    /// Empty, or elements that each follow a slash, or the root.
    rest: &'a str,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.strip_prefix('/')?;
        let (element, after) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
        self.rest = after;
        if element.is_empty() { None } else { Some(element) }
    }
}

impl DoubleEndedIterator for Elements<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (before, element) = self.rest.rsplit_once('/')?;
        self.rest = before;
        if element.is_empty() { None } else { Some(element) }
    }
}

/// Whether `bytes` are an object path: the first is a slash, the last is none, and none follows another.
#[inline]
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    let ([b'/', after @ ..], [.., last]) = (bytes, bytes) else {
        return false;
    };
    let wrong = fold_pairs(bytes, [0; 16], |wrong, before, after| {
        or(wrong, before, after, |before, byte| {
            // '/' precedes the digits.
            let forbidden = not_letter(byte).min(not_in(byte, b'/', 11)).min(byte ^ b'_');
            // Of the bytes allowed, only '/' has no bit outside those of '/'.
            let both_slashes = if before | byte == b'/' { 0xff } else { 0 };
            forbidden | both_slashes
        })
    });
    all_zero(wrong) && (*last != b'/' || after.is_empty())
}

/// Walks from byte to byte, for constants and for the reason.
#[cold]
#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation has no get; every index is compared with its bound first"
)]
pub(super) const fn check(bytes: &[u8]) -> Result<(), NameError> {
    if bytes.is_empty() {
        return Err(NameError::new(Kind::Empty, 0));
    }
    if bytes[0] != b'/' {
        return Err(NameError::new(Kind::Relative, 0));
    }
    let mut i = 1;
    while i < bytes.len() {
        match bytes[i] {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            b'/' => {
                if bytes[i - 1] == b'/' {
                    return Err(NameError::new(Kind::EmptyElement, i));
                }
            }
            _ => return Err(NameError::new(Kind::BadCharacter, i)),
        }
        i += 1;
    }
    if bytes.len() > 1 && bytes[bytes.len() - 1] == b'/' {
        return Err(NameError::new(Kind::TrailingSlash, bytes.len() - 1));
    }
    Ok(())
}
