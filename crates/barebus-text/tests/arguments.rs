//! Arguments whose parameters are known.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod support;

use barebus_text::arguments::{Notation, Parameter, Prototype, Value};
use barebus_text::{Values, busctl, gvariant, json};
use barebus_wire::{CursorEvent, Endian, OwnedBody, Signature};
use proptest::prelude::*;

/// A method with these parameters: a name and a type each.
fn method<'a>(parameters: &[(&'a str, &'a str)]) -> Prototype<'a> {
    let parameter = |(name, of): &(&'a str, &'a str)| Parameter {
        name,
        signature: Signature::parse(of).unwrap(),
    };
    Prototype::method("Do", parameters.iter().map(parameter).collect())
}

fn parsed(prototype: &Prototype<'_>, words: &[&str]) -> Result<OwnedBody, String> {
    let values = prototype.assign(words, Notation::Json).map_err(|error| error.to_string())?;
    let values: Vec<_> = values.into_iter().map(|text| text.map(Value::word)).collect();
    let body = prototype.parse(&values, Notation::Json, Endian::NATIVE);
    body.map_err(|error| error.to_string())
}

#[test]
fn basic_values_are_written_as_they_are_and_others_as_json() {
    let types = "ybnqiuxtdsogas(su)a{sv}a{us}";
    let types: Vec<_> = Signature::parse(types).unwrap().types().collect();
    let parameters: Vec<_> = types.iter().map(|of| ("", of.as_str())).collect();
    let words = [
        "0x10",
        "yes",
        "-1",
        "1",
        "-1",
        "1",
        "-1",
        "1",
        "0.5",
        "a \"b\"",
        "/a",
        "as",
        r#"["x"]"#,
        r#"["x",7]"#,
        r#"{"k":true}"#,
        r#"{"7":"x"}"#,
    ];
    let same = r#"ybnqiuxtdsogas(su)a{sv}a{us} 16 true -1 1 -1 1 -1 1 0.5 "a \"b\"" "/a" "as" 1 "x" "x" 7 1 "k" b true 1 7 "x""#;
    assert_eq!(parsed(&method(&parameters), &words).unwrap(), busctl::parse_line(same).unwrap());
}

