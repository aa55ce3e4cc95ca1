//! Server addresses: the syntax. What the transports mean is the business of whoever connects. Spec: Server Addresses.

use core::fmt;

/// A list of server addresses, `unix:path=/run/bus;tcp:host=localhost,port=1`, that was checked. Iterating gives one address
/// after the other.
///
/// ```
/// use barebus_wire::address::Addresses;
///
/// let mut addresses = Addresses::parse("unix:path=/run/bus;tcp:host=localhost,port=12434")?;
/// assert_eq!(addresses.next().unwrap().transport(), "unix");
/// assert_eq!(addresses.next().unwrap().transport(), "tcp");
/// assert!(addresses.next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses<'a>(&'a str);

/// One server address: a transport, and its keys and values.
///
/// ```
/// use barebus_wire::address::Addresses;
///
/// let address = Addresses::parse("unix:path=/run/bus%20two")?.next().unwrap();
/// let path = address.get("path").unwrap();
/// assert!(path.bytes().eq(*b"/run/bus two"));
/// assert!(address.get("abstract").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a>(&'a str);

/// A value as it is written, escaped.
///
/// ```
/// use barebus_wire::address::Addresses;
///
/// let address = Addresses::parse("unix:path=/run/%41")?.next().unwrap();
/// let path = address.get("path").unwrap();
/// assert_eq!(path.as_str(), "/run/%41");
/// assert!(path.bytes().eq(*b"/run/A"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscapedValue<'a>(&'a str);

impl<'a> Addresses<'a> {
    /// Checks a list of addresses. A `;` at its end is allowed, as is a list of nothing.
    ///
    /// # Errors
    /// See [`AddressErrorKind`].
    pub fn parse(text: &'a str) -> Result<Self, AddressError> {
        let mut at = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let (entry, behind) = cut(rest, b';').unwrap_or((rest, ""));
            check_entry(entry, at)?;
            at += rest.len() - behind.len();
            rest = behind;
        }
        Ok(Self(text))
    }
}

impl<'a> Iterator for Addresses<'a> {
    type Item = Address<'a>;

    fn next(&mut self) -> Option<Address<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let (entry, behind) = cut(self.0, b';').unwrap_or((self.0, ""));
        self.0 = behind;
        Some(Address(entry))
    }
}

impl<'a> Address<'a> {
    /// The transport's name, `unix`.
    pub fn transport(&self) -> &'a str {
        cut(self.0, b':').map_or("", |(transport, _)| transport)
    }

    /// The keys and their values.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, EscapedValue<'a>)> + use<'a> {
        let pairs = cut(self.0, b':').map_or("", |(_, pairs)| pairs);
        at_commas(pairs)
            .filter_map(|pair| cut(pair, b'='))
            .map(|(key, value)| (key, EscapedValue(value)))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<EscapedValue<'a>> {
        self.pairs().find(|(other, _)| *other == key).map(|(_, value)| value)
    }

    /// The address as it is written.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'a> EscapedValue<'a> {
    /// The value's bytes: what they mean is the key's business, they need not be text.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.0.as_bytes();
        core::iter::from_fn(move || {
            let (byte, behind) = match rest {
                [b'%', high, low, behind @ ..] => (unescape([*high, *low])?, behind),
                [byte, behind @ ..] => (*byte, behind),
                [] => return None,
            };
            rest = behind;
            Some(byte)
        })
    }

    /// The value as it is written.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// A value's bytes, to be displayed as they must be written in an address.
pub const fn escape(bytes: &[u8]) -> Escape<'_> {
    Escape(bytes)
}

/// Displays bytes as they must be written in an address: see [`escape`].
///
/// ```
/// use barebus_wire::address::escape;
///
/// assert_eq!(escape(b"/run/my bus").to_string(), "/run/my%20bus");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Escape<'a>(&'a [u8]);

impl fmt::Display for Escape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        self.0.iter().try_for_each(|byte| match byte {
            byte if is_optionally_escaped(*byte) => f.write_char(char::from(*byte)),
            byte => write!(f, "%{byte:02x}"),
        })
    }
}

/// Why text is no list of addresses, and where.
///
/// ```
/// use barebus_wire::address::{AddressErrorKind, Addresses};
///
/// let error = Addresses::parse("unix:path=/run/b us").unwrap_err();
/// assert_eq!(error.kind, AddressErrorKind::NotEscaped);
/// assert_eq!(error.at, 16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressError {
    /// Which rule is broken.
    pub kind: AddressErrorKind,
    /// Offset in bytes of what breaks it.
    pub at: usize,
}

