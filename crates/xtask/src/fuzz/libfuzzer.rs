//! Runs targets with libFuzzer, by cargo-fuzz.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::target::{Target, dictionary};
use super::{Engine, Outcome, corpus, cpu_of_children, folder};
use crate::run::{self, Failure, cargo, triple, unstable_cargo};

/// Installs cargo-fuzz if it is missing.
pub(super) fn prepare() -> Result<(), Failure> {
    if !run::is_there("cargo-fuzz") {
        println!("xtask: installing cargo-fuzz");
        run::run(cargo().args(["install", "--locked", "cargo-fuzz"]))?;
    }
    Ok(())
}

/// Runs a target until the user ends it, or as the arguments say.
pub(super) fn run(engine: Engine, target: &Target, arguments: &[String]) -> Result<(), Failure> {
    fs::create_dir_all(target.corpus())?;
    let mut command = unstable_cargo();
    command.args(["fuzz", "run"]).args(how_to_build(engine)).arg(&target.name);
    command.arg(target.corpus()).args(target.shared());
    command.arg("--").args(options(target)).args(arguments);
    run::run(&mut command)
}

/// Options of cargo-fuzz.
fn how_to_build(engine: Engine) -> Vec<OsString> {
    let plain = (engine == Engine::Plain).then(|| "--sanitizer=none".into());
    plain.into_iter().chain(["--target-dir".into(), built(engine).into()]).collect()
}

/// The folder of what is built. Each engine has its own, so that neither discards what is built for the other.
fn built(engine: Engine) -> PathBuf {
    folder().join(if engine == Engine::Plain { "target/without-asan" } else { "target" })
}

fn options(target: &Target) -> Vec<String> {
    let len = target.max_len().map(|len| format!("-max_len={len}"));
    let dictionary = format!("-dict={}", dictionary().display());
    let entropic = (!target.weighs_inputs()).then(|| "-entropic=0".to_owned());
    len.into_iter().chain(entropic).chain([dictionary]).collect()
}

/// Runs a target for some time, then minimises its corpus.
pub(super) fn campaign(
    engine: Engine,
    target: &Target,
    time: Duration,
    arguments: &[String],
) -> Result<Outcome, Failure> {
    run::run(
        unstable_cargo().args(["fuzz", "build"]).args(how_to_build(engine)).arg(&target.name),
    )?;
    fs::create_dir_all(target.corpus())?;
    fs::create_dir_all(target.artifacts())?;
    let before = cpu_of_children()?;
    let mut command = program(engine, target)?;
    command.arg(target.corpus()).args(target.shared()).args(options(target));
    command.arg(format!("-max_total_time={}", time.as_secs().max(1)));
    command.arg(format!("-artifact_prefix={}/", target.artifacts().display()));
    command.arg("-print_final_stats=1").args(arguments);
    let mut outcome = Outcome::default();
    watch(&mut command, &mut outcome)?;
    outcome.cpu = cpu_of_children()?.saturating_sub(before);
    outcome.corpus = minimise(engine, target)?;
    Ok(outcome)
}

/// The program of a target.
fn program(engine: Engine, target: &Target) -> Result<Command, Failure> {
    let program = built(engine).join(triple()?).join("release").join(&target.name);
    let mut command = Command::new(program);
    command.current_dir(folder());
    Ok(command)
}

/// Runs libFuzzer and reads what it reports on standard error. Its end after a finding is no error of this command.
fn watch(command: &mut Command, outcome: &mut Outcome) -> Result<(), Failure> {
    let line = run::line(command);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let Some(reports) = child.stderr.take() else {
        return Err(Failure("no standard error".into()));
    };
    let mut last = Vec::new();
    for report in BufReader::new(reports).split(b'\n') {
        let report = String::from_utf8_lossy(&report?).into_owned();
        read(&report, outcome);
        last.push(report);
        // What is printed if it fails.
        if last.len() > 60 {
            last.remove(0);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        println!("{}", last.join("\n"));
        if outcome.findings.is_empty() {
            return Err(Failure(format!("{line}: {status}")));
        }
    }
    Ok(())
}

/// Reads one line of libFuzzer's.
fn read(line: &str, outcome: &mut Outcome) {
    let number = |text: &str| text.split_whitespace().next().and_then(|word| word.parse().ok());
    if let Some(count) = line.strip_prefix("stat::number_of_executed_units:").and_then(number) {
        outcome.executions = count;
    }
    let status = line.starts_with('#').then(|| line.split_once(" cov: ")).flatten();
    if let Some(edges) = status.and_then(|(_, rest)| number(rest)) {
        outcome.edges = edges;
    }
    if let Some((_, file)) = line.split_once("Test unit written to ") {
        outcome.findings.push(file.trim().to_owned());
    }
}

/// Merges the corpora of a target into a smallest one with the same coverage. Returns its number of files, seeds not counted.
fn minimise(engine: Engine, target: &Target) -> Result<usize, Failure> {
    let merged = folder().join("target/merged").join(&target.name);
    let _ = fs::remove_dir_all(&merged);
    fs::create_dir_all(&merged)?;
    let mut command = program(engine, target)?;
    command.arg("-merge=1").args(options(target)).arg(&merged).arg(target.corpus());
    command.args(target.shared()).stdout(Stdio::null()).stderr(Stdio::null());
    run::run(&mut command)?;
    let count = corpus::replace_found(&target.corpus(), &merged, target.shared().as_deref())?;
    fs::remove_dir_all(&merged)?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_libfuzzer_are_read() {
        let mut outcome = Outcome::default();
        for line in [
            "#22181\tREDUCE cov: 268 ft: 607 corp: 103/2751b lim: 281 exec/s: 30258 rss: 56Mb",
            "#436104\tDONE   cov: 271 ft: 650 corp: 110/2b lim: 281 exec/s: 48456 rss: 83Mb",
            "artifact_prefix='artifacts/'; Test unit written to artifacts/crash-0a",
            "stat::number_of_executed_units: 436104",
        ] {
            read(line, &mut outcome);
        }
        assert_eq!((outcome.executions, outcome.edges), (436_104, 271));
        assert_eq!(outcome.findings, ["artifacts/crash-0a"]);
    }
}
