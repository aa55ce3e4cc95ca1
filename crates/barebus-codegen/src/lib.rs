//! Rust definitions from D-Bus introspection data: text in, text out, without a connection. For build scripts, and what
//! `barebus codegen` runs.
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
//! A build script writes the modules to `OUT_DIR`, and the crate includes them:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let modules = barebus_codegen::generate(&[], &barebus_codegen::Options::default())?;
//! # let out_dir = std::env::temp_dir();
//! // let out_dir = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
//! // In the crate: include!(concat!(env!("OUT_DIR"), "/lamp.rs"));
//! std::fs::write(out_dir.join("lamp.rs"), barebus_codegen::items(&modules))?;
//! # std::fs::remove_file(out_dir.join("lamp.rs"))?;
//! # Ok(())
//! # }
//! ```
//!
//! An interface becomes a module with constants of [`barebus_wire::definition`]: one for each method, property and signal.
//! Several sources that have the same interface, as of two versions of a service, become one module that says which source has
//! which member. The same input gives the same bytes.
//!
//! What this crate does not do: it opens no files and no connection, and it makes no code for serving objects.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the generated documentation and errors call the source: `systemd 257`, `lamp.xml`. Sources with the same name
    /// count as one: they are several objects of one service.
    pub name: String,
    /// The XML.
    pub xml: String,
    /// Bus name of the service. With a path it becomes the constant `OBJECT` of interfaces that one object alone has.
    pub destination: Option<String>,
    /// Path of the object; the name of the outermost node, where that is an absolute path, if there is none here.
    pub path: Option<String>,
}

impl Source {
    /// A source without an object.
    pub fn new(name: impl Into<String>, xml: impl Into<String>) -> Self {
        Self { name: name.into(), xml: xml.into(), destination: None, path: None }
    }

    /// With the object that was introspected.
    #[must_use]
    pub fn object(mut self, destination: impl Into<String>, path: impl Into<String>) -> Self {
        self.destination = Some(destination.into());
        self.path = Some(path.into());
        self
    }
}

/// What to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Names of the interfaces to generate; none: all but the standard ones of `org.freedesktop.DBus`.
    pub interfaces: Vec<String>,
    /// Path of the crate that has the module `definition`: `barebus`, or `barebus_wire`.
    pub crate_path: String,
    /// Widest arguments of a call, or fields of a tuple, on one line: rustfmt's `fn_call_width`. 60 is rustfmt's default, 100
    /// goes with `use_small_heuristics = "Max"`.
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

/// Makes a module of each interface that the sources have, sorted by the modules' names.
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

/// All modules in one text, for `include!`.
pub fn items(modules: &[Module]) -> String {
    let items: Vec<String> = modules.iter().map(Module::to_item).collect();
    items.join("\n")
}

/// The declarations of modules that are files, for their `mod.rs`.
pub fn mod_items(modules: &[Module]) -> String {
    modules.iter().map(|module| format!("pub mod {};\n", module.name())).collect()
}