/// The rules that a list of addresses can break.
///
/// ```
/// use barebus_wire::address::{AddressErrorKind, Addresses};
///
/// assert_eq!(Addresses::parse("unix").unwrap_err().kind, AddressErrorKind::MissingColon);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressErrorKind {
    /// Nothing between two `;`, or before one.
    EmptyEntry,
    /// An address without `:`.
    MissingColon,
    /// No transport before the `:`.
    EmptyTransport,
    /// A key without `=`.
    MissingValue,
    /// Nothing before `=`.
    EmptyKey,
    /// A key that this address has already.
    RepeatedKey,
    /// More than 256 keys in one address.
    TooManyKeys,
    /// A byte that must be escaped.
    NotEscaped,
    /// `%` without two hexadecimal digits after it.
    BadEscape,
}

impl fmt::Display for AddressErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyEntry => "an address of the list is empty",
            Self::MissingColon => "an address has no ':' after its transport",
            Self::EmptyTransport => "an address has no transport",
            Self::MissingValue => "a key has no '=' and value",
            Self::EmptyKey => "a value has no key",
            Self::RepeatedKey => "a key is repeated",
            Self::TooManyKeys => "an address has more than 256 keys",
            Self::NotEscaped => "a character of a value must be escaped with '%'",
            Self::BadEscape => "a '%' is not followed by two hexadecimal digits",
        })
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.at)
    }
}

impl core::error::Error for AddressError {}

/// What stands before and after the first `mark`, which is ASCII. The standard library's own way to cut has a path to a panic.
fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    let (before, behind) = text.split_at_checked(at)?;
    Some((before, behind.get(1..)?))
}

/// What stands between the commas.
fn at_commas(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (part, behind) =
            cut(text, b',').map_or((text, None), |(part, rest)| (part, Some(rest)));
        rest = behind;
        Some(part)
    })
}

/// Most keys in one address. The specification has no limit. Without one, looking for repeated keys would take quadratic time, or memory.
const MOST_KEYS: usize = 256;

/// Checks one address, which begins at byte `start` of the list.
fn check_entry(entry: &str, start: usize) -> Result<(), AddressError> {
    use AddressErrorKind as Kind;

    let fail = |kind, at| Err(AddressError { kind, at: start + at });
    if entry.is_empty() {
        return fail(Kind::EmptyEntry, 0);
    }
    let Some((transport, pairs)) = cut(entry, b':') else {
        return fail(Kind::MissingColon, entry.len());
    };
    if transport.is_empty() {
        return fail(Kind::EmptyTransport, 0);
    }
    if pairs.is_empty() {
        return Ok(());
    }
    let mut at = transport.len() + 1;
    for (index, pair) in at_commas(pairs).enumerate() {
        if index == MOST_KEYS {
            return fail(Kind::TooManyKeys, at);
        }
        let Some((key, value)) = cut(pair, b'=') else {
            return fail(Kind::MissingValue, at);
        };
        if key.is_empty() {
            return fail(Kind::EmptyKey, at);
        }
        if let Some(bad) = key.bytes().position(|byte| !is_optionally_escaped(byte)) {
            return fail(Kind::NotEscaped, at + bad);
        }
        if Address(entry.get(..at).unwrap_or_default()).get(key).is_some() {
            return fail(Kind::RepeatedKey, at);
        }
        if let Err((kind, bad)) = check_value(value) {
            return fail(kind, at + key.len() + 1 + bad);
        }
        at += pair.len() + 1;
    }
    Ok(())
}

fn check_value(value: &str) -> Result<(), (AddressErrorKind, usize)> {
    let mut rest = value.as_bytes();
    loop {
        let at = value.len() - rest.len();
        rest = match rest {
            [] => return Ok(()),
            [b'%', high, low, behind @ ..] if unescape([*high, *low]).is_some() => behind,
            [b'%', ..] => return Err((AddressErrorKind::BadEscape, at)),
            [byte, behind @ ..] if is_optionally_escaped(*byte) => behind,
            _ => return Err((AddressErrorKind::NotEscaped, at)),
        };
    }
}

/// The byte that two hexadecimal digits say.
fn unescape(digits: [u8; 2]) -> Option<u8> {
    let mut byte = [0];
    hex::decode_to_slice(digits, &mut byte).ok()?;
    let [byte] = byte;
    Some(byte)
}

