//! Runs the same targets with AFL++: its driver takes libFuzzer's place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::target::{Target, dictionary};
use super::{Outcome, corpus, cpu_of_children, folder};
use crate::run::{self, Failure, triple, unstable_cargo};

/// Where Debian's package puts AFL++'s driver and run-time code.
const AFL: &str = "/usr/lib/afl";

/// Runs a target until the user ends it.
pub(super) fn run(target: &Target, arguments: &[String]) -> Result<(), Failure> {
    let program = build(target)?;
    let input = inputs(target)?;
    run::run(fuzzer(target, &input).args(arguments).arg("--").arg(program))
}

/// Runs a target for some time, then minimises its corpus.
pub(super) fn campaign(
    target: &Target,
    time: Duration,
    arguments: &[String],
) -> Result<Outcome, Failure> {
    let program = build(target)?;
    let input = inputs(target)?;
    let before = cpu_of_children()?;
    let mut command = fuzzer(target, &input);
    command.args(["-V", &time.as_secs().max(1).to_string()]).args(arguments);
    command.env("AFL_NO_UI", "1").stdout(Stdio::null());
    run::run(command.arg("--").arg(&program))?;
    let mut outcome =
        Outcome { cpu: cpu_of_children()?.saturating_sub(before), ..Outcome::default() };
    let state = state(target).join("default");
    read(&fs::read_to_string(state.join("fuzzer_stats"))?, &mut outcome);
    for entry in fs::read_dir(state.join("crashes"))?.chain(fs::read_dir(state.join("hangs"))?) {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name != "README.txt") {
            outcome.findings.push(path.display().to_string());
        }
    }
    outcome.corpus = minimise(target, &state.join("queue"), &program)?;
    Ok(outcome)
}

/// AFL++'s own folder for a target.
fn state(target: &Target) -> PathBuf {
    folder().join("target/afl-state").join(&target.name)
}

/// Builds a target with AFL++'s instrumentation and driver.
fn build(target: &Target) -> Result<PathBuf, Failure> {
    let driver = Path::new(AFL).join("libAFLDriver.a");
    if !driver.is_file() {
        return Err(Failure(format!(
            "{} is missing: install AFL++ with its driver",
            driver.display()
        )));
    }
    let triple = triple()?;
    let flags = [
        "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3".to_owned(),
        "-Cllvm-args=-sanitizer-coverage-trace-pc-guard".to_owned(),
        format!("-Clink-arg={AFL}/afl-compiler-rt.o"),
    ];
    let target_folder = folder().join("target/afl");
    let mut command = unstable_cargo();
    command.env("RUSTFLAGS", flags.join(" ")).env("CUSTOM_LIBFUZZER_PATH", driver);
    command.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--bin"]);
    // With a target the flags are not those of build scripts.
    command.args([&target.name, "--target", &triple, "--target-dir"]).arg(&target_folder);
    run::run(&mut command)?;
    Ok(target_folder.join(triple).join("release").join(&target.name))
}

/// One folder with the seeds of a target and what was found before: AFL++ reads only one.
fn inputs(target: &Target) -> Result<PathBuf, Failure> {
    let input = state(target).with_extension("in");
    let _ = fs::remove_dir_all(&input);
    let _ = fs::remove_dir_all(state(target));
    fs::create_dir_all(&input)?;
    fs::create_dir_all(target.corpus())?;
    for (folder, from) in [(Some(target.corpus()), "own"), (target.shared(), "shared")] {
        for entry in folder.map(fs::read_dir).transpose()?.into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // AFL++ refuses empty files.
            if fs::metadata(&path)?.len() > 0 {
                fs::copy(&path, input.join(format!("{from}-{name}")))?;
            }
        }
    }
    Ok(input)
}

fn fuzzer(target: &Target, input: &Path) -> Command {
    let mut command = Command::new("afl-fuzz");
    command.current_dir(folder());
    command.arg("-i").arg(input).arg("-o").arg(state(target)).arg("-x").arg(dictionary());
    if let Some(len) = target.max_len() {
        command.args(["-G", &len.to_string()]);
    }
    // The machine's settings are not ours to change.
    command.env("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "1").env("AFL_SKIP_CPUFREQ", "1");
    command
}

/// Reads AFL++'s statistics.
fn read(stats: &str, outcome: &mut Outcome) {
    for line in stats.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        match key.trim() {
            "execs_done" => outcome.executions = value.trim().parse().unwrap_or(0),
            "edges_found" => outcome.edges = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
}

/// Keeps of AFL++'s queue what the coverage needs, named by hash as libFuzzer names its files.
fn minimise(target: &Target, queue: &Path, program: &Path) -> Result<usize, Failure> {
    let [smaller, merged] =
        ["cmin", "merged"].map(|name| folder().join("target").join(name).join(&target.name));
    for each in [&smaller, &merged] {
        let _ = fs::remove_dir_all(each);
        fs::create_dir_all(each)?;
    }
    let mut command = Command::new("afl-cmin");
    command.arg("-i").arg(queue).arg("-o").arg(&smaller).arg("--").arg(program);
    command.env("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "1").env("AFL_ALLOW_TMP", "1");
    run::run(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    for (number, entry) in fs::read_dir(&smaller)?.enumerate() {
        let path = entry?.path();
        if path.is_file() {
            fs::copy(&path, merged.join(name_of(&fs::read(&path)?, number)))?;
        }
    }
    let count = corpus::replace_found(&target.corpus(), &merged, target.shared().as_deref())?;
    for each in [&smaller, &merged] {
        fs::remove_dir_all(each)?;
    }
    Ok(count)
}

/// A name of 40 hexadecimal digits, which marks what a fuzzer found.
fn name_of(bytes: &[u8], number: usize) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}{:024x}", hasher.finish(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_afl_are_read() {
        let mut outcome = Outcome::default();
        read(
            "start_time        : 1\nexecs_done        : 123456\nedges_found       : 321\n",
            &mut outcome,
        );
        assert_eq!((outcome.executions, outcome.edges), (123_456, 321));
        assert_eq!(name_of(b"x", 3).len(), 40);
    }
}
