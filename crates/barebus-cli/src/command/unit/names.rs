//! The names of units on a command line.

use std::fmt::Display;

use barebus_systemd::name::{UnitKind, mangle};
use barebus_systemd::{ListedUnit, Systemd};

use super::pattern::Wanted;
use crate::exit::Failure;

/// Completes a word to the name of a unit, as systemctl does.
pub(super) fn complete(word: &str, kind: UnitKind) -> Result<String, Failure> {
    Ok(mangle(word, kind)?.to_string())
}

/// Completes words to names of unit files. A word with a slash is the path of a file, which systemd takes if it is absolute.
pub(super) fn files(words: &[String]) -> Result<Vec<String>, Failure> {
    let file = |word: &String| {
        if !word.contains('/') {
            return complete(word, UnitKind::Service);
        }
        let refused = |why: &dyn Display| {
            Failure::usage(format_args!("cannot use '{word}' as the path of a file: {why}"))
        };
        let path = std::path::absolute(word).map_err(|error| refused(&error))?;
        path.into_os_string().into_string().map_err(|_| refused(&"it is not UTF-8"))
    };
    words.iter().map(file).collect()
}

/// Names, and the units in memory that match patterns. `all`: including those that [`is_shown`] leaves out.
pub(super) fn expand(
    systemd: &Systemd,
    words: &[String],
    all: bool,
) -> Result<Vec<String>, Failure> {
    let Wanted { mut names, patterns, .. } = Wanted::new(words)?;
    if patterns.is_empty() {
        return Ok(names);
    }
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let units = systemd.list_units_by_patterns(&[], &patterns)?;
    let matches = units.iter().filter(|unit| all || is_shown(unit));
    let mut matches: Vec<String> = matches.map(|unit| unit.name.to_owned()).collect();
    matches.sort_unstable();
    names.append(&mut matches);
    Ok(names)
}

/// Whether systemctl shows the unit without `--all`: it is not idle, and not another unit's shadow.
pub(super) fn is_shown(unit: &ListedUnit<'_>) -> bool {
    let is_idle = unit.active_state == "inactive" && unit.job_id == 0;
    !is_idle && unit.following.is_empty()
}

/// Whether a name ends in one of the types. No type: all.
pub(super) fn has_kind(name: &str, kinds: &[UnitKind]) -> bool {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind);
    kinds.is_empty() || kind.is_some_and(|kind| kinds.iter().any(|wanted| wanted.as_str() == kind))
}
