//! Match rules are printed, built and copied unchanged.

use barebus_wire::match_rule::{MatchKey, MatchRuleBuf, OwnedMatchRule};
use barebus_wire::{
    ErrorName, Header, InterfaceName, MatchRule, MemberName, Message, MessageBuf, MessageType,
    ObjectPath, Serial,
};
use proptest::prelude::*;

#[test]
fn type_is_compared_with_every_type() {
    for (name, code) in [("method_call", 1), ("method_return", 2), ("error", 3), ("signal", 4)] {
        let text = format!("type='{name}'");
        let rule = MatchRule::parse(&text).unwrap();
        for other in 1..6 {
            let mut header = Header::new(MessageType::from_code(other).unwrap(), Serial::FIRST);
            header.path = Some(ObjectPath::ROOT);
            header.interface = Some(InterfaceName::from_static("a.b"));
            header.member = Some(MemberName::from_static("M"));
            header.error_name = Some(ErrorName::from_static("a.b"));
            header.reply_serial = Some(Serial::FIRST);
            let mut buf = MessageBuf::new();
            buf.push(&header, &()).unwrap();
            let message = Message::parse(buf.as_slice()).unwrap();
            assert_eq!(rule.matches(&message, |_, _| false), code == other, "{name} and {other}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read_as_it_was_meant(
        values in prop::collection::vec(r"[a-z'\\,= ]{0,12}|\PC{0,12}", 0..8),
    ) {
        let mut built = MatchRuleBuf::signals();
        for (number, value) in (0..).zip(&values) {
            built = built.argument(number, value);
        }
        let rule = built.rule().unwrap();
        prop_assert_eq!(rule.to_string(), built.as_str());
        for (number, value) in (0..).zip(&values) {
            let found = rule.get(MatchKey::Argument(number)).unwrap();
            prop_assert!(found.is(value));
            prop_assert_eq!(&*found.to_text(), value);
            prop_assert!(found.bytes().eq(value.bytes()));
        }
    }

    #[test]
    fn any_text_is_refused_or_displayed_as_an_equal_rule(
        text in r"((type|arg0|arg1path|member|x)?[ =,]?('[a-z\\,]*'|\\'|[a-zA-Z,'\\])*,?){0,4}",
    ) {
        if let Ok(rule) = MatchRule::parse(&text) {
            let displayed = rule.to_string();
            prop_assert_eq!(MatchRule::parse(&displayed), Ok(rule));
            prop_assert_eq!(OwnedMatchRule::from(rule).to_string(), displayed);
        }
    }

    #[test]
    fn any_text_at_all_is_refused_at_a_byte_of_it(text in r"\PC{0,40}|[a-z0-9='\\, ]{0,60}") {
        if let Err(error) = MatchRule::parse(&text) {
            prop_assert!(error.at <= text.len());
            prop_assert!(text.is_char_boundary(error.at));
        }
    }
}
