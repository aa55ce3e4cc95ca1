//! Match rules: which messages a bus is to send, and whether a message is one of them. Spec: Match Rules.

use core::fmt;

use crate::header::MessageType;
use crate::limits;
use crate::message::Message;
use crate::name::{BusName, BusNamespace, InterfaceName, MemberName, NameError, ObjectPath};

/// A match rule: text that was checked, `type='signal',member='JobRemoved'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchRule<'a>(&'a str);

/// A value of a rule as it is written: with its quotes.
#[derive(Clone, Copy, Debug)]
pub struct MatchValue<'a>(&'a str);

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchKey {
    /// `type`.
    Type,
    /// `sender`: a unique name, or a well-known name's owner.
    Sender,
    /// `interface`.
    Interface,
    /// `member`.
    Member,
    /// `path`.
    Path,
    /// `path_namespace`: the path or one below it.
    PathNamespace,
    /// `destination`.
    Destination,
    /// `eavesdrop`: for monitors, deprecated; it does not change whether a message matches.
    Eavesdrop,
    /// `argN`: a STRING.
    Argument(u8),
    /// `argNpath`: a STRING or OBJECT_PATH that is equal, or where one of both ends with `/` and the other begins with it.
    ArgumentPath(u8),
    /// `arg0namespace`: a bus or interface name, or one below it.
    Argument0Namespace,
}

impl<'a> MatchRule<'a> {
    /// The rule that every message matches.
    pub const ANY: MatchRule<'static> = MatchRule("");

    /// Checks a rule's text.
    ///
    /// # Errors
    /// The rule of match rules that is broken and where; see [`MatchRuleErrorKind`].
    pub fn parse(text: &'a str) -> Result<Self, MatchRuleError> {
        if text.len() > limits::MATCH_RULE_LEN {
            return Err(MatchRuleError {
                kind: MatchRuleErrorKind::TooLong,
                at: limits::MATCH_RULE_LEN,
            });
        }
        let mut seen = Seen::default();
        let mut pairs = Pairs { rest: text };
        loop {
            let at = text.len() - pairs.rest.len();
            match pairs.next_pair() {
                Ok(None) => return Ok(Self(text)),
                Ok(Some((key, value))) => {
                    check_pair(key, value, &mut seen)
                        .map_err(|kind| MatchRuleError { kind, at })?;
                }
                Err(kind) => return Err(MatchRuleError { kind, at }),
            }
        }
    }

    /// The rule's text.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The keys and values.
    pub fn pairs(&self) -> impl Iterator<Item = (MatchKey, MatchValue<'a>)> + use<'a> {
        let mut pairs = Pairs { rest: self.0 };
        core::iter::from_fn(move || {
            let (key, value) = pairs.next_pair().ok()??;
            Some((key, value))
        })
    }

    /// The value of `sender`, if it is written in one piece.
    pub fn sender(&self) -> Option<BusName<'a>> {
        let value = self.pairs().find(|(key, _)| *key == MatchKey::Sender)?.1;
        BusName::parse(value.as_plain()?).ok()
    }

    /// Whether `message` matches. `owns(name, sender)` says whether `sender` is the present owner of the well-known `name`.
    ///
    /// A message whose arguments are invalid matches no rule that looks at them.
    pub fn matches(&self, message: &Message<'_>, owns: impl Fn(&str, &str) -> bool) -> bool {
        self.pairs().all(|(key, value)| pair_matches(key, value, message, &owns))
    }
}

