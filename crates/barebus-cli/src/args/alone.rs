//! The command line of one verb without the others.
//!
//! clap builds the options of every verb, and copies the shared ones to each. That takes several times as long as a call of the bus. So the verb that
//! is named gets a command line of its own, with those groups of shared options among its own that the words can name. What cannot be read in
//! this way, requests for help and errors included, is read again with all verbs.

use std::ffi::OsString;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::groups::Named;
use super::unit::{self, Unit, UnitVerb};
use super::{
    Arguments, BoxOptions, Call, Capture, DecodeOptions, Emit, EncodeOptions, GenerateOptions,
    GetProperty, Introspect, Monitor, Ping, Replay, SetProperty, Status, Trace, Tree,
    ValidateOptions, Verb, Wait, getopt,
};

/// The command line, if it is valid and its verb has a reader.
pub(super) fn parse(words: &[OsString]) -> Option<Arguments> {
    // A word can be the value of an option, too. Then the verb turns out to be another one.
    let mut texts = words.iter().skip(1).filter_map(|word| word.to_str());
    let first = texts.find(|word| *word == UNIT || of_verb(word).is_some())?;
    let mut verbs = vec![first];
    if first == UNIT {
        verbs.push(texts.find(|word| of_unit_verb(word).is_some())?);
    }
    let reader = reader(&verbs)?;
    let named = Named::by(first, words);
    let mut program = program(&verbs, reader, named);
    let last = verbs.iter().try_fold(&program, |at, verb| at.find_subcommand(verb))?;
    let ordered = getopt::order_with(vec![last], &program, words.iter().cloned()).ok()?;
    let mut words = ordered.words;
    if !verbs.iter().zip(words.iter().skip(1)).all(|(verb, word)| word == *verb) {
        return None;
    }
    // The last verb stands where the program's name is expected.
    words.drain(..verbs.len());
    let last = verbs.iter().try_fold(&mut program, |at, verb| at.find_subcommand_mut(verb))?;
    let mut matches = last.try_get_matches_from_mut(words).ok()?;
    // Taken out: copying all of them takes as long as a call.
    let globals = named.take(&mut matches).ok()?;
    let verb = (reader.read)(&mut matches).ok()?;
    // Freeing hundreds of pieces takes time, too, and the process does not live long.
    std::mem::forget((program, matches));
    Some(Arguments { globals, verb: Some(verb) })
}

/// The program with one verb, which has the shared options of the groups that are `named`, too.
fn program(verbs: &[&str], reader: Reader, named: Named) -> Command {
    let verb = (reader.augment)(named.augment(Command::new(reader.name)));
    // Nothing is below the verb that could share its options.
    let verb = verb.mut_args(|arg| arg.global(false));
    let mut verb = verb.args_override_self(true).disable_help_flag(true);
    if verbs.len() > 1 {
        verb = Command::new(UNIT).subcommand(verb);
    }
    Command::new("barebus").subcommand(verb)
}

/// How a verb is read.
#[derive(Clone, Copy)]
struct Reader {
    name: &'static str,
    augment: fn(Command) -> Command,
    read: fn(&mut ArgMatches) -> Result<Verb, clap::Error>,
}

/// It has verbs itself.
const UNIT: &str = "unit";

fn reader(verbs: &[&str]) -> Option<Reader> {
    match verbs {
        [UNIT, verb] => of_unit_verb(verb),
        [verb] => of_verb(verb),
        _ => None,
    }
}

/// Defines a function from the name of a verb to its reader.
macro_rules! readers {
    ($function:ident: $($($name:literal)|+ => $args:ty, $verb:expr;)*) => {
        fn $function(name: &str) -> Option<Reader> {
            Some(match name {
                $($($name => Reader {
                    name: $name,
                    augment: <$args>::augment_args,
                    read: |matches| <$args>::from_arg_matches_mut(matches).map($verb),
                },)+)*
                _ => return None,
            })
        }
    };
}

/// The options of a verb that has none.
#[derive(Args)]
struct Nothing {}

