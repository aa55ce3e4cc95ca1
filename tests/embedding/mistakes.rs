//! What the compiler says about the usual mistakes: programs that must not compile, and the help that they get.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{cargo, top};

/// What a mistake is called, the function with the mistake in it, and what the compiler must say.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "an_argument_that_is_no_tuple",
        r#"pub fn f(mut proxy: barebus::Proxy<'_, '_>) { let _ = proxy.call("Hello", &"text"); }"#,
        &["`str` cannot be a message body", "wrap it in a tuple: `(value,)`"],
    ),
    (
        "an_argument_that_has_no_d_bus_type",
        r#"pub fn f(mut proxy: barebus::Proxy<'_, '_>) { let _ = proxy.call("Add", &(1_usize,)); }"#,
        &["`usize` cannot be marshalled", "use `u64` or `i64`"],
    ),
    (
        "a_result_that_is_no_tuple",
        "pub fn f(reply: &barebus::Reply<'_>) { let _ = reply.body::<u32>(); }",
        &["a message body cannot be read as `u32`", "wrap it in a tuple: `(value,)`"],
    ),
    (
        "a_result_that_has_no_d_bus_type",
        "pub fn f(reply: &barebus::Reply<'_>) { let _ = reply.body::<(std::time::Duration,)>(); }",
        &["Duration` cannot be unmarshalled"],
    ),
    (
        "an_argument_of_a_definition_that_is_no_tuple",
        "use barebus::definition::{Method, Object, Str};
         pub fn f(method: Method<(Str,), ()>, object: Object<'static>) { let _ = method.call(object, 7_u32); }",
        &["`u32` is not a list of arguments", "wrap it in a tuple: `(value,)`"],
    ),
    (
        "a_definition_with_a_kind_that_is_no_tuple",
        "use barebus::definition::{InterfaceName, Method, Str};
         pub const HELLO: Method<Str, ()> = Method::new(InterfaceName::from_static(\"a.b\"), \"Hello\");",
        &["Str` is not a list of kinds", "wrap it in a tuple: `(Kind,)`"],
    ),
    (
        "a_value_of_a_type_that_makes_none",
        "pub fn f() -> barebus::OwnedValue { std::time::Duration::ZERO.into() }",
        &["`IntoValue` is not implemented for `Duration`"],
    ),
    (
        "an_entry_of_a_dictionary_without_variants",
        "pub fn f(dict: barebus::Dict<'_, &str, u32>) { let _ = dict.get::<u32>(\"Mtu\"); }",
        &["find an entry with `find`"],
    ),
    (
        "entries_that_are_no_pairs",
        "pub fn f(mut proxy: barebus::Proxy<'_, '_>) { let _ = proxy.call(\"Set\", &(barebus::Entries(7),)); }",
        &["`{integer}` is no list of the entries of a dictionary"],
    ),
    (
        "a_name_that_is_neither_text_nor_a_name",
        "pub fn f(bus: &mut barebus::Connection) { let _ = barebus::Proxy::new(bus, 7, \"/\", \"a.b\"); }",
        &["`{integer}` is neither text nor a `", "BusName<'_>`"],
    ),
];

/// A crate with a module for each mistake, which depends on the library as a user's crate does.
fn write_crate() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    let _ = fs::remove_dir_all(directory.join("src"));
    fs::create_dir_all(directory.join("src")).unwrap();
    let library = top().join("crates/barebus");
    let manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nbarebus.path = {library:?}\n"
    );
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    // With the versions of the workspace, so that nothing is downloaded.
    fs::copy(top().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    let mut modules = String::new();
    for (name, source, _) in MISTAKES {
        modules += &format!("mod {name};\n");
        fs::write(directory.join("src").join(name).with_extension("rs"), source).unwrap();
    }
    fs::write(directory.join("src/lib.rs"), modules).unwrap();
    directory
}

#[test]
fn the_compiler_says_how_to_mend_the_usual_mistakes() {
    let directory = write_crate();
    let output = cargo()
        .args(["check", "--quiet", "--offline", "--color", "never"])
        .current_dir(&directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    // Each error names its file, and ends with an empty line.
    let errors: Vec<&str> = told.split("\n\n").collect();
    for (name, _, texts) in MISTAKES {
        let file = format!("src/{name}.rs");
        let about: String = errors.iter().copied().filter(|error| error.contains(&file)).collect();
        for text in *texts {
            assert!(about.contains(text), "{name}: '{text}' is missing in: {about}\n\nall: {told}");
        }
    }
}
