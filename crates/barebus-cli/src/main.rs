//! The program `barebus`: queries and controls systemd and any other D-Bus service.

// `sys::start` has the entry.
#![cfg_attr(all(target_os = "linux", target_env = "gnu", not(test)), no_main)]

mod args;
mod colour;
mod command;
mod complete;
mod descriptors;
mod exit;
mod input;
mod introspection;
mod json;
mod line;
mod output;
mod pieces;
mod process;
mod recorded;
mod render;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod sys;
mod table;
mod terminal;
mod time;
mod trace;
mod usage;
mod verdict;
mod watch;
mod written;

use std::process::ExitCode;

use crate::args::{Arguments, Unusable, Verb};
use crate::exit::Failure;

#[cfg(any(not(all(target_os = "linux", target_env = "gnu")), test))]
fn main() -> ExitCode {
    run()
}

fn run() -> ExitCode {
    if complete::is_asked() {
        return complete::run().unwrap_or_else(|failure| end(&failure));
    }
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(Unusable::Clap { error, verbs }) => return usage::end(&error, verbs),
        Err(Unusable::Failure(failure)) => return end(&failure),
    };
    let timeout = arguments.globals.target.reply_timeout();
    perform(arguments).unwrap_or_else(|failure| end(&failure.after(timeout)))
}

fn perform(Arguments { globals, verb }: Arguments) -> Result<ExitCode, Failure> {
    match verb.unwrap_or(Verb::List) {
        Verb::Unit(unit) => command::unit::run(&globals, &unit),
        Verb::List => command::list::run(&globals),
        Verb::Status(asked) => command::status::run(&globals, &asked),
        Verb::Tree(asked) => command::tree::run(&globals, &asked),
        Verb::Introspect(asked) => command::introspect::run(&globals, &asked),
        Verb::Call(call) => command::call::run(&globals, &call),
        Verb::Emit(signal) => command::emit::run(&globals, &signal),
        Verb::GetProperty(asked) => command::property::get(&globals, &asked),
        Verb::SetProperty(asked) => command::property::set(&globals, &asked),
        Verb::Wait(asked) => command::wait::run(&globals, &asked),
        Verb::Monitor(asked) => command::monitor::run(&globals, &asked),
        Verb::Capture(asked) => command::capture::run(&globals, &asked),
        Verb::Trace(asked) => command::trace::run(&globals, &asked),
        Verb::Ping(asked) => command::ping::run(&globals, &asked),
        Verb::Bench => command::bench::run(&globals),
        Verb::Replay(asked) => command::replay::run(&globals, &asked),
        Verb::Codegen(options) => command::codegen::run(&globals, &options),
        Verb::Box(options) => command::run_box::run(&options),
        Verb::Validate(options) => command::validate::run(&options),
        Verb::Decode(options) => command::decode::run(&globals, &options),
        Verb::Encode(options) => command::encode::run(&globals, &options),
        Verb::Generate(options) => command::generate::run(&options),
        Verb::Completions { shell } => command::about::completions(shell),
        Verb::Man { directory: Some(directory), .. } => command::about::write_man(&directory),
        Verb::Man { verb, directory: None } => command::about::man(&verb),
    }
}

fn end(failure: &Failure) -> ExitCode {
    failure.tell();
    failure.exit.into()
}
