//! The examples, run as their readers run them.
//!
//! Cargo tells a test where its package's programs are, but of examples neither that they were built nor where: with
//! `--test live` they are not. So cargo itself is asked to run them, which builds what has changed: no test sees an old one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use barebus::{Bus, Event, NameFlags, Options, OwnedValue};
use barebus_box::SystemdBox;

use crate::boxes::{FAILING, LONG, PATIENCE, SessionBus, TEMPLATE, daemon, printed};

pub(crate) fn cargo(verb: &str, package: &str, example: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args([verb, "--quiet", "--package", package, "--all-features", "--example", example]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Where the program of an example is, once it was built.
pub(crate) fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    this.ancestors().nth(2).unwrap().join("examples").join(name)
}

/// What the examples print that do everything: the state of a unit's file, the result of a job, the end of a command, and that it has failed.
#[track_caller]
pub(crate) fn check_all(lines: &[String], state: &str, unit: &str) {
    let [file, job, end, failure] = lines else { panic!("{lines:?}") };
    assert_eq!([file, job], [state, "done"]);
    assert!(end.starts_with("exit-code: exit code 3 after "), "{end}");
    assert_eq!(*failure, format!("{unit} failed"));
}

/// What an example prints that ends by itself, with its buses at `address`.
fn output(package: &str, example: &str, arguments: &[&str], address: &str) -> String {
    let output = cargo("run", package, example)
        .arg("--")
        .args(arguments)
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{example}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
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
    // The first tick's answer comes after that to the subscription.
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
fn the_first_ones_tell_a_state() {
    let the_box = daemon();
    let said = printed(the_box, "systemctl", &["is-enabled", "dbus.service"]);
    for (package, example) in [("barebus", "unit_state"), ("barebus-systemd", "unit_file_state")] {
        assert_eq!(output(package, example, &[], the_box.system_bus_address()), said, "{example}");
    }
}

#[test]
fn a_unit_is_started_and_waited_for() {
    let unit = TEMPLATE.replace('@', "@start_and_wait");
    let address = daemon().system_bus_address();
    assert_eq!(output("barebus-systemd", "start_and_wait", &[&unit], address), "done\n");
    assert_eq!(printed(daemon(), "systemctl", &["is-active", &unit]), "active\n");
}

#[test]
fn failures_are_told_as_they_happen() {
    let the_box = daemon();
    let running = Running::start("barebus-systemd", "watch_failures", the_box);
    // It tells nothing of what failed before it watched: so the unit fails again and again.
    let expected = Ok(format!("{FAILING} failed"));
    let begun = Instant::now();
    while running.lines.try_recv() != expected {
        assert!(begun.elapsed() < PATIENCE, "no line {expected:?}");
        let fail = format!("systemctl reset-failed {FAILING}; systemctl start {FAILING}");
        the_box.command("sh").args(["-c", &fail]).output().unwrap();
    }
}

#[test]
fn many_units_are_asked_about_at_once() {
    let the_box = daemon();
    let units = ["dbus.service", LONG, "dbus.socket"];
    let states = printed(the_box, "systemctl", &[&["is-enabled"][..], &units].concat());
    let expected: Vec<String> = units
        .iter()
        .zip(states.lines())
        .map(|(unit, state)| format!("{unit}: {state}\n"))
        .collect();
    let address = the_box.system_bus_address();
    assert_eq!(output("barebus-systemd", "many_at_once", &units, address), expected.concat());
}

#[test]
fn options_are_sent_and_the_answer_is_read_into_a_struct() {
    let bus = SessionBus::start();
    let mut server = Options::bus().serve_calls().open(&bus.address).unwrap();
    Bus::new(&mut server).request_name("org.example", NameFlags::NONE).unwrap();
    let serving = std::thread::spawn(move || {
        while let Ok(Some(event)) = server.next_event(None) {
            let Event::MethodCall { call, reply_to } = event else { continue };
            let (options,): (BTreeMap<String, OwnedValue>,) = call.message.body().unwrap();
            assert_eq!(options["Mtu"], OwnedValue::from(1500_u32));
            server.reply(&reply_to, &(options,)).unwrap();
        }
    });
    assert_eq!(output("barebus", "options", &[], &bus.address), "eth0 1500 None\n");
    drop(bus);
    serving.join().unwrap();
}

#[test]
fn one_loop_tells_names_and_time() {
    let the_box = daemon();
    let running = Running::start("barebus", "timer_loop", the_box);
    running.line("tick", "");
    printed(the_box, "busctl", &["list"]);
    running.line(":1.", "");
    running.line("tick", "");
}

#[test]
fn a_call_is_encoded_on_the_stack() {
    let said = output("barebus-wire", "encode", &[], "");
    assert!(said.starts_with("sshd.service 7: ") && said.ends_with(" bytes\n"), "{said}");
}

/// Inside of a box: the example is for root, who reaches systemd without the bus.
#[test]
fn the_one_that_runs_a_command_tells_how_it_ended() {
    let the_box = daemon();
    assert!(cargo("build", "barebus-systemd", "run").status().unwrap().success());
    let run = |line: &str| {
        let output =
            the_box.command(example("run")).args(["/bin/sh", "-c", line]).output().unwrap();
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

/// Inside of a box, too.
#[test]
fn the_one_that_does_everything_with_tokio_tells_it() {
    let the_box = daemon();
    assert!(cargo("build", "barebus-systemd", "with_tokio").status().unwrap().success());
    let unit = TEMPLATE.replace('@', "@with_tokio");
    let mut command = the_box.command(example("with_tokio"));
    let mut running = command.arg(&unit).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines().map(Result::unwrap);
    // Units of other tests fail meanwhile.
    let is_other = |line: &String| line.ends_with(" failed") && !line.starts_with("with-tokio");
    let lines: Vec<_> = lines.filter(|line| !is_other(line)).take(4).collect();
    running.kill().unwrap();
    running.wait().unwrap();
    check_all(&lines, "static", "with-tokio.service");
}