#[test]
fn the_type_of_json_chooses_the_type_of_a_variant() {
    for (text, same) in [
        (r#""x""#, r#"v s "x""#),
        ("true", "v b true"),
        ("5", "v i 5"),
        ("-2147483648", "v i -2147483648"),
        ("2147483648", "v x 2147483648"),
        ("-2147483649", "v x -2147483649"),
        ("9223372036854775807", "v x 9223372036854775807"),
        ("9223372036854775808", "v t 9223372036854775808"),
        ("18446744073709551616", "v d 18446744073709551616"),
        ("5.0", "v d 5"),
        (r#"["a","b"]"#, r#"v as 2 "a" "b""#),
        ("[]", "v as 0"),
        (r#"["a",1,[]]"#, r#"v av 3 s "a" i 1 as 0"#),
        ("{}", "v a{sv} 0"),
        (r#"{"a":{"b":1}}"#, r#"v a{sv} 1 "a" a{sv} 1 "b" i 1"#),
        (r#"{"type":"u","data":7}"#, "v u 7"),
        (r#"{"data":7,"type":"u"}"#, "v u 7"),
        (r#"{"type":"av","data":[1]}"#, "v av 1 i 1"),
        // It names no type, so it is a dictionary.
        (r#"{"type":"wifi","data":7}"#, r#"v a{sv} 2 "type" s "wifi" "data" i 7"#),
        (r#"{"type":"u"}"#, r#"v a{sv} 1 "type" s "u""#),
        (r#"{"type":"u","data":7,"x":1}"#, r#"v a{sv} 3 "type" s "u" "data" i 7 "x" i 1"#),
    ] {
        let body = parsed(&method(&[("", "v")]), &[text]).unwrap();
        assert_eq!(body, busctl::parse_line(same).unwrap(), "{text}");
    }
}

#[test]
fn arguments_are_assigned_by_name_and_by_place() {
    let prototype = method(&[("name", "s"), ("mode", "s"), ("", "u")]);
    for words in [
        ["a=b", "c", "1"],
        ["mode=c", "a=b", "1"],
        ["name=a=b", "mode=c", "1"],
        ["a=b", "mode=c", "1"],
        ["mode=c", "1", "name=a=b"],
    ] {
        let body = parsed(&prototype, &words).unwrap();
        assert_eq!(body, busctl::parse("ssu", &["a=b", "c", "1"]).unwrap(), "{words:?}");
    }
}

#[test]
fn gvariant_text_has_no_names() {
    let prototype = method(&[("name", "s"), ("", "u")]);
    let words = ["name=x", "7"];
    let values = prototype.assign(&words, Notation::GVariant).unwrap();
    let values: Vec<_> = values.into_iter().map(|text| text.map(Value::word)).collect();
    let body = prototype.parse(&values, Notation::GVariant, Endian::NATIVE).unwrap();
    assert_eq!(body, busctl::parse("su", &words).unwrap());
}

#[test]
fn an_error_names_the_argument_and_shows_the_method() {
    let prototype = method(&[("name", "s"), ("options", "a{sv}"), ("", "u")]);
    let shown = "Do(name: s, options: a{sv}, u)";
    for (words, sentence) in [
        (&["a"] as &[&str], "argument options (a{sv}) is missing"),
        (&["a", "{}"], "argument 3 (u) is missing"),
        (&["a", "{}", "1", "x"], r#""x" is one argument too many"#),
        (&["name=a", "name=b"], "argument name (s) is given twice"),
        (
            &["a", "{}", "x"],
            r#"argument 3 (u): not a number, expected an unsigned 32-bit integer (u), found "x""#,
        ),
        (
            &["a", r#"{"k":{"type":"y","data":256}}"#, "1"],
            r#"argument options (a{sv}): k.data: number out of range, expected a byte (y), found "256""#,
        ),
        (
            &["a", r#"{"k":null}"#, "1"],
            r#"argument options (a{sv}): k: not the right kind of value, expected an object with a type and data, found "null""#,
        ),
        (
            &["a", "plain", "1"],
            r#"argument options (a{sv}): line 1, column 1: not JSON, expected JSON, with strings in double quotes, found "plain""#,
        ),
    ] {
        assert_eq!(
            parsed(&prototype, words).unwrap_err(),
            format!("{sentence}; declared as {shown}")
        );
    }
    let property =
        Prototype::property(Parameter { name: "Mtu", signature: Signature::from_static("u") });
    assert_eq!(
        parsed(&property, &[]).unwrap_err(),
        "property Mtu (u) is missing; declared as Mtu: u"
    );
    assert_eq!(
        parsed(&property, &["Mtu=7"]).unwrap_err(),
        r#"property Mtu (u): not a number, expected an unsigned 32-bit integer (u), found "Mtu=7"; declared as Mtu: u"#
    );
}

#[test]
fn a_file_may_have_all_arguments_with_their_type() {
    let prototype = method(&[("a", "s"), ("b", "au")]);
    let read = |text: &str| [Some(Value::read(text.to_owned())), None];
    let parse = |text: &str| prototype.parse(&read(text), Notation::Json, Endian::NATIVE);
    let body = parse("{\"type\":\"sau\",\"data\":[\"x\",[1]]}\n").unwrap();
    assert_eq!(body, busctl::parse("sau", &["x", "1", "1"]).unwrap());
    // Another type: it is the first argument's value, and the second one is missing.
    assert!(parse(r#"{"type":"su","data":["x",1]}"#).is_err());
    // A word is never more than one argument.
    let word = [Some(Value::word(r#"{"type":"sau","data":["x",[1]]}"#)), None];
    assert!(prototype.parse(&word, Notation::Json, Endian::NATIVE).is_err());

    let one = method(&[("a", "s")]);
    let text = |text: &str| {
        let body = one.parse(&[Some(Value::read(text.into()))], Notation::Json, Endian::NATIVE);
        body.unwrap().get::<(&str,)>().unwrap().0.to_owned()
    };
    assert_eq!(text("x\ny\n\n"), "x\ny\n");
    assert_eq!(text("x\r\n"), "x\r");
    assert_eq!(text("{\"type\":\"s\",\"data\":[\"x\"]}\n"), "x");
}

/// The texts of a body's values, as a shell takes them from `-o json` with `jq -r`: strings without quotes, others as JSON.
fn words(body: &OwnedBody) -> Vec<String> {
    let mut data = String::new();
    json::print_data(body, &mut data).unwrap();
    let values: Vec<serde_json::Value> = serde_json::from_str(&data).unwrap();
    let mut cursor = Values::cursor(body);
    let mut words = Vec::new();
    let mut depth = 0;
    for value in &values {
        let event = cursor.next().unwrap().unwrap();
        if !matches!(event, CursorEvent::Basic(_)) {
            depth += 1;
        }
        while depth > 0 {
            match cursor.next().unwrap().unwrap() {
                CursorEvent::Basic(_) => {}
                CursorEvent::End => depth -= 1,
                _ => depth += 1,
            }
        }
        words.push(match value {
            serde_json::Value::String(text) => text.clone(),
            value => value.to_string(),
        });
    }
    words
}

proptest! {
    #[test]
    fn what_is_printed_as_json_is_taken_as_arguments(seed: u64) {
        let body = support::body(seed);
        let types: Vec<_> = body.signature().types().collect();
        let parameters: Vec<_> = types.iter().map(|of| ("", of.as_str())).collect();
        let prototype = method(&parameters);
        let mut text = String::new();
        json::print(&body, &mut text).unwrap();
        if !parameters.is_empty() {
            let mut values = vec![None; parameters.len()];
            values[0] = Some(Value::read(text));
            prop_assert_eq!(&prototype.parse(&values, Notation::Json, body.endian()).unwrap(), &body);
        }
        // serde_json's own values keep the last one of equal keys only, in another order.
        if !Values::signature(&body).as_str().contains(['{', 'v']) {
            let words = words(&body);
            let values = prototype.assign(&words, Notation::Json).unwrap();
            let values: Vec<_> = values.into_iter().map(|text| text.map(Value::word)).collect();
            prop_assert_eq!(&prototype.parse(&values, Notation::Json, body.endian()).unwrap(), &body);
        }
    }

    #[test]
    fn what_is_printed_as_gvariant_is_taken_as_arguments(seed: u64) {
        let body = support::body(seed);
        let values = body.values().unwrap();
        let mut texts = Vec::new();
        for value in &values {
            let single = OwnedBody::from_values(std::slice::from_ref(value)).unwrap();
            let mut text = String::new();
            gvariant::print_value(&single, &mut text).unwrap();
            texts.push(text);
        }
        let typed = gvariant::parse_arguments(body.signature(), &texts, body.endian()).unwrap();
        if !texts.iter().any(|text| text.contains("nan")) {
            prop_assert_eq!(&typed, &body);
            // An empty array tells its type, too: GLib's form is complete.
            let untyped = gvariant::parse_untyped_arguments(&texts, body.endian()).unwrap();
            prop_assert_eq!(&untyped, &body);
        }
    }

    #[test]
    fn any_words_are_arguments_or_refused(words in proptest::collection::vec(".{0,12}", 0..4), of in "[ybnqiuxtdsogv]|a\\{sv\\}|as|\\(sv\\)") {
        let prototype = method(&[("a", "s"), ("b", &of)]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let _ = parsed(&prototype, &words);
        let _ = gvariant::parse_untyped_arguments(&words, Endian::Little);
    }
}
