//! The project's tasks: `cargo xtask demo | test | root | cross | bench | fuzz | differential | mutants | coverage | sanitize | generate | order | api | initramfs`.

mod api;
mod apt;
mod bench;
mod coverage;
mod cross;
mod demo;
mod differential;
mod fuzz;
mod generate;
mod initramfs;
mod mutants;
mod order;
mod package;
mod packages;
mod root;
mod run;
mod sanitize;
mod step;
mod survey;
mod test;
mod written;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Parser, Subcommand, ValueEnum};

use crate::run::Failure;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's tasks")]
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
        /// Runs only the tests of systemd 257
        #[arg(long, conflicts_with = "all")]
        newer: bool,
    },
    /// Runs the tests of the crates without I/O, and the program, on other machines, played by qemu, with Rust 1.85
    Cross {
        /// The machines [default: all]
        #[arg(value_enum)]
        targets: Vec<cross::Target>,
    },
    /// Makes the Debian 13 for the tests of systemd 257 in the target directory
    Root,
    /// Runs the benchmarks
    Bench(bench::BenchOptions),
    /// Writes the public items of each published library to docs/api
    Api {
        /// Writes nothing; fails if the tree differs
        #[arg(long)]
        check: bool,
    },
    /// Runs fuzz targets, and keeps a record
    Fuzz(fuzz::FuzzOptions),
    /// Compares verdicts and contents with libdbus, sd-bus, GDBus, zbus and rustbus
    Differential,
    /// Runs tests under AddressSanitizer, and examples under valgrind's memcheck
    Sanitize,
    /// Changes the code in small ways, one at a time, and counts the changes that no test notices
    Mutants(mutants::MutantsOptions),
    /// Prints which part of each crate's lines and branches the tests run
    Coverage(coverage::CoverageOptions),
    /// Generates the definitions of systemd's interfaces from the introspection data in the tree
    #[command(group(ArgGroup::new("system").args(["live", "survey"]).multiple(true)))]
    Generate {
        /// Writes nothing; fails if the tree differs
        #[arg(long, conflicts_with = "live")]
        check: bool,
        /// First fetches the introspection data of a systemd in temporary namespaces
        #[arg(long)]
        live: bool,
        /// Instead generates definitions of the services of a system and of Debian's interface files, and checks that they compile without a
        /// warning and that rustfmt leaves them as they are
        #[arg(long, conflicts_with_all = ["check", "live"])]
        survey: bool,
        /// With --live or --survey: root directory of the system; default: this machine's
        #[arg(long, value_name = "ROOT", requires = "system")]
        root: Option<PathBuf>,
    },
    /// Writes down which functions frequent invocations of the program run: the linker puts them side by side
    Order,
    /// Boots Debian's cloud kernel with nothing but systemd and the programs of tests/embedding/nolibc, in qemu, and prints the console
    Initramfs,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo { host } => demo::run(host),
        Task::Cross { targets } if targets.is_empty() => {
            cross::run(cross::Target::value_variants())
        }
        Task::Cross { targets } => cross::run(targets.leak()),
        Task::Test { newer: true, .. } => test::newer(),
        Task::Test { all, .. } => test::run(all),
        Task::Root => root::debian_13().map(|root| {
            println!("xtask: Debian 13 is in {}", root.display());
        }),
        Task::Bench(options) => bench::run(&options),
        Task::Api { check } => api::run(check),
        Task::Initramfs => initramfs::boot(),
        Task::Order => order::write(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Differential => differential::compare(),
        Task::Sanitize => sanitize::sanitize(),
        Task::Mutants(options) => mutants::run(&options),
        Task::Coverage(options) => coverage::run(&options),
        Task::Generate { survey: true, root, .. } => survey::run(root.as_deref()),
        Task::Generate { check, live, root, .. } => {
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
