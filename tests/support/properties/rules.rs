//! Match rules and addresses against their grammars, read character by character.

use barebus_wire::address::{Addresses, escape};
use barebus_wire::match_rule::OwnedMatchRule;
use barebus_wire::{
    BusName, InterfaceName, MatchRule, MemberName, Message, MessageType, ObjectPath, limits,
};

use crate::generators::{self, Source};
use crate::model::Model;

/// A match rule, a NUL, and bytes to make a message of: the rule is cut, checked and matched as the naive way does it.
pub fn match_rule(bytes: &[u8]) {
    let (text, rest) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[][..]),
    };
    let Ok(text) = core::str::from_utf8(text) else { return };
    let naive = naive_pairs(text).filter(|pairs| naive_check(text, pairs));
    let rule = MatchRule::parse(text);
    assert_eq!(rule.is_ok(), naive.is_some(), "{text:?}: {rule:?}");
    let (Ok(rule), Some(pairs)) = (rule, naive) else {
        assert!(rule.is_err_and(|error| error.at <= text.len()));
        return;
    };
    let values: Vec<Vec<u8>> = rule.pairs().map(|(_, value)| value.bytes().collect()).collect();
    assert!(values.iter().map(Vec::as_slice).eq(pairs.iter().map(|pair| pair.1.as_bytes())));
    let parts = generators::message(&mut Source::new(rest));
    let bytes = generators::encode(&parts);
    let message = Message::parse(&bytes).expect("a valid message");
    let owns = |name: &str, sender: &str| name.len() % 2 == 0 && sender.len() % 2 == 0;
    let expected = pairs
        .iter()
        .all(|(key, value)| naive_match(key, value, &message, parts.body.values(), owns));
    assert_eq!(rule.matches(&message, owns), expected, "{text:?} and {parts:?}");
    assert_eq!(OwnedMatchRule::from(rule).matches(&message, owns), expected, "{text:?}");
    // Each apostrophe takes four bytes as every bus reads it, and may have taken two.
    let displayed = rule.to_string();
    if displayed.len() <= limits::MATCH_RULE_LEN {
        assert_eq!(MatchRule::parse(&displayed), Ok(rule), "{text:?}");
    }
    assert!(MatchRule::ANY.matches(&message, owns));
}

/// Keys and values, the quoting gone. Spec: Match Rules.
fn naive_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let blank = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r');
    let mut characters = text.chars().peekable();
    let mut pairs = Vec::new();
    loop {
        while characters.next_if(|character| blank(*character)).is_some() {}
        let mut key = String::new();
        loop {
            match characters.next() {
                None if key.is_empty() => return Some(pairs),
                None => return None,
                Some('=') => break,
                Some(character) => key.push(character),
            }
        }
        let mut value = String::new();
        let mut written = false;
        let mut quoted = false;
        loop {
            match characters.next() {
                None if quoted => return None,
                None => break,
                Some(',') if !quoted => break,
                Some('\'') => quoted = !quoted,
                Some('\\') if !quoted && characters.next_if_eq(&'\'').is_some() => value.push('\''),
                Some(character) => value.push(character),
            }
            written = true;
        }
        let key = key.trim_end_matches(blank);
        if key.is_empty() && !written && characters.peek().is_none() {
            return Some(pairs);
        }
        pairs.push((key.into(), value));
    }
}

/// The argument that a key looks at, and what follows its number.
fn argument(key: &str) -> Option<(usize, &str)> {
    let rest = key.strip_prefix("arg")?;
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest[..digits].parse().ok().filter(|number| *number < 64)?;
    Some((number, &rest[digits..]))
}

fn naive_check(text: &str, pairs: &[(String, String)]) -> bool {
    let named = |key: &str| match argument(key) {
        Some((number, _)) => format!("arg{number}"),
        None => key.to_owned(),
    };
    let mut keys: Vec<String> = pairs.iter().map(|pair| named(&pair.0)).collect();
    let has = |key: &str| pairs.iter().any(|pair| pair.0 == key);
    keys.sort();
    keys.dedup();
    text.len() <= limits::MATCH_RULE_LEN
        && keys.len() == pairs.len()
        && !(has("path") && has("path_namespace"))
        && pairs.iter().all(|(key, value)| match (key.as_str(), argument(key)) {
            ("type", _) => matches!(&**value, "signal" | "method_call" | "method_return" | "error"),
            ("eavesdrop", _) => matches!(&**value, "true" | "false"),
            ("sender" | "destination", _) => BusName::parse(value).is_ok(),
            ("interface", _) => InterfaceName::parse(value).is_ok(),
            ("member", _) => MemberName::parse(value).is_ok(),
            ("path" | "path_namespace", _) => ObjectPath::parse(value).is_ok(),
            // One element is enough: with a second one it must be a bus name.
            ("arg0namespace", _) => {
                BusName::parse(&format!("{value}.a")).is_ok() && value.len() <= 255
                    || value.len() > 253 && value.len() <= 255 && BusName::parse(value).is_ok()
            }
            (_, Some((_, "" | "path"))) => true,
            _ => false,
        })
}

