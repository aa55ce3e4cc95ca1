//! Refused documents, and malformed ones, which only give errors.

use barebus_codegen::introspection::{ProblemKind, read};
use barebus_codegen::{Error, ErrorKind, Options, Source, generate};

use crate::random::Random;

fn error(xml: &str) -> Error {
    generate(&[Source::new("x.xml", xml)], &Options::default()).unwrap_err()
}

fn interface(members: &str) -> String {
    format!("<node>\n<interface name='org.example.I'>\n{members}\n</interface></node>")
}

#[track_caller]
fn refused(xml: &str, expected: &str) {
    let error = error(xml);
    assert!(matches!(error.kind, ErrorKind::Document(_)), "{error:?}");
    assert_eq!(error.to_string(), format!("cannot use introspection data of x.xml: {expected}"));
}

#[test]
fn names_the_interface_the_member_and_the_line() {
    let method = |inside: &str| interface(&format!("<method name='M'>\n{inside}</method>"));
    let at = "line 4, column 1: org.example.I.M";
    for (argument, what) in [
        (
            "<arg type='a'/>",
            "'a' is not a signature: an array has no element type at byte 1 of the signature",
        ),
        ("<arg type='ss'/>", "'ss' is not a single complete type"),
        ("<arg/>", "the attribute 'type' is missing"),
        ("<arg type='s' direction='up'/>", "the direction 'up' is neither 'in' nor 'out'"),
        ("<argument/>", "the element 'argument' is unknown here"),
        ("<annotation value='x'/>", "the attribute 'name' is missing"),
        (
            "<annotation name='org.freedesktop.DBus.Deprecated' value='1'/>",
            "the annotation org.freedesktop.DBus.Deprecated has no value '1'",
        ),
    ] {
        refused(&method(argument), &format!("{at}: {what}"));
    }
}

#[test]
fn names_are_checked() {
    let at = "line 3, column 1: org.example.I";
    refused(&interface("<method/>"), &format!("{at}.: the attribute 'name' is missing"));
    let error = error(&interface("<signal name='a-b'/>"));
    assert!(error.to_string().contains("I.a-b: 'a-b' is not a member name: "), "{error}");
    let error = self::error("<node><interface name='one'/></node>");
    assert!(error.to_string().contains("one: 'one' is not an interface name: "), "{error}");
    refused(
        &interface("<property name='a&#10;b' type='s' access='read'/>"),
        &format!("{at}.a\\nb: 'a\\nb' is not a property name"),
    );
    refused(
        &interface("<property name='P' type='s' access='all'/>"),
        &format!("{at}.P: the access 'all' is not 'read', 'write' or 'readwrite'"),
    );
    refused(
        &interface("<method name='M'/><signal name='M'/><method name='M'/>"),
        "line 3, column 37: org.example.I.M: the member is there twice",
    );
    refused(
        "<node><interface name='a.b'/><interface name='a.b'/></node>",
        "line 1, column 30: a.b: the interface is there twice",
    );
}

#[test]
fn documents_that_are_no_introspection_data() {
    refused("", "line 1, column 1: the document has no element");
    refused("words", "line 1, column 1: there is text outside of any element");
    refused("<html/>", "line 1, column 1: the outermost element is 'html', not 'node'");
    refused("<node/>\n<node/>", "line 2, column 1: there is a second outermost element");
    refused(
        "<node>\n<interface name='a.b'>",
        "line 2, column 23: the document ends inside 2 elements",
    );
    let at = "line 1, column";
    refused("<node><interface name='&x;'/></node>", &format!("{at} 7: the entity 'x' is unknown"));
    // A document may declare entities, but not use them.
    let declared = "<!DOCTYPE node [<!ENTITY x 'y'><!ENTITY z '&x;&x;'>]>";
    let used = format!("{declared}<node><interface name='a.&z;'/></node>");
    refused(&used, &format!("{at} 60: the entity 'z' is unknown"));
    let unused =
        format!("{declared}<node><interface name='a.b'><doc><x a='&z;'/></doc></interface></node>");
    assert!(generate(&[Source::new("x.xml", unused)], &Options::default()).is_ok());
    let documented = interface("<doc>&x;</doc>");
    refused(&documented, "line 3, column 6: org.example.I: the entity 'x' is unknown");
}

#[test]
fn nesting_is_bounded() {
    let nested =
        |count: usize| format!("{}{}", "<node name='n'>".repeat(count), "</node>".repeat(count));
    assert!(read(&nested(64)).unwrap().problems.is_empty());
    let document = read(&nested(65)).unwrap();
    assert_eq!(document.problems[0].kind, ProblemKind::TooDeep);
    assert!(error(&nested(100_000)).to_string().ends_with("more than 64 elements are nested"));
}

#[test]
fn a_row_of_too_many_types_is_refused() {
    let fields = "y".repeat(17);
    let error =
        error(&interface(&format!("<property name='P' type='a({fields})' access='read'/>")));
    assert_eq!(
        error.to_string(),
        "cannot generate org.example.I.P of x.xml (line 3): it has 17 types in a row, 16 are the most"
    );
}

#[test]
fn what_is_asked_for_must_be_there() {
    let interfaces = vec!["org.example.Other".to_owned()];
    let options = Options { interfaces, ..Options::default() };
    let source = Source::new("x.xml", interface(""));
    let error = generate(std::slice::from_ref(&source), &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot generate org.example.Other: no source has this interface"
    );
    let error = generate(&[source.object("x", "/")], &Options::default()).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Object(_)), "{error}");
}

/// A document with every element.
const WHOLE: &str = "<?xml version='1.0'?><!DOCTYPE node PUBLIC 'a' 'b'><node name='/a'>
<!-- comment --><interface name='org.example.I'><doc:doc xmlns:doc='x'><doc:para>Te&amp;xt</doc:para></doc:doc>
<method name='M'><arg name='a' type='a{s(iv)}' direction='out'/><annotation name='n' value='v'/></method>
<property name='P' type='as' access='readwrite'/><signal name='S'><arg type='x'/></signal>
</interface><node name='b'><interface name='a.b'><![CDATA[x]]></interface></node></node>";

#[test]
fn a_truncated_document_is_an_error() {
    assert_eq!(read(WHOLE).unwrap().problems, []);
    for len in 0..WHOLE.len() {
        if let Some(part) = WHOLE.get(..len) {
            assert!(read(part).is_err(), "{part}");
        }
    }
}

#[test]
fn changed_documents_are_read_or_refused() {
    const PIECES: [&str; 12] =
        ["<", ">", "/", "'", "&", ";", "node", "<node>", "</interface>", "<!--", "-->", "]"];
    let mut random = Random::new(7);
    for _ in 0..10_000 {
        let mut text = WHOLE.to_owned();
        for _ in 0..=random.below(4) {
            let start = random.below(text.len());
            let end = (start + random.below(6)).min(text.len());
            text.replace_range(start..end, PIECES[random.below(PIECES.len())]);
        }
        let _ = generate(&[Source::new("x", text)], &Options::default());
    }
}
