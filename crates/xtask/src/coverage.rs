//! `cargo xtask coverage`: which lines and branches of the crates the tests run.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use nix::fcntl::{FcntlArg, fcntl};
use serde::Deserialize;

use crate::packages;
use crate::run::{self, Failure, cargo, top};
use crate::test::{APART, COMPACT_RULES};

#[derive(Debug, Args)]
pub(crate) struct CoverageOptions {
    /// Leaves out the tests that boot systemd: barebus-systemd and the program then have less than all tests give
    #[arg(long)]
    quick: bool,
}

/// What must be covered of a crate, in percent.
struct Goal {
    package: &'static str,
    lines: u64,
    branches: u64,
}

const GOALS: &[Goal] = &[
    Goal { package: "barebus-wire", lines: 97, branches: 95 },
    Goal { package: "barebus-sasl", lines: 97, branches: 95 },
    Goal { package: "barebus-session", lines: 97, branches: 95 },
    Goal { package: "barebus", lines: 95, branches: 0 },
    Goal { package: "barebus-text", lines: 95, branches: 0 },
    Goal { package: "barebus-tokio", lines: 95, branches: 0 },
    Goal { package: "barebus-systemd", lines: 95, branches: 0 },
];

/// Test programs of `barebus-tests` that need no systemd.
const QUICK: &[&str] = &["wire", "session", "handshake", "connection", "tokio"];

/// Tests of the system calls of a program, which are others when it writes counters; of programs without a standard library, which cannot
/// count; and of examples, which are not built for it.
const LEFT_OUT: &[&str] = &[
    "footprint::",
    "without_libc::",
    "the_example_manages_another_machine",
    "the_one_that_does_everything_with_tokio",
    "the_one_that_runs_a_command",
];

/// Sets the optimisation of what is built.
const OPT_LEVEL: &str = "CARGO_PROFILE_DEV_OPT_LEVEL";

/// The part of llvm-cov's summary that is read.
#[derive(Debug, Deserialize)]
struct Report {
    data: Vec<Export>,
}

#[derive(Debug, Deserialize)]
struct Export {
    files: Vec<Covered>,
}

#[derive(Debug, Deserialize)]
struct Covered {
    filename: String,
    summary: Summary,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Summary {
    lines: Count,
    branches: Count,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Count {
    count: u64,
    covered: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.covered += other.covered;
    }

    /// In tenths of a percent, rounded down.
    fn rate(self) -> u64 {
        (self.covered * 1000).checked_div(self.count).unwrap_or(1000)
    }

    fn text(self) -> String {
        let rate = self.rate();
        format!("{}.{} %", rate / 10, rate % 10)
    }
}

/// Runs the tests with counters, and prints what they cover.
///
/// # Errors
/// A program is missing, a test failed, or a crate is covered less than it must be.
pub(crate) fn run(options: &CoverageOptions) -> Result<(), Failure> {
    if !run::is_there("cargo-llvm-cov") {
        println!("xtask: installing cargo-llvm-cov");
        run::run(cargo().args(["install", "--locked", "cargo-llvm-cov"]))?;
    }
    let llvm = llvm()?;
    packages::need(&[&format!("llvm-cov-{llvm}"), "setfacl"])?;
    run::run(llvm_cov(&llvm).args(["clean", "--workspace"]))?;
    let folder = top().join("target/llvm-cov-target");
    let counters = Counters::prepare(&folder)?;
    let mut failed = Vec::new();
    for mut tests in tests(&llvm, options.quick) {
        tests.env("LLVM_PROFILE_FILE_NAME", &counters.name);
        // What did not fail is counted all the same.
        failed.extend(run::run(&mut tests).err().map(|Failure(why)| why));
    }
    counters.move_to(&folder)?;
    let file = top().join("target/coverage.json");
    let mut report = llvm_cov(&llvm);
    // A program that was killed while it wrote its counters has left a part of them.
    report.args(["report", "--failure-mode", "all"]);
    report.args(["--branch", "--json", "--summary-only", "--output-path"]).arg(&file);
    run::run(&mut report)?;
    let report: Report = serde_json::from_slice(&fs::read(&file)?)?;
    let (text, short) = table(&by_package(&report));
    print!("{text}");
    if !short.is_empty() {
        failed.push(format!("covered less than they must be: {}", short.join(", ")));
    }
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure(failed.join("; "))),
    }
}

/// Where programs write their counters when they end.
struct Counters {
    folder: PathBuf,
    /// The files' name, for the programs that inherit the descriptor in it, which are all that this one starts. What a program in a box writes
    /// to other folders vanishes with the box; this link leads out of it.
    name: String,
}

impl Counters {
    /// Makes the folder, below `folder`.
    fn prepare(folder: &Path) -> Result<Self, Failure> {
        let folder = folder.join("counters");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        // Programs of several users have the same number in several boxes: they add to the same file.
        fs::set_permissions(&folder, Permissions::from_mode(0o777))?;
        run::run(Command::new("setfacl").args(["--default", "--modify", "o::rw"]).arg(&folder))?;
        // Above the numbers that tests look at. It stays open until the end.
        let open = File::open(&folder)?;
        let fd = fcntl(open, FcntlArg::F_DUPFD(500)).map_err(std::io::Error::from)?;
        // cargo-llvm-cov looks for files that begin with the name of the workspace's folder.
        let top = top();
        let workspace = top.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self { name: format!("/proc/self/fd/{fd}/{workspace}-%p-%m.profraw"), folder })
    }

    /// Moves the files to where cargo-llvm-cov looks for them.
    fn move_to(&self, folder: &Path) -> Result<(), Failure> {
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            fs::rename(file.path(), folder.join(file.file_name()))?;
        }
        Ok(())
    }
}

