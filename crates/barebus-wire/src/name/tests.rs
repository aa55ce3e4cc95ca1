extern crate std;

use std::string::{String, ToString};
use std::sync::LazyLock;
use std::vec::Vec;
use std::{format, vec};

use super::*;

mod rules;

#[test]
fn every_kind_of_error_says_where() {
    use NameErrorKind::*;

    let path = |text: &'static str| ObjectPath::parse(text).unwrap_err();
    let interface = |text: &'static str| InterfaceName::parse(text).unwrap_err();
    let member = |text: &'static str| MemberName::parse(text).unwrap_err();
    let bus = |text: &'static str| BusName::parse(text).unwrap_err();
    let cases = [
        (path(""), Empty, 0),
        (path("a/b"), Relative, 0),
        (path("//a"), EmptyElement, 1),
        (path("/a//b"), EmptyElement, 3),
        (path("/a/"), TrailingSlash, 2),
        (path("/a/b-c"), BadCharacter, 4),
        (path("/é"), BadCharacter, 1),
        (interface(""), Empty, 0),
        (interface("a"), TooFewElements, 1),
        (interface(".a.b"), EmptyElement, 0),
        (interface("a..b"), EmptyElement, 2),
        (interface("a.b."), EmptyElement, 4),
        (interface("a.0b"), DigitFirst, 2),
        (interface("a-b.c"), BadCharacter, 1),
        (member(""), Empty, 0),
        (member("0"), DigitFirst, 0),
        (member("a.b"), BadCharacter, 1),
        (bus(""), Empty, 0),
        (bus(":"), EmptyElement, 1),
        (bus(":1"), TooFewElements, 2),
        (bus(":.1"), EmptyElement, 1),
        (bus(":1."), EmptyElement, 3),
        (bus("a:1.0"), BadCharacter, 1),
        (bus("1.a"), DigitFirst, 0),
        (bus("com"), TooFewElements, 3),
    ];
    for (error, kind, at) in cases {
        assert_eq!(error, NameError { kind, at });
    }
    let long = "a.".repeat(128);
    assert_eq!(BusName::parse(&long).unwrap_err().kind, TooLong);
    for kind in NameErrorKind::ALL {
        assert!(
            *kind == TooLong || cases.iter().any(|(_, produced, _)| produced == kind),
            "{kind}"
        );
    }
    assert_eq!(format!("{}", interface("a.0b")), "an element begins with a digit at byte 2");
}

#[test]
fn constants_are_checked_when_compiling() {
    const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
    const NAME: BusName<'static> = BusName::from_static(":1.0");
    assert_eq!(PATH, ObjectPath::parse("/org/freedesktop/DBus").unwrap());
    assert_eq!(NAME, ":1.0");
}

#[test]
#[should_panic = "an element is empty"]
fn from_static_panics_at_run_time_with_the_reason() {
    let _ = ObjectPath::from_static("//");
}

#[test]
fn paths_know_their_parents_and_elements() {
    let path = ObjectPath::from_static("/a/b_2/c");
    assert_eq!(path.elements().collect::<Vec<_>>(), ["a", "b_2", "c"]);
    assert_eq!(path.elements().rev().collect::<Vec<_>>(), ["c", "b_2", "a"]);
    assert_eq!(path.last(), Some("c"));
    let parents: Vec<_> =
        core::iter::successors(Some(path), |path| path.parent()).map(ObjectPath::as_str).collect();
    assert_eq!(parents, ["/a/b_2/c", "/a/b_2", "/a", "/"]);
    assert!(ObjectPath::ROOT.is_root() && !path.is_root());
    assert_eq!(ObjectPath::ROOT.elements().count() + ObjectPath::ROOT.elements().rev().count(), 0);
    assert_eq!((ObjectPath::ROOT.parent(), ObjectPath::ROOT.last()), (None, None));
}

#[test]
fn elements_taken_from_both_ends_meet() {
    let mut elements = ObjectPath::from_static("/a/b/c").elements();
    assert_eq!((elements.next(), elements.next_back()), (Some("a"), Some("c")));
    assert_eq!((elements.next(), elements.next_back(), elements.next()), (Some("b"), None, None));
}

