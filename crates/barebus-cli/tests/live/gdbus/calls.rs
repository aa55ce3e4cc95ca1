//! `gdbus call` and `gdbus emit`, with arguments in every form that they take.

use barebus_text::{busctl, gvariant};

use super::{Comparison, barebus, gdbus};
use crate::service::{INTERFACE, REFUSING, SAMPLES, TYPES};

/// A method of the main interface, called by both.
fn call(compared: &Comparison, method: &str, arguments: &[&str]) -> (String, bool) {
    call_at(compared, TYPES, INTERFACE, method, arguments)
}

fn call_at(
    compared: &Comparison,
    path: &str,
    interface: &str,
    method: &str,
    arguments: &[&str],
) -> (String, bool) {
    let whole = format!("{interface}.{method}");
    let theirs = [&["-d", INTERFACE, "-o", path, "-m", &whole, "--"], arguments].concat();
    let ours = ["-o", "gvariant", "call", INTERFACE, path, interface, method, "--"];
    compared.same("call", &theirs, &[&ours, arguments].concat())
}

/// A sample as GVariant text.
fn literal(signature: &str, value: &[&str]) -> String {
    let mut text = String::new();
    gvariant::print_value(&busctl::parse(signature, value).unwrap(), &mut text).unwrap();
    text
}

