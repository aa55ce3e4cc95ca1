//! What watching a bus costs for each message: a client emits signals at a steady pace, and each program watches in its turn.

use std::env;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus::wire::{InterfaceName, MemberName};
use barebus::{Bus, Connection, Emission, ObjectPath};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::invocation::{cpu_of_children, median};

/// Signals that each program sees.
const SIGNALS: usize = 50_000;
/// They are emitted in bursts of ten, 1,000 bursts a second.
const BURST: usize = 10;
const PAUSE: Duration = Duration::from_millis(1);
/// How often each program watches.
const RUNS: usize = 1;

/// One form of the output.
struct Form {
    name: &'static str,
    /// The name of a program, and its arguments, in which `ADDRESS` and `SENDER` stand for the bus's and the client's. busctl is the first,
    /// barebus the last.
    contestants: &'static [(&'static str, &'static [&'static str])],
}

const FORMS: [Form; 3] = [
    Form {
        name: "monitor, text",
        contestants: &[
            ("busctl", &["--address=ADDRESS", "monitor"]),
            ("gdbus", &["monitor", "--address=ADDRESS", "--dest=SENDER"]),
            ("dbus-monitor", &["--address", "ADDRESS"]),
            (BAREBUS, &["--address=ADDRESS", "monitor"]),
        ],
    },
    Form {
        name: "monitor, JSON",
        contestants: &[
            ("busctl", &["--address=ADDRESS", "--json=short", "monitor"]),
            (BAREBUS, &["--address=ADDRESS", "--json=short", "monitor"]),
        ],
    },
    Form {
        name: "capture",
        contestants: &[
            ("busctl", &["--address=ADDRESS", "capture"]),
            ("dbus-monitor", &["--address", "ADDRESS", "--pcap"]),
            (BAREBUS, &["--address=ADDRESS", "capture"]),
        ],
    },
];

const BAREBUS: &str = "barebus";

/// The largest share of busctl's CPU time.
const TARGET: f64 = 0.5;

/// Prints the CPU time of each program for each message. Returns how many targets are missed.
pub(crate) fn measure(address: &str, barebus: &str) -> usize {
    println!("10,000 signals a second, CPU time a message");
    let mut missed = 0;
    for form in FORMS {
        let mut of_busctl = None;
        for (name, arguments) in form.contestants {
            let program = if *name == BAREBUS { barebus } else { name };
            let runs: [(Duration, usize); RUNS] =
                std::array::from_fn(|_| watch(address, program, arguments));
            let cpu = median(runs.iter().map(|(cpu, _)| *cpu)).as_secs_f64();
            let seen = runs.iter().map(|(_, seen)| *seen).min().unwrap();
            let share = cpu / *of_busctl.get_or_insert(cpu);
            let is_barebus = *name == BAREBUS;
            let is_missed = is_barebus && (share > TARGET || seen < SIGNALS);
            missed += usize::from(is_missed);
            #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 signals")]
            let each = cpu * 1e6 / SIGNALS as f64;
            let target = if is_barebus { format!(" (≤ {TARGET})") } else { String::new() };
            println!(
                "  {:<14} {name:<13} {each:>6.2} µs  {share:.3} × busctl{target}  {} of {SIGNALS} lost{}",
                form.name,
                SIGNALS.saturating_sub(seen),
                if is_missed { " MISSED" } else { "" },
            );
        }
    }
    missed
}

/// The CPU time of a program that watches, and how many signals it has shown.
fn watch(address: &str, program: &str, arguments: &[&str]) -> (Duration, usize) {
    let mut sender = Connection::open(address).unwrap();
    // The name comes with the first reply.
    Bus::new(&mut sender).list_names().unwrap();
    let name = sender.unique_name().unwrap().to_owned();
    let arguments =
        arguments.iter().map(|it| it.replace("ADDRESS", address).replace("SENDER", &name));
    let path = env::temp_dir().join(format!("barebus-watching-{}", std::process::id()));
    let used = cpu_of_children();
    let mut watcher = Command::new(program)
        .args(arguments)
        .stdout(File::create(&path).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    wait_until_idle(&mut watcher);
    emit(&mut sender);
    wait_until_idle(&mut watcher);
    let pid = Pid::from_raw(i32::try_from(watcher.id()).unwrap());
    kill(pid, Signal::SIGINT).unwrap();
    watcher.wait().unwrap();
    let output = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    let seen = output.windows(MEMBER.len()).filter(|bytes| *bytes == MEMBER.as_bytes()).count();
    (cpu_of_children() - used, seen)
}

const MEMBER: &str = "BenchJobRemoved";

/// Emits signals as systemd's `JobRemoved`.
fn emit(sender: &mut Connection) {
    let signal = Emission::new(
        ObjectPath::from_static("/org/freedesktop/systemd1"),
        InterfaceName::from_static("org.freedesktop.systemd1.Manager"),
        MemberName::from_static(MEMBER),
    );
    let job = ObjectPath::from_static("/org/freedesktop/systemd1/job/4711");
    let began = Instant::now();
    for burst in 0..SIGNALS / BURST {
        let at = began + PAUSE * u32::try_from(burst).unwrap();
        thread::sleep(at.saturating_duration_since(Instant::now()));
        for _ in 0..BURST {
            let body = (4711_u32, job, "systemd-tmpfiles-clean.service", "done");
            sender.start_emit(&signal, &body, Vec::new()).unwrap();
        }
        sender.flush().unwrap();
    }
}

/// Waits until a process has used no CPU time for a while: it has nothing left to read.
fn wait_until_idle(process: &mut Child) {
    let mut last = None;
    loop {
        thread::sleep(Duration::from_millis(500));
        assert!(process.try_wait().unwrap().is_none(), "the program that watches has ended");
        // The first field: nanoseconds on a CPU.
        let text = fs::read_to_string(format!("/proc/{}/schedstat", process.id())).unwrap();
        let now = text.split(' ').next().unwrap().to_owned();
        if last.as_ref() == Some(&now) {
            return;
        }
        last = Some(now);
    }
}
