//! The options that busctl's verbs share. Each is accepted before and after each verb.

use clap::{ArgAction, Args};

use super::format::Format;
use super::target::Target;
use super::value::{boolean, size};

/// The options of all verbs.
#[derive(Debug, Args)]
pub(crate) struct Globals {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) sending: Sending,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// How messages are sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct Sending {
    /// Whether a reply is wanted
    #[arg(long, global = true, value_name = "BOOL", action = ArgAction::Set, value_parser = boolean, default_value = "yes")]
    pub(crate) expect_reply: bool,
    /// Whether the bus starts the service
    #[arg(long, global = true, value_name = "BOOL", action = ArgAction::Set, value_parser = boolean, default_value = "yes")]
    pub(crate) auto_start: bool,
    /// Whether polkit may ask for a password
    #[arg(long, global = true, value_name = "BOOL", action = ArgAction::Set, value_parser = boolean, default_value = "yes")]
    pub(crate) allow_interactive_authorization: bool,
    /// Whether credentials are completed from /proc
    #[arg(long, global = true, value_name = "BOOL", action = ArgAction::Set, value_parser = boolean, default_value = "yes")]
    pub(crate) augment_creds: bool,
    /// The destination of the signal
    #[arg(long, global = true, value_name = "SERVICE")]
    pub(crate) destination: Option<String>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            expect_reply: true,
            auto_start: true,
            allow_interactive_authorization: true,
            augment_creds: true,
            destination: None,
        }
    }
}

/// What is shown.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// Only unique names
    #[arg(long, global = true)]
    pub(crate) unique: bool,
    /// Only well-known names that have an owner
    #[arg(long, global = true)]
    pub(crate) acquired: bool,
    /// Only names of services that can be started
    #[arg(long, global = true)]
    pub(crate) activatable: bool,
    /// Also the column MACHINE
    #[arg(long, global = true)]
    pub(crate) show_machine: bool,
    /// Only messages that match this rule; can be repeated
    #[arg(long = "match", global = true, value_name = "RULE")]
    pub(crate) rules: Vec<String>,
    /// How many bytes of a message a capture keeps [default: all]
    #[arg(long, global = true, value_name = "BYTES", value_parser = size)]
    pub(crate) size: Option<u64>,
    /// Ends after this number of messages
    #[arg(
        long, short = 'N', global = true, value_name = "NUMBER",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub(crate) limit_messages: Option<u64>,
}
