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
        if !is_its_own && (is_shown != is_connection || is_rare) {
            verb = verb.arg(arg.clone().hide(!is_shown).hide_short_help(is_rare));
        }
    }
    short(verb)
}

/// One help, short enough for a screen. The manual page has everything.
fn short(verb: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort);
    let verb = verb.disable_help_flag(true).arg(help.help("Prints help; the manual page has more"));
    verb.mut_subcommands(short)
}

/// Hides what belongs to some verbs only.
fn top(program: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort);
    let help = help.help("Prints help; 'barebus VERB --help' has that of a verb");
    program.disable_help_flag(true).arg(help).mut_args(|arg| {
        let id = arg.get_id().as_str();
        let (is_hidden, is_rare) = (!CONNECTION.contains(&id), RARE.contains(&id));
        match arg.is_global_set() {
            true => arg.hide(is_hidden).hide_short_help(is_rare),
            false => arg,
        }
    })
}
