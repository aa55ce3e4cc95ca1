//! JSON in `busctl`'s form, of bodies and whole messages.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod support;

use barebus_text::json::{
    parse, parse_data, parse_message, parse_messages, parse_value, print, print_data,
    print_message, print_value,
};
use barebus_text::{ParseErrorKind as Kind, Place, Values, busctl};
use barebus_wire::{
    Basic, DecodeErrorKind, EncodeError, Endian, Flags, Header, InterfaceName, MemberName, Message,
    MessageBuf, MethodCall, ObjectPath, OwnedBody, Serial, Signature,
};
use proptest::prelude::*;

fn printed(values: &impl Values) -> String {
    let mut text = String::new();
    print(values, &mut text).unwrap();
    text
}

fn message_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    print_message(&Message::parse(bytes).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn prints_what_busctl_prints() {
    // The lines are those of `busctl --json=short call`, systemd 252.
    for (line, json) in [
        (r#"s "text""#, r#"{"type":"s","data":["text"]}"#),
        (r#"(is)(i) 1 "a" 1"#, r#"{"type":"(is)(i)","data":[[1,"a"],[1]]}"#),
        ("v v i 1", r#"{"type":"v","data":[{"type":"v","data":{"type":"i","data":1}}]}"#),
        (r#"a{ss} 2 "x" "x" "x" "y""#, r#"{"type":"a{ss}","data":[{"x":"x","x":"y"}]}"#),
        (
            r#"sa{sv}b "a" 1 "k" ay 2 1 2 true"#,
            r#"{"type":"sa{sv}b","data":["a",{"k":{"type":"ay","data":[1,2]}},true]}"#,
        ),
        ("", r#"{"type":"","data":[]}"#),
        ("aia{sv}as 0 0 0", r#"{"type":"aia{sv}as","data":[[],{},[]]}"#),
        (
            "xt -9223372036854775808 18446744073709551615",
            r#"{"type":"xt","data":[-9223372036854775808,18446744073709551615]}"#,
        ),
    ] {
        let body = busctl::parse_line(line).unwrap();
        assert_eq!(printed(&body), json);
        assert_eq!(parse(json, Endian::NATIVE).unwrap(), body);
    }
}

#[test]
fn reads_the_doubles_that_busctl_prints() {
    let body = parse(
        r#"{"type":"dddd","data":[1.000000000000000055511e-01,5.000000000000000000000e+00,null,7]}"#,
        Endian::Little,
    );
    let (tenth, five, nan, seven) = body.unwrap().get::<(f64, f64, f64, f64)>().unwrap();
    assert_eq!((tenth, five, seven), (0.1, 5.0, 7.0));
    assert!(nan.is_nan());
}

#[test]
fn doubles_without_a_number_are_strings() {
    let bits = [
        f64::NAN.to_bits(),
        (-f64::NAN).to_bits(),
        f64::INFINITY.to_bits(),
        f64::NEG_INFINITY.to_bits(),
        0x7ff0_0000_0000_0001,
        0x8000_0000_0000_0000,
        1,
    ];
    let signature = Signature::from_static("ddddddd");
    let body = OwnedBody::build(signature, Endian::Big, |writer| {
        bits.iter().try_for_each(|bits| writer.put_basic(Basic::Double(f64::from_bits(*bits))))
    });
    let body: OwnedBody = body.map_err(|error: EncodeError| error).unwrap();
    let text = printed(&body);
    assert_eq!(
        text,
        r#"{"type":"ddddddd","data":["NaN","-NaN","Infinity","-Infinity","NaN(0x7ff0000000000001)",-0.0,5e-324]}"#
    );
    assert_eq!(parse(&text, Endian::Big).unwrap(), body);
}

#[test]
fn keys_are_strings_whatever_their_type() {
    let line = "a{us}a{by}a{dy}a{oy} 2 1 \"x\" 1 \"y\" 1 true 1 2 0.5 1 inf 2 1 \"/a\" 3";
    let body = busctl::parse_line(line).unwrap();
    let text = printed(&body);
    assert_eq!(
        text,
        r#"{"type":"a{us}a{by}a{dy}a{oy}","data":[{"1":"x","1":"y"},{"true":1},{"0.5":1,"Infinity":2},{"/a":3}]}"#
    );
    assert_eq!(parse(&text, Endian::NATIVE).unwrap(), body);
}

#[test]
fn a_single_value_stands_without_brackets() {
    let body = busctl::parse_line("as 1 \"x\"").unwrap();
    let mut text = String::new();
    print_value(&body, &mut text).unwrap();
    assert_eq!(text, r#"{"type":"as","data":["x"]}"#);
    assert_eq!(parse_value(&text, Endian::NATIVE).unwrap(), body);
    let error = parse_value(r#"{"type":"ss","data":["x","y"]}"#, Endian::NATIVE).unwrap_err();
    assert_eq!(error.kind, Kind::NotOneType);
}

#[test]
fn data_stands_without_its_type() {
    let body = busctl::parse_line("su \"x\" 1").unwrap();
    let mut text = String::new();
    print_data(&body, &mut text).unwrap();
    assert_eq!(text, r#"["x",1]"#);
    assert_eq!(parse_data(body.signature(), &text, Endian::NATIVE).unwrap(), body);
}

#[test]
fn escapes_what_a_terminal_acts_on() {
    let text = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1b}\u{7f}\u{9b}\u{202e}ä\u{e0001}";
    let body = OwnedBody::new(&(text,)).unwrap();
    let json = printed(&body);
    assert_eq!(
        json,
        r#"{"type":"s","data":["\"\\/\b\f\n\r\t\u0001\u001b\u007f\u009b\u202eä\udb40\udc01"]}"#
    );
    assert_eq!(parse(&json, Endian::NATIVE).unwrap(), body);
}

#[test]
fn numbers_may_be_written_in_other_ways() {
    let text = r#"{"type":"ytxid","data":["0x10","18446744073709551615",1e3,-0,"1e3"]}"#;
    let body = parse(text, Endian::NATIVE).unwrap();
    assert_eq!(body.get::<(u8, u64, i64, i32, f64)>().unwrap(), (16, u64::MAX, 1000, 0, 1000.0));
}

#[test]
fn tells_where_the_text_is_wrong_and_what_is_expected() {
    for (json, kind, text) in [
        (
            r#"{"type":"s","data":[7]}"#,
            Kind::WrongType,
            "data[0]: not the right kind of value, expected a string (s), found \"7\"",
        ),
        (
            r#"{"type":"a{sv}","data":[{"k":{"type":"y","data":256}}]}"#,
            Kind::OutOfRange,
            "data[0].k.data: number out of range, expected a byte (y), found \"256\"",
        ),
        (
            r#"{"type":"a{sy}","data":[{"a.b\u001b":"x"}]}"#,
            Kind::NotANumber,
            "data[0][\"a.b\\u{1b}\"]: not a number, expected a byte (y), found \"x\"",
        ),
        (
            r#"{"type":"i","data":[1.5]}"#,
            Kind::NotANumber,
            "data[0]: not a number, expected a signed 32-bit integer (i), found \"1.5\"",
        ),
        (
            r#"{"type":"t","data":[18446744073709551616]}"#,
            Kind::OutOfRange,
            "data[0]: number out of range, expected an unsigned 64-bit integer (t), found \
             \"1.8446744073709552e19\"",
        ),
        (
            r#"{"type":"b","data":[1]}"#,
            Kind::WrongType,
            "data[0]: not the right kind of value, expected a boolean (b), found \"1\"",
        ),
        (
            r#"{"type":"ss","data":["a"]}"#,
            Kind::TooFew,
            "data: a value is missing, expected an array with a value for each type, found \"[…1]\"",
        ),
        (
            r#"{"type":"(s)","data":[["a","b"]]}"#,
            Kind::TooMany,
            "data[0]: more values than the signature has types, expected an array with a value \
             for each type, found \"[…2]\"",
        ),
        (
            r#"{"type":"a{ss}","data":[[]]}"#,
            Kind::WrongType,
            "data[0]: not the right kind of value, expected an object as a dictionary, found \
             \"[…0]\"",
        ),
        (
            r#"{"type":"s"}"#,
            Kind::MissingKey,
            "a key is missing, expected an object with a type and data",
        ),
        (
            r#"{"type":"s","data":["x"],"more":1}"#,
            Kind::UnknownKey,
            "unknown key, expected an object with a type and data, found \"more\"",
        ),
        (
            r#"{"type":"s","data":["x"],"data":["x"]}"#,
            Kind::DuplicateKey,
            "a key appears twice, expected an object with a type and data, found \"data\"",
        ),
        (
            r#"{"type":"v","data":[{"type":"ss","data":[]}]}"#,
            Kind::NotOneType,
            "data[0]: not exactly one type, expected one type, found \"ss\"",
        ),
        (
            r#"{"type":"s","data":["a\u0000"]}"#,
            Kind::Encode(EncodeError::StringWithNul),
            "data[0]: a string contains a NUL",
        ),
        ("{\"type\":\n[}", Kind::NotJson, "line 2, column 2: not JSON"),
        (
            r#"{"type":"d","data":[1e999]}"#,
            Kind::OutOfRange,
            "line 1, column 25: number out of range, expected a number up to 1.8e308",
        ),
        ("{\"type\":", Kind::TooFew, "line 1, column 8: a value is missing, expected JSON"),
    ] {
        let error = parse(json, Endian::NATIVE).unwrap_err();
        assert_eq!(error.to_string(), text);
        assert_eq!(error.kind, kind, "{json}");
    }
    let error = parse(r#"{"type":"(s","data":[]}"#, Endian::NATIVE).unwrap_err();
    assert!(matches!(error.kind, Kind::BadSignature(_)));
    assert_eq!(error.place, Place::Path("type".into()));
    let text = "type: a struct is started but not ended at byte 2 of the signature, found \"(s\"";
    assert_eq!(error.to_string(), text);
}

#[test]
fn refuses_more_than_64_containers() {
    let nest = |depth: usize| {
        let inner = r#"{"type":"v","data":"#.repeat(depth - 1);
        let text = format!(
            r#"{{"type":"v","data":[{inner}{{"type":"y","data":1}}{}]}}"#,
            "}".repeat(depth - 1)
        );
        parse(&text, Endian::NATIVE)
    };
    let body = nest(64).unwrap();
    assert_eq!(parse(&printed(&body), Endian::NATIVE).unwrap(), body);
    assert_eq!(nest(65).unwrap_err().kind, Kind::Encode(EncodeError::NestedTooDeeply));
    assert_eq!(nest(1_000_000).unwrap_err().kind, Kind::NotJson);
}

fn call(endian: Endian) -> Vec<u8> {
    let mut header =
        MethodCall::checked(ObjectPath::from_static("/a"), MemberName::from_static("Frob"))
            .interface(InterfaceName::from_static("a.b"))
            .flags(Flags::NO_AUTO_START)
            .header(Serial::new(7).unwrap());
    header.endian = endian;
    let mut buf = MessageBuf::new();
    buf.push(&header, &("x", 7u32)).unwrap();
    buf.as_slice().to_vec()
}

#[test]
fn prints_all_of_a_message() {
    let text = message_text(&call(Endian::Big));
    assert_eq!(
        text,
        r#"{"type":"method_call","endian":"B","flags":2,"version":1,"serial":7,"path":"/a","interface":"a.b","member":"Frob","signature":"su","body":{"type":"su","data":["x",7]}}"#
    );
    assert_eq!(parse_message(&text).unwrap(), call(Endian::Big));
    let little = parse_message(&text.replace("\"B\"", "\"l\"")).unwrap();
    assert_eq!(little, call(Endian::Little));
}

/// A signal with fields in an order of its own, fields and flags that the specification does not know, one of them twice.
const STRANGE: &str = concat!(
    r#"{"type":"signal","endian":"l","flags":241,"version":1,"serial":4294967295,"#,
    r#""signature":"ay","unix_fds":0,"member":"M","200":{"type":"a{sv}","data":{"k":{"type":"d","data":0.5}}},"#,
    r#""sender":":1.7","interface":"a.b","200":{"type":"v","data":{"type":"y","data":1}},"path":"/","#,
    r#""body":{"type":"ay","data":[[1,2]]}}"#
);

#[test]
fn keeps_unknown_fields_and_flags_and_the_order_of_fields() {
    let bytes = parse_message(STRANGE).unwrap();
    assert_eq!(message_text(&bytes), STRANGE);
    assert_eq!(bytes[2], 241);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header().serial.get(), u32::MAX);
    assert_eq!(message.body::<(&[u8],)>().unwrap().0, [1, 2]);
}

#[test]
fn keeps_types_that_the_specification_does_not_know() {
    let text =
        r#"{"type":77,"endian":"B","flags":0,"version":1,"serial":1,"body":{"type":"","data":[]}}"#;
    let bytes = parse_message(text).unwrap();
    assert_eq!(bytes[1], 77);
    assert_eq!(message_text(&bytes), text);
}

#[test]
fn a_message_by_hand_needs_little() {
    let text = r#"{"type":"method_call","path":"/","member":"M","flags":["no_reply_expected","allow_interactive_authorization"],"body":{"type":"s","data":["x"]}}"#;
    let bytes = parse_message(text).unwrap();
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header().endian, Endian::Little);
    assert_eq!(message.header().serial, Serial::FIRST);
    assert_eq!(message.header().flags.bits(), 5);
    assert_eq!(message.body::<(&str,)>().unwrap(), ("x",));
    let bytes = parse_message(r#"{"type":"method_return","reply_serial":9}"#).unwrap();
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header().reply_serial, Serial::new(9));
    assert_eq!(message.body::<()>(), Ok(()));
}

#[test]
fn reads_what_busctl_monitor_prints() {
    let text = r#"
{"type":"error","endian":"l","flags":1,"version":1,"cookie":55,"reply_cookie":2,"timestamp-realtime":1795491679993795,"sender":":1.0","destination":":1.91","error_name":"org.freedesktop.DBus.Error.UnknownMethod","payload":{"type":"s","data":["Object does not exist at path “/”"]}}
{"type":"signal","endian":"l","flags":1,"version":1,"cookie":2,"timestamp-realtime":1795491679999864,"sender":":1.92","path":"/","interface":"a.b","member":"Sig","payload":{"type":"s","data":["x"]}}
"#;
    let messages: Vec<_> = parse_messages(text).map(Result::unwrap).collect();
    let [error, signal] = messages.as_slice() else { panic!("{messages:?}") };
    let error = Message::parse(error).unwrap();
    assert_eq!(error.header().serial.get(), 55);
    assert_eq!(error.header().reply_serial, Serial::new(2));
    assert_eq!(
        error.header().error_name.unwrap().as_str(),
        "org.freedesktop.DBus.Error.UnknownMethod"
    );
    let signal = Message::parse(signal).unwrap();
    assert_eq!(signal.header().member.unwrap().as_str(), "Sig");
    assert_eq!(signal.body::<(&str,)>().unwrap(), ("x",));
}

#[test]
fn ends_after_what_is_no_json() {
    let mut messages = parse_messages("{\"type\":77} {] {\"type\":77}");
    assert!(messages.next().unwrap().is_ok());
    assert_eq!(messages.next().unwrap().unwrap_err().kind, Kind::NotJson);
    assert!(messages.next().is_none());
}

#[test]
fn tells_what_is_wrong_with_a_message() {
    for (json, kind, text) in [
        (
            "[]",
            Kind::WrongType,
            "not the right kind of value, expected an object that describes a message, found \"[…0]\"",
        ),
        ("{}", Kind::MissingKey, "a key is missing, expected the message's type"),
        (
            r#"{"type":"call"}"#,
            Kind::WrongType,
            "type: not the right kind of value, expected method_call, method_return, error, \
             signal, or a number, found \"call\"",
        ),
        (
            r#"{"type":"method_call","endian":"big"}"#,
            Kind::WrongType,
            "endian: not the right kind of value, expected \"l\" or \"B\", found \"big\"",
        ),
        (
            r#"{"type":77,"path":"/","path":"/"}"#,
            Kind::DuplicateKey,
            "a key appears twice, expected an object that describes a message, found \"path\"",
        ),
        (
            r#"{"type":77,"cookie":1,"serial":1}"#,
            Kind::DuplicateKey,
            "a key appears twice, expected an object that describes a message, found \"serial\"",
        ),
        (r#"{"type":77,"pth":"/"}"#, Kind::UnknownKey, "pth: unknown key"),
        (
            r#"{"type":77,"flags":["loud"]}"#,
            Kind::WrongType,
            "flags: not the right kind of value, expected the name of a flag, found \"loud\"",
        ),
        (
            r#"{"type":"method_return"}"#,
            Kind::Message(DecodeErrorKind::MissingReplySerial),
            "the header has no REPLY_SERIAL",
        ),
        (
            r#"{"type":0}"#,
            Kind::Message(DecodeErrorKind::MessageTypeZero),
            "type: the message type is 0",
        ),
        (
            r#"{"type":77,"serial":0}"#,
            Kind::Message(DecodeErrorKind::SerialZero),
            "serial: the serial is 0",
        ),
        (
            r#"{"type":77,"version":2}"#,
            Kind::Message(DecodeErrorKind::ProtocolVersion),
            "version: the protocol version is not 1",
        ),
        (
            r#"{"type":77,"signature":"s","body":{"type":"u","data":[1]}}"#,
            Kind::SignatureMismatch,
            "signature: not the type of the body, expected the body's type, found \"s\"",
        ),
        (
            r#"{"type":77,"body":{"type":"u","data":["x"]}}"#,
            Kind::NotANumber,
            "body.data[0]: not a number, expected an unsigned 32-bit integer (u), found \"x\"",
        ),
    ] {
        let error = parse_message(json).unwrap_err();
        assert_eq!(error.to_string(), text);
        assert_eq!(error.kind, kind);
    }
}

#[test]
fn refuses_a_known_field_by_its_number() {
    for key in ["0", "7", "9", "010", "+10", "256"] {
        let text = format!(r#"{{"type":77,"{key}":{{"type":"u","data":1}}}}"#);
        assert_eq!(parse_message(&text).unwrap_err().kind, Kind::UnknownKey, "{key}");
    }
    assert!(parse_message(r#"{"type":77,"10":{"type":"u","data":1}}"#).is_ok());
}

/// A signal with this body, and with a descriptor for each index in it.
fn message_of(body: &OwnedBody) -> Vec<u8> {
    let mut header = Header::signal(
        Serial::FIRST,
        ObjectPath::from_static("/a"),
        InterfaceName::from_static("a.b"),
        MemberName::from_static("M"),
    );
    header.endian = body.endian();
    header.unix_fds = u32::MAX;
    let mut buf = MessageBuf::new();
    buf.push(&header, body).unwrap();
    buf.as_slice().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_parsed_to_the_same_bytes(seed: u64) {
        let body = support::body(seed);
        let text = printed(&body);
        prop_assert_eq!(parse(&text, body.endian()).unwrap(), body, "{}", text);
    }

    #[test]
    fn a_printed_message_is_parsed_to_the_same_bytes(seed: u64) {
        let bytes = message_of(&support::body(seed));
        prop_assert_eq!(parse_message(&message_text(&bytes)).unwrap(), bytes);
    }

    #[test]
    fn printed_text_is_json_without_control_characters(seed: u64) {
        let text = printed(&support::body(seed));
        prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
        prop_assert!(!text.chars().any(char::is_control));
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,30}") {
        let _ = (parse(&text, Endian::Little), parse_message(&text), parse_messages(&text).count());
    }

    #[test]
    fn any_values_are_parsed_or_refused(
        signature in "[ybnqiuxtdsoghav(){}]{0,6}",
        data in "(\\[|\\]|\\{|\\}|,|:|\"[a-z0-9]{0,2}\"|[0-9]|-1|1.5|null|true){0,12}",
    ) {
        let text = format!(r#"{{"type":"{signature}","data":[{data}]}}"#);
        if let Ok(body) = parse(&text, Endian::Little) {
            prop_assert_eq!(parse(&printed(&body), Endian::Little).unwrap(), body);
        }
    }
}

#[test]
fn numbers_that_doubles_do_not_tell_apart_are_refused_as_integers() {
    let kind = |code: char, number: &str| {
        let text = format!(r#"{{"type":"{code}","data":[{number}]}}"#);
        parse(&text, Endian::NATIVE).unwrap_err().kind
    };
    for number in ["9007199254740993.0", "9007199254740992.0", "-9007199254740993.0"] {
        assert_eq!(kind('x', number), Kind::OutOfRange, "{number}");
    }
    assert_eq!(kind('x', "2.5"), Kind::NotANumber);
    assert_eq!(kind('d', "1e400"), Kind::OutOfRange);
}
