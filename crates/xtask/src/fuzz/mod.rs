//! `cargo xtask fuzz`: runs one target as the user types it, or targets for some minutes each, with a record.

mod afl;
mod corpus;
mod libfuzzer;
mod record;
mod target;

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::packages;
use crate::run::{self, Failure};
use record::Record;
use target::Target;

#[derive(Debug, Args)]
pub(crate) struct FuzzOptions {
    /// Name of the target; without it the targets are listed
    #[arg(conflicts_with = "all")]
    target: Option<String>,
    /// All targets, one after the other, with a record in fuzz/record
    #[arg(long)]
    all: bool,
    /// Minutes for each target, with a record in fuzz/record [default: 1 with --all, otherwise without end and without a record]
    #[arg(long)]
    minutes: Option<f64>,
    /// The fuzzer
    #[arg(long, value_enum, default_value_t = Engine::Libfuzzer)]
    engine: Engine,
    /// Arguments for the fuzzer
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// A fuzzer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// With AddressSanitizer
    Libfuzzer,
    /// Several times as fast: code without unsafe blocks has nothing for AddressSanitizer to find
    #[value(name = "libfuzzer-without-asan")]
    Plain,
    /// AFL++
    Afl,
}

impl Engine {
    const fn name(self) -> &'static str {
        match self {
            Self::Libfuzzer => "libFuzzer",
            Self::Plain => "libFuzzer without AddressSanitizer",
            Self::Afl => "AFL++",
        }
    }
}

/// What a run of one target gave.
#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    /// Number of executions.
    executions: u64,
    /// Processor time of the fuzzer.
    cpu: Duration,
    /// Edges that were reached: the fuzzer's count.
    edges: u64,
    /// Inputs in the minimised corpus, seeds not counted.
    corpus: usize,
    /// Files of inputs that broke the property, and what the target said.
    findings: Vec<String>,
}

/// Runs what the options say.
///
/// # Errors
/// A program is missing, a target is unknown or does not compile, or an input broke a property.
pub(crate) fn run(options: &FuzzOptions) -> Result<(), Failure> {
    if options.target.is_none() && !options.all {
        return list();
    }
    packages::need(&["cc", "c++"])?;
    let targets = match &options.target {
        Some(name) => vec![Target::named(name)?],
        None => target::all()?,
    };
    match options.engine {
        Engine::Libfuzzer | Engine::Plain => libfuzzer::prepare()?,
        Engine::Afl => packages::need(&["afl-fuzz"])?,
    }
    let minutes = options.minutes.or(options.all.then_some(1.0));
    let Some(minutes) = minutes else {
        return targets.iter().try_for_each(|target| match options.engine {
            Engine::Afl => afl::run(target, &options.arguments),
            engine => libfuzzer::run(engine, target, &options.arguments),
        });
    };
    let time = Duration::try_from_secs_f64(minutes * 60.0)?;
    let mut record = Record::new(options.engine, minutes)?;
    for target in &targets {
        println!("xtask: {}, {} s", target.name, time.as_secs());
        let outcome = match options.engine {
            Engine::Afl => afl::campaign(target, time, &options.arguments)?,
            engine => libfuzzer::campaign(engine, target, time, &options.arguments)?,
        };
        record.add(&target.name, outcome)?;
    }
    record.finish()
}

fn list() -> Result<(), Failure> {
    for target in target::all()? {
        println!("{}", target.name);
    }
    Ok(())
}

/// Processor time of the children that have ended.
fn cpu_of_children() -> Result<Duration, Failure> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = |value: nix::sys::time::TimeVal| {
        let seconds = u64::try_from(value.tv_sec()).unwrap_or(0);
        let micros = u64::try_from(value.tv_usec()).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_micros(micros)
    };
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

/// The fuzz workspace.
fn folder() -> std::path::PathBuf {
    run::top().join("fuzz")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::*;
    use crate::{Arguments, Task};

    fn parsed(typed: &[&str]) -> FuzzOptions {
        let typed = ["cargo xtask", "fuzz"].iter().chain(typed);
        match Arguments::parse_from(typed).task {
            Task::Fuzz(options) => options,
            _ => panic!("another task"),
        }
    }

    #[test]
    fn fuzz_hands_the_fuzzers_options_on() {
        for (typed, target, handed_on) in [
            (
                &["message", "-max_total_time=60", "-jobs=2"][..],
                "message",
                &["-max_total_time=60", "-jobs=2"][..],
            ),
            (&["message", "--", "-runs=0"], "message", &["-runs=0"]),
            (&["message"], "message", &[]),
            (&["--minutes", "2", "message", "-jobs=2"], "message", &["-jobs=2"]),
        ] {
            let options = parsed(typed);
            assert_eq!(options.target.as_deref(), Some(target));
            assert_eq!(options.arguments, handed_on);
        }
        let options = parsed(&["--all", "--minutes", "0.5", "--engine", "afl"]);
        assert!(options.all && options.minutes == Some(0.5) && options.engine == Engine::Afl);
    }

    #[test]
    fn every_fuzz_target_is_declared_and_told_of() {
        let read = |file| fs::read_to_string(run::top().join(file)).unwrap();
        let (manifest, document) = (read("fuzz/Cargo.toml"), read("docs/fuzzing.md"));
        let table =
            document.split("## The targets").nth(1).and_then(|rest| rest.split("\n## ").next());
        let table = table.unwrap();
        let targets = target::all().unwrap();
        for Target { name, .. } in &targets {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is in no manifest");
            let row = |line: &str| {
                line.split('|').nth(1).is_some_and(|cell| cell.contains(&format!("`{name}`")))
            };
            assert!(table.lines().any(row), "{name} is not in docs/fuzzing.md");
        }
        assert!(targets.len() >= 23, "{} targets", targets.len());
    }
}
