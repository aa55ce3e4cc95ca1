//! `gdbus introspect`.

use super::Comparison;
use crate::service::{BROKEN, DEEP, INTERFACE, REFUSING, TYPES, WIDE};

#[test]
fn objects_are_described_as_by_gdbus() {
    let compared = Comparison::default();
    let deeper = format!("{DEEP}/down/down");
    let wide = format!("{WIDE}/o7");
    for path in [
        "/",
        "/org",
        "/org/example",
        TYPES,
        DEEP,
        &deeper,
        WIDE,
        &wide,
        BROKEN,
        REFUSING,
        "/no/such",
    ] {
        for options in [&[] as &[&str], &["--only-properties"]] {
            let theirs = [&["-d", INTERFACE, "-o", path], options].concat();
            let ours = [&["introspect", INTERFACE, path, "-o", "gdbus"], options].concat();
            compared.same("introspect", &theirs, &ours);
        }
    }
    for path in [DEEP, WIDE, TYPES, &deeper] {
        for options in [&["--recurse"] as &[&str], &["--recurse", "--only-properties"]] {
            let theirs = [&["-d", INTERFACE, "-o", path], options].concat();
            let ours = [&["introspect", INTERFACE, path, "-o", "gdbus"], options].concat();
            let (text, is_done) = compared.same("introspect", &theirs, &ours);
            assert!(is_done && text.starts_with("node "), "{text}");
        }
    }
    compared.at_least(30);
}
