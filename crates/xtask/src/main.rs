//! The project's own chores: `cargo xtask demo | test | bench | fuzz`.

mod demo;
mod packages;
mod run;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::run::{Failure, cargo};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Talks to a real systemd, step by step, and says what each step costs
    Demo {
        /// This machine's own systemd, which is only asked; else one in throw-away namespaces
        #[arg(long)]
        host: bool,
    },
    /// Formatting, lints, docs, and all tests, on real systemds
    Test,
    /// The benchmarks; with a name, those whose names contain it
    Bench {
        /// What goes to the benchmarks
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Runs a fuzz target
    Fuzz {
        /// Its name; none lists them
        target: Option<String>,
        /// What goes to libFuzzer
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Demo { host } => demo::run(host),
        Chore::Test => test::run(),
        Chore::Bench { arguments } => bench(&arguments),
        Chore::Fuzz { target, arguments } => fuzz(target.as_deref(), &arguments),
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
    if !run::is_there("cargo-fuzz") {
        println!("xtask: installing cargo-fuzz");
        run::run(cargo().args(["install", "--locked", "cargo-fuzz"]))?;
    }
    // Sanitizers are a matter of nightly compilers, and of stable ones that are told to take their flags.
    let mut command = cargo();
    command.env("RUSTC_BOOTSTRAP", "1").arg("fuzz");
    match target {
        None => command.arg("list"),
        Some(target) => command.args(["run", target, "--"]).args(arguments),
    };
    run::run(&mut command)
}
