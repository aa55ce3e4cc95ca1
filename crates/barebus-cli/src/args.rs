//! The command line.

pub(crate) mod unit;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

use crate::line::Body;

/// Queries and controls systemd and any other D-Bus service.
#[derive(Debug, Parser)]
#[command(name = "barebus", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Server to connect to, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Target {
    /// The system bus (the default)
    #[arg(long, global = true, group = "where")]
    pub(crate) system: bool,
    /// The session bus
    #[arg(long, global = true, group = "where")]
    pub(crate) user: bool,
    /// The bus at this address
    #[arg(long, global = true, group = "where", value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
    /// A peer at this address, without a bus; for example unix:path=/run/systemd/private
    #[arg(long, global = true, group = "where", value_name = "ADDRESS")]
    pub(crate) peer: Option<String>,
    /// Time limit in seconds for each reply, and for the end of a job [default: 25 for a reply, none for a job]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// How to authenticate
    #[arg(long, global = true, value_enum, value_name = "WAY", default_value_t = Handshake::Pipelined)]
    pub(crate) handshake: Handshake,
}

/// How to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Handshake {
    /// All lines in one write; if the server does not accept that, line by line on a second connection
    Pipelined,
    /// Line by line: each line is sent after the answer to the one before
    Step,
}

impl Target {
    /// Time limit for each reply.
    pub(crate) fn reply_timeout(&self) -> Duration {
        self.timeout.unwrap_or(REPLY_TIMEOUT)
    }
}

const REPLY_TIMEOUT: Duration = Duration::from_secs(25);

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("not a time that can be waited for".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Queries and controls systemd's units
    Unit {
        #[command(flatten)]
        place: unit::Place,
        #[command(subcommand)]
        verb: unit::UnitVerb,
    },
    /// Calls a method and prints the reply, like busctl
    Call(Call),
    /// Prints an object's methods, signals and properties, with types and current values
    Introspect(Object),
    /// Prints Rust definitions generated from introspection data
    Codegen(CodegenOptions),
    /// Checks whether bytes are valid messages, and says what is wrong and where
    Validate(ValidateOptions),
    /// Prints messages as text
    Decode(DecodeOptions),
    /// Marshals messages from the output of decode
    Encode(EncodeOptions),
    /// Boots a systemd with its own bus in temporary namespaces, and runs a command in it
    Box(BoxOptions),
    /// Prints a script for shell completion
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man {
        /// Writes it to this directory instead, with a page for each command
        #[arg(long, value_name = "DIRECTORY")]
        directory: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Object {
    /// The bus name
    pub(crate) destination: String,
    /// The object's path
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
    #[arg(
        allow_hyphen_values = true,
        trailing_var_arg = true,
        value_name = "SIGNATURE [ARGUMENT…]"
    )]
    pub(crate) arguments: Vec<String>,
}

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
    pub(crate) output: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    /// Files with rows: an identifier, a tab, anything up to the last tab, and a whole message in hexadecimal
    #[arg(long, conflicts_with = "format")]
    pub(crate) tsv: bool,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Args)]
pub(crate) struct DecodeOptions {
    #[command(flatten)]
    pub(crate) form: Form,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Args)]
pub(crate) struct EncodeOptions {
    #[command(flatten)]
    pub(crate) form: Form,
    /// Writes a line of hexadecimal digits per message, instead of its bytes
    #[arg(long)]
    pub(crate) hex: bool,
    /// Files with messages as text; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Files with messages.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Format of the files
    #[arg(long, value_enum, default_value_t = Layout::Auto)]
    pub(crate) format: Layout,
    /// Files with messages; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Layout {
    /// Detected by the first bytes
    Auto,
    /// Messages one after the other, as on a socket
    Raw,
    /// The same as hexadecimal text
    Hex,
    /// pcap with link type 231, as dbus-monitor --pcap writes it
    Pcap,
    /// pcapng, as busctl capture writes it
    Pcapng,
}

/// Form of messages as text.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Form {
    /// A JSON object per message (the default)
    #[arg(long, group = "form")]
    pub(crate) json: bool,
    /// A line per message: the header as words, the body in busctl's form
    #[arg(long, group = "form")]
    pub(crate) text: bool,
    /// A line per message: the header as words, the body in GVariant's text format
    #[arg(long, group = "form")]
    pub(crate) gvariant: bool,
}

impl Form {
    /// The form of the body if messages are lines; `None` for JSON.
    pub(crate) const fn line(self) -> Option<Body> {
        match self {
            Self { text: true, .. } => Some(Body::Busctl),
            Self { gvariant: true, .. } => Some(Body::GVariant),
            Self { .. } => None,
        }
    }
}
