//! The project's tasks: `cargo xtask demo | test | cross | bench | fuzz | generate`.

mod cross;
mod demo;
mod generate;
mod package;
mod packages;
mod root;
mod run;
mod step;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::run::{Failure, cargo};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "The project's tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Talks to a real systemd step by step, and prints what a query costs
    Demo {
        /// Queries this machine's own systemd, and changes nothing. Default: a systemd in temporary namespaces
        #[arg(long)]
        host: bool,
    },
    /// Runs formatting, lints, docs, packages and all tests, on real systemds; ends with a summary
    Test {
        /// Then runs the tests of systemd 257, in a Debian 13 that debootstrap makes in the target directory
        #[arg(long)]
        all: bool,
    },
    /// Runs the tests of the crates without I/O on other machines, played by qemu, with Rust 1.85, and compiles the rest for them
    Cross {
        /// The machines [default: all]
        #[arg(value_enum)]
        targets: Vec<cross::Target>,
    },
    /// Runs the benchmarks
    Bench {
        /// Arguments for the benchmarks; a name selects those that contain it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Runs a fuzz target
    Fuzz {
        /// Name of the target; without it the targets are listed
        target: Option<String>,
        /// Arguments for libFuzzer
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Generates the definitions of systemd's interfaces from the introspection data in the tree
    Generate {
        /// Writes nothing; fails if the tree differs
        #[arg(long, conflicts_with = "live")]
        check: bool,
        /// First fetches the introspection data of a systemd in temporary namespaces
        #[arg(long)]
        live: bool,
        /// Root directory with that systemd; default: this machine's
        #[arg(long, value_name = "ROOT", requires = "live")]
        root: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo { host } => demo::run(host),
        Task::Test { all } => test::run(all),
        Task::Cross { targets } if targets.is_empty() => cross::run(cross::Target::value_variants()),
        Task::Cross { targets } => cross::run(&targets),
        Task::Bench { arguments } => bench(&arguments),
        Task::Fuzz { target, arguments } => fuzz(target.as_deref(), &arguments),
        Task::Generate { check, live, root } => {
            let fetched = if live { generate::fetch(root.as_deref()) } else { Ok(()) };
            fetched.and_then(|()| generate::run(check))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(what)) => {
            eprintln!("xtask: {what}");
            ExitCode::FAILURE
        }
    }
}

fn bench(arguments: &[String]) -> Result<(), Failure> {
    packages::need(&["valgrind"])?;
    run::run(cargo().args(["run", "--release", "-p", "barebus-benches", "--bin", "callgrind"]))?;
    run::run(cargo().args(["bench", "-p", "barebus-benches", "--"]).args(arguments))
}

fn fuzz(target: Option<&str>, arguments: &[String]) -> Result<(), Failure> {
    if target.is_some() {
        packages::need(&["cc", "c++"])?;
    }
    if !run::is_there("cargo-fuzz") {
        println!("xtask: installing cargo-fuzz");
        run::run(cargo().args(["install", "--locked", "cargo-fuzz"]))?;
    }
    // Sanitizers need a nightly compiler, or a stable one with this variable.
    let mut command = cargo();
    command.env("RUSTC_BOOTSTRAP", "1").arg("fuzz");
    match target {
        None => command.arg("list"),
        Some(target) => command.args(["run", target, "--"]).args(arguments),
    };
    run::run(&mut command)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn fuzz_hands_libfuzzers_options_on() {
        for (typed, target, handed_on) in [
            (
                &["message", "-max_total_time=60", "-jobs=2"][..],
                "message",
                &["-max_total_time=60", "-jobs=2"][..],
            ),
            (&["message", "--", "-runs=0"], "message", &["-runs=0"]),
            (&["message"], "message", &[]),
        ] {
            let typed = ["cargo xtask", "fuzz"].iter().chain(typed);
            let Task::Fuzz { target: found, arguments } = Arguments::parse_from(typed).task else {
                panic!("another task");
            };
            assert_eq!(found.as_deref(), Some(target));
            assert_eq!(arguments, handed_on);
        }
    }

    #[test]
    fn every_fuzz_target_is_declared_and_told_of() {
        let read = |file| fs::read_to_string(run::top().join(file)).unwrap();
        let (manifest, document) = (read("fuzz/Cargo.toml"), read("docs/fuzzing.md"));
        let table =
            document.split("## The targets").nth(1).and_then(|rest| rest.split("\n## ").next());
        let table = table.unwrap();
        let mut count = 0;
        for entry in fs::read_dir(run::top().join("fuzz/fuzz_targets")).unwrap() {
            let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is in no manifest");
            let row = |line: &str| {
                line.split('|').nth(1).is_some_and(|cell| cell.contains(&format!("`{name}`")))
            };
            assert!(table.lines().any(row), "{name} is not in docs/fuzzing.md");
            count += 1;
        }
        assert!(count >= 15, "{count} targets");
    }
}
