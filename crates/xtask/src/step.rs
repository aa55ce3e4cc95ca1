//! Steps of `cargo xtask test`, and the summary at their end.

use std::fs;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::run::{self, Failure, line};

/// One thing that must hold.
pub(crate) struct Step {
    name: String,
    work: Work,
}

enum Work {
    /// Succeeds if the command does.
    Command(Command),
    /// `cargo test`, whose output names the tests that fail.
    Tests(Command),
    /// Something that xtask checks itself.
    Check(Box<dyn FnMut() -> Result<(), Failure>>),
}

/// Why a step failed.
struct Failed {
    step: String,
    why: String,
    tests: Vec<FailedTests>,
}

/// A test program that failed.
#[derive(Debug, PartialEq, Eq)]
struct FailedTests {
    /// What `cargo test` takes to run it again.
    program: String,
    /// Names of its tests that failed; none if it ended in another way.
    tests: Vec<String>,
}

impl Step {
    pub(crate) fn command(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), work: Work::Command(command) }
    }

    pub(crate) fn tests(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), work: Work::Tests(command) }
    }

    pub(crate) fn check(
        name: impl Into<String>,
        check: impl FnMut() -> Result<(), Failure> + 'static,
    ) -> Self {
        Self { name: name.into(), work: Work::Check(Box::new(check)) }
    }

    fn run(&mut self) -> Result<(), Failed> {
        let mut tests = Vec::new();
        let done = match &mut self.work {
            Work::Check(check) => check(),
            Work::Command(command) => run::run(command),
            Work::Tests(command) => run_tests(command, LEAVES, &mut io::stdout(), &mut tests),
        };
        done.map_err(|Failure(why)| Failed { step: self.name.clone(), why, tests })
    }

    fn line(&self) -> String {
        match &self.work {
            Work::Command(command) | Work::Tests(command) => format!(": {}", line(command)),
            Work::Check(_) => String::new(),
        }
    }
}

