//! `barebus box`.

use std::process::ExitCode;

use barebus_box::{Bus, SystemdBox};

use crate::args::BoxOptions;
use crate::exit::{Exit, Failure};

pub(crate) fn run(options: &BoxOptions) -> Result<ExitCode, Failure> {
    let mut builder = SystemdBox::builder();
    if options.broker {
        builder = builder.bus(Bus::Broker);
    }
    if let Some(root) = &options.root {
        builder = builder.root(root);
    }
    let Some((program, arguments)) = options.command.split_first() else {
        return Err(Failure::usage("there is no command to run in the box"));
    };
    let refused = |error: &dyn std::fmt::Display| Failure::new(Exit::Refused, error);
    let the_box = builder.boot().map_err(|error| refused(&error))?;
    let mut command = the_box.command(program);
    command.args(arguments);
    let status = the_box.run(&mut command).map_err(|error| {
        let program = program.to_string_lossy();
        refused(&format_args!("cannot run {program} in the box: {error}"))
    })?;
    // A command ended by a signal has no exit code. As in shells, it is 128 plus the signal's number.
    let code = status.code().unwrap_or_else(|| {
        128 + std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or_default()
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}