impl fmt::Display for MatchRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'a> MatchValue<'a> {
    /// The value's bytes, without the quoting.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.0.as_bytes();
        let mut quoted = false;
        core::iter::from_fn(move || {
            loop {
                let (found, behind) = match (quoted, rest) {
                    (_, []) => return None,
                    (false, [b'\\', b'\'', behind @ ..]) => (Some(b'\''), behind),
                    (_, [b'\'', behind @ ..]) => {
                        quoted = !quoted;
                        (None, behind)
                    }
                    (_, [byte, behind @ ..]) => (Some(*byte), behind),
                };
                rest = behind;
                if found.is_some() {
                    return found;
                }
            }
        })
    }

    /// Whether the value is `text`.
    pub fn is(&self, text: &str) -> bool {
        match self.as_plain() {
            Some(plain) => plain == text,
            None => self.bytes().eq(text.bytes()),
        }
    }

    /// The value, when it is written in one piece, with quotes around all of it or none, as nearly all are.
    fn as_plain(&self) -> Option<&'a str> {
        let inner = match self.0.strip_prefix('\'') {
            Some(rest) => rest.strip_suffix('\'')?,
            None => self.0,
        };
        (!inner.as_bytes().contains(&b'\'')).then_some(inner)
    }

    /// The value in `buf` if need be; `None` when it is too long for any name or path in a rule.
    fn text<'b>(&self, buf: &'b mut [u8; limits::MATCH_RULE_LEN]) -> Option<&'b str>
    where
        'a: 'b,
    {
        if let Some(plain) = self.as_plain() {
            return Some(plain);
        }
        let mut len = 0;
        for byte in self.bytes() {
            *buf.get_mut(len)? = byte;
            len += 1;
        }
        core::str::from_utf8(buf.get(..len)?).ok()
    }
}

/// A match rule in the making, and its text.
///
/// ```
/// use barebus_wire::match_rule::MatchRuleBuf;
/// use barebus_wire::{BusName, MemberName};
///
/// let rule = MatchRuleBuf::signals()
///     .sender(BusName::from_static("org.freedesktop.systemd1"))
///     .member(MemberName::from_static("JobRemoved"));
/// assert_eq!(rule.as_str(), "type='signal',sender='org.freedesktop.systemd1',member='JobRemoved'");
/// ```
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchRuleBuf(alloc::string::String);

#[cfg(feature = "alloc")]
impl MatchRuleBuf {
    /// The rule that every signal matches.
    pub fn signals() -> Self {
        Self::default().with(format_args!("type"), "signal")
    }

    /// From this sender: a unique name, or whoever owns a well-known one.
    #[must_use]
    pub fn sender(self, name: BusName<'_>) -> Self {
        self.with(format_args!("sender"), name.as_str())
    }

    /// Of this interface.
    #[must_use]
    pub fn interface(self, name: InterfaceName<'_>) -> Self {
        self.with(format_args!("interface"), name.as_str())
    }

    /// With this name.
    #[must_use]
    pub fn member(self, name: MemberName<'_>) -> Self {
        self.with(format_args!("member"), name.as_str())
    }

    /// From this object.
    #[must_use]
    pub fn path(self, path: ObjectPath<'_>) -> Self {
        self.with(format_args!("path"), path.as_str())
    }

    /// From this object or one below it.
    #[must_use]
    pub fn path_namespace(self, path: ObjectPath<'_>) -> Self {
        self.with(format_args!("path_namespace"), path.as_str())
    }

    /// With this text as argument `number`, counted from 0.
    #[must_use]
    pub fn argument(self, number: u8, text: &str) -> Self {
        self.with(format_args!("arg{number}"), text)
    }

    /// With argument `number`, counted from 0, a path that is `path`, or below it if that ends with `/`.
    #[must_use]
    pub fn argument_path(self, number: u8, path: &str) -> Self {
        self.with(format_args!("arg{number}path"), path)
    }

    /// The rule.
    ///
    /// # Errors
    /// A key was given twice, an argument's number is over 63, or the text is too long.
    pub fn rule(&self) -> Result<MatchRule<'_>, MatchRuleError> {
        MatchRule::parse(&self.0)
    }

    /// The rule's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn with(mut self, key: fmt::Arguments<'_>, value: &str) -> Self {
        use fmt::Write;

        let comma = if self.0.is_empty() { "" } else { "," };
        // Writing to memory does not fail. Within quotes nothing can stand for a quote: it stands between them, escaped.
        let _ = write!(self.0, "{comma}{key}='");
        for (index, piece) in value.split('\'').enumerate() {
            let _ = write!(self.0, "{}{piece}", if index == 0 { "" } else { r"'\''" });
        }
        self.0.push('\'');
        self
    }
}

