//! Whole texts of small interfaces.

use barebus_codegen::{Options, Source, generate, items, mod_items};

const LAMP: &str = include_str!("lamp.xml");

/// It is compiled here, too, so `cargo clippy` shows the warnings that users would see.
const LAMP_RS: &str = include_str!("lamp.rs");

#[test]
fn an_interface_is_a_module() {
    let source = Source::new("lamp.xml", LAMP).object("org.example.Lamp", "/org/example/lamp");
    // As the tree is formatted.
    let options = Options { call_width: 100, ..Options::default() };
    let modules = generate(std::slice::from_ref(&source), &options).unwrap();
    let [module] = &*modules else { panic!("{modules:?}") };
    assert_eq!((module.name(), module.interface()), ("lamp", "org.example.Lamp"));
    assert_eq!(module.to_file(), LAMP_RS);
    // In that order, each in the module of its kind.
    let mut rest = LAMP_RS;
    for (kind, constant) in module.constants() {
        let (before, after) = rest.split_once(&format!("pub const {constant}: ")).unwrap();
        if before.contains("pub mod ") {
            assert!(before.contains(&format!("pub mod {} {{", kind.as_str())), "{constant}");
        }
        rest = after;
    }
    assert!(!rest.contains("pub const "), "{rest}");
    assert_eq!(generate(&[source], &options).unwrap(), modules);
}

#[test]
fn a_module_is_an_item_of_a_file_that_is_included() {
    let xml = "<node><interface name='org.example.A'><signal name='S'/></interface>
               <interface name='org.example.B'/></node>";
    let options = Options { crate_path: "barebus_wire".to_owned(), ..Options::default() };
    let modules = generate(&[Source::new("a", xml)], &options).unwrap();
    let expected = r#"/// `org.example.A`, in a.
///
/// Made by `barebus codegen`; do not edit.
#[allow(
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]
pub mod a {
    use barebus_wire::definition::InterfaceName;

    /// The interface's name.
    pub const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.A");

    /// Signals.
    pub mod signal {
        use super::INTERFACE;
        use barebus_wire::definition::SignalKind;

        /// `S()`.
        pub const S: SignalKind<()> = SignalKind::new(INTERFACE, "S");
    }
}

/// `org.example.B`, in a.
"#;
    let text = items(&modules);
    assert!(text.starts_with(expected), "{text}");
    assert_eq!(mod_items(&modules), "pub mod a;\npub mod b;\n");
}

#[test]
fn standard_interfaces_are_generated_when_they_are_asked_for() {
    let interfaces = vec!["org.freedesktop.DBus.Peer".to_owned()];
    let options = Options { interfaces, ..Options::default() };
    let modules = generate(&[Source::new("lamp.xml", LAMP)], &options).unwrap();
    let names: Vec<&str> = modules.iter().map(barebus_codegen::Module::interface).collect();
    assert_eq!(names, ["org.freedesktop.DBus.Peer"]);
}

#[test]
#[allow(deprecated, reason = "the constant says so")]
fn a_module_defines_what_the_interface_has() {
    use crate::lamp::{INTERFACE, OBJECT, method, property, signal};

    let request = method::BLINK.call(OBJECT, (3_u32, (1.0, 0.5, 0.0)));
    assert_eq!(request.call.path, "/org/example/lamp");
    assert_eq!(request.call.interface, Some(INTERFACE));
    assert_eq!(method::BREAK.name(), "Break");
    assert_eq!(property::_2_BULBS.name(), "2Bulbs");
    assert_eq!(signal::BURNT.name(), "Burnt");
}
