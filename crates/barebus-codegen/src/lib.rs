//! Generates Rust definitions from D-Bus introspection data: text in, text out, without a connection. Use it in build scripts.
//! `barebus codegen` is the command for it.
//!
//! ```
//! use barebus_codegen::{Options, Source, generate};
//!
//! let xml = r#"
//!     <node>
//!       <interface name="org.example.Lamp">
//!         <method name="Blink"><arg name="times" type="u" direction="in"/></method>
//!       </interface>
//!     </node>"#;
//! let modules = generate(&[Source::new("lamp.xml", xml)], &Options::default())?;
//! let text = modules[0].to_file();
//! assert!(text.contains(r#"pub const BLINK: Method<(u32,), ()> = Method::new(INTERFACE, "Blink");"#));
//! # Ok::<(), barebus_codegen::Error>(())
//! ```
//!
//! A build script, `build.rs`, writes the modules to a file in `OUT_DIR`:
//!
//! ```no_run
//! use std::path::PathBuf;
//!
//! use barebus_codegen::{Options, Source, generate, items};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     println!("cargo::rerun-if-changed=lamp.xml");
//!     let source = Source::new("lamp.xml", std::fs::read_to_string("lamp.xml")?);
//!     let modules = generate(&[source], &Options::default())?;
//!     let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
//!     std::fs::write(out_dir.join("lamp.rs"), items(&modules))?;
//!     Ok(())
//! }
//! ```
//!
//! The crate includes the file with `include!(concat!(env!("OUT_DIR"), "/lamp.rs"));`. It depends on `barebus`, or on `barebus-wire` if
//! [`Options::crate_path`] says so.
//!
//! An interface becomes a module with constants of [`barebus_wire::definition`]: one for each method, property and signal.
//! If several sources have the same interface, for example two versions of a service, they become one module whose documentation says which
//! source has which member. The same input gives the same bytes.
//!
//! # What this crate does not do
//!
//! It opens no files and no connections, and generates no code for serving objects.
#![forbid(unsafe_code)]

mod error;
pub mod introspection;
mod kinds;
mod layout;
mod markdown;
mod merge;
mod module;
mod naming;

pub use error::{Error, ErrorKind, TypesDiffer};
pub use module::Module;

/// Introspection data of one object, or of one version of it.
///
/// ```
/// use barebus_codegen::Source;
///
/// let source = Source::new("lamp.xml", "<node/>").object("org.example.Lamp", "/org/example/Lamp");
/// assert_eq!(source.path.as_deref(), Some("/org/example/Lamp"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the source in the generated documentation and in errors: `systemd 257`, `lamp.xml`. Sources with the same name count as one:
    /// they are several objects of one service.
    pub name: String,
    /// The XML.
    pub xml: String,
    /// Bus name of the service. With a path it becomes the constant `OBJECT` of the interfaces that only this object has.
    pub destination: Option<String>,
    /// Path of the object. Default: the name of the outermost node, if that is an absolute path.
    pub path: Option<String>,
}

impl Source {
    /// Creates a source without an object.
    pub fn new(name: impl Into<String>, xml: impl Into<String>) -> Self {
        Self { name: name.into(), xml: xml.into(), destination: None, path: None }
    }

    /// Sets the object that was introspected.
    #[must_use]
    pub fn object(mut self, destination: impl Into<String>, path: impl Into<String>) -> Self {
        self.destination = Some(destination.into());
        self.path = Some(path.into());
        self
    }
}

/// What to generate.
///
/// ```
/// use barebus_codegen::Options;
///
/// let options = Options {
///     interfaces: vec!["org.example.Lamp".into()],
///     crate_path: "barebus_wire".into(),
///     ..Options::default()
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Names of the interfaces to generate. If empty: all except the standard ones of `org.freedesktop.DBus`.
    pub interfaces: Vec<String>,
    /// Path of the crate with the module `definition`: `barebus` or `barebus_wire`.
    pub crate_path: String,
    /// Maximum width of the arguments of a call or the fields of a tuple on one line, as rustfmt's `fn_call_width`. rustfmt's default is 60; use
    /// 100 with `use_small_heuristics = "Max"`.
    pub call_width: usize,
    /// The command that the generated documentation names.
    pub made_by: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            interfaces: Vec::new(),
            crate_path: "barebus".to_owned(),
            call_width: 60,
            made_by: "barebus codegen".to_owned(),
        }
    }
}

/// Generates a module for each interface of the sources, sorted by module name.
///
/// # Errors
/// [`Error`] names the source, the interface, the member and the line.
pub fn generate(sources: &[Source], options: &Options) -> Result<Vec<Module>, Error> {
    let interfaces = merge::merge(sources, options)?;
    let names: Vec<&str> = interfaces.iter().map(|interface| &*interface.name).collect();
    let mut modules = Vec::with_capacity(interfaces.len());
    for (name, interface) in naming::modules(&names).into_iter().zip(&interfaces) {
        modules.push(Module::new(name, interface, options)?);
    }
    modules.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(modules)
}

/// Returns all modules as one text, for `include!`.
pub fn items(modules: &[Module]) -> String {
    let items: Vec<String> = modules.iter().map(Module::to_item).collect();
    items.join("\n")
}

/// Returns the declarations of the modules, for a `mod.rs` beside their files.
pub fn mod_items(modules: &[Module]) -> String {
    modules.iter().map(|module| format!("pub mod {};\n", module.name())).collect()
}