/// The bytes that may stand for themselves.
const fn is_optionally_escaped(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'\\' | b'.' | b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn gives_transports_keys_and_unescaped_values() {
        let mut list = Addresses::parse("unix:path=/a%20b%ff,guid=0;tcp:;").unwrap();
        let unix = list.next().unwrap();
        assert_eq!(unix.transport(), "unix");
        assert_eq!(unix.get("path").unwrap().bytes().collect::<Vec<u8>>(), b"/a b\xff");
        assert_eq!(unix.get("guid").unwrap().as_str(), "0");
        assert_eq!(unix.get("host"), None);
        assert_eq!(unix.to_string(), "unix:path=/a%20b%ff,guid=0");
        assert_eq!(unix.as_str(), "unix:path=/a%20b%ff,guid=0");
        assert_eq!(list.next().unwrap().transport(), "tcp");
        assert_eq!(list.next(), None);
        assert_eq!(Addresses::parse("").unwrap().next(), None);
    }

    #[test]
    fn an_error_is_shown_with_its_place() {
        use AddressErrorKind as Kind;
        for (kind, text) in [
            (Kind::EmptyEntry, "an address of the list is empty"),
            (Kind::MissingColon, "an address has no ':' after its transport"),
            (Kind::EmptyTransport, "an address has no transport"),
            (Kind::MissingValue, "a key has no '=' and value"),
            (Kind::EmptyKey, "a value has no key"),
            (Kind::RepeatedKey, "a key is repeated"),
            (Kind::TooManyKeys, "an address has more than 256 keys"),
            (Kind::NotEscaped, "a character of a value must be escaped with '%'"),
            (Kind::BadEscape, "a '%' is not followed by two hexadecimal digits"),
        ] {
            let shown = AddressError { kind, at: 3 }.to_string();
            assert_eq!(shown, alloc::format!("{text} at byte 3"));
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        use AddressErrorKind as Kind;
        for (text, kind, at) in [
            (";", Kind::EmptyEntry, 0),
            ("a:;;b:", Kind::EmptyEntry, 3),
            ("unix", Kind::MissingColon, 4),
            (":path=/a", Kind::EmptyTransport, 0),
            ("unix:path", Kind::MissingValue, 5),
            ("unix:=x", Kind::EmptyKey, 5),
            ("unix:a=1,", Kind::MissingValue, 9),
            ("unix:a=1,a=2", Kind::RepeatedKey, 9),
            ("unix:a=/ b", Kind::NotEscaped, 8),
            ("unix:a=\u{e9}", Kind::NotEscaped, 7),
            ("unix:a=%2", Kind::BadEscape, 7),
            ("unix:a=x%zz", Kind::BadEscape, 8),
            ("unix:%00=bar", Kind::NotEscaped, 5),
        ] {
            assert_eq!(Addresses::parse(text), Err(AddressError { kind, at }), "{text}");
        }
    }

    #[test]
    fn takes_256_keys_and_looks_no_further() {
        use core::fmt::Write;

        // Each key is compared with all before it: without a limit this takes some 10,000,000,000 steps.
        let mut text = alloc::string::String::from("unix:");
        let mut ends = Vec::new();
        for index in 0..100_000 {
            write!(text, "{index}=,").unwrap();
            ends.push(text.len());
        }
        let first = ends[MOST_KEYS - 1];
        assert!(Addresses::parse(&text[..first - 1]).is_ok());
        let error = AddressError { kind: AddressErrorKind::TooManyKeys, at: first };
        assert_eq!(Addresses::parse(&text), Err(error));
        // The next address has keys of its own.
        let list = [&text[..first - 1], &text[..first - 1]].join(";");
        assert_eq!(Addresses::parse(&list).unwrap().count(), 2);
    }

    #[test]
    fn escaping_every_byte_and_back_gives_it_again() {
        for byte in 0..=255_u8 {
            let text = alloc::format!("x:y={}", escape(&[byte, b'a']));
            let list = Addresses::parse(&text).unwrap();
            let value = list.last().unwrap().get("y").unwrap();
            assert_eq!(value.bytes().collect::<Vec<u8>>(), [byte, b'a'], "{text}");
        }
        assert_eq!(escape(b"/tmp/a b-*").to_string(), "/tmp/a%20b-*");
    }
}
