//! The command lines of verbs that name an object.

use barebus_text::Form;
use barebus_text::arguments::Notation;
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
    /// With -o gdbus: the objects below too
    #[arg(long)]
    pub(crate) recurse: bool,
    /// With -o gdbus: only properties, and interfaces that have some
    #[arg(long)]
    pub(crate) only_properties: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) object: Object,
    /// The interface of the method
    pub(crate) interface: String,
    /// The method
    pub(crate) method: String,
    #[command(flatten)]
    pub(crate) written: Written,
    /// Signature of the arguments, and the arguments in busctl's form. With -t or -o gvariant the arguments alone
    #[arg(value_name = "SIGNATURE [ARGUMENT…]")]
    pub(crate) arguments: Vec<String>,
}

/// How arguments are written.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Written {
    /// Types come from introspection; containers are JSON, NAME=VALUE is the argument of that name, @FILE and @- read a value
    #[arg(long, short)]
    typed: bool,
}

impl Written {
    /// The notation of arguments without a signature; `None`: a signature and busctl's words.
    pub(crate) const fn notation(self, form: Form) -> Option<Notation> {
        match form {
            _ if self.typed => Some(Notation::Json),
            Form::GVariant => Some(Notation::GVariant),
            _ => None,
        }
    }
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
    /// Signature of the arguments, and the arguments in busctl's form. With -o gvariant the arguments alone, as for gdbus emit
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
    #[command(flatten)]
    pub(crate) written: Written,
    /// Signature of the value, and the value in busctl's form. With -t or -o gvariant the value alone
    #[arg(required = true, value_name = "SIGNATURE ARGUMENT…")]
    pub(crate) words: Vec<String>,
}
