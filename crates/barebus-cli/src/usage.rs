//! Errors of the command line.

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::args::spaced;
use crate::exit::Failure;
use crate::terminal::Styles;

/// Ends the program: prints the help if requested, otherwise one line with the verb, the verbs in it, and the invalid argument.
pub(crate) fn end(error: &clap::Error, verbs: Vec<String>) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let help = error.render();
            let (is_error, ansi, plain) =
                (error.use_stderr(), help.ansi().to_string(), help.to_string());
            // The reader may need no more.
            let _ = match is_error {
                true => print(io::stderr(), Styles::of_errors(), &ansi, &plain),
                false => print(io::stdout(), Styles::of_output(), &ansi, &plain),
            };
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(u8::MAX))
        }
        kind => {
            let text = error.to_string();
            let not_utf8 = (kind == ErrorKind::InvalidUtf8).then(not_utf8).flatten();
            let failure = Failure::usage(sentence(&text, not_utf8, verbs));
            failure.tell();
            failure.exit.into()
        }
    }
}

fn print(mut to: impl Write, styles: Styles, styled: &str, plain: &str) -> io::Result<()> {
    to.write_all(spaced(if styles.are_there() { styled } else { plain }).as_bytes())
}

/// The argument that the error is about.
fn not_utf8() -> Option<String> {
    let mut arguments = std::env::args_os().enumerate();
    let (number, argument) = arguments.find(|(_, argument)| argument.to_str().is_none())?;
    let argument = argument.as_bytes().escape_ascii();
    Some(format!("argument {number} is not UTF-8: '{argument}'"))
}

/// Converts the paragraphs of the parser to one line: what is wrong, tips, and the usage. `what` overrides the parser's description, and its usage
/// overrides `verbs`: it names only verbs that there are. It has no usage where only the value of an option is wrong.
fn sentence(text: &str, what: Option<String>, mut verbs: Vec<String>) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut sentence = what.unwrap_or_default();
    for paragraph in paragraphs {
        if let Some(usage) = paragraph.strip_prefix("Usage: barebus") {
            let is_verb = |word: &&str| {
                word.starts_with(|first: char| first.is_ascii_lowercase())
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            };
            verbs = usage.split_whitespace().take_while(is_verb).map(String::from).collect();
        } else if let Some(wrong) = paragraph.strip_prefix("error: ") {
            if sentence.is_empty() {
                sentence = wrong.to_owned();
            }
        } else if paragraph.starts_with("tip: ") {
            sentence += "; ";
            sentence += &paragraph;
        }
    }
    let before = if verbs.is_empty() { String::new() } else { format!("{}: ", verbs.join(" ")) };
    let behind: String = verbs.iter().map(|verb| format!("{verb} ")).collect();
    format!("{before}{sentence}; see 'barebus {behind}--help'")
}
