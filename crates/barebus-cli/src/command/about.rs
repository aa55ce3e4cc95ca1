//! `barebus completions` and `barebus man`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::args;
use crate::exit::{Exit, Failure};

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::program(), "barebus", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(directory: Option<&Path>) -> Result<ExitCode, Failure> {
    // `help` has no page.
    let program = args::program().disable_help_subcommand(true);
    let Some(directory) = directory else {
        let mut page = Vec::new();
        clap_mangen::Man::new(program).render(&mut page)?;
        io::stdout().write_all(&page)?;
        return Ok(ExitCode::SUCCESS);
    };
    let written = fs::create_dir_all(directory);
    let written = written.and_then(|()| clap_mangen::generate_to(program, directory));
    written.map_err(|error| {
        let what = format_args!("cannot write to {}: {error}", directory.display());
        Failure::new(Exit::Files, what)
    })?;
    Ok(ExitCode::SUCCESS)
}