readers! { of_verb:
    "list" => Nothing, |_| Verb::List;
    "status" => Status, Verb::Status;
    "tree" => Tree, Verb::Tree;
    "introspect" => Introspect, Verb::Introspect;
    "call" => Call, Verb::Call;
    "emit" => Emit, Verb::Emit;
    "get-property" => GetProperty, Verb::GetProperty;
    "set-property" => SetProperty, Verb::SetProperty;
    "wait" => Wait, Verb::Wait;
    "monitor" => Monitor, Verb::Monitor;
    "capture" => Capture, Verb::Capture;
    "trace" => Trace, Verb::Trace;
    "ping" => Ping, Verb::Ping;
    "bench" => Nothing, |_| Verb::Bench;
    "replay" => Replay, Verb::Replay;
    "validate" => ValidateOptions, Verb::Validate;
    "decode" => DecodeOptions, Verb::Decode;
    "encode" => EncodeOptions, Verb::Encode;
    "generate" => GenerateOptions, Verb::Generate;
    "box" => BoxOptions, Verb::Box;
}

/// The options of a verb of `unit`, and those that all of these share.
#[derive(Args)]
struct OfUnit<T: Args> {
    #[arg(long)]
    interactive: bool,
    #[command(flatten)]
    own: T,
}

impl<T: Args> OfUnit<T> {
    fn verb(self, verb: impl FnOnce(T) -> UnitVerb) -> Verb {
        Verb::Unit(Unit { interactive: self.interactive, verb: verb(self.own) })
    }
}

/// Defines [`of_unit_verb`].
macro_rules! unit_readers {
    ($($($name:literal)|+ => $args:ty, $verb:expr;)*) => {
        readers! { of_unit_verb: $($($name)|+ => OfUnit<$args>, |read| read.verb($verb);)* }
    };
}

