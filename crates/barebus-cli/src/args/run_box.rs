//! The command line of `barebus box`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct BoxOptions {
    /// Uses dbus-broker instead of dbus-daemon
    #[arg(long)]
    pub(crate) broker: bool,
    /// Root directory to boot, instead of this machine's
    #[arg(long, value_name = "ROOT")]
    pub(crate) root: Option<PathBuf>,
    /// Command to run in the box; DBUS_SYSTEM_BUS_ADDRESS is the address of the box's bus
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<std::ffi::OsString>,
}
