//! The command line of `barebus codegen`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CodegenOptions {
    /// Introspects this service instead of reading files
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    pub(crate) destination: Option<String>,
    /// Object of the service; can be repeated [default: /]
    #[arg(long, value_name = "PATH", conflicts_with = "files")]
    pub(crate) object: Vec<String>,
    /// Includes the objects below
    #[arg(long, conflicts_with = "files")]
    pub(crate) recursive: bool,
    /// Generates only this interface; can be repeated [default: all except the standard ones]
    #[arg(long, value_name = "NAME")]
    pub(crate) interface: Vec<String>,
    /// Path of the crate with the module 'definition'
    #[arg(long = "crate", value_name = "PATH", default_value = "barebus")]
    pub(crate) crate_path: String,
    /// rustfmt's fn_call_width; 100 for use_small_heuristics = "Max"
    #[arg(long, value_name = "COLUMNS", default_value_t = 60)]
    pub(crate) fn_call_width: usize,
    /// Writes a file per interface and a mod.rs to this directory, instead of printing
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) output: Option<String>,
    /// Files with introspection data, FILE or VERSION=FILE; - is the standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["destination", "object"])]
    pub(crate) files: Vec<String>,
}

impl CodegenOptions {
    /// Whether a service is introspected.
    pub(crate) fn is_live(&self) -> bool {
        self.destination.is_some() || !self.object.is_empty()
    }
}