unit_readers! {
    "state" | "is-enabled" => unit::Question, UnitVerb::State;
    "active" | "is-active" => unit::Question, UnitVerb::Active;
    "failed" | "is-failed" => unit::Question, UnitVerb::Failed;
    "status" => unit::Status, UnitVerb::Status;
    "show" => unit::Show, UnitVerb::Show;
    "cat" => unit::Units, UnitVerb::Cat;
    "start" => unit::Jobs, UnitVerb::Start;
    "stop" => unit::Jobs, UnitVerb::Stop;
    "restart" => unit::Jobs, UnitVerb::Restart;
    "try-restart" => unit::Jobs, UnitVerb::TryRestart;
    "reload" => unit::Jobs, UnitVerb::Reload;
    "reload-or-restart" => unit::Jobs, UnitVerb::ReloadOrRestart;
    "try-reload-or-restart" => unit::Jobs, UnitVerb::TryReloadOrRestart;
    "isolate" => unit::Isolate, UnitVerb::Isolate;
    "kill" => unit::Kill, UnitVerb::Kill;
    "freeze" => unit::Units, UnitVerb::Freeze;
    "thaw" => unit::Units, UnitVerb::Thaw;
    "enable" => unit::FilesNow, UnitVerb::Enable;
    "disable" => unit::FilesNow, UnitVerb::Disable;
    "reenable" => unit::Files, UnitVerb::Reenable;
    "link" => unit::Files, UnitVerb::Link;
    "mask" => unit::FilesNow, UnitVerb::Mask;
    "unmask" => unit::Files, UnitVerb::Unmask;
    "preset" => unit::Preset, UnitVerb::Preset;
    "revert" => unit::Files, UnitVerb::Revert;
    "reset-failed" => unit::OptionalUnits, UnitVerb::ResetFailed;
    "set-property" => unit::SetProperty, UnitVerb::SetProperty;
    "list" | "list-units" => unit::List, UnitVerb::List;
    "files" | "list-unit-files" => unit::ListFiles, UnitVerb::Files;
    "jobs" | "list-jobs" => unit::ListJobs, UnitVerb::Jobs;
    "cancel" => unit::Cancel, UnitVerb::Cancel;
    "watch" => unit::Watch, UnitVerb::Watch;
    "run" => unit::Run, UnitVerb::Run;
    "daemon-reload" => Nothing, |_| UnitVerb::DaemonReload;
    "get-default" => Nothing, |_| UnitVerb::GetDefault;
    "set-default" => unit::SetDefault, UnitVerb::SetDefault;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{CommandFactory, Parser};

    use super::*;

    /// The options of a verb that decide how it is read.
    fn options(command: &Command) -> BTreeSet<String> {
        let shown = |arg: &clap::Arg| {
            let names = arg.get_long_and_visible_aliases();
            let defaults = arg.get_default_values();
            let (action, count) = (arg.get_action(), arg.get_num_args());
            let (id, short) = (arg.get_id(), arg.get_short());
            format!(
                "{id} {short:?} {names:?} {defaults:?} {action:?} {count:?} {}",
                arg.is_required_set()
            )
        };
        let own = |arg: &&clap::Arg| !matches!(arg.get_id().as_str(), "help" | "version");
        command.get_arguments().filter(own).map(shown).collect()
    }

    /// All names of all verbs that take no further verb, with the verb as the whole program has it.
    fn verbs(program: &Command) -> Vec<(Vec<String>, Command)> {
        let mut verbs = Vec::new();
        for verb in program.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let below = self::verbs(verb);
            for name in std::iter::once(verb.get_name()).chain(verb.get_all_aliases()) {
                if !verb.has_subcommands() {
                    verbs.push((vec![name.to_owned()], verb.clone()));
                }
                for (path, verb) in &below {
                    let path = std::iter::once(name).chain(path.iter().map(String::as_str));
                    verbs.push((path.map(str::to_owned).collect(), verb.clone()));
                }
            }
        }
        verbs
    }

    #[test]
    fn a_verb_alone_has_the_options_that_it_has_among_the_others() {
        let mut whole = Arguments::command();
        whole.build();
        let named = ["-Hoq", "--auto", "--match"].map(OsString::from);
        let mut without = Vec::new();
        for (names, expected) in verbs(&whole) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let Some(reader) = reader(&names) else {
                without.push(names.join(" "));
                continue;
            };
            let mut alone = program(&names, reader, Named::by(names[0], &named));
            alone.build();
            let alone = names.iter().try_fold(&alone, |at, name| at.find_subcommand(name)).unwrap();
            assert_eq!(options(alone), options(&expected), "{names:?}");
            // clap checks what its options say of each other.
            program(&names, reader, Named::by(names[0], &[])).build();
        }
        // Options of codegen have names of shared ones.
        assert_eq!(without, ["codegen", "completions", "man"]);
    }

    fn read(line: &str) -> Option<Arguments> {
        let words: Vec<OsString> =
            std::iter::once("barebus").chain(line.split_whitespace()).map(OsString::from).collect();
        parse(&words)
    }

    #[test]
    fn a_verb_is_found_behind_options_and_their_values() {
        let call = read("-j --address x call tree / i M -q").unwrap();
        assert!(matches!(call.verb, Some(Verb::Call(_))), "{call:?}");
        assert!(call.globals.format.quiet);
        let unit = read("--timeout 5 unit --interactive is-active x").unwrap();
        let Some(Verb::Unit(unit)) = unit.verb else { panic!("{:?}", unit.verb) };
        assert!(unit.interactive && matches!(unit.verb, UnitVerb::Active(_)));
        let run = read("unit --user run -p A=B -- ls -l").unwrap();
        let Some(Verb::Unit(Unit { verb: UnitVerb::Run(run), .. })) = run.verb else { panic!() };
        assert_eq!(
            (run.property, run.command),
            (vec!["A=B".to_owned()], vec!["ls".to_owned(), "-l".to_owned()])
        );
    }

    #[test]
    fn every_shared_option_is_read_as_with_all_verbs() {
        let options = [
            "--system",
            "--user",
            "--address=a",
            "--peer=a",
            "-Ha",
            "--machine a",
            "-C a",
            "--timeout=1",
            "--handshake=step",
            "--watch-bind=yes",
            "-ojson",
            "--json=short",
            "-j",
            "--verbose",
            "-q",
            "--list",
            "--xml-interface",
            "-l",
            "--no-legend",
            "--no-pager",
            "--expect-reply=no",
            "--auto-start=no",
            "--allow-inter=no",
            "--augment-creds=no",
            "--dest=a.b",
            "--unique",
            "--acquired",
            "--activatable",
            "--show-machine",
            "--match=x",
            "--size=9",
            "-N1",
            "--lim 1 --user -jl --dest x",
        ];
        for verb in ["list", "call a / b.c D", "decode x", "unit is-active x"] {
            for option in options {
                let line = format!("{verb} {option}");
                let words = std::iter::once("barebus").chain(line.split_whitespace());
                let whole =
                    getopt::order(&Arguments::command(), words.map(OsString::from)).unwrap();
                let whole = Arguments::try_parse_from(whole.words).unwrap();
                assert_eq!(format!("{:?}", read(&line).unwrap()), format!("{whole:?}"), "{line}");
            }
        }
    }

    #[test]
    fn what_is_wrong_or_asks_for_help_is_left_to_the_whole_program() {
        for line in [
            "",
            "--address tree call a / i M",
            "--help",
            "call --help",
            "call -h",
            "help call",
            "call a",
            "call --nonsense",
            "x",
            "unit",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
