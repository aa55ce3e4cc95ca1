//! Which of the shared options the help of a verb shows. All of them are accepted everywhere, as busctl accepts them.

use clap::{Arg, ArgAction, Command};

use super::examples;

/// Shown by the program's own help, and by that of each verb that connects.
const CONNECTION: &[&str] = &[
    "system",
    "user",
    "address",
    "peer",
    "host",
    "machine",
    "capsule",
    "timeout",
    "handshake",
    "watch_bind",
];

/// Left to the manual pages.
const RARE: &[&str] = &[
    "capsule",
    "handshake",
    "watch_bind",
    "expect_reply",
    "allow_interactive_authorization",
    "augment_creds",
    "json_alone",
    "verbose",
    "destination",
    "no_legend",
    "quiet",
];

/// The shared options of a verb, besides those of the connection. `None` for a verb that does not connect.
const fn of(verb: &str) -> Option<&'static [&'static str]> {
    Some(match verb.as_bytes() {
        b"list" => &[
            "unique",
            "acquired",
            "activatable",
            "show_machine",
            "no_legend",
            "full",
            "augment_creds",
            "output",
            "json",
            "json_alone",
        ],
        b"status" => &["augment_creds", "no_legend", "output", "json", "json_alone"],
        b"tree" => &["list", "no_legend", "output", "json", "json_alone"],
        b"introspect" => &["xml_interface", "no_legend", "full", "output", "json", "json_alone"],
        b"call" => &[
            "expect_reply",
            "auto_start",
            "allow_interactive_authorization",
            "quiet",
            "output",
            "verbose",
            "json",
            "json_alone",
        ],
        b"get-property" => &["output", "verbose", "json", "json_alone"],
        b"set-property" => &["auto_start", "allow_interactive_authorization", "output"],
        b"emit" => &["destination", "auto_start", "output"],
        b"wait" => &["limit_messages", "quiet", "output", "verbose", "json", "json_alone"],
        b"monitor" => &["rules", "limit_messages", "output", "json", "json_alone", "destination"],
        b"capture" => &["rules", "size", "limit_messages"],
        b"unit" => &["output", "json", "quiet", "full"],
        b"trace" => {
            &["rules", "limit_messages", "destination", "full", "no_legend", "quiet", "output"]
        }
        b"ping" | b"bench" => &["output"],
        b"codegen" | b"replay" => &[],
        _ => return None,
    })
}

/// What a shared option means to a verb, if that is not what it means to the others.
fn meaning(verb: &str, id: &str) -> Option<&'static str> {
    match (verb, id) {
        ("monitor" | "capture" | "trace", "timeout") => Some(
            "Watches for this time, for example 10s or 1min [default: until it is interrupted]",
        ),
        ("wait", "timeout") => {
            Some("Waits at most for this time, for example 10s or 1min [default: no limit]")
        }
        ("emit" | "set-property", "output") => {
            Some("With gvariant the arguments are GVariant text; nothing is printed")
        }
        _ => None,
    }
}

/// The program with the help of the verb that the command line names. What the others show does not matter then.
pub(super) fn of_verb(program: Command, verb: Option<&str>) -> Command {
    let globals = globals(&program);
    let is_known = |verb: &&str| program.find_subcommand(verb).is_some();
    match verb.filter(is_known).map(str::to_owned) {
        Some(verb) => {
            let shown = |command| examples::of_verb(show(command, &globals));
            top(program.mut_subcommand(&verb, shown))
        }
        // `barebus help VERB`, too.
        None => everywhere(program),
    }
}

/// The program with the help of each verb.
pub(super) fn everywhere(program: Command) -> Command {
    let globals = globals(&program);
    top(examples::everywhere(program.mut_subcommands(|command| show(command, &globals))))
}

fn globals(program: &Command) -> Vec<Arg> {
    program.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect()
}

/// Gives a verb its own copies of those options that it shows otherwise than the program does. The others are inherited.
fn show(verb: Command, globals: &[Arg]) -> Command {
    let shown = of(verb.get_name());
    let mut verb = verb;
    for arg in globals {
        let id = arg.get_id().as_str();
        let is_its_own = verb.get_arguments().any(|own| own.get_id() == arg.get_id());
        let is_connection = CONNECTION.contains(&id);
        let is_shown = shown.is_some_and(|shown| is_connection || shown.contains(&id));
        let is_rare =
            is_shown && (RARE.contains(&id) || (verb.get_name(), id) == ("trace", "full"));
        let meaning = meaning(verb.get_name(), id);
        if !is_its_own && (is_shown != is_connection || is_rare || meaning.is_some()) {
            let mut own = arg.clone().hide(!is_shown).hide_short_help(is_rare);
            if let Some(meaning) = meaning {
                own = own.help(meaning);
            }
            verb = verb.arg(own);
        }
    }
    short(verb)
}

/// One help, short enough for a screen. The manual page has everything.
fn short(verb: Command) -> Command {
    let help = own("help", 'h', ArgAction::HelpShort, "Prints help; the manual page has more");
    verb.disable_help_flag(true).arg(help).mut_subcommands(short)
}

/// One of the options that clap would add by itself. Without a heading of its own it would stand below that of the last group.
fn own(name: &'static str, letter: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).short(letter).long(name).action(action).help(help).help_heading(None::<&str>)
}

/// Hides what belongs to some verbs only.
fn top(program: Command) -> Command {
    let help = "Prints help; 'barebus VERB --help' has that of a verb";
    let help = own("help", 'h', ArgAction::HelpShort, help);
    let version = own("version", 'V', ArgAction::Version, "Prints the version");
    let program = program.disable_help_flag(true).disable_version_flag(true);
    program.args([help, version]).mut_args(|arg| {
        let id = arg.get_id().as_str();
        let (is_hidden, is_rare) = (!CONNECTION.contains(&id), RARE.contains(&id));
        match arg.is_global_set() {
            true => arg.hide(is_hidden).hide_short_help(is_rare),
            false => arg,
        }
    })
}
