use super::parse::LineError;
use super::*;
use barebus::wire::{DecodeErrorKind, Message};
use barebus_tests::generators::{self, any_message};
use barebus_text::{ParseErrorKind, json};
use proptest::prelude::*;

fn message(text: &str) -> Vec<u8> {
    json::parse_message(text).unwrap()
}

fn printed(bytes: &[u8], form: Body) -> String {
    let mut line = String::new();
    print(&Message::parse(bytes).unwrap(), form, &mut line).unwrap();
    line
}

#[test]
fn prints_lines_and_parses_them_to_the_same_bytes() {
    for (text, busctl, gvariant) in [
        (
            r#"{"type":"method_call","serial":2,"path":"/a","interface":"a.b","member":"C","destination":"x.y",
                "body":{"type":"su","data":["text",7]}}"#,
            r#"method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=su : su "text" 7"#,
            "method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=su : ('text', uint32 7)",
        ),
        (
            r#"{"type":"method_return","endian":"B","flags":129,"serial":4294967295,"reply_serial":7,"sender":":1.5"}"#,
            "method_return endian=B flags=129 serial=4294967295 reply_serial=7 sender=:1.5",
            "method_return endian=B flags=129 serial=4294967295 reply_serial=7 sender=:1.5",
        ),
        (
            r#"{"type":"error","serial":1,"signature":"v","error_name":"a.B","reply_serial":9,
                "body":{"type":"v","data":[{"type":"s","data":" : \""}]}}"#,
            r#"error serial=1 signature=v error_name=a.B reply_serial=9 : v s " : \"""#,
            "error serial=1 signature=v error_name=a.B reply_serial=9 : (<' : \"'>,)",
        ),
        (
            r#"{"type":200,"serial":1,"signature":"","10":{"type":"(sas)","data":["a : \"\\",["é"]]},
                "255":{"type":"y","data":1},"10":{"type":"y","data":2}}"#,
            r#"200 serial=1 signature= "10=(sas) \"a : \\\"\\\\\" 1 \"\\303\\251\"" "255=y 1" "10=y 2""#,
            r#"200 serial=1 signature= "10=(sas) \"a : \\\"\\\\\" 1 \"\\303\\251\"" "255=y 1" "10=y 2""#,
        ),
    ] {
        let bytes = message(text);
        assert_eq!(printed(&bytes, Body::Busctl), busctl);
        assert_eq!(printed(&bytes, Body::GVariant), gvariant);
        assert_eq!(parse(busctl, Body::Busctl).unwrap(), bytes, "{busctl}");
        assert_eq!(parse(gvariant, Body::GVariant).unwrap(), bytes, "{gvariant}");
    }
}

#[test]
fn keeps_each_double_to_the_bit_in_busctls_form() {
    for bits in ["NaN(0x7ff0000000000001)", "-NaN", "Infinity"] {
        let data = format!(r#"{{"type":"ad","data":[["{bits}",-0.0,5e-324]]}}"#);
        let bytes = message(&format!(
            r#"{{"type":"signal","serial":1,"path":"/","interface":"a.b","member":"C","endian":"B","body":{data}}}"#
        ));
        assert_eq!(parse(&printed(&bytes, Body::Busctl), Body::Busctl).unwrap(), bytes);
    }
}

#[test]
fn what_stands_by_itself_need_not_be_written() {
    let line = "signal path=/ interface=a.b member=C : s x";
    let bytes = parse(line, Body::Busctl).unwrap();
    let whole = r#"signal serial=1 path=/ interface=a.b member=C signature=s : s "x""#;
    assert_eq!(printed(&bytes, Body::Busctl), whole);
}

#[test]
fn tells_what_is_wrong() {
    for (line, text) in [
        ("", "type: not the right kind of value"),
        ("method_cal serial=1", "type: not the right kind of value"),
        ("method_call serial", "'serial' in the header is not key=value"),
        ("method_call serial=x path=/ member=A", "serial: not a number"),
        ("method_call serial=1 path=a member=A", "path: not an object path"),
        ("method_call serial=1 nonsense=1", "nonsense: unknown key"),
        ("method_call serial=1 serial=2", "a key appears twice"),
        ("method_call path=/ member=A signature=u : s x", "signature: not the type of the body"),
        ("method_call path=/ member=A : u x", "body: argument 1: not a number"),
        ("method_call path=/ member=A \"10=u\"", "argument 1: a value is missing"),
        ("method_call path=/ member=A \"10", "byte 28: invalid quotation"),
        ("method_call path=/ member=A \"\" : ", "'' in the header"),
    ] {
        let error = parse(line, Body::Busctl).unwrap_err().to_string();
        assert!(error.starts_with(text), "{line}: {error}");
    }
    let error = parse("signal path=/ interface=a.b member=A : ('x',)", Body::GVariant);
    assert!(matches!(error, Err(LineError::NoSignature)));
    let error = parse("signal path=/ interface=a.b member=A signature=( : ('x',)", Body::GVariant);
    assert!(matches!(error, Err(LineError::Signature(_))));
    let Err(LineError::Message(error)) = parse("signal path=/", Body::Busctl) else { panic!() };
    assert!(matches!(error.kind, ParseErrorKind::Message(DecodeErrorKind::MissingInterface)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_message_is_printed_as_a_line_and_parsed_to_the_same_bytes(parts in any_message()) {
        let bytes = generators::encode(&parts);
        let line = printed(&bytes, Body::Busctl);
        prop_assert_eq!(&parse(&line, Body::Busctl).unwrap(), &bytes, "{}", line);
        let line = printed(&bytes, Body::GVariant);
        let again = parse(&line, Body::GVariant).unwrap();
        // Which NaN it was, GVariant's form does not tell.
        prop_assert!(again == bytes || line.contains("nan"), "{}", line);
        prop_assert_eq!(printed(&again, Body::GVariant), line);
    }

    #[test]
    fn any_line_is_parsed_or_refused(
        words in prop::collection::vec("[a-z_]{1,9}=[a-z0-9/.:]{0,5}|[0-9]{1,3}=[a-z0-9]|[:\"]|.{0,3}", 0..6),
        start in "(signal|error|method_call|[0-9]{1,3}|.{0,3})",
    ) {
        let line = format!("{start} {}", words.join(" "));
        for form in [Body::Busctl, Body::GVariant] {
            if let Ok(bytes) = parse(&line, form) {
                prop_assert!(Message::parse(&bytes).is_ok_and(|message| message.validate().is_ok()));
            }
        }
    }
}
