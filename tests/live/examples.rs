//! The examples, run as their readers run them.
//!
//! Cargo tells a test where its package's programs are, but of examples neither that they were built nor where: with
//! `--test live` they are not. So cargo itself is asked to run them, which builds what has changed: no test sees an old one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use barebus_box::SystemdBox;

use crate::boxes::{PATIENCE, TEMPLATE, daemon, printed};

fn cargo(verb: &str, package: &str, example: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args([verb, "--quiet", "--package", package, "--example", example]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// An example that is running on a box's bus.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(package: &str, example: &str, the_box: &SystemdBox) -> Self {
        // Building takes as long as it takes.
        assert!(cargo("build", package, example).status().unwrap().success());
        // cargo becomes the program that it runs.
        let mut child = cargo("run", package, example)
            .env("DBUS_SYSTEM_BUS_ADDRESS", the_box.system_bus_address())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    /// The next line that begins with `start` and ends with `end`; those before it are passed over.
    fn line(&self, start: &str, end: &str) {
        let mut passed = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.starts_with(start) && line.ends_with(end) => return,
                Ok(line) => passed.push(line),
                Err(error) => panic!("no line {start}…{end}: {error}; only {passed:#?}"),
            }
        }
    }

    /// How long it has run on a processor.
    fn processor_time(&self) -> Duration {
        let times = std::fs::read_to_string(format!("/proc/{}/schedstat", self.child.id()));
        let nanos = times.unwrap().split(' ').next().unwrap().parse().unwrap();
        Duration::from_nanos(nanos)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// That it sees a unit being restarted while its timer ticks, and sleeps when there is nothing to do.
fn watches(package: &str, example: &str, tick: &str, end: &str) {
    let the_box = daemon();
    let unit = TEMPLATE.replace('@', &format!("@{example}"));
    let running = Running::start(package, example, the_box);
    // The first tick's answer comes behind that to the subscription.
    running.line("", tick);
    for _ in 0..2 {
        let status = the_box.command("systemctl").args(["restart", &unit]).status().unwrap();
        assert!(status.success());
        running.line(&format!("{unit}: "), end);
        running.line("", tick);
    }
    let (begin, before) = (Instant::now(), running.processor_time());
    running.line("", tick);
    running.line("", tick);
    let busy = running.processor_time() - before;
    assert!(busy < begin.elapsed() / 2, "{busy:?} of {:?}", begin.elapsed());
}

#[test]
fn the_one_with_poll_watches_jobs() {
    watches("barebus", "poll", "units have failed", ": done");
}

#[test]
fn the_one_with_mio_watches_units() {
    watches("barebus", "mio", "jobs are queued", ": active (running)");
}

#[test]
fn the_one_with_tokio_watches_jobs() {
    watches("barebus-tokio", "watch_units", "units have failed", ": done, active");
}

#[test]
fn the_first_one_tells_a_state() {
    let the_box = daemon();
    let output = cargo("run", "barebus", "unit_state")
        .env("DBUS_SYSTEM_BUS_ADDRESS", the_box.system_bus_address())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = printed(the_box, "systemctl", &["is-enabled", "dbus.service"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), said);
}

/// Inside of a box: the example is for root, who reaches systemd without the bus.
#[test]
fn the_one_that_runs_a_command_tells_how_it_ended() {
    let the_box = daemon();
    assert!(cargo("build", "barebus-systemd", "run").status().unwrap().success());
    let this = std::env::current_exe().unwrap();
    let example = this.ancestors().nth(2).unwrap().join("examples/run");
    let run = |line: &str| {
        let output = the_box.command(&example).args(["/bin/sh", "-c", line]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = run("exit 0");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("success: exit code 0 after "), "{said}");
    let (code, said) = run("exit 3");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.starts_with("exit-code: exit code 3 after "), "{said}");
    let (code, said) = run("kill -TERM $$; sleep infinity");
    // A service that ends by SIGTERM has succeeded.
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("success: signal SIGTERM after "), "{said}");
}
