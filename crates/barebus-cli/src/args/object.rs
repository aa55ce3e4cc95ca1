//! The command lines of verbs that name an object.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Object {
    /// The bus name
    pub(crate) service: String,
    /// The object's path
    #[arg(value_name = "OBJECT")]
    pub(crate) path: String,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) object: Object,
    /// The interface of the method
    pub(crate) interface: String,
    /// The method
    pub(crate) method: String,
    /// Signature of the arguments, and the arguments in busctl's form
    #[arg(value_name = "SIGNATURE [ARGUMENT…]")]
    pub(crate) arguments: Vec<String>,
}
