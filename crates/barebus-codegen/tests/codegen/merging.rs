//! Several sources of one interface.

use barebus_codegen::{Error, ErrorKind, Module, Options, Source, generate};

fn source(name: &str, members: &str) -> Source {
    let xml = format!("<node>\n<interface name='org.example.I'>\n{members}</interface></node>");
    Source::new(name, xml)
}

fn merged(sources: &[Source]) -> Result<Module, Error> {
    generate(sources, &Options::default()).map(|mut modules| modules.remove(0))
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "'{part}' is not in:\n{text}");
}

const EMITS: &str = "org.freedesktop.DBus.Property.EmitsChangedSignal";

#[test]
fn says_which_source_has_which_member() {
    let sources = [
        source("1.0", "<method name='Both'/><method name='Old'/>"),
        source("2.0", "<method name='Both'/>"),
        source("3.0", "<method name='New'/><method name='Both'/>"),
    ];
    let text = merged(&sources).unwrap().to_file();
    has(&text, "//! `org.example.I`, in `1.0`, `2.0` and `3.0`.");
    has(&text, "/// `Both()`.\n");
    has(&text, "/// `Old()`. In `1.0`, not in `2.0` and `3.0`.\n");
    has(&text, "/// `New()`. In `3.0`, not in `1.0` and `2.0`.\n");
    let at = |name: &str| text.find(name).unwrap();
    assert!(at("NEW:") < at("BOTH:") && at("BOTH:") < at("OLD:"), "the last source's order");
}

#[test]
fn refuses_a_member_whose_types_differ() {
    let sources = [
        source("1.0", "<method name='M'><arg type='s' direction='in'/></method>"),
        source("2.0", "\n<method name='M'><arg type='u' direction='in'/></method>"),
    ];
    let error = merged(&sources).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Types(_)));
    assert_eq!(
        error.to_string(),
        "cannot merge method org.example.I.M: its types are 's -> ' in 1.0 (line 3), 'u -> ' in 2.0 (line 4)"
    );
    // A method and a property of the same name are two members.
    let sources = [
        source("1.0", "<method name='M'/>"),
        source("2.0", "<property name='M' type='u' access='read'/>"),
    ];
    assert!(merged(&sources).is_ok());
}

#[test]
fn a_property_promises_what_holds_for_every_source() {
    let property = |emits: &str, access: &str| {
        format!(
            "<property name='P' type='u' access='{access}'><annotation name='{EMITS}' value='{emits}'/></property>"
        )
    };
    for (first, second, expected) in [
        ("const", "const", "Const"),
        ("const", "true", "Value"),
        ("true", "invalidates", "Invalidates"),
        ("false", "true", "Never"),
    ] {
        for (first, second) in [(first, second), (second, first)] {
            let sources = [
                source("a", &property(first, "read")),
                source("b", &property(second, "readwrite")),
            ];
            let text = merged(&sources).unwrap().to_file();
            has(&text, &format!("Emits::{expected})"));
            has(&text, "writable in b.");
        }
    }
}

#[test]
fn the_last_source_says_what_is_deprecated() {
    let old = "<method name='M'/>";
    let new = "<method name='M'><annotation name='org.freedesktop.DBus.Deprecated' value='true'/></method>";
    let is_deprecated = |first: &str, second: &str| {
        let module = merged(&[source("1", first), source("2", second)]).unwrap();
        module.to_file().contains("#[deprecated]")
    };
    assert!(is_deprecated(old, new));
    assert!(!is_deprecated(new, old));
    let interface =
        "<annotation name='org.freedesktop.DBus.Deprecated' value='true'/><method name='M'/>";
    let text = merged(&[source("1", interface)]).unwrap().to_file();
    has(&text, "#[deprecated(note = \"the interface is deprecated\")]");
}

#[test]
fn an_object_is_named_when_it_alone_has_the_interface() {
    let first = source("1", "").object("org.example.S", "/a");
    let has_object = |sources: &[Source]| {
        merged(sources).unwrap().to_file().contains(r#"Object::from_static("org.example.S", "/a")"#)
    };
    assert!(has_object(std::slice::from_ref(&first)));
    assert!(has_object(&[first.clone(), source("2", "").object("org.example.S", "/a")]));
    assert!(!has_object(&[first.clone(), source("1", "").object("org.example.S", "/b")]));
    assert!(!has_object(&[first, source("1", "")]));
}

#[test]
fn objects_inside_a_document_have_their_own_paths() {
    let xml =
        "<node name='/org'><node name='below'><interface name='org.example.I'/></node></node>";
    let mut source = Source::new("a", xml);
    source.destination = Some("org.example.S".to_owned());
    has(
        &merged(&[source]).unwrap().to_file(),
        r#"Object::from_static("org.example.S", "/org/below")"#,
    );
}
