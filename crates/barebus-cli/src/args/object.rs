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
pub(crate) struct Introspect {
    #[command(flatten)]
    pub(crate) object: Object,
    /// Only this interface
    pub(crate) interface: Option<String>,
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

#[derive(Debug, Args)]
pub(crate) struct Emit {
    /// The object that emits the signal
    #[arg(value_name = "OBJECT")]
    pub(crate) path: String,
    /// The interface of the signal
    pub(crate) interface: String,
    /// The signal
    pub(crate) signal: String,
    /// Signature of the arguments, and the arguments in busctl's form
    #[arg(value_name = "SIGNATURE [ARGUMENT…]")]
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GetProperty {
    #[command(flatten)]
    pub(crate) object: Object,
    /// The interface of the properties
    pub(crate) interface: String,
    /// The properties
    #[arg(required = true, value_name = "PROPERTY")]
    pub(crate) properties: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SetProperty {
    #[command(flatten)]
    pub(crate) object: Object,
    /// The interface of the property
    pub(crate) interface: String,
    /// The property
    pub(crate) property: String,
    /// Signature of the value
    pub(crate) signature: String,
    /// The value in busctl's form
    #[arg(value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
}
