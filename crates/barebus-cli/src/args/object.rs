//! The command lines of verbs that name an object.

use barebus_text::arguments::Notation;
use clap::Args;

use super::Form;

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
            Form::Gvariant => Some(Notation::GVariant),
            _ => None,
        }
    }
}
