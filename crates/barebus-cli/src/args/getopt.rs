//! getopt's manners: options stand anywhere before `--`, long ones may be shortened, and a negative number is no option.

use std::ffi::{OsStr, OsString};
use std::iter::Peekable;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use clap::{Arg, Command};

use crate::exit::Failure;

/// A command line in the order that clap reads.
#[derive(Debug)]
pub(super) struct Ordered {
    pub(super) words: Vec<OsString>,
    /// The verb, as it was written, and the verbs in it.
    pub(super) verbs: Vec<String>,
}

impl Ordered {
    /// Makes `help VERB` the same as `VERB --help`, and `unit help VERB` the same as `unit VERB --help`.
    pub(super) fn help_is_an_option(&mut self) {
        if let Some(at) = self.verbs.iter().position(|verb| verb == "help") {
            self.verbs.remove(at);
            // The program precedes them.
            self.words.remove(at + 1);
            self.words.push("--help".into());
        }
    }
}

/// Puts a command line in order: the program, the verb, options with their whole names, `--`, operands.
///
/// A verb that takes a command after `--` takes it without, too: from the first operand on, all words are the command's.
///
/// # Errors
/// The beginning of a long option is that of several.
pub(super) fn order(
    program: &Command,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Ordered, Failure> {
    order_with(vec![program], program, words)
}

/// As [`order`], when the options of `known` are known from the beginning.
///
/// # Errors
/// As [`order`].
pub(super) fn order_with<'c>(
    known: Vec<&'c Command>,
    program: &'c Command,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Ordered, Failure> {
    let mut words = words.into_iter().peekable();
    let mut sorter = Sorter {
        known,
        last: program,
        path: words.next().into_iter().collect(),
        options: Vec::new(),
        operands: Vec::new(),
        takes_verb: true,
    };
    while let Some(word) = words.next() {
        let bytes = word.as_bytes();
        if bytes == b"--" {
            words.by_ref().for_each(|word| sorter.operand(word));
        } else if let Some(long) = bytes.strip_prefix(b"--") {
            sorter.long(&word, long, &mut words)?;
        } else if bytes.len() > 1 && bytes.starts_with(b"-") && !is_negative_number(&word) {
            sorter.short(&word, &mut words);
        } else {
            sorter.operand(word);
        }
        if sorter.takes_command() && !sorter.operands.is_empty() {
            sorter.operands.extend(words.by_ref());
        }
    }
    let Sorter { mut path, options, operands, .. } = sorter;
    let verbs = path.iter().skip(1).filter_map(|verb| verb.to_str().map(str::to_owned)).collect();
    path.extend(options);
    if !operands.is_empty() {
        path.push("--".into());
        path.extend(operands);
    }
    Ok(Ordered { words: path, verbs })
}

fn name(path: &[OsString]) -> Option<String> {
    path.get(1)?.to_str().map(str::to_owned)
}

struct Sorter<'c> {
    /// The program, and the verbs in it that were named: their options are known.
    known: Vec<&'c Command>,
    /// The last of them.
    last: &'c Command,
    /// The words that name them.
    path: Vec<OsString>,
    options: Vec<OsString>,
    operands: Vec<OsString>,
    /// Whether the next operand is a verb.
    takes_verb: bool,
}

impl<'c> Sorter<'c> {
    fn operand(&mut self, word: OsString) {
        if !self.takes_verb {
            self.operands.push(word);
            return;
        }
        let verb = word.to_str().and_then(|word| self.last.find_subcommand(word));
        self.takes_verb = match verb {
            Some(verb) => {
                self.known.push(verb);
                self.last = verb;
                verb.has_subcommands()
            }
            // clap's own verb is followed by verbs. Any other is refused by clap.
            None => {
                self.last.has_subcommands() && word == "help"
                    || name(&self.path).is_some_and(|verb| verb == "help")
            }
        };
        self.path.push(word);
    }

    /// Whether the last verb takes a command after `--`.
    fn takes_command(&self) -> bool {
        self.last.get_arguments().any(Arg::is_last_set)
    }

