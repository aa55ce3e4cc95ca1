//! The rules one by one. That they are systemd's is shown by `tests/live` with systemd's own tools.

use super::*;

fn parse(text: &str) -> UnitName {
    UnitName::parse(text).unwrap()
}

fn refusal(text: &str) -> (NameErrorKind, usize) {
    let error = UnitName::parse(text).unwrap_err();
    assert_eq!(&*error.text, text);
    (error.kind, error.at)
}

#[test]
fn a_name_is_taken_apart() {
    for (text, prefix, instance, kind) in [
        ("dbus.service", "dbus", None, UnitKind::Service),
        ("a.b.c.socket", "a.b.c", None, UnitKind::Socket),
        (".hidden.mount", ".hidden", None, UnitKind::Mount),
        ("-.slice", "-", None, UnitKind::Slice),
        ("getty@.service", "getty", Some(""), UnitKind::Service),
        ("getty@tty1.service", "getty", Some("tty1"), UnitKind::Service),
        ("a@b@c.d.timer", "a", Some("b@c.d"), UnitKind::Timer),
        (r"x\x2dy@.\x40.path", r"x\x2dy", Some(r".\x40"), UnitKind::Path),
        ("service.service.service", "service.service", None, UnitKind::Service),
    ] {
        let name = parse(text);
        assert_eq!(
            (name.prefix(), name.instance(), name.kind()),
            (prefix, instance, kind),
            "{text}"
        );
        assert_eq!(name.is_template(), instance == Some(""), "{text}");
    }
}

#[test]
fn a_name_that_breaks_a_rule_is_refused_with_the_place() {
    use NameErrorKind::{BadCharacter, Empty, NoPrefix, NoType, TooLong, UnknownType};

    assert_eq!(refusal(""), (Empty, 0));
    assert_eq!(refusal("foo"), (NoType, 3));
    assert_eq!(refusal("foo."), (UnknownType, 4));
    assert_eq!(refusal("foo.Service"), (UnknownType, 4));
    assert_eq!(refusal("foo.snapshot"), (UnknownType, 4));
    assert_eq!(refusal(".service"), (NoPrefix, 0));
    assert_eq!(refusal("@.service"), (NoPrefix, 0));
    assert_eq!(refusal("@a.service"), (NoPrefix, 0));
    assert_eq!(refusal("a b.service"), (BadCharacter(' '), 1));
    assert_eq!(refusal("ab/c.service"), (BadCharacter('/'), 2));
    assert_eq!(refusal("ö.service"), (BadCharacter('ö'), 0));
    assert_eq!(refusal("a*.service"), (BadCharacter('*'), 1));
    assert_eq!(refusal("a\0.service"), (BadCharacter('\0'), 1));
    let longest = format!("{}.service", "a".repeat(247));
    assert_eq!(parse(&longest).as_str(), longest);
    assert_eq!(refusal(&format!("a{longest}")), (TooLong, 255));
}

#[test]
fn every_error_names_the_text_and_what_is_wrong() {
    let text = |error: NameError| error.to_string();
    let name = |text: &str| UnitName::parse(text).unwrap_err().to_string();
    assert_eq!(name(""), "cannot use '' as a unit name: it is empty");
    assert_eq!(
        name("foo"),
        "cannot use 'foo' as a unit name: it does not end in a unit type; append one, for example '.service'"
    );
    assert_eq!(
        name("foo.bar"),
        "cannot use 'foo.bar' as a unit name: the text at byte 4 is not a unit type such as 'service'"
    );
    assert_eq!(
        name("a\nb.service"),
        r"cannot use 'a\nb.service' as a unit name: the character '\n' at byte 1 is not allowed; `escape` makes text a part of a name"
    );
    assert_eq!(
        name("@.service"),
        "cannot use '@.service' as a unit name: nothing precedes the character at byte 0"
    );
    let long = "a".repeat(256);
    assert!(
        name(&format!("{long}.service")).ends_with(": the name would be longer than 255 bytes")
    );
    let too_long =
        "as a path: it is longer than 4095 bytes, or its element at byte 3 longer than 255";
    assert!(text(escape_path(format!("/a/{long}")).unwrap_err()).ends_with(too_long));
    let too_long = too_long.replace("byte 3", "byte 0");
    assert!(text(unescape_path(&"a".repeat(4096)).unwrap_err()).ends_with(&too_long));
    assert_eq!(
        text("servic".parse::<UnitKind>().unwrap_err()),
        "cannot use 'servic' as a unit name: the text at byte 0 is not a unit type such as 'service'"
    );
    assert_eq!(
        text(parse("a@.service").with_instance("b/c").unwrap_err()),
        "cannot use 'b/c' as an instance: the character '/' at byte 1 is not allowed; `escape` makes text a part of a name"
    );
    assert_eq!(
        text(parse("a.service").with_instance("b").unwrap_err()),
        "cannot use 'a.service' as a unit name: it has no '@'"
    );
    assert_eq!(
        text(unescape(r"ab\x4g").unwrap_err()),
        r"cannot unescape 'ab\x4g': the '\' at byte 2 is not followed by 'x' and two hexadecimal digits"
    );
    assert_eq!(
        text(unescape(r"a\xff").unwrap_err()),
        r"cannot unescape 'a\xff': the result is not UTF-8 from byte 1 on"
    );
    assert_eq!(
        text(escape_path("/a/../b").unwrap_err()),
        "cannot escape '/a/../b' as a path: the path has an element '..', '.' or '' at byte 3"
    );
    assert_eq!(
        text(unescape_path("a--b").unwrap_err()),
        "cannot unescape 'a--b' as a path: the path has an element '..', '.' or '' at byte 2"
    );
    assert_eq!(
        text(mangle("", UnitKind::Service).unwrap_err()),
        "cannot complete '' to a unit name: it is empty"
    );
    assert_eq!(
        text(unescape_label("a_").unwrap_err()),
        "cannot unescape 'a_' as an element of an object path: the byte at 1 is not as `escape_label` writes it"
    );
    let path = barebus::ObjectPath::from_static("/org/freedesktop/systemd1/job/1");
    assert_eq!(
        text(UnitName::from_object_path(path).unwrap_err()),
        "cannot use '/org/freedesktop/systemd1/job/1' as a unit's object path: it is not one element below \
         '/org/freedesktop/systemd1/unit'"
    );
}