/// Why text is no match rule, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatchRuleError {
    /// Which rule is broken.
    pub kind: MatchRuleErrorKind,
    /// Offset in bytes where the key begins whose pair breaks it.
    pub at: usize,
}

/// What can be wrong with a match rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchRuleErrorKind {
    /// More than 1024 bytes, which buses refuse.
    TooLong,
    /// A key without `=`.
    MissingValue,
    /// A key that the specification does not know.
    UnknownKey,
    /// A key that the rule has already; `argN` and `argNpath` of one N count as one.
    RepeatedKey,
    /// `path` beside `path_namespace`.
    PathTwice,
    /// An argument's number is over 63.
    ArgumentNumber,
    /// A quote that is not closed.
    UnclosedQuote,
    /// `type` is none of the four.
    BadType,
    /// `eavesdrop` is neither `true` nor `false`.
    BadEavesdrop,
    /// A name or path is invalid.
    BadName(NameError),
}

impl fmt::Display for MatchRuleErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the match rule is longer than 1024 bytes",
            Self::MissingValue => "a key has no '=' and value",
            Self::UnknownKey => "the key is unknown",
            Self::RepeatedKey => "the key is repeated",
            Self::PathTwice => "'path' and 'path_namespace' exclude one another",
            Self::ArgumentNumber => "the argument's number is over 63",
            Self::UnclosedQuote => "a quote is not closed",
            Self::BadType => "the type is none of signal, method_call, method_return, error",
            Self::BadEavesdrop => "eavesdrop is neither true nor false",
            Self::BadName(error) => return write!(f, "the value is invalid: {error}"),
        })
    }
}

impl fmt::Display for MatchRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            MatchRuleErrorKind::BadName(_) => {
                write!(f, "{}, in the pair at byte {}", self.kind, self.at)
            }
            kind => write!(f, "{kind} at byte {}", self.at),
        }
    }
}

impl core::error::Error for MatchRuleError {}

/// Cuts a rule into keys and values.
struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Pairs<'a> {
    fn next_pair(&mut self) -> Result<Option<(MatchKey, MatchValue<'a>)>, MatchRuleErrorKind> {
        let rest = self.rest.trim_start_matches(WHITESPACE);
        let equals = rest.bytes().position(|byte| byte == b'=');
        let Some((key, rest)) = equals.and_then(|at| rest.split_at_checked(at)) else {
            self.rest = "";
            return if rest.is_empty() { Ok(None) } else { Err(MatchRuleErrorKind::MissingValue) };
        };
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        let len = value_len(rest)?;
        let (value, behind) = rest.split_at_checked(len).unwrap_or((rest, ""));
        self.rest = behind.strip_prefix(',').unwrap_or(behind);
        let key = key.trim_end_matches(WHITESPACE);
        if key.is_empty() && value.is_empty() && self.rest.is_empty() {
            // Nothing is asked for; the reference implementations take it for an end.
            return Ok(None);
        }
        Ok(Some((parse_key(key)?, MatchValue(value))))
    }
}

const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Length in bytes of the value that `text` begins with: up to a comma outside quotes.
fn value_len(text: &str) -> Result<usize, MatchRuleErrorKind> {
    let mut rest = text.as_bytes();
    let mut quoted = false;
    loop {
        rest = match (quoted, rest) {
            (true, []) => return Err(MatchRuleErrorKind::UnclosedQuote),
            (false, [] | [b',', ..]) => return Ok(text.len() - rest.len()),
            (false, [b'\\', b'\'', behind @ ..]) => behind,
            (_, [b'\'', behind @ ..]) => {
                quoted = !quoted;
                behind
            }
            (_, [_, behind @ ..]) => behind,
        };
    }
}

fn parse_key(key: &str) -> Result<MatchKey, MatchRuleErrorKind> {
    Ok(match key {
        "type" => MatchKey::Type,
        "sender" => MatchKey::Sender,
        "interface" => MatchKey::Interface,
        "member" => MatchKey::Member,
        "path" => MatchKey::Path,
        "path_namespace" => MatchKey::PathNamespace,
        "destination" => MatchKey::Destination,
        "eavesdrop" => MatchKey::Eavesdrop,
        "arg0namespace" => MatchKey::Argument0Namespace,
        _ => return parse_argument_key(key),
    })
}