/// A sample without its type.
fn bare(signature: &str, value: &[&str]) -> String {
    let mut text = String::new();
    gvariant::print_untyped_value(&busctl::parse(signature, value).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn values_of_every_type_are_taken_and_printed_as_by_gdbus() {
    let compared = Comparison::default();
    for sample in SAMPLES {
        // gdbus refuses doubles below the smallest normal one: see below.
        for value in sample.values.iter().filter(|value| **value != ["5e-324"]) {
            let method = format!("Echo{}", sample.name);
            let (printed, is_done) = call(&compared, &method, &[&literal(sample.signature, value)]);
            assert!(is_done, "{method} {value:?}");
            // What is printed is taken again.
            let again = printed.strip_prefix('(').and_then(|text| text.strip_suffix(",)\n"));
            assert_eq!(call(&compared, &method, &[again.unwrap()]), (printed, true));
            // Introspection tells the types.
            call(&compared, &method, &[&bare(sample.signature, value)]);
        }
    }
    compared.at_least(300);
}

#[test]
fn words_that_are_no_literals_are_strings_as_for_gdbus() {
    let compared = Comparison::default();
    let words = [
        "text",
        "two words",
        "7",
        "true",
        "'quoted'",
        "\"double\"",
        "'half",
        "it's",
        "uint32 7",
        "@s 'x'",
        "@o '/a'",
        "[1]",
        "[]",
        "<1>",
        "a\\tb",
        "a\\\\b",
        "\\u00e4",
        "\\u12",
        "back\\",
        "say \"x\"",
        "Grüße",
        "-5",
        "--",
        "nan",
        "/a",
        "''",
        "",
        "'a' ",
        " 'a'",
        "'a' 'b'",
        "b'x'",
        "just 'x'",
        "string 'x'",
        "0x10",
    ];
    for word in words {
        call(&compared, "EchoString", &[word]);
    }
    for word in ["/a", "'/a'", "/", "a", "", "objectpath '/a'", "/a/"] {
        call(&compared, "EchoPath", &[word]);
    }
    for word in ["s", "'s'", "a{sv}", "", "@g ''", "(", "z"] {
        call(&compared, "EchoSignature", &[word]);
    }
    let numbers =
        ["7", "0x7", "010", "-7", "byte 7", "256", "7.0", "+7", "7 ", "seven", "", "1e1", "'7'"];
    for method in ["EchoByte", "EchoInt32", "EchoUint64", "EchoDouble"] {
        for word in numbers {
            call(&compared, method, &[word]);
        }
    }
    for word in ["true", "false", "1", "yes", "'true'", "boolean true"] {
        call(&compared, "EchoBoolean", &[word]);
    }
    for word in [
        "<1>",
        "<'x'>",
        "1",
        "x",
        "<[]>",
        "<@as []>",
        "<<1>>",
        "<(1, 'x')>",
        "<{'k': <1>}>",
        "@v <1>",
        "<b'x'>",
    ] {
        call(&compared, "EchoVariant", &[word]);
    }
    for word in
        ["['a', 'b']", "[]", "@as []", "['a', 1]", "a", "[a]", "['a',]", "['a'", "[\"x\", 'y']"]
    {
        call(&compared, "EchoStrings", &[word]);
    }
    for word in [
        "{'k': <1>}",
        "{'k': <1>,}",
        "{}",
        "[{'k', <1>}]",
        "@a{sv} {}",
        "{'k': 1}",
        "{'a': <1>, 'a': <2>}",
        "{",
    ] {
        call(&compared, "EchoOptions", &[word]);
    }
    for word in ["b'x'", "[byte 1, 2]", "[]", "'x'", "b\"a\\001\"", "[1, 256]"] {
        call(&compared, "EchoBytes", &[word]);
    }
    compared.at_least(138);
}

#[test]
fn several_arguments_too_many_and_too_few_fail_or_succeed_alike() {
    let compared = Comparison::default();
    for arguments in [
        &["name", "{'k': <1>}", "7"] as &[&str],
        &["name", "{}", "7"],
        &["name", "{}"],
        &["name"],
        &[],
        &["name", "{}", "7", "8"],
        &["name", "{}", "x"],
    ] {
        call(&compared, "Several", arguments);
    }
    call(&compared, "Nothing", &[]);
    call(&compared, "Nothing", &["x"]);
    call(&compared, "NoSuchMethod", &[]);
    call(&compared, "NoSuchMethod", &["x", "7"]);
    call(&compared, "Fail", &["org.example.Error.Own", "a text"]);
    call_at(&compared, TYPES, "org.example.NoSuch", "Do", &["x"]);
    call_at(&compared, REFUSING, INTERFACE, "Do", &["x"]);
    call_at(&compared, "/no/such/object", INTERFACE, "Do", &[]);
    compared.at_least(14);
}

#[test]
fn properties_are_read_and_set_as_by_gdbus() {
    const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
    let compared = Comparison::default();
    for sample in SAMPLES {
        let name = format!("P{}", sample.name);
        call_at(&compared, TYPES, PROPERTIES, "Get", &[INTERFACE, &name]);
    }
    for name in ["Const", "NoSuch", "Unreadable", "WriteOnly"] {
        call_at(&compared, TYPES, PROPERTIES, "Get", &[INTERFACE, name]);
    }
    call_at(&compared, TYPES, PROPERTIES, "Set", &[INTERFACE, "Quiet", "<uint32 1>"]);
    call_at(&compared, TYPES, PROPERTIES, "Set", &[INTERFACE, "Quiet", "<'x'>"]);
    call_at(&compared, TYPES, PROPERTIES, "Set", &[INTERFACE, "Const", "<'x'>"]);
    compared.at_least(40);
}

#[test]
fn signals_are_emitted_as_by_gdbus() {
    let compared = Comparison::default();
    for arguments in [
        &[] as &[&str],
        &["text"],
        &["7", "uint32 7", "'x'", "true", "0.5"],
        &["[1, 2]", "['a']", "{'k': <1>}", "(1, 'x')", "@as []", "[]"],
        &["it's", "back\\"],
        &["/a", "objectpath '/a'", "b'x'", "<1>"],
    ] {
        let whole = format!("{INTERFACE}.SAny");
        let theirs = [&["-o", TYPES, "-s", &whole, "--"], arguments].concat();
        let ours = ["-o", "gvariant", "emit", TYPES, INTERFACE, "SAny", "--"];
        compared.same("emit", &theirs, &[&ours, arguments].concat());
    }
    compared.at_least(6);
}

#[test]
fn descriptors_of_the_caller_are_passed_as_by_gdbus() {
    let compared = Comparison::default();
    for word in ["0", "handle 1", "2", "77", "x"] {
        call(&compared, "EchoDescriptor", &[word]);
    }
    compared.at_least(5);
}

/// What gdbus prints, but does not take.
#[test]
fn doubles_below_the_smallest_normal_one_are_taken() {
    let words = ["EchoDouble", "4.9406564584124654e-324"];
    let call = ["-o", "gvariant", "call", INTERFACE, TYPES, INTERFACE];
    let printed = format!("({},)\n", words[1]);
    assert_eq!(barebus(&[&call[..], &words].concat()), (printed, true));
    let method = format!("{INTERFACE}.{}", words[0]);
    let (_, is_done) = gdbus("call", &["-d", INTERFACE, "-o", TYPES, "-m", &method, words[1]]);
    assert!(!is_done);
}
