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

/// A fast target.
struct Fast {
    name: &'static str,
    /// The target whose seeds it shares.
    shared: &'static str,
    /// The longest input in bytes that is worth its time.
    max_len: u32,
    /// Whether libFuzzer weighs inputs by how rare their features are. Of a session there are so many that it takes half of the time.
    weighs_inputs: bool,
}

const FAST: &[Fast] = &[
    Fast { name: "fast_parse", shared: "message", max_len: 1024, weighs_inputs: true },
    Fast { name: "fast_validate", shared: "message", max_len: 1024, weighs_inputs: true },
    Fast { name: "fast_header", shared: "header", max_len: 1024, weighs_inputs: true },
    Fast { name: "fast_typed", shared: "typed", max_len: 512, weighs_inputs: true },
    Fast { name: "fast_signature", shared: "signature", max_len: 260, weighs_inputs: true },
    Fast { name: "fast_sasl", shared: "sasl_server", max_len: 512, weighs_inputs: true },
    Fast { name: "fast_session", shared: "session", max_len: 256, weighs_inputs: false },
    Fast { name: "fast_chunker", shared: "chunker", max_len: 1024, weighs_inputs: false },
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

    fn fast(&self) -> Option<&'static Fast> {
        FAST.iter().find(|fast| fast.name == self.name)
    }

    /// The folder of the target whose seeds this one shares.
    pub(super) fn shared(&self) -> Option<PathBuf> {
        Some(folder().join("corpus").join(self.fast()?.shared))
    }

    /// Longest input in bytes; `None` for the fuzzer's default.
    pub(super) fn max_len(&self) -> Option<u32> {
        Some(self.fast()?.max_len)
    }

    /// Whether libFuzzer weighs inputs by how rare their features are.
    pub(super) fn weighs_inputs(&self) -> bool {
        self.fast().is_none_or(|fast| fast.weighs_inputs)
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
        for fast in FAST {
            let shared = Target::named(fast.name).unwrap().shared().unwrap();
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