fn parse_argument_key(key: &str) -> Result<MatchKey, MatchRuleErrorKind> {
    let number = key.strip_prefix("arg").ok_or(MatchRuleErrorKind::UnknownKey)?;
    let (number, is_path) =
        number.strip_suffix("path").map_or((number, false), |number| (number, true));
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MatchRuleErrorKind::UnknownKey);
    }
    let number: u8 = number.parse().map_err(|_| MatchRuleErrorKind::ArgumentNumber)?;
    if number > limits::MATCH_ARGUMENT {
        return Err(MatchRuleErrorKind::ArgumentNumber);
    }
    Ok(if is_path { MatchKey::ArgumentPath(number) } else { MatchKey::Argument(number) })
}

/// Which keys a rule has.
#[derive(Default)]
struct Seen {
    arguments: u64,
    others: u8,
}

impl Seen {
    /// Notes a key; `false` when it, or one that stands for the same, was there.
    fn add(&mut self, key: MatchKey) -> bool {
        let argument = match key {
            MatchKey::Argument(number) | MatchKey::ArgumentPath(number) => number,
            MatchKey::Argument0Namespace => 0,
            other => {
                let bit = 1 << place(other);
                let is_new = self.others & bit == 0;
                self.others |= bit;
                return is_new;
            }
        };
        let bit = 1u64 << (argument & 63);
        let is_new = self.arguments & bit == 0;
        self.arguments |= bit;
        is_new
    }

    fn has(&self, key: MatchKey) -> bool {
        self.others & 1 << place(key) != 0
    }
}

/// A number below 8 for every key that is no argument's.
const fn place(key: MatchKey) -> u8 {
    match key {
        MatchKey::Type => 0,
        MatchKey::Sender => 1,
        MatchKey::Interface => 2,
        MatchKey::Member => 3,
        MatchKey::Path => 4,
        MatchKey::PathNamespace => 5,
        MatchKey::Destination => 6,
        _ => 7,
    }
}

fn check_pair(
    key: MatchKey,
    value: MatchValue<'_>,
    seen: &mut Seen,
) -> Result<(), MatchRuleErrorKind> {
    if !seen.add(key) {
        return Err(MatchRuleErrorKind::RepeatedKey);
    }
    if seen.has(MatchKey::Path) && seen.has(MatchKey::PathNamespace) {
        return Err(MatchRuleErrorKind::PathTwice);
    }
    let mut buf = [0; limits::MATCH_RULE_LEN];
    // It always fits: a value is shorter than its rule.
    let text = value.text(&mut buf).unwrap_or_default();
    let checked = match key {
        MatchKey::Type => {
            return parse_type(text).map(|_| ()).ok_or(MatchRuleErrorKind::BadType);
        }
        MatchKey::Eavesdrop => {
            let is_known = matches!(text, "true" | "false");
            return is_known.then_some(()).ok_or(MatchRuleErrorKind::BadEavesdrop);
        }
        MatchKey::Sender | MatchKey::Destination => BusName::parse(text).map(|_| ()),
        MatchKey::Interface => InterfaceName::parse(text).map(|_| ()),
        MatchKey::Member => MemberName::parse(text).map(|_| ()),
        MatchKey::Path | MatchKey::PathNamespace => ObjectPath::parse(text).map(|_| ()),
        MatchKey::Argument0Namespace => BusNamespace::parse(text).map(|_| ()),
        MatchKey::Argument(_) | MatchKey::ArgumentPath(_) => Ok(()),
    };
    checked.map_err(MatchRuleErrorKind::BadName)
}

fn parse_type(text: &str) -> Option<MessageType> {
    Some(match text {
        "signal" => MessageType::Signal,
        "method_call" => MessageType::MethodCall,
        "method_return" => MessageType::MethodReturn,
        "error" => MessageType::Error,
        _ => return None,
    })
}