#[test]
fn a_path_lies_in_itself_and_its_ancestors_but_not_in_a_mere_prefix() {
    let path = ObjectPath::from_static;
    for ancestor in ["/", "/a", "/a/b"] {
        assert!(path("/a/b").is_in(path(ancestor)), "{ancestor}");
    }
    for other in ["/a/b/c", "/b", "/a/bc"] {
        assert!(!path("/a/b").is_in(path(other)), "{other}");
    }
    assert!(!path("/ab").is_in(path("/a")));
    assert!(path("/").is_in(path("/")));
    assert!(!path("/").is_in(path("/a")));
}

#[test]
fn a_namespace_needs_no_dot_and_ends_at_one() {
    let namespace = |text: &'static str| BusNamespace::parse(text).unwrap();
    assert!(namespace("com").contains("com"));
    assert!(namespace("com").contains("com.example"));
    assert!(!namespace("com").contains("community.example"));
    assert!(BusName::from_static("com.a.b").is_in(BusName::from_static("com.a").into()));
    assert!(namespace(":1").contains(":1.5"));
    for wrong in ["", ".", "com.", "com..", ".com", "1com", "a b", ":"] {
        assert!(BusNamespace::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn unique_names_are_told_from_well_known_ones() {
    assert!(BusName::from_static(":1.0").is_unique());
    assert!(BusName::from_static("a.b").is_well_known());
}

#[cfg(feature = "alloc")]
#[test]
fn owned_names_are_the_borrowed_ones_in_memory_of_their_own() {
    use std::collections::HashMap;

    let name = BusName::from_static("a.b");
    let owned = name.to_owned();
    assert_eq!(owned, name);
    assert_eq!(owned.borrow(), name);
    assert_eq!(owned, "a.b");
    assert_eq!("a.b".parse(), Ok(owned.clone()));
    assert_eq!(OwnedBusName::try_from(String::from("a.b")), Ok(owned.clone()));
    assert_eq!(
        OwnedBusName::try_from(String::from("a")).unwrap_err().kind,
        NameErrorKind::TooFewElements
    );
    let map = HashMap::from([(owned, 1)]);
    assert_eq!(map.get("a.b"), Some(&1));
}

#[test]
fn names_print_as_their_text() {
    assert_eq!(format!("{0}|{0:?}|{0:>5}", MemberName::from_static("Go")), "Go|\"Go\"|   Go");
    let _ = vec![MemberName::from_static("Go").as_ref()];
}

/// The message of the panic that `act` ends with, and the line that it is about if that is in this file.
fn panics(act: fn()) -> (String, Option<u32>) {
    use std::boxed::Box;
    use std::panic::{catch_unwind, set_hook, take_hook};
    use std::sync::{Arc, Mutex};

    let line = Arc::new(Mutex::new(None));
    let (told, us) = (Arc::clone(&line), std::thread::current().id());
    let before = take_hook();
    set_hook(Box::new(move |info| {
        if std::thread::current().id() != us {
            return before(info);
        }
        let here = info.location().filter(|location| location.file() == file!());
        *told.lock().unwrap() = here.map(|location| location.line());
    }));
    let payload = catch_unwind(act).unwrap_err();
    drop(take_hook());
    let line = *line.lock().unwrap();
    (payload.downcast_ref::<String>().unwrap().clone(), line)
}

#[test]
fn text_known_when_compiling_is_named_where_it_stands() {
    let line = line!() + 2;
    let (message, at) = panics(|| {
        let _ = crate::MethodCall::from_static("a.b", "/", "a.b", "Ädd");
    });
    assert_eq!(message, "cannot use \"Ädd\" as MemberName: a character is not allowed");
    assert_eq!(at, Some(line));
    let (message, _) = panics(|| {
        let _ = ObjectPath::from_static("/a/");
    });
    assert_eq!(message, "cannot use \"/a/\" as ObjectPath: the path ends with a slash");
    let (message, at) = panics(|| {
        let _ = crate::Signature::from_static("a{vs}");
    });
    assert!(message.starts_with("cannot use \"a{vs}\" as Signature: "), "{message}");
    assert!(at.is_some());
    let (message, _) = panics(|| {
        static LONG: [[u8; 2]; 200] = [[0xc3, 0xa4]; 200];
        let _ = InterfaceName::from_static(core::str::from_utf8(LONG.as_flattened()).unwrap());
    });
    let shown = String::from("ä").repeat(80);
    let why = "the name is longer than 255 bytes";
    assert_eq!(message, format!("cannot use \"{shown}…\" as InterfaceName: {why}"));
    // A character of two bytes is not cut in its middle.
    let (message, _) = panics(|| {
        static LONG: LazyLock<String> = LazyLock::new(|| String::from("a") + &"ä".repeat(200));
        let _ = InterfaceName::from_static(&LONG);
    });
    let shown = String::from("a") + &"ä".repeat(79);
    assert_eq!(message, format!("cannot use \"{shown}…\" as InterfaceName: {why}"));
}

#[test]
fn a_bus_name_is_unique_or_well_known_and_lies_in_its_namespace() {
    let [unique, known] = [":1.5", "org.example.A"].map(|name| BusName::parse(name).unwrap());
    assert!(unique.is_unique() && !unique.is_well_known());
    assert!(known.is_well_known() && !known.is_unique());
    for (namespace, is_in) in
        [("org", true), ("org.example", true), ("org.exam", false), ("com", false)]
    {
        assert_eq!(known.is_in(BusNamespace::parse(namespace).unwrap()), is_in, "{namespace}");
    }
    assert!(BusNamespace::parse("org").is_ok() && BusName::parse("org").is_err());
}

#[test]
fn an_invalid_name_is_quoted_with_its_role_and_the_rule() {
    let error = crate::MethodCall::new("org.example", "links", "org.example.Link", "Up");
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot use \"links\" as path: the path does not begin with a slash at byte 0"
    );
}

/// What every name converts to and from.
macro_rules! converts {
    ($name:ident $owned:ident $text:literal $wrong:literal) => {{
        let name = $name::from_static($text);
        let owned = name.to_owned();
        assert_eq!($name::try_from($text), Ok(name));
        assert_eq!($name::try_from($text.as_bytes()), Ok(name));
        assert_eq!($name::try_from($wrong), $name::parse($wrong));
        assert!($name::parse($wrong).is_err() && $wrong.parse::<$owned>().is_err());
        assert_eq!($owned::try_from(String::from($text)), Ok(owned.clone()));
        assert_eq!($owned::from(name), owned);
        assert_eq!($name::from(&owned), name);
        assert_eq!(String::from(owned.clone()), $text);
        assert!(name == *$text && name == $text && name == owned);
        assert!(owned == *$text && owned == $text && owned == name);
        assert!(name != *"other" && owned != *"other");
        let (shown, quoted) = (String::from($text), format!("{:?}", $text));
        assert_eq!((format!("{name}"), format!("{name:?}")), (shown.clone(), quoted.clone()));
        assert_eq!((format!("{owned}"), format!("{owned:?}")), (shown, quoted));
        assert_eq!((name.as_ref(), owned.as_ref()), ($text, $text));
    }};
}

#[cfg(feature = "alloc")]
#[test]
fn names_are_made_of_text_and_compared_with_it() {
    converts!(BusName OwnedBusName "a.b" "a");
    converts!(BusNamespace OwnedBusNamespace "a" "a.");
    converts!(ErrorName OwnedErrorName "a.b" "a");
    converts!(InterfaceName OwnedInterfaceName "a.b" "a");
    converts!(MemberName OwnedMemberName "M" "a.b");
    converts!(ObjectPath OwnedObjectPath "/a" "a");
}

#[cfg(feature = "alloc")]
#[test]
fn a_name_is_taken_in_each_form_and_refused_with_its_role() {
    for (role, shown) in [
        (NameRole::Destination, "destination"),
        (NameRole::Path, "path"),
        (NameRole::Interface, "interface"),
        (NameRole::Member, "member"),
        (NameRole::BusName, "bus name"),
        (NameRole::ErrorName, "error name"),
    ] {
        let name = MemberName::from_static("M");
        let (owned, text) = (name.to_owned(), String::from("M"));
        assert_eq!(name.into_name(role), Ok(name));
        assert_eq!((&owned).into_name(role), Ok(name));
        assert_eq!((&text).into_name(role), Ok(name));
        let refused: Result<MemberName<'_>, _> = "1".into_name(role);
        let refused = refused.unwrap_err().to_string();
        assert!(refused.starts_with(&format!("cannot use \"1\" as {shown}: ")), "{refused}");
    }
}

#[test]
fn each_kind_of_error_has_a_name_and_a_text_of_its_own() {
    let all = NameErrorKind::ALL;
    for (index, kind) in all.iter().enumerate() {
        for other in &all[..index] {
            assert_ne!((kind.name(), kind.to_string()), (other.name(), other.to_string()));
            assert_ne!(kind.name(), other.name());
        }
    }
}
