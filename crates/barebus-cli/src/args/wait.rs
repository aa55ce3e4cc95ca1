//! The command line of `wait`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// Waits until somebody owns this bus name
    #[arg(long, value_name = "NAME", conflicts_with = "property")]
    pub(crate) name: Option<String>,
    /// Starts this service before; without a NAME, the one that is waited for
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, requires = "name")]
    pub(crate) activate: Option<Option<String>>,
    /// Waits until a property has a value; PROPERTY=VALUE is written as for call -t, or with -o gvariant as GVariant text
    #[arg(long)]
    pub(crate) property: bool,
    /// The sender of the signal if it matters, the object, the interface, and the signal; or with --property the property with its value
    #[arg(
        value_name = "[SERVICE] OBJECT INTERFACE SIGNAL",
        required_unless_present = "name",
        conflicts_with = "name"
    )]
    pub(crate) words: Vec<String>,
}
