//! The forms by their names, and those that are only printed. The expected texts of `busctl`'s are those of systemd 252.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod support;

use barebus_text::{Form, Values, busctl, json};
use barebus_wire::{Endian, OwnedBody};
use proptest::prelude::*;

fn body(line: &str) -> OwnedBody {
    busctl::parse_line(line).unwrap()
}

fn printed(form: Form, values: &impl Values) -> String {
    let mut text = String::new();
    form.print(values, &mut text).unwrap();
    text
}

fn printed_value(form: Form, values: &impl Values) -> String {
    let mut text = String::new();
    form.print_value(values, &mut text).unwrap();
    text
}

#[test]
fn busctl_json_is_printed_as_busctl_prints_it() {
    for (line, data) in [
        ("d 0.1", "1.000000000000000055511e-01"),
        ("d 5", "5.000000000000000000000e+00"),
        ("d -0.0", "0.000000000000000000000e+00"),
        ("d 1e300", "1.000000000000000052505e+300"),
        ("d -1.5", "-1.500000000000000000000e+00"),
        ("d 5e-324", "4.940656458412465441766e-324"),
        ("d nan", "null"),
        ("d inf", "null"),
        ("d -inf", "null"),
        ("h 3", "null"),
        ("x -9223372036854775808", "-9223372036854775808"),
        ("t 18446744073709551615", "18446744073709551615"),
        (r#"s "a\"\\\n\t\001""#, r#""a\"\\\n\t\u0001""#),
        ("b true", "true"),
        ("v v d 0.5", r#"{"type":"v","data":{"type":"d","data":5.000000000000000000000e-01}}"#),
        ("a{us} 1 7 \"x\"", r#"{"7":"x"}"#),
        ("a{bu} 1 true 1", r#"{"true":1}"#),
        ("a{du} 1 0.5 1", r#"{"5.000000000000000000000e-01":1}"#),
        ("a{ss} 2 \"z\" \"1\" \"a\" \"2\"", r#"{"z":"1","a":"2"}"#),
    ] {
        let body = body(line);
        let signature = Values::signature(&body).as_str().to_owned();
        let expected = format!("{{\"type\":\"{signature}\",\"data\":{data}}}\n");
        assert_eq!(printed_value(Form::BusctlJson, &body), expected);
        let expected = format!("{{\"type\":\"{signature}\",\"data\":[{data}]}}\n");
        assert_eq!(printed(Form::BusctlJson, &body), expected);
    }
}

#[test]
fn pretty_json_is_laid_out_as_busctl_lays_it_out() {
    let body = body("a{sv}as 1 \"k\" d 1 0");
    let lines = "{\n\t\"type\" : \"a{sv}as\",\n\t\"data\" : [\n\t\t{\n\t\t\t\"k\" : {\n\t\t\t\t\"type\" : \"d\",\n\
                 \t\t\t\t\"data\" : 1.000000000000000000000e+00\n\t\t\t}\n\t\t},\n\t\t[]\n\t]\n}\n";
    assert_eq!(printed(Form::BusctlJsonPretty, &body), lines);
    let lines = lines.replace("1.000000000000000000000e+00", "1.0");
    assert_eq!(printed(Form::JsonPretty, &body), lines);
}

#[test]
fn the_long_form_is_printed_as_busctl_prints_it() {
    let body = body(
        r#"ybnqiuxtdsoghva{sv}a(ii)(s(u)) 1 true -1 1 -1 1 -1 1 0.5 "a\"ä" "/a" "as" 0 v i 1 1 "k" a{ss} 1 "a" "b" 1 1 2 "x" 7"#,
    );
    let expected = r#"MESSAGE "ybnqiuxtdsoghva{sv}a(ii)(s(u))" {
        BYTE 1;
        BOOLEAN true;
        INT16 -1;
        UINT16 1;
        INT32 -1;
        UINT32 1;
        INT64 -1;
        UINT64 1;
        DOUBLE 0.5;
        STRING "a"ä";
        OBJECT_PATH "/a";
        SIGNATURE "as";
        UNIX_FD 0;
        VARIANT "v" {
                VARIANT "i" {
                        INT32 1;
                };
        };
        ARRAY "{sv}" {
                DICT_ENTRY "sv" {
                        STRING "k";
                        VARIANT "a{ss}" {
                                ARRAY "{ss}" {
                                        DICT_ENTRY "ss" {
                                                STRING "a";
                                                STRING "b";
                                        };
                                };
                        };
                };
        };
        ARRAY "(ii)" {
                STRUCT "ii" {
                        INT32 1;
                        INT32 2;
                };
        };
        STRUCT "s(u)" {
                STRING "x";
                STRUCT "u" {
                        UINT32 7;
                };
        };
};

"#;
    assert_eq!(printed(Form::Verbose, &body), expected);
}

#[test]
fn the_long_form_escapes_what_a_terminal_acts_on() {
    let value = body(r#"s "a\033\012\302\205b""#);
    assert_eq!(printed_value(Form::Verbose, &value), "STRING \"a\\033\\n\\302\\205b\";\n");
}

#[test]
fn plain_values_are_a_line_each() {
    for (line, text) in [
        ("", ""),
        (r#"s "two words""#, "two words\n"),
        (r#"s """#, "\n"),
        ("as 0", ""),
        (r#"as 2 "a" "b""#, "a\nb\n"),
        ("ybxd 1 false -5 0.5", "1\nfalse\n-5\n0.5\n"),
        (r#"v s "x""#, "x\n"),
        (r#"v v as 2 "x" "y""#, "x\ny\n"),
        (r#"av 3 s "x" u 7 as 1 "y""#, "x\n7\n[\"y\"]\n"),
        (r#"a(so) 2 "a" "/a" "b" "/b""#, "[\"a\",\"/a\"]\n[\"b\",\"/b\"]\n"),
        (r#"a{sv} 2 "Mtu" u 1500 "Names" as 1 "x""#, "{\"Mtu\":1500,\"Names\":[\"x\"]}\n"),
        (r#"(sv) "a" v d 1"#, "[\"a\",1.0]\n"),
        ("aai 2 2 1 2 0", "[1,2]\n[]\n"),
        (r#"vu as 1 "x" 7"#, "x\n7\n"),
    ] {
        assert_eq!(printed(Form::Plain, &body(line)), text, "{line}");
        assert_eq!(printed_value(Form::Plain, &body(line)), text, "{line}");
    }
}

#[test]
fn a_reply_without_values_is_nothing_in_the_forms_of_busctl_only() {
    for (form, text) in [
        (Form::Text, ""),
        (Form::Verbose, ""),
        (Form::BusctlJson, ""),
        (Form::BusctlJsonPretty, ""),
        (Form::Plain, ""),
        (Form::Json, "{\"type\":\"\",\"data\":[]}\n"),
        (Form::GVariant, "()\n"),
    ] {
        assert_eq!(printed(form, &body("")), text, "{form:?}");
    }
}

proptest! {
    #[test]
    fn any_values_are_printed_in_all_forms(seed: u64) {
        let body = support::body(seed);
        let texts = [Form::Verbose, Form::BusctlJson, Form::BusctlJsonPretty, Form::JsonPretty, Form::Plain]
            .map(|form| printed(form, &body));
        let is_unsafe = |c: char| c != '\n' && c != '\t' && barebus_text::is_unsafe(c);
        // The last one is not escaped.
        for text in &texts[..4] {
            prop_assert!(!text.contains(is_unsafe), "{:?}", text);
        }
        prop_assert_eq!(json::parse(&texts[3], body.endian()).unwrap(), body.clone());
        // It prints no descriptor and not every double, but what it prints is read.
        let has_fds = Values::signature(&body).as_str().contains(['h', 'v']);
        if !has_fds && !body.signature().is_empty() {
            let parsed = json::parse(&texts[1], Endian::NATIVE).unwrap();
            prop_assert_eq!(parsed.signature(), body.signature());
        }
    }
}
