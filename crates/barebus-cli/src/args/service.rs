//! The command lines of verbs about services and connections.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// A bus name, or the number of a process; without it, the owner of the bus
    #[arg(value_name = "NAME|PID")]
    pub(crate) of: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Tree {
    /// Bus names [default: all that have an owner]
    #[arg(value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
}