fn pair_matches(
    key: MatchKey,
    value: MatchValue<'_>,
    message: &Message<'_>,
    owns: &impl Fn(&str, &str) -> bool,
) -> bool {
    let header = message.header();
    let mut buf = [0; limits::MATCH_RULE_LEN];
    match key {
        MatchKey::Type => value.text(&mut buf).and_then(parse_type) == Some(header.message_type),
        MatchKey::Sender => header.sender.is_some_and(|sender| {
            value.is(sender.as_str())
                || value.text(&mut buf).is_some_and(|name| owns(name, sender.as_str()))
        }),
        MatchKey::Interface => header.interface.is_some_and(|name| value.is(name.as_str())),
        MatchKey::Member => header.member.is_some_and(|name| value.is(name.as_str())),
        MatchKey::Path => header.path.is_some_and(|path| value.is(path.as_str())),
        MatchKey::PathNamespace => header.path.is_some_and(|path| {
            let namespace = value.text(&mut buf).and_then(|text| ObjectPath::parse(text).ok());
            namespace.is_some_and(|namespace| path.is_in(namespace))
        }),
        MatchKey::Destination => header.destination.is_some_and(|name| value.is(name.as_str())),
        MatchKey::Eavesdrop => true,
        MatchKey::Argument(number) => {
            argument(message, number, false).is_some_and(|text| value.is(text))
        }
        MatchKey::ArgumentPath(number) => argument(message, number, true)
            .zip(value.text(&mut buf))
            .is_some_and(|(found, asked)| {
                found == asked
                    || (asked.ends_with('/') && found.starts_with(asked))
                    || (found.ends_with('/') && asked.starts_with(found))
            }),
        MatchKey::Argument0Namespace => {
            argument(message, 0, false).zip(value.text(&mut buf)).is_some_and(|(found, asked)| {
                found
                    .strip_prefix(asked)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        }
    }
}

/// The argument of that number, if it is a STRING, or an OBJECT_PATH where that counts too.
fn argument<'m>(message: &Message<'m>, number: u8, or_path: bool) -> Option<&'m str> {
    let mut types = message.signature().types();
    let mut reader = message.reader();
    for _ in 0..number {
        reader.skip_value(types.next()?).ok()?;
    }
    match types.next()?.as_str() {
        "s" => reader.read_str().ok(),
        "o" if or_path => reader.read_path().ok().map(ObjectPath::as_str),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NameErrorKind;
    use crate::{Header, Serial};
    use MatchRuleErrorKind as Kind;
    use alloc::vec::Vec;

    fn signal(body: &impl crate::EncodeBody, check: impl FnOnce(&Message<'_>)) {
        let mut header = Header::signal(
            Serial::FIRST,
            ObjectPath::from_static("/a/b"),
            InterfaceName::from_static("com.example.I"),
            MemberName::from_static("M"),
        );
        header.sender = Some(BusName::from_static(":1.7"));
        let mut buf = crate::MessageBuf::new();
        buf.push(&header, body).unwrap();
        check(&Message::parse(buf.as_slice()).unwrap());
    }

    #[track_caller]
    fn assert_matches(message: &Message<'_>, rule: &str, expected: bool) {
        let owns = |name: &str, sender: &str| (name, sender) == ("com.example", ":1.7");
        let found = MatchRule::parse(rule).unwrap().matches(message, owns);
        assert_eq!(found, expected, "{rule}");
    }

    #[test]
    fn looks_at_every_header_field() {
        signal(&(), |message| {
            for (rule, expected) in [
                ("", true),
                ("type='signal'", true),
                ("type='error'", false),
                ("sender=':1.7'", true),
                ("sender='com.example'", true),
                ("sender='com.other'", false),
                ("interface='com.example.I',member='M'", true),
                ("interface='com.example.J'", false),
                ("member=M", true),
                ("path=/a/b", true),
                ("path=/a", false),
                ("path_namespace=/a", true),
                ("path_namespace=/", true),
                ("path_namespace=/a/bc", false),
                ("destination=':1.1'", false),
                ("eavesdrop=true", true),
                ("arg0=''", false),
            ] {
                assert_matches(message, rule, expected);
            }
        });
    }

    #[test]
    fn looks_at_arguments_by_their_type() {
        let path = ObjectPath::from_static("/x/y");
        signal(&(7u32, "com.example.a", path, "/aa/bb/"), |message| {
            for (rule, expected) in [
                ("arg0='7'", false),
                ("arg1='com.example.a'", true),
                ("arg2='/x/y'", false),
                ("arg2path='/x/y'", true),
                ("arg2path='/x/'", true),
                ("arg2path='/x'", false),
                ("arg3path='/aa/bb/cc'", true),
                ("arg3path='/aa/bb/'", true),
                ("arg3path='/aa/bb'", false),
                ("arg4=''", false),
            ] {
                assert_matches(message, rule, expected);
            }
        });
        signal(&("com.example.a",), |message| {
            for (rule, expected) in [
                ("arg0namespace=com", true),
                ("arg0namespace=com.example.a", true),
                ("arg0namespace=com.ex", false),
            ] {
                assert_matches(message, rule, expected);
            }
        });
    }

    #[test]
    fn reads_quotes_and_backslashes_as_the_specification_does() {
        for (written, bytes) in [
            (r"arg0=\'", &b"'"[..]),
            (r"arg0=\", b"\\"),
            (r"arg0=','", b","),
            (r"arg0=\\", b"\\\\"),
            (r"arg0='a'\''b'", b"a'b"),
            (r"arg0='\'", b"\\"),
            (r"arg0=", b""),
            (r"arg0=a b", b"a b"),
        ] {
            let rule = MatchRule::parse(written).unwrap();
            let (key, value) = rule.pairs().next().unwrap();
            assert_eq!(key, MatchKey::Argument(0));
            assert_eq!(value.bytes().collect::<Vec<u8>>(), bytes, "{written}");
            assert!(value.is(core::str::from_utf8(bytes).unwrap()), "{written}");
        }
    }

    #[test]
    fn what_is_built_is_read_as_it_was_meant() {
        let built = MatchRuleBuf::signals()
            .sender(BusName::from_static("a.b"))
            .path_namespace(ObjectPath::from_static("/a"))
            .argument(0, r"it's \'quoted', \")
            .argument_path(2, "/x/");
        let rule = built.rule().unwrap();
        assert_eq!(rule.sender(), Some(BusName::from_static("a.b")));
        let values: Vec<Vec<u8>> = rule.pairs().map(|(_, value)| value.bytes().collect()).collect();
        assert_eq!(values[3], br"it's \'quoted', \");
        assert_eq!(values[4], b"/x/");
        assert!(built.argument(2, "y").rule().is_err());
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let digit = NameError { kind: NameErrorKind::DigitFirst, at: 0 };
        for (rule, kind, at) in [
            ("type", Kind::MissingValue, 0),
            ("type='signal',x='y'", Kind::UnknownKey, 14),
            ("arg='x'", Kind::UnknownKey, 0),
            ("arg64='x'", Kind::ArgumentNumber, 0),
            ("arg1namespace='x'", Kind::UnknownKey, 0),
            ("arg0=a,arg0path=b", Kind::RepeatedKey, 7),
            ("member=A,member=A", Kind::RepeatedKey, 9),
            ("path=/a,path_namespace=/a", Kind::PathTwice, 8),
            ("arg0='x", Kind::UnclosedQuote, 0),
            ("type='x'", Kind::BadType, 0),
            ("eavesdrop='x'", Kind::BadEavesdrop, 0),
            ("member=1", Kind::BadName(digit), 0),
            ("=x", Kind::UnknownKey, 0),
        ] {
            assert_eq!(MatchRule::parse(rule), Err(MatchRuleError { kind, at }), "{rule}");
        }
        assert!(MatchRule::parse("path_namespace=/a/").is_err());
        let long = alloc::format!("arg0='{}'", "x".repeat(1018));
        assert_eq!(MatchRule::parse(&long).unwrap_err().kind, Kind::TooLong);
        assert!(MatchRule::parse(&long.replace("xx'", "x'")).is_ok());
    }
}
