//! What an invocation of the program `barebus` costs beside one of `busctl`.
//!
//! ```text
//! cargo build --release -p barebus-cli && cargo run --release -p barebus-benches --bin program [-- PROGRAM]
//! ```
//!
//! The programs run in turns, on one CPU, against the same systemd in a box; each figure is the median of many runs. System calls are counted
//! by strace. The exit code is 1 when a target is missed, 2 when something cannot be measured. It needs root, busctl and strace.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

use std::env;
use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use barebus_benches::cpu::pin;
use barebus_box::SystemdBox;
use nix::sys::resource::{UsageWho, getrusage};

fn main() -> ExitCode {
    let barebus = env::args().nth(1).unwrap_or_else(|| "target/release/barebus".to_owned());
    if let Err(error) = pin() {
        eprintln!("cannot stay on one CPU: {error}");
        return ExitCode::from(2);
    }
    let the_box = match SystemdBox::boot() {
        Ok(the_box) => the_box,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let address = the_box.system_bus_address();
    println!(
        "{:<16} {:>9} {:>9} {:>6} {:>6} {:>6} {:>6} {:>8} {:>7} {:>6}",
        "", "busctl", "barebus", "wall", "target", "CPU", "target", "calls", "busctl", "target"
    );
    let mut missed = false;
    for row in ROWS {
        let theirs = Program { name: "busctl", address, arguments: row.arguments };
        let ours = Program { name: &barebus, ..theirs };
        let (mut times, mut counts) = ([Vec::new(), Vec::new()], [0, 0]);
        for _ in 0..RUNS {
            for (program, times) in [theirs, ours].iter().zip(&mut times) {
                times.push(program.run());
            }
        }
        for (program, count) in [theirs, ours].iter().zip(&mut counts) {
            *count = program.system_calls();
        }
        let wall = times.each_ref().map(|times| median(times.iter().map(|time| time.wall)));
        let cpu = times.each_ref().map(|times| median(times.iter().map(|time| time.cpu)));
        let of = |pair: [Duration; 2]| pair[1].as_secs_f64() / pair[0].as_secs_f64();
        let is_missed = row.wall.is_some_and(|target| of(wall) > target)
            || row.cpu.is_some_and(|target| of(cpu) > target)
            || row.calls.is_some_and(|target| counts[1] > target);
        missed |= is_missed;
        let text = |target: Option<f64>| target.map_or("-".to_owned(), |it| format!("{it:.2}"));
        println!(
            "{:<16} {:>9} {:>9} {:>6.3} {:>6} {:>6.3} {:>6} {:>8} {:>7} {:>6} {}",
            row.name,
            format!("{:.2} ms", wall[0].as_secs_f64() * 1e3),
            format!("{:.2} ms", wall[1].as_secs_f64() * 1e3),
            of(wall),
            text(row.wall),
            of(cpu),
            text(row.cpu),
            counts[1],
            counts[0],
            row.calls.map_or("-".to_owned(), |calls| calls.to_string()),
            if is_missed { "MISSED" } else { "" },
        );
    }
    ExitCode::from(u8::from(missed))
}

struct Row {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Targets: the time as a share of busctl's, the CPU time of the client likewise, and the number of system calls.
    wall: Option<f64>,
    cpu: Option<f64>,
    calls: Option<usize>,
}

const SYSTEMD: &str = "org.freedesktop.systemd1";
const OBJECT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const BUS: &str = "org.freedesktop.DBus";

const ROWS: &[Row] = &[
    Row {
        name: "GetId",
        arguments: &["call", BUS, "/", BUS, "GetId"],
        wall: Some(0.27),
        cpu: None,
        calls: Some(75),
    },
    Row {
        name: "introspect",
        arguments: &["introspect", SYSTEMD, OBJECT],
        wall: Some(0.45),
        cpu: None,
        calls: Some(90),
    },
    Row {
        name: "tree",
        arguments: &["tree", SYSTEMD],
        wall: None,
        cpu: Some(0.3),
        calls: Some(300),
    },
    Row { name: "list", arguments: &["list"], wall: Some(0.35), cpu: None, calls: Some(120) },
    Row {
        name: "five properties",
        arguments: &[
            "get-property",
            SYSTEMD,
            OBJECT,
            MANAGER,
            "Version",
            "Features",
            "Architecture",
            "NNames",
            "NJobs",
        ],
        wall: Some(0.42),
        cpu: None,
        calls: None,
    },
];

const RUNS: usize = 41;

#[derive(Clone, Copy)]
struct Program<'a> {
    name: &'a str,
    address: &'a str,
    arguments: &'a [&'a str],
}

struct Time {
    wall: Duration,
    cpu: Duration,
}

impl Program<'_> {
    fn command(&self, mut command: Command) -> Command {
        command.args(["--address", self.address]).args(self.arguments).stdout(Stdio::null());
        command
    }

    fn run(&self) -> Time {
        let (used, began) = (cpu_of_children(), Instant::now());
        let status = self.command(Command::new(self.name)).status().unwrap();
        let wall = began.elapsed();
        assert!(status.success(), "{} {:?}: {status}", self.name, self.arguments);
        Time { wall, cpu: cpu_of_children() - used }
    }

    fn system_calls(&self) -> usize {
        let trace = env::temp_dir().join(format!("barebus-program-{}", std::process::id()));
        let mut strace = Command::new("strace");
        strace.arg("-f").arg("-o").arg(&trace).arg(self.name);
        let status = self.command(strace).status().unwrap();
        assert!(status.success(), "strace {}: {status}", self.name);
        let lines = fs::read_to_string(&trace).unwrap();
        fs::remove_file(trace).unwrap();
        lines.lines().filter(|line| line.contains('(') && !line.contains(" resumed>")).count()
    }
}

/// User and system time of the processes that have ended.
fn cpu_of_children() -> Duration {
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let sum = micros(used.user_time()) + micros(used.system_time());
    Duration::from_micros(u64::try_from(sum).unwrap_or_default())
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}
