//! `barebus completions` and `barebus man`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use clap::Command;

use crate::exit::{Exit, Failure};
use crate::{args, complete, terminal};

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    io::stdout().write_all(&complete::script(shell)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the page of a verb, or of the program without one: on a terminal as `man` shows it.
pub(crate) fn man(verb: &[String]) -> Result<ExitCode, Failure> {
    let mut program = program();
    program.build();
    let command = verb.iter().try_fold(&program, |at, name| {
        at.find_subcommand(name).filter(|below| below.get_name() != "help")
    });
    let Some(command) = command else {
        let verb = verb.join(" ");
        let what = format!("man: there is no verb '{verb}'; 'barebus --help' lists them");
        return Err(Failure::usage(what));
    };
    let page = named_page(command.clone())?;
    if !terminal::is_output() || !show(&page) {
        io::stdout().write_all(&page)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether `man` has shown the page. There may be none, and then the page itself is better than nothing.
fn show(page: &[u8]) -> bool {
    let shown = process::Command::new("man").args(["-l", "-"]).stdin(Stdio::piped()).spawn();
    let Ok(mut shown) = shown else { return false };
    if let Some(mut to) = shown.stdin.take() {
        // Its reader may need no more.
        let _ = to.write_all(page);
    }
    shown.wait().is_ok_and(|ended| ended.success())
}

/// Writes the pages of the program and of all verbs.
pub(crate) fn write_man(directory: &Path) -> Result<ExitCode, Failure> {
    let written = fs::create_dir_all(directory).and_then(|()| write_pages(program(), directory));
    written.map_err(|error| {
        let what = format!("cannot write to {}: {error}", directory.display());
        Failure::new(Exit::Files, what)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// `help` has no page.
fn program() -> Command {
    args::program().disable_help_subcommand(true)
}

/// Writes the page of a command and of each verb in it.
fn write_pages(mut program: Command, directory: &Path) -> io::Result<()> {
    program.build();
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().filter(|it| it.get_name() != "help").cloned());
        fs::write(directory.join(format!("{}.1", name(&command))), named_page(command)?)?;
    }
    Ok(())
}

/// The name of a command's page, as barebus-unit-run.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn named_page(command: Command) -> io::Result<Vec<u8>> {
    let name = name(&command);
    // What the help leaves to the page is described here.
    page(command.display_name(name).mut_args(|arg| match arg.get_id() == "help" {
        true => arg.help("Prints a shorter description"),
        false => arg.hide_short_help(false),
    }))
}

/// The manual page, with the examples as they are typed.
fn page(command: Command) -> io::Result<Vec<u8>> {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = args::spaced(&examples);
    let name = name(&command);
    let has_verbs = command.get_subcommands().any(|it| it.get_name() != "help");
    let source = concat!("barebus ", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(command.after_help("")).source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_verbs {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend_from_slice(b".SH \"EXIT STATUS\"\n");
    for (code, meaning) in codes(&name) {
        writeln!(page, ".TP\n.B {code}\n{meaning}")?;
    }
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

/// The exit codes of the verb with the page `name`, and what they mean. `docs/cli.md` has more words.
fn codes(name: &str) -> &'static [(&'static str, &'static str)] {
    match name.strip_prefix("barebus-").unwrap_or_default() {
        "validate" | "decode" | "encode" | "generate" | "completions" | "man" => &[
            ("0", "Done"),
            ("1", "A message is invalid"),
            ("2", "Wrong usage"),
            ("5", "A file cannot be read, or the output cannot be written"),
        ],
        "box" => &[
            ("1", "The box did not boot, or the command did not start"),
            ("2", "Wrong usage"),
            (
                "other",
                "The exit code of the command, or 128 and the number of the signal that ended it",
            ),
        ],
        "unit-run" => &[
            ("0", "The service has started; with --wait, the command has succeeded"),
            ("1", "Refused, or no connection or reply"),
            ("2", "Wrong usage"),
            ("4", "It has not ended within --timeout"),
            ("other", "With --wait, the exit code of the command; 255 if a signal ended it"),
        ],
        unit if unit == "unit" || unit.starts_with("unit-") => &[
            ("0", "Done; the answer of state, active, failed and status is yes"),
            (
                "1",
                "A job failed, or another refusal; no connection or reply; the answer of state and failed is no",
            ),
            ("2", "Wrong usage"),
            (
                "3",
                "The answer of active and status is no; the unit has no such job, for example no reload",
            ),
            (
                "4",
                "A question about a unit that does not exist; the job is not allowed, or has not ended within --timeout",
            ),
            ("5", "A job for a unit that does not exist; the output cannot be written"),
            ("6", "A job for a unit whose file could not be loaded"),
        ],
        _ => &[
            ("0", "Done"),
            ("1", "Refused: an error reply, a value that cannot be read, an invalid message"),
            ("2", "Wrong usage; nothing was sent"),
            ("3", "No connection"),
            ("4", "No reply in time"),
            ("5", "A file cannot be read, or the output cannot be written"),
        ],
    }
}
