//! Shell completion. A script of the shell starts the program with the words so far, and the program asks the bus.

mod live;
mod words;

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;

use crate::args::{self, Partial};
use crate::exit::Failure;

/// Names the shell whose script asks for candidates. Not `COMPLETE`, which somebody may have for another purpose.
const VARIABLE: &str = "BAREBUS_COMPLETE";

/// How long the bus is asked.
const LIMIT: Duration = Duration::from_millis(250);

/// A word that can stand where the cursor is.
#[derive(Debug)]
struct Candidate {
    word: String,
    /// For shells that show it.
    help: String,
}

impl Candidate {
    fn new(word: impl Into<String>, help: impl Into<String>) -> Self {
        Self { word: word.into(), help: help.into() }
    }
}

impl From<Candidate> for CompletionCandidate {
    fn from(candidate: Candidate) -> Self {
        let help = Some(candidate.help).filter(|help| !help.is_empty());
        Self::new(candidate.word).help(help.map(Into::into))
    }
}

/// Prints the script of a shell.
pub(crate) fn script(shell: clap_complete::Shell) -> io::Result<Vec<u8>> {
    let name = shell.to_string();
    match &*name {
        "bash" => return Ok(include_bytes!("barebus.bash").to_vec()),
        "zsh" => return Ok(include_bytes!("barebus.zsh").to_vec()),
        _ => {}
    }
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&name) {
        shell.write_registration(VARIABLE, "barebus", "barebus", "barebus", &mut script)?;
    }
    Ok(script)
}

/// Whether a script asks for candidates.
pub(crate) fn is_asked() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// Prints the candidates for the word at the cursor.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let name = std::env::var(VARIABLE).unwrap_or_default();
    let shells = Shells::builtins();
    let shell = shells.completer(&name).ok_or_else(|| {
        Failure::usage(format_args!("cannot complete for the shell '{name}' of {VARIABLE}"))
    })?;
    // The program, and `--`.
    let words: Vec<OsString> = std::env::args_os().skip(2).collect();
    let index = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
    let index = index.unwrap_or(words.len().saturating_sub(1));
    let current = words.get(index).cloned().unwrap_or_default();
    let mut program = args::program();
    if let Some(partial) = Partial::read(words.iter().take(index).cloned()) {
        program = with_one_name_each(program, &partial.verbs, &current.to_string_lossy());
        program = with_completers(program, &Arc::new(partial), &mut Vec::new());
    }
    let mut out = Vec::new();
    let folder = std::env::current_dir().ok();
    // Words that cannot be completed are no fault.
    let _ = shell.write_complete(&mut program, words, folder.as_deref(), &mut out);
    if !current.as_encoded_bytes().starts_with(b"-") {
        out = without_options(&out);
    }
    io::Write::write_all(&mut io::stdout(), &out)?;
    Ok(ExitCode::SUCCESS)
}

/// Options are offered to who types a dash, and to nobody else: also where there is nothing else to offer.
fn without_options(candidates: &[u8]) -> Vec<u8> {
    // What stands between candidates, if the script does not want lines.
    let between = std::env::var("_CLAP_IFS").ok().and_then(|text| text.bytes().next());
    let between = between.unwrap_or(b'\n');
    let words = candidates.split(|byte| *byte == between);
    words.filter(|word| !word.starts_with(b"-")).collect::<Vec<_>>().join(&between)
}

/// Leaves out other names of the verbs below the one that is typed, where their own names fit. The engine offers one name of each.
fn with_one_name_each(command: Command, verbs: &[String], current: &str) -> Command {
    match verbs.split_first() {
        Some((verb, verbs)) if command.find_subcommand(verb).is_some() => {
            command.mut_subcommand(verb, |verb| with_one_name_each(verb, verbs, current))
        }
        Some(_) => command,
        None => command.mut_subcommands(|verb| match verb.get_name().starts_with(current) {
            true => verb.visible_alias(None),
            false => verb,
        }),
    }
}

/// Lets the arguments of each verb be completed.
fn with_completers(command: Command, partial: &Arc<Partial>, path: &mut Vec<String>) -> Command {
    let is_program = path.is_empty() && command.get_name() == "barebus";
    if !is_program {
        path.push(command.get_name().to_owned());
    }
    // Only the verb that is typed is looked at.
    let command = match partial.verbs.get(path.len()) {
        Some(verb) if command.find_subcommand(verb).is_some() => {
            command.mut_subcommand(verb, |verb| with_completers(verb, partial, path))
        }
        _ => command,
    };
    let is_open = |arg: &Arg| {
        let takes_words = arg.get_action().takes_values() && arg.get_possible_values().is_empty();
        takes_words && arg.get_value_hint() == clap::ValueHint::Unknown
    };
    command.mut_args(|arg| {
        if !is_open(&arg) {
            return arg;
        }
        let option = (!arg.is_positional()).then(|| arg.get_id().as_str().to_owned());
        if option.as_ref().is_some_and(|option| !words::is_known(option)) {
            return arg;
        }
        let partial = Arc::clone(partial);
        arg.add(ArgValueCompleter::new(move |current: &OsStr| {
            let current = current.to_str().unwrap_or_default().to_owned();
            let partial = Arc::clone(&partial);
            let option = option.clone();
            in_time(move || words::candidates(&partial, option.as_deref(), &current))
        }))
    })
}

/// Candidates, if they are there in time. The thread that is late ends with the program.
fn in_time(
    candidates: impl FnOnce() -> Result<Vec<Candidate>, Failure> + Send + 'static,
) -> Vec<CompletionCandidate> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(candidates()));
    match receiver.recv_timeout(LIMIT) {
        // What fails has no candidates, and a message would spoil the command line.
        Ok(Ok(candidates)) => candidates.into_iter().map(CompletionCandidate::from).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_script_for_each_shell() {
        use clap::ValueEnum;
        for shell in clap_complete::Shell::value_variants() {
            let script = String::from_utf8(script(*shell).unwrap()).unwrap();
            assert!(script.contains(VARIABLE), "{shell}: {script}");
        }
    }

    #[test]
    fn candidates_that_come_late_are_none() {
        let (_sender, receiver) = mpsc::channel::<()>();
        let late = in_time(move || {
            let _ = receiver.recv();
            Ok(vec![Candidate::new("a", "")])
        });
        assert!(late.is_empty());
    }
}
