//! `cargo xtask mutants`: changes the code in small ways, one at a time, and counts the changes that no test notices.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::{Args, ValueEnum};

use crate::run::{self, Failure, cargo, top};
use crate::test::{COMPACT, COMPACT_RULES};

/// The least part of the changes, in percent, that tests must notice.
const LEAST: usize = 97;

/// The survivors that are known, each with the reason.
const LIST: &str = "docs/mutants.md";

#[derive(Debug, Args)]
pub(crate) struct MutantsOptions {
    /// What is changed [default: all]
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Changes only files of the crate's src folder that match this pattern, for instance 'frame.rs' or 'reader/**'
    #[arg(long, value_name = "GLOB")]
    file: Option<String>,
    /// Makes only a share of the changes, for instance 0/10, 1/10, …, 9/10
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// Number of changes that are built and tested at the same time, each in a copy of the tree
    #[arg(long, default_value_t = 1)]
    jobs: u32,
}

/// Code whose tests are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The handshake: barebus-sasl
    Sasl,
    /// Of barebus-wire: reader, writer, header, frame, names, signature, match rules
    Wire,
    /// The connection without its socket: barebus-session
    Session,
}

/// Tests that the survivors of the stage before have to pass.
struct Stage {
    package: &'static str,
    /// Which of the package's test programs are built.
    build: &'static [&'static str],
    /// Arguments of the test programs.
    tests: &'static [&'static str],
}

impl Part {
    const fn package(self) -> &'static str {
        match self {
            Self::Sasl => "barebus-sasl",
            Self::Wire => "barebus-wire",
            Self::Session => "barebus-session",
        }
    }

    /// Patterns of file names, below the package's `src`.
    const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Sasl | Self::Session => &["**"],
            Self::Wire => &[
                "frame.rs",
                "header.rs",
                "header_cache/**",
                "match_rule/**",
                "name/**",
                "reader.rs",
                "reader/**",
                "signature.rs",
                "signature/**",
                "writer.rs",
                "writer/**",
            ],
        }
    }

    /// The quick tests come first: most changes do not survive them.
    const fn stages(self) -> &'static [Stage] {
        match self {
            Self::Sasl => &[
                Stage { package: "barebus-sasl", build: &["--lib"], tests: &[] },
                Stage {
                    package: "barebus-tests",
                    build: &["--test=handshake"],
                    tests: &["--skip=live::", "--skip=proof::"],
                },
            ],
            Self::Wire => &[
                Stage { package: "barebus-wire", build: &["--lib"], tests: &["--skip=utf8::"] },
                Stage {
                    package: "barebus-tests",
                    build: &["--test=wire"],
                    tests: &["--skip=proofs::"],
                },
                Stage { package: "barebus-wire", build: &["--lib", COMPACT], tests: &[] },
                Stage {
                    package: "barebus-tests",
                    build: &["--test=wire", COMPACT],
                    tests: COMPACT_RULES,
                },
            ],
            Self::Session => &[
                Stage { package: "barebus-session", build: &["--lib"], tests: &[] },
                Stage { package: "barebus-tests", build: &["--test=session"], tests: &[] },
            ],
        }
    }
}

/// What became of the changes, each as cargo-mutants names it: `FILE:LINE:COLUMN: CHANGE`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Tests failed, or did not end.
    caught: BTreeSet<String>,
    /// All tests passed.
    missed: BTreeSet<String>,
}

impl Outcome {
    /// Adds what a stage left in cargo-mutants' folder. Its survivors replace those of the stages before.
    fn add(&mut self, folder: &Path) -> Result<(), Failure> {
        for name in ["caught.txt", "timeout.txt"] {
            self.caught.extend(lines(&folder.join(name))?);
        }
        self.missed =
            lines(&folder.join("missed.txt"))?.difference(&self.caught).cloned().collect();
        Ok(())
    }

    /// What tests noticed, in hundredths of a percent of what compiles.
    fn rate(&self) -> usize {
        let all = self.caught.len() + self.missed.len();
        (self.caught.len() * 10_000).checked_div(all).unwrap_or(10_000)
    }

    /// Survivors that `list` does not name.
    fn unlisted<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a String> {
        // In a table `|` is written with a backslash.
        let row = |change: &str| format!("| `{}` |", without_place(change).replace('|', "\\|"));
        self.missed.iter().filter(move |change| !list.contains(&row(change)))
    }
}

/// Makes the changes and runs the tests.
///
/// # Errors
/// Tests fail without a change, or too many changes survive.
pub(crate) fn run(options: &MutantsOptions) -> Result<(), Failure> {
    if !run::is_there("cargo-mutants") {
        println!("xtask: installing cargo-mutants");
        run::run(cargo().args(["install", "--locked", "cargo-mutants"]))?;
    }
    let parts = if options.parts.is_empty() { Part::value_variants() } else { &options.parts[..] };
    let list = fs::read_to_string(top().join(LIST))?;
    let mut failed = Vec::new();
    for &part in parts {
        let outcome = measure(part, options)?;
        for change in outcome.unlisted(&list) {
            println!("xtask: survives, and is not in {LIST}: {change}");
        }
        let (rate, missed) = (outcome.rate(), outcome.missed.len());
        let all = outcome.caught.len() + missed;
        println!(
            "xtask: {}: {} of {all} changes are noticed, {}.{:02} %",
            part.package(),
            all - missed,
            rate / 100,
            rate % 100
        );
        if rate < LEAST * 100 {
            failed.push(part.package());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "fewer than {LEAST} % of the changes are noticed in {}",
        failed.join(", ")
    )))
}

fn measure(part: Part, options: &MutantsOptions) -> Result<Outcome, Failure> {
    let folder = top().join("target/mutants").join(part.package());
    // What an earlier run has found does not count: code and tests may have changed.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut outcome = Outcome::default();
    for (number, stage) in part.stages().iter().enumerate() {
        let mut command = command(part, stage, &folder, options);
        if number > 0 {
            // Not `--iterate`: what it leaves out would move the shares.
            if outcome.missed.is_empty() {
                break;
            }
            for change in &outcome.missed {
                command.args(["--re", &pattern_of(change)]);
            }
        } else if let Some(shard) = &options.shard {
            command.args(["--shard", shard]);
        }
        command.arg("--").arg("--").args(stage.tests);
        println!("xtask: {}, stage {} of {}", part.package(), number + 1, part.stages().len());
        let status = command.status()?;
        // 2 and 3: changes survived, or tests did not end.
        if !matches!(status.code(), Some(0 | 2 | 3)) {
            return Err(Failure(format!("cargo mutants, {}: {status}", part.package())));
        }
        outcome.add(&folder.join("mutants.out"))?;
    }
    Ok(outcome)
}

/// cargo-mutants, without what follows `--`.
fn command(part: Part, stage: &Stage, folder: &Path, options: &MutantsOptions) -> Command {
    let mut command = cargo();
    command.args(["mutants", "--no-shuffle", "--package", part.package()]);
    command.args(["--test-package", stage.package]).args(["--minimum-test-timeout", "60"]);
    command.arg("--output").arg(folder).args(["--jobs", &options.jobs.to_string()]);
    let chosen = options.file.as_deref();
    for pattern in chosen.as_ref().map_or(part.files(), std::slice::from_ref) {
        command.arg("--file").arg(format!("crates/{}/src/{pattern}", part.package()));
    }
    // What is built is of the changed package, if nothing else is said.
    command.arg(format!("--cargo-arg=--package={}", stage.package));
    command.args(stage.build.iter().map(|word| format!("--cargo-arg={word}")));
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}

/// The lines of a file; none if it is missing.
fn lines(file: &Path) -> Result<BTreeSet<String>, Failure> {
    if !file.exists() {
        return Ok(BTreeSet::new());
    }
    Ok(fs::read_to_string(file)?.lines().map(str::to_owned).collect())
}

/// The regular expression that matches this change only.
fn pattern_of(change: &str) -> String {
    let mut pattern = String::from("^");
    for character in change.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "$"
}

/// A change without line and column, which other changes of the file move.
fn without_place(change: &str) -> String {
    let mut parts = change.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(change)) => format!("{file}:{change}"),
        _ => change.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_whatever_stage_notices_it() {
        let folder = std::env::temp_dir().join(format!("xtask-mutants-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let mut outcome = Outcome::default();
        write("caught.txt", "a.rs:1:2: one\n");
        write("missed.txt", "a.rs:1:2: two\na.rs:3:4: three\na.rs:3:4: four\n");
        outcome.add(&folder).unwrap();
        assert_eq!(outcome.rate(), 2_500);
        write("caught.txt", "a.rs:1:2: two\n");
        write("timeout.txt", "a.rs:3:4: three\n");
        write("missed.txt", "a.rs:3:4: four\n");
        outcome.add(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((outcome.caught.len(), outcome.missed.len(), outcome.rate()), (3, 1, 7_500));
        assert_eq!(outcome.unlisted("").count(), 1);
        assert_eq!(outcome.unlisted("| `a.rs: four` | the same |\n").count(), 0);
    }

    #[test]
    fn nothing_to_change_is_no_failure() {
        assert_eq!(Outcome::default().rate(), 10_000);
    }

    #[test]
    fn every_pattern_and_every_listed_survivor_names_files_that_exist() {
        for part in Part::value_variants() {
            for pattern in part.files() {
                let name = pattern.trim_end_matches("/**").trim_end_matches("**");
                let path = top().join("crates").join(part.package()).join("src").join(name);
                assert!(path.exists(), "{}", path.display());
            }
        }
        let list = fs::read_to_string(top().join(LIST)).unwrap();
        let survivors: Vec<_> =
            list.lines().filter_map(|line| line.strip_prefix("| `crates/")).collect();
        assert!(!survivors.is_empty());
        for survivor in survivors {
            let (file, _) = survivor.split_once(':').unwrap();
            assert!(top().join("crates").join(file).is_file(), "{file}");
        }
    }

    #[test]
    fn a_survivor_is_listed_without_its_place() {
        let change = "crates/a/src/b.rs:35:36: replace | with ^ in A::parse";
        assert_eq!(without_place(change), "crates/a/src/b.rs: replace | with ^ in A::parse");
        assert_eq!(without_place("else"), "else");
        assert_eq!(pattern_of("a.rs:1:2: |= <x>"), r"^a\.rs:1:2: \|= <x>$");
    }
}