#[test]
fn a_template_and_its_instances_lead_to_one_another() {
    let template = parse("getty@.service");
    let instance = parse("getty@tty1.service");
    assert_eq!(instance.template().unwrap(), template);
    assert_eq!(template.template().unwrap(), template);
    assert_eq!(parse("getty.service").template(), None);
    assert_eq!(template.with_instance("tty1").unwrap(), instance);
    assert_eq!(instance.with_instance("tty2").unwrap(), "getty@tty2.service");
    assert_eq!(instance.with_instance("a@b").unwrap(), "getty@a@b.service");
    assert_eq!(template.with_instance("").unwrap_err().kind, NameErrorKind::Empty);
    let long = template.with_instance(&"a".repeat(300)).unwrap_err();
    assert_eq!(long.kind, NameErrorKind::TooLong);
    // What was derived is what parsing it gives.
    let derived = instance.template().unwrap();
    assert_eq!((derived.prefix(), derived.instance()), ("getty", Some("")));
}

#[test]
fn names_are_found_in_maps_by_their_text() {
    let names: std::collections::HashMap<UnitName, u8> = [(parse("a.service"), 1)].into();
    assert_eq!(names.get("a.service"), Some(&1));
}

#[test]
fn paths_are_simplified_and_only_absolute_ones_come_back() {
    for (path, escaped) in [
        ("/", "-"),
        ("", "-"),
        ("//", "-"),
        ("/.", "-"),
        ("//a//b/./", "a-b"),
        ("a/b", "a-b"),
        ("/.a", r"\x2ea"),
        ("/a/.b", "a-.b"),
        ("/a-b", r"a\x2db"),
        ("/ö", r"\xc3\xb6"),
    ] {
        assert_eq!(escape_path(path).unwrap(), escaped, "{path}");
    }
    for path in [".", "./", "..", "/..", "/a/..", "../a"] {
        assert_eq!(escape_path(path).unwrap_err().kind, NameErrorKind::NotNormalized, "{path}");
    }
    let element = "a".repeat(255);
    assert_eq!(escape_path(format!("/{element}")).unwrap(), element);
    assert_eq!(escape_path(format!("/{element}a")).unwrap_err().kind, NameErrorKind::TooLong);
    let deep = "/a".repeat(2048);
    assert_eq!(escape_path(&deep).unwrap_err().kind, NameErrorKind::TooLong);
    assert_eq!(escape_path(&deep[2..]).unwrap().len(), 4093);

    assert_eq!(unescape_path("-").unwrap().to_str(), Some("/"));
    assert_eq!(unescape_path(r"a-\x2eb").unwrap().to_str(), Some("/a/.b"));
    for escaped in ["-a", "a-", "a--b", "a-.-b", "..", r"a-\x2e\x2e", "."] {
        let error = unescape_path(escaped).unwrap_err();
        assert_eq!(error.kind, NameErrorKind::NotNormalized, "{escaped}");
    }
    assert_eq!(unescape_path("").unwrap_err().kind, NameErrorKind::Empty);
    assert_eq!(unescape_path(r"a\x00").unwrap_err().kind, NameErrorKind::BadCharacter('\0'));
}

