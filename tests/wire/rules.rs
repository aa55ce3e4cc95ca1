//! Match rules and addresses from tests of other projects.

use barebus_tests::corpus::Corpus;
use barebus_tests::properties;
use barebus_tests::sample::sample_size;
use barebus_wire::address::Addresses;
use barebus_wire::{
    BusName, EncodeBody, Header, InterfaceName, MatchRule, MemberName, Message, MessageBuf,
    ObjectPath, Serial,
};
use proptest::prelude::*;

/// The tables write control characters and backslashes as C does.
fn unescape(text: &str) -> String {
    text.replace("\\\\", "\u{0}")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\r", "\r")
        .replace('\u{0}', "\\")
}

#[test]
fn judges_every_match_rule_as_the_corpus_does() {
    let Some(corpus) = Corpus::find() else { return };
    let rows = corpus.rows("vectors/match-rules-parse.tsv");
    assert!(rows.len() > 40);
    for row in rows {
        let rule = unescape(&row[1]);
        assert_eq!(MatchRule::parse(&rule).is_ok(), row[0] != "invalid", "{rule:?} ({})", row[2]);
        properties::match_rule(rule.as_bytes());
        let Some(same) = row[0].strip_prefix("equal-to: ") else { continue };
        assert_eq!(MatchRule::parse(&rule), MatchRule::parse(same));
    }
}

/// The specification's example for quoting.
#[test]
fn takes_quotes_and_backslashes_as_the_specification_shows() {
    let rule = MatchRule::parse(r"arg0=\',arg1=\,arg2=',',arg3=\\").unwrap();
    let values: Vec<Vec<u8>> = rule.pairs().map(|(_, value)| value.bytes().collect()).collect();
    assert_eq!(values, [&b"'"[..], b"\\", b",", b"\\\\"]);
    let rule = MatchRule::parse(r"arg0=''\''',arg1='\',arg2=',',arg3='\\'").unwrap();
    assert_eq!(
        rule.pairs().map(|(_, value)| value.bytes().collect::<Vec<u8>>()).collect::<Vec<_>>(),
        values
    );
}

fn signal(path: &'static str, body: &dyn EncodeBody) -> MessageBuf {
    let mut header = Header::signal(
        Serial::FIRST,
        ObjectPath::from_static(path),
        InterfaceName::from_static("org.example.I"),
        MemberName::from_static("Frobated"),
    );
    header.sender = Some(BusName::from_static(":1.7"));
    let mut message = MessageBuf::new();
    message.push(&header, body).unwrap();
    message
}

/// The messages of a row of the table: argument 0 as a STRING, and as an OBJECT_PATH if it is valid.
fn messages(description: &str) -> Vec<MessageBuf> {
    match description {
        "message 1" => return vec![signal("/foo/TheObjectManager", &())],
        "message 4" => return vec![signal("/foo/TheObjectManagerOther", &())],
        "path=/com/example/foo" => return vec![signal("/com/example/foo", &())],
        r#"SIGNAL member=Frobated, body (s "foobar", i 3)"# => {
            return vec![signal("/", &("foobar", 3_i32))];
        }
        _ => {}
    }
    if let Some(text) = description.split('"').nth(1) {
        return vec![signal("/", &(text,))];
    }
    let words = description.strip_prefix("arg0 ").expect("argument 0");
    let words = words.trim_start_matches("= ").trim_start_matches("o ");
    let text = words.split(' ').next().unwrap_or_default();
    let mut messages = vec![signal("/", &(text,))];
    messages.extend(ObjectPath::parse(text).ok().map(|path| signal("/", &(path,))));
    messages
}

#[test]
fn matches_every_message_as_the_corpus_does() {
    let Some(corpus) = Corpus::find() else { return };
    let rows = corpus.rows("vectors/match-rules-match.tsv");
    assert!(rows.len() > 30);
    for row in rows {
        let rule = MatchRule::parse(&row[1]).unwrap();
        for message in messages(&row[2]) {
            let message = Message::parse(message.as_slice()).unwrap();
            assert_eq!(
                rule.matches(&message, |_, _| false),
                row[0] == "match",
                "{} and {}",
                row[1],
                row[2]
            );
        }
    }
}

#[test]
fn judges_every_address_as_the_corpus_does() {
    let Some(corpus) = Corpus::find() else { return };
    let mut seen = 0;
    for row in corpus.rows("vectors/addresses.tsv") {
        properties::address(row[1].as_bytes());
        let value = |text: &str| {
            let list = format!("x:y={text}");
            let list = Addresses::parse(&list).ok()?;
            Some(list.last()?.get("y")?.bytes().collect::<Vec<u8>>())
        };
        match row[0].as_str() {
            "parse" => {
                assert_eq!(Addresses::parse(&row[1]).is_ok(), row[2] != "INVALID", "{}", row[1])
            }
            // Whether a connection is possible is not a matter of syntax.
            "supported" => assert!(Addresses::parse(&row[1]).is_ok(), "{}", row[1]),
            "escape/unescape" => {
                let bytes = hex::decode(row[2].strip_prefix("unescaped hex=").unwrap()).unwrap();
                assert_eq!(value(&row[1]), Some(bytes));
            }
            "unescape" => assert_eq!(value(&row[1]), None, "{}", row[1]),
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 45, "{seen} rows");
}

/// A value that is probably valid for some key.
const VALUE: &str = r"('?(a\.b|/a/b|/|M|signal|:1\.7|true|a|)'?|\\'|',')";

proptest! {
    #![proptest_config(ProptestConfig { cases: sample_size("match rules and addresses", 512), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn match_rules_are_cut_and_matched_the_naive_way(
        pairs in prop::collection::vec(
            (r" ?(type|sender|interface|member|path|path_namespace|destination|arg[0-9]{1,2}(path|namespace)?|eavesdrop)", VALUE),
            0..4,
        ),
        rest in any::<Vec<u8>>(),
    ) {
        let text: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut bytes = text.join(",").into_bytes();
        bytes.push(0);
        bytes.extend(rest);
        properties::match_rule(&bytes);
    }

    #[test]
    fn addresses_are_read_as_they_were_written(text in "((unix|tcp|x):((path|host|guid)=(/a|%20|%zz|b *|),?){0,3};?){0,3}") {
        properties::address(text.as_bytes());
    }
}
