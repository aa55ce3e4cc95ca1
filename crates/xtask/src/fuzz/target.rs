//! The fuzz targets, and what they start with.

use std::fs;
use std::path::PathBuf;

use super::folder;
use crate::run::Failure;

/// A fuzz target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: String,
}

/// Fast targets, the targets whose seeds they share, and the longest input in bytes that is worth its time.
const FAST: &[(&str, &str, u32)] = &[
    ("fast_parse", "message", 1024),
    ("fast_validate", "message", 1024),
    ("fast_header", "header", 1024),
    ("fast_typed", "typed", 512),
    ("fast_signature", "signature", 260),
    ("fast_sasl", "sasl_server", 512),
    ("fast_session", "session", 256),
    ("fast_chunker", "chunker", 1024),
];

impl Target {
    pub(super) fn named(name: &str) -> Result<Self, Failure> {
        let known = all()?;
        known.iter().find(|target| target.name == name).cloned().ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|target| &*target.name).collect();
            Failure(format!(
                "there is no fuzz target '{name}'; the targets are {}",
                names.join(", ")
            ))
        })
    }

    /// The folder that the fuzzer writes to, with the target's own seeds.
    pub(super) fn corpus(&self) -> PathBuf {
        folder().join("corpus").join(&self.name)
    }

    /// The folder of the target whose seeds this one shares.
    pub(super) fn shared(&self) -> Option<PathBuf> {
        let (_, shared, _) = FAST.iter().find(|(name, ..)| *name == self.name)?;
        Some(folder().join("corpus").join(shared))
    }

    /// Longest input in bytes; `None` for the fuzzer's default.
    pub(super) fn max_len(&self) -> Option<u32> {
        FAST.iter().find(|(name, ..)| *name == self.name).map(|(_, _, len)| *len)
    }

    /// The folder for inputs that break the property.
    pub(super) fn artifacts(&self) -> PathBuf {
        folder().join("artifacts").join(&self.name)
    }
}

/// All targets, by name.
pub(super) fn all() -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(folder().join("fuzz_targets"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem() {
            targets.push(Target { name: name.to_string_lossy().into_owned() });
        }
    }
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(targets)
}

/// The dictionary of words that both fuzzers insert.
pub(super) fn dictionary() -> PathBuf {
    folder().join("dbus.dict")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_targets_exist_and_share_seeds_that_exist() {
        for (name, ..) in FAST {
            let shared = Target::named(name).unwrap().shared().unwrap();
            assert!(shared.is_dir(), "{}", shared.display());
        }
        let count = all().unwrap().iter().filter(|target| target.name.starts_with("fast_")).count();
        assert_eq!(count, FAST.len());
        assert!(dictionary().is_file());
    }

    #[test]
    fn an_unknown_target_is_an_error_with_the_known_ones() {
        let Failure(what) = Target::named("nothing").unwrap_err();
        assert!(
            what.starts_with("there is no fuzz target 'nothing'; the targets are address, "),
            "{what}"
        );
    }
}
