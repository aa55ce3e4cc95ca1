//! The groups of shared options. A command line is read without those groups that none of its words can name an option of.
//!
//! To build all shared options and to fill in their defaults takes clap twice as long as the options of one verb.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{ArgMatches, Args, Command};

use super::{Format, Globals, Selection, Sending, Target};

/// A group of shared options. Its default is what a command line without any of them says.
trait Group: Args + Default {
    const LONG: &'static [&'static str];
    const SHORT: &'static [u8];
}

impl Group for Target {
    const LONG: &'static [&'static str] = &[
        "system",
        "user",
        "address",
        "peer",
        "host",
        "machine",
        "capsule",
        "timeout",
        "handshake",
        "watch-bind",
    ];
    const SHORT: &'static [u8] = b"HMC";
}

impl Group for Format {
    const LONG: &'static [&'static str] = &[
        "output",
        "json",
        "verbose",
        "quiet",
        "list",
        "xml-interface",
        "full",
        "no-legend",
        "no-pager",
    ];
    const SHORT: &'static [u8] = b"ojql";
}

impl Group for Sending {
    const LONG: &'static [&'static str] = &[
        "expect-reply",
        "auto-start",
        "allow-interactive-authorization",
        "augment-creds",
        "destination",
    ];
    const SHORT: &'static [u8] = b"";
}

impl Group for Selection {
    const LONG: &'static [&'static str] =
        &["unique", "acquired", "activatable", "show-machine", "match", "size", "limit-messages"];
    const SHORT: &'static [u8] = b"N";
}

/// Whether the words of a command line can name an option of each group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    target: bool,
    format: bool,
    sending: bool,
    selection: bool,
}

impl Named {
    pub(super) fn by(verb: &str, words: &[OsString]) -> Self {
        Self {
            target: names::<Target>(words),
            format: FORMED.contains(&verb) || names::<Format>(words),
            sending: names::<Sending>(words),
            selection: names::<Selection>(words),
        }
    }

    /// Adds the options of these groups.
    pub(super) fn augment(self, command: Command) -> Command {
        let command = augment::<Target>(self.target, command);
        let command = augment::<Format>(self.format, command);
        let command = augment::<Sending>(self.sending, command);
        augment::<Selection>(self.selection, command)
    }

    /// Takes the values of these groups; the others have their defaults.
    pub(super) fn take(self, matches: &mut ArgMatches) -> Result<Globals, clap::Error> {
        Ok(Globals {
            target: take(self.target, matches)?,
            format: take(self.format, matches)?,
            sending: take(self.sending, matches)?,
            selection: take(self.selection, matches)?,
        })
    }
}

/// Verbs with options that override those of [`Format`].
const FORMED: [&str; 2] = ["decode", "encode"];

/// Whether a word can be an option of this group, also if it is a value or stands after `--`.
fn names<T: Group>(words: &[OsString]) -> bool {
    words.iter().any(|word| match word.as_bytes() {
        b"--" => false,
        [b'-', b'-', long @ ..] => {
            // It may be shortened.
            let beginning = long.split(|byte| *byte == b'=').next().unwrap_or_default();
            T::LONG.iter().any(|long| long.as_bytes().starts_with(beginning))
        }
        [b'-', short @ ..] => short.iter().any(|letter| T::SHORT.contains(letter)),
        _ => false,
    })
}

fn augment<T: Group>(is_named: bool, command: Command) -> Command {
    if is_named { T::augment_args(command) } else { command }
}

fn take<T: Group>(is_named: bool, matches: &mut ArgMatches) -> Result<T, clap::Error> {
    if is_named { T::from_arg_matches_mut(matches) } else { Ok(T::default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A group is recognized by all its options, and its default is what clap reads without any.
    fn check<T: Group + std::fmt::Debug>() {
        let mut command = T::augment_args(Command::new("x"));
        command.build();
        let options: Vec<_> =
            command.get_arguments().filter(|option| option.get_id() != "help").collect();
        let mut longs: Vec<_> =
            options.iter().flat_map(|option| option.get_long_and_visible_aliases()).collect();
        longs.extend(options.iter().filter_map(|option| option.get_all_aliases()));
        let shorts = options.iter().flat_map(|option| option.get_short_and_visible_aliases());
        let shorts: String = shorts.flatten().collect();
        assert_eq!(longs.concat(), T::LONG);
        assert_eq!(shorts.as_bytes(), T::SHORT);
        let read = T::from_arg_matches_mut(&mut command.get_matches_from(["x"])).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", T::default()));
    }

    #[test]
    fn the_groups_know_their_options_and_defaults() {
        check::<Target>();
        check::<Format>();
        check::<Sending>();
        check::<Selection>();
    }

    #[test]
    fn every_way_to_write_an_option_names_its_group() {
        let is_named = |word: &str| names::<Target>(&[OsString::from(word)]);
        for word in ["--user", "--us", "--timeout=5", "--t=5", "-H", "-HM", "-Mx", "-qM"] {
            assert!(is_named(word), "{word}");
        }
        for word in ["--", "-", "--quiet", "--users", "-q", "user", "--json=user"] {
            assert!(!is_named(word), "{word}");
        }
    }
}