/// The runs whose counters are added up.
fn tests(llvm: &str, is_quick: bool) -> Vec<Command> {
    let test = || {
        let mut command = llvm_cov(llvm);
        command.args(["--branch", "--no-report", "--no-fail-fast"]);
        command
    };
    // With all else built for size, too: cargo-llvm-cov takes no options for one package.
    let mut compact = test();
    compact.args(["-p", "barebus-wire", "--lib"]).env(OPT_LEVEL, "s");
    let mut compact_rules = test();
    compact_rules.args(["-p", "barebus-tests", "--test", "wire", "--"]).args(COMPACT_RULES);
    compact_rules.env(OPT_LEVEL, "s");
    if is_quick {
        let mut units = test();
        units.args(["--lib", "--tests"]).args(GOALS.iter().flat_map(|goal| ["-p", goal.package]));
        let mut rules = test();
        rules.args(["-p", "barebus-tests"]).args(QUICK.iter().flat_map(|name| ["--test", name]));
        // They build programs of their own.
        rules.args(["--", "--skip", "proofs::", "--skip", "proof::"]);
        return vec![units, rules, compact, compact_rules];
    }
    let mut together = test();
    let others = APART.iter().chain(LEFT_OUT);
    together.args(["--workspace", "--"]).args(others.flat_map(|name| ["--skip", name]));
    let mut apart = test();
    apart.args(["--workspace", "--"]).args(APART);
    vec![together, apart, compact, compact_rules]
}

/// `cargo llvm-cov` with the tools that read what rustc's LLVM writes.
fn llvm_cov(llvm: &str) -> Command {
    let mut command = cargo();
    command.arg("llvm-cov");
    command.env("LLVM_COV", format!("/usr/bin/llvm-cov-{llvm}"));
    command.env("LLVM_PROFDATA", format!("/usr/bin/llvm-profdata-{llvm}"));
    // Branches are counted by unstable compilers only, or with this variable.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}

/// The major version of rustc's LLVM. Another version does not read its profiles.
fn llvm() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.lines().find_map(|line| line.strip_prefix("LLVM version: "));
    let major = version.and_then(|version| version.split('.').next());
    major.map(str::to_owned).ok_or_else(|| Failure("rustc -vV names no version of LLVM".into()))
}

/// Sums of the files in each crate's `src`.
fn by_package(report: &Report) -> BTreeMap<&'static str, Summary> {
    let mut sums = BTreeMap::new();
    for file in report.data.iter().flat_map(|export| &export.files) {
        for goal in GOALS {
            if file.filename.contains(&format!("/crates/{}/src/", goal.package)) {
                let sum: &mut Summary = sums.entry(goal.package).or_default();
                sum.lines.add(file.summary.lines);
                sum.branches.add(file.summary.branches);
            }
        }
    }
    sums
}

/// A row for each crate, and the crates that miss their goals.
fn table(sums: &BTreeMap<&'static str, Summary>) -> (String, Vec<&'static str>) {
    let mut text =
        String::from("| crate | lines | at least | branches | at least |\n|---|---|---|---|---|\n");
    let mut short = Vec::new();
    for &Goal { package, lines, branches } in GOALS {
        let sum = sums.get(package).copied().unwrap_or_default();
        let least = if branches == 0 { "–".into() } else { format!("{branches} %") };
        text += &format!(
            "| `{package}` | {} | {lines} % | {} | {least} |\n",
            sum.lines.text(),
            sum.branches.text()
        );
        if sum.lines.rate() < lines * 10 || sum.branches.rate() < branches * 10 {
            short.push(package);
        }
    }
    (text, short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_summed_by_crate_and_compared_with_the_goals() {
        let report = r#"{"data": [{"files": [
            {"filename": "/x/crates/barebus-sasl/src/a.rs",
             "summary": {"lines": {"count": 100, "covered": 97}, "branches": {"count": 10, "covered": 10}, "more": 1}},
            {"filename": "/x/crates/barebus-sasl/src/b/c.rs",
             "summary": {"lines": {"count": 100, "covered": 98}, "branches": {"count": 10, "covered": 8}}},
            {"filename": "/x/crates/barebus/src/a.rs",
             "summary": {"lines": {"count": 1000, "covered": 949}, "branches": {"count": 0, "covered": 0}}},
            {"filename": "/x/crates/barebus-cli/src/a.rs",
             "summary": {"lines": {"count": 9, "covered": 0}, "branches": {"count": 9, "covered": 0}}}
        ]}]}"#;
        let (text, short) = table(&by_package(&serde_json::from_str(report).unwrap()));
        assert!(text.contains("| `barebus-sasl` | 97.5 % | 97 % | 90.0 % | 95 % |\n"), "{text}");
        assert!(text.contains("| `barebus` | 94.9 % | 95 % | 100.0 % | – |\n"), "{text}");
        assert_eq!(short, ["barebus-sasl", "barebus"]);
    }

    #[test]
    fn the_compiler_names_its_llvm() {
        assert!(llvm().unwrap().parse::<u32>().unwrap() >= 19);
    }
}
