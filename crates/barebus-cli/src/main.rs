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
mod values;
mod verdict;
mod written;

use std::process::ExitCode;

use crate::args::{Arguments, Unusable, Verb};
use crate::exit::Failure;

fn main() -> ExitCode {
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(Unusable::Clap(error)) => return usage::end(&error),
        Err(Unusable::Failure(failure)) => return end(&failure),
    };
    let timeout = arguments.globals.target.reply_timeout();
    run(arguments).unwrap_or_else(|failure| end(&failure.after(timeout)))
}

fn run(Arguments { globals, verb }: Arguments) -> Result<ExitCode, Failure> {
    match verb {
        Verb::Unit(unit) => command::unit::run(&globals, &unit),
        Verb::Call(call) => command::call::run(&globals, &call),
        Verb::Introspect(object) => command::introspect::run(&globals, &object),
        Verb::Wait(wait) => command::wait::run(&globals, &wait),
        Verb::Codegen(options) => command::codegen::run(&globals, &options),
        Verb::Box(options) => command::run_box::run(&options),
        Verb::Validate(options) => command::validate::run(&options),
        Verb::Decode(options) => command::decode::run(&globals, &options),
        Verb::Encode(options) => command::encode::run(&globals, &options),
        Verb::Generate(options) => command::generate::run(&options),
        Verb::Completions { shell } => command::about::completions(shell),
        Verb::Man { directory } => command::about::man(directory.as_deref()),
    }
}

fn end(failure: &Failure) -> ExitCode {
    failure.tell();
    failure.exit.into()
}