#[test]
fn labels_are_bijective() {
    for (text, label) in [
        ("", "_"),
        ("_", "_5f"),
        ("a", "a"),
        ("1", "_31"),
        ("a1", "a1"),
        ("dbus.service", "dbus_2eservice"),
        ("a@b", "a_40b"),
        ("ö", "_c3_b6"),
    ] {
        assert_eq!(escape_label(text), label);
        assert_eq!(unescape_label(label).unwrap(), text);
    }
    // Each is what systemd reads as a text that has another label.
    for label in ["", "a_", "a_2", "a_2E", "a_61", "_31_32", "1", "a.b", "_zz", "__"] {
        assert_eq!(unescape_label(label).unwrap_err().kind, NameErrorKind::BadEscape, "{label}");
    }
    assert_eq!(unescape_label("_ff").unwrap_err().kind, NameErrorKind::NotUtf8);
}

#[test]
fn words_are_completed() {
    for (word, name) in [
        ("foo", "foo.service"),
        ("foo.service", "foo.service"),
        ("foo.bar", "foo.bar.service"),
        ("foo@bar", "foo@bar.service"),
        ("foo@", "foo@.service"),
        ("foo/bar.mount", "foo-bar.mount"),
        ("/dev/sda", "dev-sda.device"),
        ("/dev", "dev.mount"),
        ("/dev/.", "dev.mount"),
        ("//sys/./a", "sys-a.device"),
        ("/devices", "devices.mount"),
        ("/home", "home.mount"),
        ("/", "-.mount"),
        ("/a/../b", "-a-..-b.service"),
        ("ö", r"\xc3\xb6.service"),
        ("a*", r"a\x2a.service"),
    ] {
        assert_eq!(mangle(word, UnitKind::Service).unwrap(), name, "{word}");
    }
    assert_eq!(mangle("a", UnitKind::Target).unwrap(), "a.target");
    assert_eq!(mangle("@", UnitKind::Service).unwrap_err().kind, NameErrorKind::NoPrefix);
    let long = mangle(&"a".repeat(248), UnitKind::Service).unwrap_err();
    assert_eq!(long.kind, NameErrorKind::TooLong);
}

#[test]
fn patterns_stay_where_they_are_taken() {
    for (word, pattern) in [
        ("a*", "a*"),
        ("a.*", "a.*"),
        ("[a-c]?.service", "[a-c]?.service"),
        ("/a*", "a\\x2a.mount"),
        ("a b*", r"a\x20b*"),
    ] {
        let mangled = mangle_pattern(word, UnitKind::Service).unwrap();
        assert_eq!((mangled.as_str(), &*mangled.to_string()), (pattern, pattern), "{word}");
    }
    assert_eq!(mangle_pattern("a", UnitKind::Service).unwrap().as_str(), "a.service");
    assert_eq!(
        mangle_pattern("a!b", UnitKind::Service).unwrap_err().kind,
        NameErrorKind::BadCharacter('!')
    );
    assert!(matches!(mangle_pattern("/home", UnitKind::Service), Ok(Mangled::Name(_))));
}

#[test]
fn a_name_of_a_path_that_is_too_long_ends_in_its_hash() {
    let path = "/aaaaaaaaaa".repeat(30);
    let name = UnitName::of_path(&path, UnitKind::Mount).unwrap();
    assert_eq!(name.as_str().len(), 255);
    assert!(name.as_str().ends_with("-a_8c626cd9ac9e5489.mount"), "{name}");
    let same = UnitName::of_path(&path[..240], UnitKind::Mount).unwrap();
    assert_eq!(unescape_path(same.prefix()).unwrap().to_str(), Some(&path[..240]));
}

#[test]
fn a_name_compares_prints_and_parses_as_its_text() {
    use std::collections::{BTreeMap, HashMap};
    let texts = ["a.service", "a-b.service", "a.socket", "getty@tty1.service", "B.mount"];
    for text in texts {
        let name: UnitName = text.parse().unwrap();
        assert_eq!(UnitName::try_from(text), Ok(name.clone()));
        assert_eq!(name, *text);
        assert_eq!(name, text);
        assert_eq!(name.as_ref() as &str, text);
        assert_eq!((name.to_string(), format!("{name:?}")), (text.into(), format!("{text:?}")));
        assert_eq!(format!("{name:>20}|"), format!("{text:>20}|"));
        assert_eq!(UnitName::from_object_path(name.object_path().borrow()), Ok(name.clone()));
        for other in texts {
            let order = parse(other);
            assert_eq!(name.cmp(&order), text.cmp(other), "{text} {other}");
            assert_eq!(name.partial_cmp(&order), Some(text.cmp(other)));
            assert_eq!(name == order, text == other);
        }
        assert_eq!(String::from(name), text);
    }
    // Maps are searched with texts.
    let hashed: HashMap<UnitName, usize> = texts.iter().map(|text| parse(text)).zip(0..).collect();
    let sorted: BTreeMap<UnitName, usize> = texts.iter().map(|text| parse(text)).zip(0..).collect();
    for (number, text) in texts.iter().enumerate() {
        assert_eq!((hashed.get(*text), sorted.get(*text)), (Some(&number), Some(&number)));
    }
    assert!("no unit".parse::<UnitName>().is_err());
    assert!(UnitName::try_from("").is_err());
}
