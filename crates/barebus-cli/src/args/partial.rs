//! A command line that is being typed.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use super::{Arguments, Globals, getopt};

/// The words before the cursor, as far as they can be read.
pub(crate) struct Partial {
    pub(crate) globals: Globals,
    /// The verb, and the verb of `unit`, by their own names.
    pub(crate) verbs: Vec<String>,
    pub(crate) operands: Vec<String>,
    /// The value of the option --destination.
    pub(crate) destination: Option<String>,
    pub(crate) is_typed: bool,
    options: Vec<String>,
}

impl Partial {
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let program = Arguments::command();
        let ordered = getopt::order(&program, words).ok()?;
        let text: Vec<String> =
            ordered.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let is_option = |word: &&String| word.starts_with('-');
        let mut at = &program;
        let words = text.iter().skip(1).take_while(|word| !is_option(word));
        let own_name = |word: &String| match at.find_subcommand(word) {
            Some(verb) => {
                at = verb;
                verb.get_name().to_owned()
            }
            None => word.clone(),
        };
        let verbs = words.map(own_name).collect();
        let options = text.iter().filter(is_option).take_while(|word| *word != "--");
        let options: Vec<String> = options.cloned().collect();
        let operands = text.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
        let mut matches = program.ignore_errors(true).try_get_matches_from(ordered.words).ok()?;
        let globals = Globals::from_arg_matches_mut(&mut matches).ok()?;
        let destination =
            options.iter().find_map(|word| word.strip_prefix("--destination=")).map(str::to_owned);
        let is_typed = options.iter().any(|word| word == "--typed");
        Some(Self { globals, verbs, operands, destination, is_typed, options })
    }

    /// Whether this long option is there.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.options.iter().any(|word| {
            let word = word.trim_start_matches('-');
            word.split('=').next() == Some(option)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(line: &str) -> Partial {
        Partial::read(line.split_whitespace().map(OsString::from)).unwrap()
    }

    #[test]
    fn what_is_typed_so_far_is_read() {
        let it = partial("barebus --user call a.b / -t --addr x:y");
        assert_eq!(it.verbs, ["call"]);
        assert_eq!(it.operands, ["a.b", "/"]);
        assert!(it.is_typed && it.has("user") && !it.has("system"));
        assert_eq!(it.globals.target.place().ok(), Some(super::super::Place::Address("x:y")));
        assert_eq!(partial("barebus unit -q start a").verbs, ["unit", "start"]);
        assert_eq!(partial("barebus unit is-active a").verbs, ["unit", "active"]);
        assert_eq!(partial("barebus --match").operands, [""; 0]);
    }
}
