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

/// Mistakes that the compiler finds when it generates code: `cargo check` passes.
const MISTAKES_OF_TYPES: &[(&str, &str, &[&str])] = &[
    (
        "an_argument_of_a_definition_of_another_type",
        "use barebus::definition::{InterfaceName, Method, Object, Str};
         const BLINK: Method<(Str, u32), ()> = Method::new(InterfaceName::from_static(\"a.b\"), \"Blink\");
         pub fn f(object: Object<'static>) { let _ = BLINK.call(object, (\"red\", 7_i64)); }",
        &["the signature of the arguments is 'sx', the method takes 'su'"],
    ),
    (
        "an_answer_of_a_definition_read_as_another_type",
        "use barebus::definition::{InterfaceName, Method, Str};
         const GET: Method<(), (Str,)> = Method::new(InterfaceName::from_static(\"a.b\"), \"Get\");
         pub fn f(reply: &barebus::Reply<'_>) { let _ = GET.answer_as::<(u32,)>(reply); }",
        &["the signature of the type is 'u', the method answers with 's'"],
    ),
    (
        "a_property_of_a_definition_set_to_another_type",
        "use barebus::definition::{Emits, InterfaceName, Object, Property};
         const LEVEL: Property<u32> = Property::new(InterfaceName::from_static(\"a.b\"), \"Level\", Emits::Value);
         pub fn f(object: Object<'static>) { let _ = LEVEL.set(object, \"high\"); }",
        &["the signature of the value is 's', the property has 'u'"],
    ),
];

/// A crate with a module for each mistake, which depends on the library as a user's crate does.
fn write_crate(crate_name: &str, mistakes: &[(&str, &str, &[&str])]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(crate_name);
    let _ = fs::remove_dir_all(directory.join("src"));
    fs::create_dir_all(directory.join("src")).unwrap();
    let library = top().join("crates/barebus");
    let manifest = format!(
        "[package]\nname = \"{crate_name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nbarebus.path = {library:?}\n"
    );
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    // With the versions of the workspace, so that nothing is downloaded.
    fs::copy(top().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    let mut modules = String::new();
    for (name, source, _) in mistakes {
        modules += &format!("pub mod {name};\n");
        fs::write(directory.join("src").join(name).with_extension("rs"), source).unwrap();
    }
    fs::write(directory.join("src/lib.rs"), modules).unwrap();
    directory
}

/// Compiles the crate by `cargo COMMAND`, and compares what is said about each mistake.
fn check(command: &str, crate_name: &str, mistakes: &[(&str, &str, &[&str])]) {
    let directory = write_crate(crate_name, mistakes);
    let output = cargo()
        .args([command, "--quiet", "--offline", "--color", "never"])
        .current_dir(&directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    // Each error names its file.
    let errors: Vec<&str> = told.split("\nerror").collect();
    for (name, _, texts) in mistakes {
        let file = format!("src/{name}.rs");
        let about: String = errors.iter().copied().filter(|error| error.contains(&file)).collect();
        for text in *texts {
            assert!(about.contains(text), "{name}: '{text}' is missing in: {about}\n\nall: {told}");
        }
    }
}

#[test]
fn the_compiler_says_how_to_mend_the_usual_mistakes() {
    check("check", "mistakes", MISTAKES);
}

#[test]
fn the_compiler_says_which_types_of_a_definition_differ() {
    check("build", "mistakes_of_types", MISTAKES_OF_TYPES);
}
