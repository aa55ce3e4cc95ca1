//! The command line, a file for each group of verbs.

mod alone;
mod codegen;
mod examples;
mod format;
mod generate;
mod getopt;
mod global;
mod groups;
mod measure;
mod message;
mod message_type;
mod object;
mod partial;
mod run_box;
mod service;
mod shown;
mod target;
pub(crate) mod unit;
mod value;
mod wait;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use codegen::CodegenOptions;
pub(crate) use examples::spaced;
pub(crate) use format::{Form, Format};
pub(crate) use generate::{GenerateLayout, GenerateOptions, Verdicts};
pub(crate) use global::{Globals, Selection, Sending};
pub(crate) use measure::{Only, Ping, Replay, Speed};
pub(crate) use message::{DecodeOptions, EncodeOptions, Layout, ValidateOptions};
pub(crate) use message_type::Type;
pub(crate) use object::{Call, Emit, GetProperty, Introspect, Object, SetProperty};
pub(crate) use partial::Partial;
pub(crate) use run_box::BoxOptions;
pub(crate) use service::{Status, Tree};
pub(crate) use target::{Handshake, Place, Target};
pub(crate) use wait::Wait;
pub(crate) use watch::{Capture, Monitor, Trace};

use crate::exit::Failure;
use crate::terminal;

/// The verbs in groups: a list with a line for each does not fit a screen.
const HELP: &str = "\
{about}

{usage-heading} {usage}

Commands:
  list                        Lists the names on the bus (the default)
  status                      Shows the process and credentials of a name
  tree                        Shows the objects of services
  introspect                  Prints an object's members and current values
  call                        Calls a method and prints the reply
  emit                        Emits a signal
  get-property, set-property  Prints properties; sets a property
  wait                        Waits for a signal, a bus name or a property
  monitor, capture            Prints messages; writes them as pcapng
  trace                       Shows or counts calls, with their latencies
  replay                      Sends recorded messages again
  ping, bench                 Measures a service; the codec and the bus
  validate, decode, encode    Checks, prints and marshals messages in files
  generate                    Generates messages for tests of parsers
  codegen                     Prints Rust definitions of interfaces
  unit                        Queries and controls systemd's units
  box                         Runs a command beside a systemd of its own
  completions, man            Prints a script for a shell; a manual page

Options:
{options}{after-help}";

/// Queries and controls systemd and any other D-Bus service.
#[derive(Debug, Parser)]
#[command(name = "barebus", version, args_override_self = true, help_template = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Queries and controls systemd's units
    Unit(unit::Unit),
    /// Lists the names on the bus, and whose they are (the default)
    List,
    /// Shows the process and credentials of a name, a process, or the bus's owner
    Status(Status),
    /// Shows the objects of services as a tree
    Tree(Tree),
    /// Prints an object's methods, signals and properties, with types and current values
    Introspect(Introspect),
    /// Calls a method and prints the reply
    Call(Call),
    /// Emits a signal
    Emit(Emit),
    /// Prints properties
    GetProperty(GetProperty),
    /// Sets a property
    SetProperty(SetProperty),
    /// Waits for a signal and prints its arguments, until a bus name has an owner, or until a property has a value
    Wait(Wait),
    /// Prints the messages on a bus
    Monitor(Monitor),
    /// Writes the messages on a bus as a capture in the format pcapng
    Capture(Capture),
    /// Shows calls with their replies and how long they took, or counts them
    Trace(Trace),
    /// Measures how long calls of a service take
    Ping(Ping),
    /// Measures the codec and the bus, beside memcpy and a client that only moves bytes
    Bench,
    /// Sends recorded messages again
    Replay(Replay),
    /// Prints Rust definitions generated from introspection data
    Codegen(CodegenOptions),
    /// Checks whether bytes are valid messages, and says what is wrong and where
    Validate(ValidateOptions),
    /// Prints messages as text
    Decode(DecodeOptions),
    /// Marshals messages from the output of decode
    Encode(EncodeOptions),
    /// Generates messages from a seed: valid ones, or ones that break exactly one rule
    Generate(GenerateOptions),
    /// Boots a systemd with its own bus in temporary namespaces, and runs a command in it
    Box(BoxOptions),
    /// Prints a script for shell completion
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Shows the manual page of a verb, or of the program
    Man {
        /// The verb, as in 'unit run'; not on a terminal, its page is printed for man -l
        #[arg(value_name = "VERB", conflicts_with = "directory")]
        verb: Vec<String>,
        /// Writes the pages of the program and of all verbs to this directory instead
        #[arg(long, value_name = "DIRECTORY")]
        directory: Option<PathBuf>,
    },
}

/// Why the command line cannot be used.
pub(crate) enum Unusable {
    /// As clap says, or help that was asked for.
    Clap {
        error: clap::Error,
        /// The verb, and the verbs in it.
        verbs: Vec<String>,
    },
    Failure(Failure),
}

/// Reads the command line of this process.
///
/// # Errors
/// It is invalid, or asks for help.
pub(crate) fn parse() -> Result<Arguments, Unusable> {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let Some(arguments) = alone::parse(&words) {
        return Ok(arguments);
    }
    let program = Arguments::command();
    let mut ordered = getopt::order(&program, words).map_err(Unusable::Failure)?;
    ordered.help_is_an_option();
    // 0 is any width.
    let program = program.term_width(terminal::width().unwrap_or(0));
    let mut program = shown::of_verb(program, ordered.verbs.first().map(String::as_str));
    let arguments = program
        .try_get_matches_from_mut(ordered.words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    arguments.map_err(|error| {
        let (error, verbs) = (error.format(&mut program), ordered.verbs);
        Unusable::Clap { error, verbs }
    })
}

/// The whole command line, for completions and manual pages.
pub(crate) fn program() -> clap::Command {
    shown::everywhere(Arguments::command())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_each_verb() {
        let lines = HELP.lines().filter_map(|line| line.strip_prefix("  ")?.split_once("  "));
        let mut listed: Vec<_> = lines.flat_map(|(verbs, _)| verbs.split(", ")).collect();
        let program = Arguments::command();
        let mut verbs: Vec<_> = program.get_subcommands().map(clap::Command::get_name).collect();
        listed.sort_unstable();
        verbs.sort_unstable();
        assert_eq!(listed, verbs);
    }
}
