//! Object paths.

use super::error::fail;
use super::{NameError, NameErrorKind, name_type};

name_type! {
    /// The path of an object: `/`, or elements of letters, digits and underscores, each behind a `/`. Spec: Valid Object Paths.
    ObjectPath OwnedObjectPath "an object path" check
}

impl<'a> ObjectPath<'a> {
    /// `/`.
    pub const ROOT: ObjectPath<'static> = ObjectPath("/");

    /// Whether it is `/`.
    pub fn is_root(self) -> bool {
        self.0 == "/"
    }

    /// The path without its last element; of the root there is none.
    pub fn parent(self) -> Option<Self> {
        match self.0.rsplit_once('/') {
            Some(("", "")) | None => None,
            Some(("", _)) => Some(ObjectPath::ROOT),
            Some((parent, _)) => Some(Self(parent)),
        }
    }

    /// Whether it is `namespace` or lies below it.
    pub fn is_in(self, namespace: ObjectPath<'_>) -> bool {
        namespace.is_root()
            || self
                .0
                .strip_prefix(namespace.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Checks a path. There is no limit to its length but the message's.
#[inline]
const fn check(bytes: &[u8]) -> Result<(), NameError> {
    if is_path(bytes) { Ok(()) } else { explain(bytes) }
}

/// Whether the bytes are a path: without looking for where they are not, so that it takes them 16 at a time.
#[inline]
const fn is_path(bytes: &[u8]) -> bool {
    match bytes {
        [b'/'] => true,
        [b'/', middle @ .., last] => {
            if *last == b'/' || !is_path_byte(*last) {
                return false;
            }
            // Of each byte and the one before it.
            let (mut rest, mut before) = (middle, b'/');
            let mut good = true;
            while let Some((chunk, tail)) = rest.split_first_chunk::<16>() {
                good &= are_path_bytes(chunk, before);
                before = chunk[15];
                rest = tail;
            }
            while let [byte, tail @ ..] = rest {
                good &= is_path_byte(*byte) && !(*byte == b'/' && before == b'/');
                before = *byte;
                rest = tail;
            }
            good
        }
        _ => false,
    }
}

#[inline]
#[allow(clippy::indexing_slicing, reason = "the indices are below 16, which the compiler sees")]
const fn are_path_bytes(chunk: &[u8; 16], before: u8) -> bool {
    let mut bad = chunk[0] == b'/' && before == b'/';
    let mut index = 0;
    while index < 16 {
        bad |= !is_path_byte(chunk[index]);
        index += 1;
    }
    index = 1;
    while index < 16 {
        bad |= (chunk[index] == b'/') & (chunk[index - 1] == b'/');
        index += 1;
    }
    !bad
}

#[inline]
const fn is_path_byte(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'_')
        | (byte == b'/')
}

/// Finds what is wrong with bytes that are no path.
#[cold]
const fn explain(bytes: &[u8]) -> Result<(), NameError> {
    match bytes {
        [] => return fail(NameErrorKind::Empty, 0),
        [b'/', ..] => {}
        _ => return fail(NameErrorKind::Relative, 0),
    }
    let (mut rest, mut before) = (bytes, 0);
    while let [byte, tail @ ..] = rest {
        let at = bytes.len() - rest.len();
        if !is_path_byte(*byte) {
            return fail(NameErrorKind::BadCharacter, at);
        }
        if *byte == b'/' && before == b'/' {
            return fail(NameErrorKind::EmptyElement, at);
        }
        before = *byte;
        rest = tail;
    }
    fail(NameErrorKind::TrailingSlash, bytes.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The grammar, byte by byte.
    fn oracle(bytes: &[u8]) -> bool {
        let Ok(text) = core::str::from_utf8(bytes) else { return false };
        text == "/"
            || text.strip_prefix('/').is_some_and(|rest| {
                rest.split('/').all(|element| {
                    !element.is_empty()
                        && element.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                })
            })
    }

    #[test]
    fn agrees_with_the_grammar_on_all_short_paths() {
        let alphabet = b"/a-_.9\0";
        let mut bytes = alloc::vec::Vec::new();
        for len in 0..=6_u32 {
            for mut number in 0..alphabet.len().pow(len) {
                bytes.clear();
                for _ in 0..len {
                    bytes.push(alphabet[number % alphabet.len()]);
                    number /= alphabet.len();
                }
                let found = ObjectPath::from_bytes(&bytes);
                assert_eq!(found.is_ok(), oracle(&bytes), "{bytes:?}: {found:?}");
                if let Err(error) = found {
                    assert!(error.at as usize <= bytes.len(), "{bytes:?}: {error}");
                }
            }
        }
    }

    #[test]
    fn agrees_with_the_grammar_on_every_byte_at_every_place() {
        for len in [1, 2, 15, 16, 17, 18, 33, 34, 50] {
            let good: alloc::vec::Vec<u8> =
                (0..len).map(|index| if index % 9 == 0 { b'/' } else { b'x' }).collect();
            for place in 0..len {
                for byte in 0..=255 {
                    let mut bytes = good.clone();
                    bytes[place] = byte;
                    assert_eq!(is_path(&bytes), oracle(&bytes), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn knows_parents_and_namespaces() {
        let path = ObjectPath::from_static("/a/bc");
        assert_eq!(path.parent(), Some(ObjectPath::from_static("/a")));
        assert_eq!(path.parent().and_then(ObjectPath::parent), Some(ObjectPath::ROOT));
        assert_eq!(ObjectPath::ROOT.parent(), None);
        for (namespace, expected) in [("/", true), ("/a", true), ("/a/b", false), ("/a/bc", true)] {
            assert_eq!(path.is_in(ObjectPath::parse(namespace).unwrap()), expected, "{namespace}");
        }
    }
}
