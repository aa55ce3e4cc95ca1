//! What watching a bus costs: processor time of `barebus monitor` and `barebus capture` for each message, beside `busctl`.
//!
//! ```text
//! cargo build --release -p barebus-cli && cargo run --release -p barebus-benches --bin watch [-- PROGRAM]
//! ```
//!
//! Each program watches alone while 50,000 signals are sent, 10,000 a second, and writes to a file. The exit code is 1 when a target is
//! missed or a signal is lost, 2 when something cannot be measured. It needs root and busctl.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, iter};

use barebus::{Bus, Connection, Emission, InterfaceName, MemberName, ObjectPath};
use barebus_box::SystemdBox;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const FLOOD: Emission<'static> = Emission::new(
    ObjectPath::from_static("/org/example/Flood"),
    InterfaceName::from_static("org.example.Flood"),
    MemberName::from_static("Changed"),
);

const COUNT: u32 = 50_000;

/// Signals in a millisecond.
const RATE: u32 = 10;

/// At most so many times busctl's time.
const TARGET: f64 = 0.5;

/// Turns of each program; the fastest counts.
const TURNS: usize = 3;

fn main() -> ExitCode {
    let barebus = env::args().nth(1).unwrap_or_else(|| "target/release/barebus".to_owned());
    let the_box = match SystemdBox::boot() {
        Ok(the_box) => the_box,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let address = the_box.system_bus_address();
    let mut missed = false;
    println!("{:<8} {:>11} {:>11} {:>6} {:>6}", "", "busctl", "barebus", "ratio", "target");
    for (name, words) in [
        ("text", &["monitor"][..]),
        ("json", &["--json=short", "monitor"]),
        ("capture", &["capture"]),
    ] {
        let [theirs, ours] = ["busctl", &*barebus].map(|program| {
            let turns = iter::repeat_with(|| cost(program, address, words)).take(TURNS);
            turns.min().unwrap()
        });
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        missed |= ratio > TARGET;
        let micros = |time: Duration| format!("{:.2} µs", time.as_secs_f64() * 1e6);
        println!("{name:<8} {:>11} {:>11} {ratio:>6.2} {TARGET:>6}", micros(theirs), micros(ours));
    }
    ExitCode::from(u8::from(missed))
}

/// The processor time of a program for each message.
fn cost(program: &str, address: &str, words: &[&str]) -> Duration {
    let file = env::temp_dir().join(format!("barebus-watch-{}", std::process::id()));
    let before = processor_time();
    let mut command = Command::new(program);
    command.arg(format!("--address={address}")).args(words);
    command.arg("--match=interface='org.example.Flood'");
    let mut child =
        command.stdout(File::create(&file).unwrap()).stderr(Stdio::piped()).spawn().unwrap();
    // It says so when it watches.
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    complaints.read_line(&mut String::new()).unwrap();
    flood(address);
    let last = format!("Changed-{COUNT}");
    let has_last = |bytes: &[u8]| bytes.windows(last.len()).any(|part| part == last.as_bytes());
    let end = Instant::now() + Duration::from_secs(60);
    while !has_last(&fs::read(&file).unwrap()) {
        assert!(Instant::now() < end, "{program} has lost signals");
        sleep(Duration::from_millis(50));
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    child.wait().unwrap();
    let time = processor_time() - before;
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let seen = bytes.windows(8).filter(|window| *window == b"Changed-").count();
    assert_eq!(seen, COUNT as usize, "{program} has lost signals");
    time / COUNT
}

/// Sends the signals. Each holds its number as text, which is found in every form.
fn flood(address: &str) {
    let mut bus = Connection::open(address).unwrap();
    let begin = Instant::now();
    for number in 1..=COUNT {
        let body = (format!("Changed-{number}"), number);
        bus.start_emit(&FLOOD, &body, Vec::new()).unwrap();
        if number % RATE == 0 {
            bus.flush().unwrap();
            let due = Duration::from_millis(u64::from(number / RATE));
            sleep(due.saturating_sub(begin.elapsed()));
        }
    }
    Bus::new(&mut bus).get_id().unwrap();
}

/// Of all programs that have ended.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let time = |time: nix::sys::time::TimeVal| {
        Duration::new(
            u64::try_from(time.tv_sec()).unwrap(),
            u32::try_from(time.tv_usec() * 1000).unwrap(),
        )
    };
    time(usage.user_time()) + time(usage.system_time())
}