/// Runs all steps, also after one has failed. Prints a summary.
///
/// # Errors
/// A step failed.
pub(crate) fn run_all(mut steps: Vec<Step>) -> Result<(), Failure> {
    let count = steps.len();
    let mut failures = Vec::new();
    let begun = Instant::now();
    for (number, step) in steps.iter_mut().enumerate() {
        println!("xtask: step {} of {count}, {}{}", number + 1, step.name, step.line());
        let begun = Instant::now();
        let done = step.run();
        let word = if done.is_ok() { "passed" } else { "FAILED" };
        println!("xtask: {}: {word} after {}", step.name, seconds(begun.elapsed()));
        failures.extend(done.err());
    }
    if failures.is_empty() {
        println!("xtask: all {count} steps passed after {}", seconds(begun.elapsed()));
        return Ok(());
    }
    println!("\nxtask: summary");
    print!("{}", summary(&failures));
    Err(Failure(format!("{} of {count} steps failed", failures.len())))
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn summary(failures: &[Failed]) -> String {
    let mut text = String::new();
    for failed in failures {
        text += &format!("  {}: {}\n", failed.step, failed.why);
        for FailedTests { program, tests } in &failed.tests {
            text += &format!("    cargo test {program}\n");
            for test in tests {
                text += &format!("      {test}\n");
            }
        }
    }
    text
}

/// Follows all output of a command.
const END: &[u8] = b"\0end of the command\n";

/// How long a process that a test has ended may take to disappear.
const LEAVES: Duration = Duration::from_secs(10);

/// Runs `cargo test`, writes its output to `to`, and collects what failed. A process that a test leaves behind is a failure.
fn run_tests(
    command: &mut Command,
    leaves: Duration,
    to: &mut dyn Write,
    failed: &mut Vec<FailedTests>,
) -> Result<(), Failure> {
    // One pipe for both outputs, so that cargo's line about a program comes after those of its tests.
    let (reader, mut writer) = io::pipe()?;
    let mut child = command.stdout(writer.try_clone()?).stderr(writer.try_clone()?).spawn()?;
    let line = line(command);
    // The command has copies of the pipe's other end. Without this the pipe never ends.
    *command = Command::new("true");
    // The end of the pipe cannot be waited for: a process that is left behind keeps the pipe open.
    let end = thread::spawn(move || {
        let status = child.wait();
        writer.write_all(END).and(status)
    });
    let mut scan = Scan::default();
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 && !bytes.ends_with(END) {
        to.write_all(&bytes)?;
        scan.take(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    // What precedes the end is a line that was not ended.
    to.write_all(bytes.strip_suffix(END).unwrap_or(&bytes))?;
    let status = end.join().map_err(|_| Failure("the waiting thread panicked".into()))??;
    *failed = scan.programs;
    if !status.success() {
        return Err(Failure(format!("{line}: {status}")));
    }
    let left = left_behind(reader.get_ref(), leaves)?;
    if left.is_empty() {
        return Ok(());
    }
    Err(Failure(format!("{line}: it left processes behind: {}", left.join("; "))))
}

/// The processes that still have the other end of the pipe open, by number and command line.
fn left_behind(pipe: &PipeReader, leaves: Duration) -> Result<Vec<String>, Failure> {
    let mut ends = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    // No data is expected, so that the pipe ends is what poll(2) tells.
    let limit = PollTimeout::try_from(leaves).map_err(|error| Failure(error.to_string()))?;
    if poll(&mut ends, limit)? > 0 && ends[0].revents() == Some(PollFlags::POLLHUP) {
        return Ok(Vec::new());
    }
    let name = fs::read_link(format!("/proc/self/fd/{}", pipe.as_raw_fd()))?;
    let mut left = Vec::new();
    for process in fs::read_dir("/proc")?.flatten() {
        let path = process.path();
        let Ok(number) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end meanwhile, and others are not for us to read.
        let Ok(open) = fs::read_dir(path.join("fd")) else { continue };
        let has = open.flatten().any(|fd| fs::read_link(fd.path()).is_ok_and(|to| to == name));
        if has && number != std::process::id() {
            let words = fs::read(path.join("cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).replace('\0', " ");
            left.push(format!("{number} {}", words.trim_end()));
        }
    }
    Ok(left)
}

/// Reads the output of `cargo test --no-fail-fast`.
#[derive(Default)]
struct Scan {
    /// Tests that failed in the program that is running.
    tests: Vec<String>,
    programs: Vec<FailedTests>,
}

impl Scan {
    fn take(&mut self, line: &str) {
        if let Some(test) = line.strip_prefix("test ").and_then(|it| it.strip_suffix(" ... FAILED"))
        {
            self.tests.push(test.to_owned());
        }
        // After each program that failed: error: test failed, to rerun pass `-p NAME --test NAME`
        if let Some((_, rest)) = line.split_once("to rerun pass `") {
            let program = rest.trim_end_matches('`').to_owned();
            self.programs.push(FailedTests { program, tests: std::mem::take(&mut self.tests) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
     Running tests/codec.rs (target/debug/deps/codec-0123)
running 2 tests
test reads ... ok
test writes ... FAILED
test result: FAILED. 1 passed; 1 failed
error: test failed, to rerun pass `-p a --test codec`
     Running tests/fork.rs (target/debug/deps/fork-0123)
error: test failed, to rerun pass `-p a --test fork`
Caused by:
  process didn't exit successfully: `fork` (signal: 6, SIGABRT: process abort signal)
   Doc-tests a
test src/lib.rs - open (line 3) ... FAILED
error: doctest failed, to rerun pass `-p a --doc`
error: 3 targets failed:
    `-p a --test codec`
";

    #[test]
    fn the_summary_names_each_test_and_program_that_failed() {
        let mut scan = Scan::default();
        OUTPUT.lines().for_each(|line| scan.take(line));
        let failed = Failed {
            step: "tests".into(),
            why: "cargo test: exit status: 101".into(),
            tests: scan.programs,
        };
        let expected = "  \
  tests: cargo test: exit status: 101
    cargo test -p a --test codec
      writes
    cargo test -p a --test fork
    cargo test -p a --doc
      src/lib.rs - open (line 3)
";
        assert_eq!(summary(&[failed]), expected);
    }

    #[test]
    fn the_output_of_a_test_program_is_read_until_its_end() {
        let (mut output, mut failed) = (Vec::new(), Vec::new());
        let mut command = Command::new("sh");
        let script = "echo 'test a ... FAILED'; echo 'error: test failed, to rerun pass `--lib`' >&2; exit 3";
        let Failure(why) =
            run_tests(command.args(["-c", script]), LEAVES, &mut output, &mut failed).unwrap_err();
        assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), 2);
        assert!(why.ends_with("exit status: 3"), "{why}");
        assert_eq!(failed, [FailedTests { program: "--lib".into(), tests: vec!["a".into()] }]);
    }

    #[test]
    fn a_process_that_is_left_behind_is_named_and_not_waited_for() {
        let (mut output, mut failed) = (Vec::new(), Vec::new());
        let mut command = Command::new("sh");
        // The child has the command line of the shell until it executes sleep(1).
        let executes = "until [ \"$(cat /proc/$!/comm)\" = sleep ]; do :; done";
        command.args(["-c", &format!("sleep 1000 & echo $!; {executes}; printf 'no end'")]);
        let Failure(why) =
            run_tests(&mut command, Duration::ZERO, &mut output, &mut failed).unwrap_err();
        let output = String::from_utf8(output).unwrap();
        let (process, rest) = output.split_once('\n').unwrap();
        Command::new("kill").arg(process).status().unwrap();
        assert_eq!(rest, "no end");
        // A command that another test is just starting has copies of the pipe, too, until it is executed.
        let (_, left) = why.split_once("left processes behind: ").expect(&why);
        assert!(left.split("; ").any(|it| it == format!("{process} sleep 1000")), "{why}");
    }

    #[test]
    fn a_step_that_fails_does_not_keep_the_next_from_running() {
        use std::sync::atomic::{AtomicU32, Ordering};
        static RUNS: AtomicU32 = AtomicU32::new(0);
        fn fails() -> Result<(), Failure> {
            RUNS.fetch_add(1, Ordering::Relaxed);
            Err(Failure("on purpose".into()))
        }
        let steps = vec![Step::check("one", fails), Step::check("two", fails)];
        let Failure(why) = run_all(steps).unwrap_err();
        assert_eq!((&*why, RUNS.load(Ordering::Relaxed)), ("2 of 2 steps failed", 2));
    }
}
