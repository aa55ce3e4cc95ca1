//! The program `barebus`: queries and controls systemd and any other D-Bus service.

mod args;
mod command;
mod descriptors;
mod exit;
mod input;
mod introspection;
mod json;
mod line;
mod output;
mod pieces;
mod render;
mod table;
mod time;
mod usage;
mod verdict;
mod written;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Verb};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::end(&error),
    };
    let result = match arguments.verb {
        Verb::Unit { place, verb } => command::unit::run(&arguments.target, &place, &verb),
        Verb::Call(call) => command::call::run(&arguments.target, &call),
        Verb::Introspect(object) => command::introspect::run(&arguments.target, &object),
        Verb::Codegen(options) => command::codegen::run(&arguments.target, &options),
        Verb::Box(options) => command::run_box::run(&options),
        Verb::Validate(options) => command::validate::run(&options),
        Verb::Decode(options) => command::decode::run(&options),
        Verb::Encode(options) => command::encode::run(&options),
        Verb::Completions { shell } => command::about::completions(shell),
        Verb::Man { directory } => command::about::man(directory.as_deref()),
    };
    result.unwrap_or_else(|failure| {
        let failure = failure.after(arguments.target.reply_timeout());
        failure.tell();
        failure.exit.into()
    })
}