    /// The options of the last verb, then those of all verbs.
    fn known(&self) -> impl Iterator<Item = &'c Arg> {
        self.known.clone().into_iter().rev().flat_map(Command::get_arguments)
    }

    fn long(
        &mut self,
        word: &OsStr,
        long: &[u8],
        words: &mut Peekable<impl Iterator<Item = OsString>>,
    ) -> Result<(), Failure> {
        let end = long.iter().position(|byte| *byte == b'=').unwrap_or(long.len());
        let (name, value) = long.split_at(end);
        let Some((name, arg)) = self.find_long(name)? else {
            self.options.push(word.to_owned());
            return Ok(());
        };
        let mut option = format!("--{name}").into_bytes();
        option.extend_from_slice(value);
        if let (true, Some(arg)) = (value.is_empty(), arg) {
            if let Some(value) = value_behind(arg, words) {
                option.push(b'=');
                option.extend(value.into_vec());
            }
        }
        self.options.push(OsString::from_vec(option));
        Ok(())
    }

    /// The long option with this name, or with a name that only it begins with. clap's own have no [`Arg`] yet.
    fn find_long(&self, beginning: &[u8]) -> Result<Option<(String, Option<&'c Arg>)>, Failure> {
        let Ok(beginning) = std::str::from_utf8(beginning) else { return Ok(None) };
        let mut found: Vec<(String, Option<&Arg>)> = Vec::new();
        let names = self.known().flat_map(|arg| {
            let names = arg.get_long_and_visible_aliases().unwrap_or_default();
            let hidden = arg.get_all_aliases().unwrap_or_default();
            names.into_iter().chain(hidden).map(move |name| (name.to_owned(), Some(arg)))
        });
        for (name, arg) in names.chain(OWN.map(|name| (name.to_owned(), None))) {
            if name == beginning {
                return Ok(Some((name, arg)));
            }
            let is_new = found.iter().all(|(known, other)| {
                *known != name && other.zip(arg).is_none_or(|(a, b)| a.get_id() != b.get_id())
            });
            if name.starts_with(beginning) && is_new {
                found.push((name, arg));
            }
        }
        match found.len() {
            0 | 1 => Ok(found.pop()),
            _ => {
                let names: Vec<String> =
                    found.iter().map(|(name, _)| format!("--{name}")).collect();
                let what = format!("the option '--{beginning}' is ambiguous: {}", names.join(", "));
                Err(Failure::usage(what))
            }
        }
    }

    /// A word of short options, of which the last can have a value.
    fn short(&mut self, word: &OsStr, words: &mut Peekable<impl Iterator<Item = OsString>>) {
        let mut rest = word.as_bytes().get(1..).unwrap_or_default();
        while let Some((byte, after)) = rest.split_first() {
            let letter = char::from(*byte);
            let Some(arg) = self.known().find(|arg| arg.get_short() == Some(letter)) else {
                // clap's own are flags; what is unknown is refused by clap.
                if matches!(letter, 'h' | 'V') {
                    self.options.push(format!("-{letter}").into());
                    rest = after;
                    continue;
                }
                self.options.push(OsString::from_vec([b"-", rest].concat()));
                return;
            };
            let mut option = match arg.get_long() {
                Some(long) => format!("--{long}").into_bytes(),
                None => format!("-{letter}").into_bytes(),
            };
            rest = after;
            if arg.get_action().takes_values() {
                let value = match rest {
                    [] => value_behind(arg, words),
                    rest => Some(OsString::from_vec(rest.to_owned())),
                };
                if let Some(value) = value {
                    if arg.get_long().is_some() {
                        option.push(b'=');
                    }
                    option.extend(value.into_vec());
                }
                rest = &[];
            }
            self.options.push(OsString::from_vec(option));
        }
    }
}

/// Options that clap adds to each command.
const OWN: [&str; 2] = ["help", "version"];

/// Takes the next word if it is the value of an option. If the option can do without one, it is if the word is one of its values.
fn value_behind(
    arg: &Arg,
    words: &mut Peekable<impl Iterator<Item = OsString>>,
) -> Option<OsString> {
    if !arg.get_action().takes_values() {
        return None;
    }
    let can_be_without = arg.get_num_args().is_some_and(|count| count.min_values() == 0);
    words.next_if(|word| {
        let values = arg.get_possible_values();
        !can_be_without || values.iter().any(|value| *word == *value.get_name())
    })
}

