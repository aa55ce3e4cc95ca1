use super::*;
use crate::name::{NameError, NameErrorKind};
use crate::{Header, Serial};
use MatchRuleErrorKind as Kind;
use alloc::string::ToString;
use alloc::vec::Vec;
use std::format;

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
    let found = MatchRule::parse(rule).unwrap();
    assert_eq!(found.matches(message, owns), expected, "{rule}");
    assert_eq!(OwnedMatchRule::from(found).matches(message, owns), expected, "{rule}");
}

#[test]
fn looks_at_every_header_field() {
    signal(&(), |message| {
        for (rule, expected) in [
            ("", true),
            ("type='signal'", true),
            ("type='error'", false),
            ("sender=':1.7'", true),
            ("sender=':1.8'", false),
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
    assert!(rule.get(MatchKey::Sender).unwrap().is("a.b"));
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

#[test]
fn a_name_that_nobody_owns_is_no_sender_and_unique_names_are_never_looked_up() {
    signal(&(), |message| {
        let rule = MatchRule::parse("sender='com.example'").unwrap();
        assert!(!rule.matches(message, |_, _| false));
        let rule = MatchRule::parse("sender=':1.8'").unwrap();
        assert!(!rule.matches(message, |name, _| panic!("{name} was looked up")));
    });
}

#[test]
fn arguments_that_are_invalid_match_nothing() {
    signal(&(true, "x"), |message| {
        let rule = MatchRule::parse("arg1='x'").unwrap();
        assert!(rule.matches(message, |_, _| false));
        let mut bytes = Vec::from(message.as_bytes());
        // The boolean, which stands before the string's length, text and NUL.
        let boolean = bytes.len() - 10;
        bytes[boolean..boolean + 4].fill(2);
        assert!(!rule.matches(&Message::parse(&bytes).unwrap(), |_, _| false));
    });
}

#[test]
fn displays_every_value_in_quotes_and_reads_it_back_as_the_same() {
    for (written, displayed) in [
        ("", ""),
        (" \n=", ""),
        ("type=signal,\t", "type='signal'"),
        ("type =signal", "type='signal'"),
        (r"arg0=\',arg1=\,arg2=',',arg3=\\", r"arg0=''\''',arg1='\',arg2=',',arg3='\\'"),
        (r"arg63path='/a'b'/c'", "arg63path='/ab/c'"),
        ("arg0namespace=a,eavesdrop='true'", "arg0namespace='a',eavesdrop='true'"),
        ("path=/,sender=a.b,destination=:1.0", "path='/',sender='a.b',destination=':1.0'"),
        ("interface='a.b',member=M", "interface='a.b',member='M'"),
        ("path_namespace='/a'", "path_namespace='/a'"),
    ] {
        let rule = MatchRule::parse(written).unwrap();
        assert_eq!(rule.to_string(), displayed);
        assert_eq!(MatchRule::parse(displayed), Ok(rule));
        let owned = OwnedMatchRule::from(rule);
        assert_eq!((owned.as_str(), owned.borrow()), (displayed, rule));
    }
}

#[test]
fn each_error_says_what_is_wrong() {
    for (kind, text) in [
        (Kind::TooLong, "the match rule is longer than 1024 bytes"),
        (Kind::MissingValue, "a key has no '=' and value at byte 3"),
        (Kind::UnknownKey, "the key is unknown at byte 3"),
        (Kind::RepeatedKey, "the key is repeated at byte 3"),
        (Kind::PathTwice, "'path' and 'path_namespace' exclude one another at byte 3"),
        (Kind::ArgumentNumber, "the argument's number is over 63 at byte 3"),
        (Kind::UnclosedQuote, "a quote is not closed at byte 3"),
        (Kind::BadType, "the type is none of signal, method_call, method_return, error at byte 3"),
        (Kind::BadEavesdrop, "eavesdrop is neither true nor false at byte 3"),
    ] {
        let shown = MatchRuleError { kind, at: 3 }.to_string();
        assert!(shown.starts_with(text), "{shown}");
    }
}

#[test]
fn a_value_in_one_piece_needs_no_unquoting() {
    for (written, plain) in [
        ("arg0=", Some("")),
        ("arg0=''", Some("")),
        ("arg0=a", Some("a")),
        ("arg0='a,b'", Some("a,b")),
        (r"arg0=\'a", None),
        ("arg0='a'b", None),
        ("arg0=a'b'", None),
        ("arg0='a''b'", None),
    ] {
        let rule = MatchRule::parse(written).unwrap();
        let value = rule.get(MatchKey::Argument(0)).unwrap();
        assert_eq!(value.as_plain(), plain, "{written}");
    }
}

#[test]
fn rules_are_equal_when_they_ask_for_the_same() {
    let rule = |text: &'static str| MatchRule::parse(text).unwrap();
    assert_eq!(rule("type='signal',arg0='a'"), rule("arg0=a, type=signal,"));
    assert_eq!(rule(r"arg0='it'\''s'"), rule(r"arg0=it\'s"));
    assert_ne!(rule("arg0='a'"), rule("arg0='a',arg1='a'"));
    assert_ne!(rule("arg0='a',arg1='a'"), rule("arg0='a'"));
    assert_ne!(rule("arg0='a'"), rule("arg0path='a'"));
    assert_ne!(rule("arg0='a'"), rule("arg0='b'"));
    assert_eq!(rule(""), MatchRule::ANY);
}

#[test]
fn every_key_can_be_built() {
    let built = MatchRuleBuf::signals()
        .sender(BusName::from_static("a.b"))
        .interface(InterfaceName::from_static("a.I"))
        .member(MemberName::from_static("M"))
        .path(ObjectPath::ROOT)
        .destination(BusName::from_static(":1.0"))
        .argument0_namespace(BusNamespace::parse("a").unwrap())
        .argument(1, "x")
        .argument_path(63, "/");
    let text = "type='signal',sender='a.b',interface='a.I',member='M',path='/',destination=':1.0',\
         arg0namespace='a',arg1='x',arg63path='/'";
    assert_eq!(built.rule().unwrap().to_string(), text);
    assert_eq!(MatchRuleBuf::method_calls().as_str(), "type='method_call'");
    assert_eq!(MatchRuleBuf::method_returns().as_str(), "type='method_return'");
    assert_eq!(MatchRuleBuf::errors().as_str(), "type='error'");
    let over = MatchRuleBuf::new().argument(64, "");
    assert_eq!(over.rule().unwrap_err().error.kind, Kind::ArgumentNumber);
}

/// dbus-broker 32 sends nothing that lies below `/` for `path_namespace='/'`.
#[test]
fn the_text_for_a_bus_leaves_out_the_namespace_of_everything() {
    for (text, expected) in [
        ("path_namespace='/'", ""),
        ("type=signal,path_namespace=/,member=M", "type='signal',member='M'"),
        ("path_namespace=''/,arg0='/'", "arg0='/'"),
        ("type='signal',path_namespace='/a'", "type='signal',path_namespace='/a'"),
        ("path='/',arg0path='/'", "path='/',arg0path='/'"),
        ("", ""),
    ] {
        let rule = MatchRule::parse(text).unwrap();
        let owned = OwnedMatchRule::from(rule);
        assert_eq!((&*rule.bus_text(), owned.bus_text()), (expected, expected));
        // The rule itself keeps the key: its text, what it is equal to, and what it matches.
        assert_eq!(MatchRule::parse(&rule.to_string()), Ok(rule));
        assert_eq!((owned.as_str(), owned.borrow()), (&*rule.to_string(), rule));
        let is_left_out = rule.get(MatchKey::PathNamespace).is_some_and(|path| path.is("/"));
        assert_eq!(MatchRule::parse(expected) != Ok(rule), is_left_out);
    }
    signal(&(), |message| assert_matches(message, "path_namespace='/'", true));
    let returned =
        Header::method_return(Serial::FIRST, &Header::new(MessageType::MethodCall, Serial::FIRST));
    let mut buf = crate::MessageBuf::new();
    buf.push(&returned, &()).unwrap();
    assert_matches(&Message::parse(buf.as_slice()).unwrap(), "path_namespace='/'", false);
}

#[test]
fn an_invalid_rule_is_named_with_its_text() {
    let rule = MatchRuleBuf::signals().sender("org.example").path("no path");
    let error = rule.rule().unwrap_err();
    assert_eq!(error.text, rule.as_str());
    assert_eq!(
        error.to_string(),
        "cannot use \"type='signal',sender='org.example',path='no path'\" as match rule: the value is invalid: \
         the path does not begin with a slash at byte 0, in the pair at byte 35"
    );
}

#[test]
fn a_rule_shows_its_text_and_is_equal_to_the_same_rule_only() {
    let text = "type='signal',member='Changed'";
    let (rule, other) = (MatchRule::parse(text).unwrap(), MatchRule::parse("").unwrap());
    assert_eq!(rule.as_str(), text);
    assert_eq!(format!("{rule:?}"), format!("{text:?}"));
    let owned = OwnedMatchRule::from(rule);
    assert_eq!((owned.to_string(), format!("{owned:?}")), (text.into(), format!("{text:?}")));
    assert_eq!(owned, text.parse().unwrap());
    assert_ne!(owned, OwnedMatchRule::from(other));
}

#[test]
fn different_keys_are_no_repetition() {
    let all = "type='signal',sender='a.b',interface='a.b',member='C',path='/a',destination='a.b',\
               eavesdrop='true'";
    assert!(MatchRule::parse(all).is_ok());
    assert!(MatchRule::parse(&all.replace("path=", "path_namespace=")).is_ok());
    for pair in all.split(',') {
        let twice = format!("{all},{pair}");
        let error = MatchRule::parse(&twice).unwrap_err();
        assert_eq!(error.kind, MatchRuleErrorKind::RepeatedKey, "{pair}");
    }
}

#[test]
fn a_rule_may_ask_for_each_type_and_no_other() {
    for known in ["signal", "method_call", "method_return", "error"] {
        assert!(MatchRule::parse(&format!("type='{known}'")).is_ok(), "{known}");
    }
    let error = MatchRule::parse("type='reply'").unwrap_err();
    assert_eq!(error.kind, MatchRuleErrorKind::BadType);
}
