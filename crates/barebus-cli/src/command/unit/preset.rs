//! Presets: whether a unit file is to be enabled.
//!
//! systemd tells them only of units that it has loaded, so they are read from the files on this machine, as systemctl does: systemd.preset(5).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use barebus_systemd::word::{UnitFilePreset, UnitFileState};

use super::pattern::Pattern;
use crate::render::warn;

/// Whether the presets say anything about unit files in this state.
pub(super) const fn concerns(state: &UnitFileState) -> bool {
    !matches!(
        state,
        UnitFileState::Alias
            | UnitFileState::Static
            | UnitFileState::Generated
            | UnitFileState::Transient
    )
}

/// The rules of all preset files; the first that matches a name counts.
#[derive(Debug, Default)]
pub(super) struct Presets(Vec<(Pattern, UnitFilePreset)>);

/// Where the folders of preset files are. A file takes the place of those of the same name in later folders.
const PLACES: [&str; 5] = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"];

impl Presets {
    /// Reads the presets for the units of the system, or of users.
    pub(super) fn read(is_user: bool) -> Self {
        let folder = if is_user { "systemd/user-preset" } else { "systemd/system-preset" };
        Self::from_folders(PLACES.map(|place| Path::new(place).join(folder)))
    }

    fn from_folders(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut files: BTreeMap<OsString, PathBuf> = BTreeMap::new();
        for entry in folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten() {
            let Ok(entry) = entry else { continue };
            if entry.path().extension().is_some_and(|kind| kind == "preset") {
                files.entry(entry.file_name()).or_insert_with(|| entry.path());
            }
        }
        let mut presets = Self::default();
        for file in files.values() {
            match fs::read_to_string(file) {
                Ok(text) => presets.add(&text),
                Err(error) => warn(format_args!("cannot read {}: {error}", file.display())),
            }
        }
        presets
    }

    fn add(&mut self, text: &str) {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let preset = match words.next() {
                Some("enable") => UnitFilePreset::Enabled,
                Some("disable") => UnitFilePreset::Disabled,
                Some("ignore") => UnitFilePreset::Ignored,
                // An empty line, a comment, or a rule of a later systemd.
                _ => continue,
            };
            if let Some(pattern) = words.next() {
                self.0.push((Pattern::new(pattern), preset));
            }
        }
    }

    /// What they say of a unit file. What no rule matches is to be enabled.
    pub(super) fn of(&self, name: &str) -> UnitFilePreset {
        let rule = self.0.iter().find(|(pattern, _)| pattern.matches(name));
        rule.map_or(UnitFilePreset::Enabled, |(_, preset)| preset.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_matches_counts() {
        let mut presets = Presets::default();
        presets
            .add("# disable a.service\n\n  enable a.service\ndisable a*\nignore b@.service x y\n");
        presets.add("disable *\n");
        for (name, expected) in [
            ("a.service", "enabled"),
            ("ab.service", "disabled"),
            ("b@.service", "ignored"),
            ("c.service", "disabled"),
        ] {
            assert_eq!(presets.of(name), expected, "{name}");
        }
        assert_eq!(Presets::default().of("c.service"), "enabled");
    }

    #[test]
    fn a_file_takes_the_place_of_its_namesake_in_a_later_folder() {
        let top = std::env::temp_dir().join(format!("barebus-presets-{}", std::process::id()));
        let folders = ["etc", "lib", "nowhere"].map(|folder| top.join(folder));
        for folder in &folders[..2] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(folders[0].join("50-a.preset"), "enable a.service\n").unwrap();
        fs::write(folders[1].join("50-a.preset"), "disable a.service\n").unwrap();
        fs::write(folders[1].join("10-b.preset"), "disable b.service\n").unwrap();
        fs::write(folders[1].join("10-b.other"), "disable *\n").unwrap();
        let presets = Presets::from_folders(folders);
        fs::remove_dir_all(top).unwrap();
        let said = ["a.service", "b.service"].map(|name| presets.of(name));
        assert_eq!(said, ["enabled", "disabled"]);
    }
}
