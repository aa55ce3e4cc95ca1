//! `barebus completions` and `barebus man`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Command;

use crate::exit::{Exit, Failure};
use crate::{args, complete};

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    io::stdout().write_all(&complete::script(shell)?)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(directory: Option<&Path>) -> Result<ExitCode, Failure> {
    // `help` has no page.
    let program = args::program().disable_help_subcommand(true);
    let Some(directory) = directory else {
        io::stdout().write_all(&page(program)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    let written = fs::create_dir_all(directory).and_then(|()| write_pages(program, directory));
    written.map_err(|error| {
        let what = format!("cannot write to {}: {error}", directory.display());
        Failure::new(Exit::Files, what)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the page of a command and of each verb in it.
fn write_pages(mut program: Command, directory: &Path) -> io::Result<()> {
    program.build();
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().filter(|it| it.get_name() != "help").cloned());
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        fs::write(directory.join(format!("{name}.1")), page(command.display_name(name))?)?;
    }
    Ok(())
}

/// The manual page, with the examples as they are typed.
fn page(command: Command) -> io::Result<Vec<u8>> {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = clap_mangen::Man::new(command.after_help(""));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    let mut lines = examples.lines().skip(1).peekable();
    if lines.peek().is_some() {
        page.extend_from_slice(b".SH EXAMPLES\n.nf\n");
    }
    for line in lines {
        let line =
            line.trim_start().replace('\\', r"\e").replace('-', r"\-").replace('\'', r"\(aq");
        page.extend_from_slice(line.as_bytes());
        page.push(b'\n');
    }
    page.extend_from_slice(b".fi\n.SH \"SEE ALSO\"\nbarebus(1), busctl(1), systemctl(1)\n");
    Ok(page)
}
