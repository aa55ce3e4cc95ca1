//! The program `barebus`: asks systemd, and any D-Bus service, and tells them what to do.

mod args;
mod command;
mod exit;
mod render;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Verb};
use crate::exit::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.verb {
        Verb::Unit { verb } => command::unit::run(&arguments.target, verb),
        Verb::Call(call) => command::call::run(&arguments.target, &call),
        Verb::Introspect(object) => command::introspect::run(&arguments.target, &object),
        Verb::Box(options) => command::run_box::run(&options),
    };
    match result {
        Ok(code) => code,
        Err(Failure { mut what, exit, timed_out }) => {
            if timed_out {
                what.push_str(&format!(" ({} s)", arguments.target.timeout.as_secs_f64()));
            }
            eprintln!("barebus: {}", render::one_line(&what));
            exit.into()
        }
    }
}
