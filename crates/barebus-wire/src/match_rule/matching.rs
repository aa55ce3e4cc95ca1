//! Whether a message is what a rule asks for.

use super::{MatchKey, parse_type};
use crate::message::Message;
use crate::name::{BusName, ObjectPath};

/// Whether `message`, sent by `sender`, has what one pair of a checked rule asks for; `value` is without its quoting.
pub(super) fn pair_matches(
    key: MatchKey,
    value: &str,
    message: &Message<'_>,
    sender: Option<&str>,
    owns: &impl Fn(&str, &str) -> bool,
) -> bool {
    let header = message.header();
    match key {
        MatchKey::Type => parse_type(value) == Some(header.message_type),
        MatchKey::Sender => sender.is_some_and(|sender| {
            sender == value || (!value.starts_with(':') && owns(value, sender))
        }),
        MatchKey::Interface => header.interface.is_some_and(|name| name == value),
        MatchKey::Member => header.member.is_some_and(|name| name == value),
        MatchKey::Path => header.path.is_some_and(|path| path == value),
        MatchKey::PathNamespace => {
            header.path.is_some_and(|path| lies_in(path.as_str(), value, '/') || value == "/")
        }
        MatchKey::Destination => header.destination.map(BusName::as_str) == Some(value),
        MatchKey::Eavesdrop => true,
        MatchKey::Argument(number) => argument(message, number, false) == Some(value),
        MatchKey::ArgumentPath(number) => argument(message, number, true).is_some_and(|found| {
            found == value
                || (value.ends_with('/') && found.starts_with(value))
                || (found.ends_with('/') && value.starts_with(found))
        }),
        MatchKey::Argument0Namespace => {
            argument(message, 0, false).is_some_and(|found| lies_in(found, value, '.'))
        }
    }
}

/// Whether `text` is `ancestor`, or goes on from there after a separator.
fn lies_in(text: &str, ancestor: &str, separator: char) -> bool {
    text.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
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