/// Whether a word is a number with a sign, in any form that an argument can have. No option begins with a digit or is called `inf` or `nan`.
fn is_negative_number(word: &OsStr) -> bool {
    let Some(number) = word.to_str().and_then(|word| word.strip_prefix('-')) else { return false };
    let is_word = |word: &str| number.eq_ignore_ascii_case(word);
    number.starts_with(|c: char| c.is_ascii_digit())
        || number
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        || is_word("inf")
        || is_word("infinity")
        || is_word("nan")
        || (number.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("nan("))
            && number.ends_with(')'))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    fn ordered(line: &str) -> String {
        let words = std::iter::once("barebus").chain(line.split_whitespace()).map(OsString::from);
        let words = order(&Arguments::command(), words).unwrap().words;
        words.iter().skip(1).map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn help_is_an_option() {
        for (line, expected, verbs) in [
            ("help unit start", "unit start --help", &["unit", "start"][..]),
            ("unit help start", "unit start --help", &["unit", "start"]),
            ("unit help", "unit --help", &["unit"]),
            ("help", "--help", &[]),
            ("unit cat help", "unit cat -- help", &["unit", "cat"]),
            ("call help", "call -- help", &["call"]),
        ] {
            let words = std::iter::once("barebus").chain(line.split(' ')).map(OsString::from);
            let mut ordered = order(&Arguments::command(), words).unwrap();
            ordered.help_is_an_option();
            let words: Vec<_> = expected.split(' ').map(OsString::from).collect();
            assert_eq!(ordered.words[1..], words, "{line}");
            assert_eq!(ordered.verbs, verbs, "{line}");
        }
    }

    #[test]
    fn options_stand_anywhere_before_the_two_dashes() {
        for (line, expected) in [
            ("call a b --user c d", "call --user -- a b c d"),
            ("--user call a b c d", "call --user -- a b c d"),
            ("--timeout 5 call a b c d s -- --user", "call --timeout=5 -- a b c d s --user"),
            ("-M -x call -- a", "call --machine=-x -- a"),
            ("unit -q --user state x", "unit state --quiet --user -- x"),
            ("-- call -j", "call -- -j"),
            ("help unit start", "help unit start"),
        ] {
            assert_eq!(ordered(line), expected, "{line}");
        }
    }

    #[test]
    fn a_command_begins_at_the_first_operand_or_behind_two_dashes() {
        for (line, expected) in [
            (
                "unit run --wait -p A=B ls -l --user",
                "unit run --wait --property=A=B -- ls -l --user",
            ),
            ("unit run --user -- ls -- -l", "unit run --user -- ls -- -l"),
            ("unit run --coll ls --wait", "unit run --collect -- ls --wait"),
            ("box --root / sh -c x", "box --root=/ -- sh -c x"),
            ("box --broker -- -x --root", "box --broker -- -x --root"),
            ("unit run --user", "unit run --user"),
        ] {
            assert_eq!(ordered(line), expected, "{line}");
        }
    }

    #[test]
    fn long_options_may_be_shortened_while_they_are_unambiguous() {
        assert_eq!(
            ordered("call --acq --js=short --ti 1 a"),
            "call --acquired --json=short --timeout=1 -- a"
        );
        assert_eq!(ordered("call --user a"), "call --user -- a");
        assert_eq!(ordered("call --nonsense a"), "call --nonsense -- a");
        let words = ["barebus", "--ma", "x", "call"].map(OsString::from);
        let failure = order(&Arguments::command(), words).unwrap_err();
        assert_eq!(failure.what, "the option '--ma' is ambiguous: --machine, --match");
    }

    #[test]
    fn short_options_are_grouped() {
        assert_eq!(ordered("call -jqMx a"), "call -j --quiet --machine=x -- a");
        assert_eq!(ordered("call -jo json a"), "call -j --output=json -- a");
        assert_eq!(ordered("call -jX a"), "call -j -X -- a");
    }

    #[test]
    fn a_negative_number_is_no_option() {
        for number in ["-5", "-0x5", "-.5", "-1e-5", "-inf", "-Infinity", "-NaN", "-nan(0x1)", "-"]
        {
            assert_eq!(
                ordered(&format!("call a b c d i {number}")),
                format!("call -- a b c d i {number}")
            );
        }
    }

    #[test]
    fn json_takes_only_its_own_words() {
        assert_eq!(ordered("call --json a b"), "call --json -- a b");
        assert_eq!(ordered("--json pretty call a b"), "call --json=pretty -- a b");
    }

    #[test]
    fn the_options_of_a_command_stay_with_it() {
        assert_eq!(ordered("--user box --broker -- ls -l"), "box --user --broker -- ls -l");
        assert_eq!(
            ordered("unit --user run -p A=B -- ls -l"),
            "unit run --user --property=A=B -- ls -l"
        );
    }
}