fn naive_match(
    key: &str,
    value: &str,
    message: &Message<'_>,
    arguments: &[Model],
    owns: impl Fn(&str, &str) -> bool,
) -> bool {
    let header = message.header();
    let below = |text: &str, separator: &str| {
        text == value || text.starts_with(&format!("{value}{separator}"))
    };
    match key {
        "type" => match header.message_type {
            MessageType::Signal => value == "signal",
            MessageType::MethodCall => value == "method_call",
            MessageType::MethodReturn => value == "method_return",
            MessageType::Error => value == "error",
            MessageType::Unknown(_) => false,
        },
        "sender" => {
            let is_well_known = !value.starts_with(':');
            header.sender.is_some_and(|name| {
                name.as_str() == value || is_well_known && owns(value, name.as_str())
            })
        }
        "interface" => header.interface.is_some_and(|name| name.as_str() == value),
        "member" => header.member.is_some_and(|name| name.as_str() == value),
        "destination" => header.destination.is_some_and(|name| name.as_str() == value),
        "path" => header.path.is_some_and(|path| path.as_str() == value),
        "path_namespace" => {
            header.path.is_some_and(|path| value == "/" || below(path.as_str(), "/"))
        }
        "eavesdrop" => true,
        _ => {
            let (number, what) = argument(key).expect("a checked key");
            match (arguments.get(number), what) {
                (Some(Model::String(text)), "") => text == value,
                (Some(Model::String(text)), "namespace") => below(text, "."),
                (Some(Model::String(text) | Model::ObjectPath(text)), "path") => {
                    text == value
                        || value.ends_with('/') && text.starts_with(value)
                        || text.ends_with('/') && value.starts_with(text.as_str())
                }
                _ => false,
            }
        }
    }
}

/// A list of addresses: what was read is written again and read as the same.
pub fn address(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let list = Addresses::parse(text);
    assert_eq!(list.is_ok(), naive_addresses(text), "{text:?}: {list:?}");
    let Ok(list) = list else {
        assert!(list.is_err_and(|error| error.at <= text.len()));
        return;
    };
    let read = |list: Addresses<'_>| -> Vec<_> {
        list.map(|address| {
            let pairs = address
                .pairs()
                .map(|(key, value)| (key.to_owned(), value.bytes().collect::<Vec<u8>>()));
            (address.transport().to_owned(), pairs.collect::<Vec<_>>())
        })
        .collect()
    };
    let before = read(list);
    let written: Vec<String> = before
        .iter()
        .map(|(transport, pairs)| {
            let pairs: Vec<String> =
                pairs.iter().map(|(key, value)| format!("{key}={}", escape(value))).collect();
            format!("{transport}:{}", pairs.join(","))
        })
        .collect();
    let written = written.join(";");
    let again = Addresses::parse(&written).expect("what was written");
    assert_eq!(read(again), before);
    for (address, (_, pairs)) in list.zip(&before) {
        for (key, value) in pairs {
            let found = address.get(key).map(|value| value.bytes().collect::<Vec<u8>>());
            assert_eq!(found.as_ref(), Some(value));
        }
    }
}

/// The grammar of addresses. Spec: Server Addresses.
fn naive_addresses(text: &str) -> bool {
    let text = text.strip_suffix(';').filter(|rest| !rest.is_empty()).unwrap_or(text);
    text.is_empty() || text.split(';').all(naive_address)
}

fn naive_address(text: &str) -> bool {
    let Some((transport, pairs)) = text.split_once(':') else { return false };
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_/\\.*".contains(character);
    let value_is_escaped = |value: &str| {
        let mut pieces = value.split('%');
        pieces.next().is_some_and(|first| first.chars().all(plain))
            && pieces.all(|piece| {
                piece.len() >= 2
                    && piece.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
                    && piece.chars().all(plain)
            })
    };
    if transport.is_empty() {
        return false;
    }
    if pairs.is_empty() {
        return true;
    }
    let mut keys = Vec::new();
    for pair in pairs.split(',') {
        let Some((key, value)) = pair.split_once('=') else { return false };
        if key.is_empty()
            || !key.chars().all(plain)
            || !value_is_escaped(value)
            || keys.contains(&key)
        {
            return false;
        }
        keys.push(key);
    }
    true
}
