//! What is asked, by which programs, and the targets of barebus.

use std::time::Duration;

use crate::Programs;
use crate::invocation::{Invocation, Time, median};

/// The same question to several programs; the first is busctl.
pub(crate) struct Row {
    name: &'static str,
    contestants: Vec<Contestant>,
}

struct Contestant {
    name: &'static str,
    program: String,
    /// `ADDRESS` stands for the bus's.
    arguments: Vec<String>,
    target: Target,
}

/// What may not be exceeded. Times are shares of another program's.
#[derive(Clone, Copy, Default)]
struct Target {
    /// Of busctl's.
    wall: Option<f64>,
    /// Of dbus-send's.
    wall_of_send: Option<f64>,
    /// Of busctl's.
    cpu: Option<f64>,
    calls: Option<usize>,
    /// In MB (10^6 bytes).
    resident: Option<f64>,
}

const NONE: Target =
    Target { wall: None, wall_of_send: None, cpu: None, calls: None, resident: None };

const SYSTEMD: &str = "org.freedesktop.systemd1";
const OBJECT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const BUS: &str = "org.freedesktop.DBus";

pub(crate) fn rows(programs: &Programs) -> Vec<Row> {
    let (shared, fixed) = (&programs.shared.path(), &programs.fixed.path());
    let get_id = ["call", BUS, "/", BUS, "GetId"];
    let introspect = ["introspect", SYSTEMD, OBJECT];
    let tree = ["tree", SYSTEMD];
    let five = ["Version", "Features", "Architecture", "NNames", "NJobs"];
    let five = [["get-property", SYSTEMD, OBJECT, MANAGER].as_slice(), &five].concat();
    vec![
        Row {
            name: "GetId",
            contestants: vec![
                at_address("busctl", "busctl", &get_id, NONE),
                gdbus(&["call", BUS, "/", "org.freedesktop.DBus.GetId"]),
                dbus_send(),
                at_address(
                    "barebus",
                    shared,
                    &get_id,
                    Target {
                        wall: Some(0.27),
                        wall_of_send: Some(0.75),
                        calls: Some(75),
                        resident: Some(3.2),
                        ..NONE
                    },
                ),
                at_address(
                    "barebus, static",
                    fixed,
                    &get_id,
                    Target {
                        wall: Some(0.23),
                        wall_of_send: Some(0.63),
                        calls: Some(46),
                        resident: Some(2.7),
                        ..NONE
                    },
                ),
                line("a line", programs.line.path()),
                line("a line, static", programs.fixed_line.path()),
            ],
        },
        Row {
            name: "introspect of systemd's Manager",
            contestants: vec![
                at_address("busctl", "busctl", &introspect, NONE),
                gdbus(&["introspect", SYSTEMD, OBJECT]),
                at_address(
                    "barebus",
                    shared,
                    &introspect,
                    Target { wall: Some(0.45), calls: Some(90), ..NONE },
                ),
            ],
        },
        Row {
            name: "tree of systemd",
            contestants: vec![
                at_address("busctl", "busctl", &tree, NONE),
                at_address(
                    "barebus",
                    shared,
                    &tree,
                    Target { cpu: Some(0.3), calls: Some(300), ..NONE },
                ),
            ],
        },
        Row {
            name: "list",
            contestants: vec![
                at_address("busctl", "busctl", &["list"], NONE),
                at_address(
                    "barebus",
                    shared,
                    &["list"],
                    Target { wall: Some(0.35), calls: Some(120), ..NONE },
                ),
            ],
        },
        Row {
            name: "five properties",
            contestants: vec![
                at_address("busctl", "busctl", &five, NONE),
                at_address("barebus", shared, &five, Target { wall: Some(0.42), ..NONE }),
            ],
        },
    ]
}

fn at_address(name: &'static str, program: &str, arguments: &[&str], target: Target) -> Contestant {
    let arguments = [["--address", ADDRESS].as_slice(), arguments].concat();
    let arguments = arguments.into_iter().map(str::to_owned).collect();
    Contestant { name, program: program.to_owned(), arguments, target }
}

/// A program that prints a line: the least that an invocation of any program takes.
fn line(name: &'static str, program: String) -> Contestant {
    Contestant { name, program, arguments: vec!["line".to_owned()], target: NONE }
}

fn gdbus(words: &[&str]) -> Contestant {
    let [verb, service, object, method @ ..] = words else { panic!("{words:?}") };
    let mut arguments =
        vec![*verb, "--address", ADDRESS, "--dest", service, "--object-path", object];
    if let [method] = method {
        arguments.extend(["--method", method]);
    }
    let arguments = arguments.into_iter().map(str::to_owned).collect();
    Contestant { name: "gdbus", program: "gdbus".to_owned(), arguments, target: NONE }
}

fn dbus_send() -> Contestant {
    let arguments = [
        "--bus=ADDRESS",
        "--print-reply",
        "--dest=org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.GetId",
    ];
    let arguments = arguments.map(str::to_owned).to_vec();
    Contestant { name: SEND, program: SEND.to_owned(), arguments, target: NONE }
}

const SEND: &str = "dbus-send";
const ADDRESS: &str = "ADDRESS";

/// How often each program runs.
const RUNS: usize = 101;

impl Row {
    /// Prints what each program takes. Returns how many targets are missed.
    pub(crate) fn measure(&self, address: &str) -> usize {
        let invocations: Vec<Invocation> =
            self.contestants.iter().map(|contestant| contestant.at(address)).collect();
        let mut times = vec![Vec::new(); invocations.len()];
        for _ in 0..RUNS {
            for (invocation, times) in invocations.iter().zip(&mut times) {
                times.push(invocation.run());
            }
        }
        let of = |times: &[Time], part: fn(&Time) -> Duration| median(times.iter().map(part));
        let times: Vec<Time> = times
            .iter()
            .map(|times| Time { wall: of(times, |it| it.wall), cpu: of(times, |it| it.cpu) })
            .collect();
        let send = self.contestants.iter().position(|contestant| contestant.name == SEND);
        println!("{}", self.name);
        let mut missed = 0;
        for ((contestant, invocation), time) in
            self.contestants.iter().zip(&invocations).zip(&times)
        {
            let share = |part: fn(&Time) -> Duration, other: usize| {
                part(time).as_secs_f64() / part(&times[other]).as_secs_f64()
            };
            let wall = share(|it| it.wall, 0);
            let wall_of_send = send.map(|send| share(|it| it.wall, send));
            let cpu = share(|it| it.cpu, 0);
            // What arrives while strace holds the program up is read in pieces.
            let calls = (0..5).map(|_| invocation.system_calls()).min().unwrap();
            #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 bytes")]
            let resident = invocation.resident() as f64 / 1e6;
            let target = contestant.target;
            let mut cell = |text: String, is_missed: bool, target: Option<String>| {
                missed += usize::from(is_missed);
                let target = target.map(|target| format!(" (≤ {target})")).unwrap_or_default();
                let text = format!("{text}{target}{}", if is_missed { " MISSED" } else { "" });
                print!(" {text:<26}");
            };
            print!("  {:<16}", contestant.name);
            print!(" {:>6.2} ms", time.wall.as_secs_f64() * 1e3);
            let over =
                |figure: f64, target: Option<f64>| target.is_some_and(|target| figure > target);
            let text = |target: Option<f64>| target.map(|target| target.to_string());
            cell(format!("{wall:.3} × busctl"), over(wall, target.wall), text(target.wall));
            if let Some(wall) = wall_of_send {
                let limit = target.wall_of_send;
                cell(format!("{wall:.3} × dbus-send"), over(wall, limit), text(limit));
            }
            cell(format!("{cpu:.3} × CPU"), over(cpu, target.cpu), text(target.cpu));
            let is_missed = target.calls.is_some_and(|target| calls > target);
            let limit = target.calls.map(|target| target.to_string());
            cell(format!("{calls} calls"), is_missed, limit);
            let limit = target.resident;
            cell(format!("{resident:.2} MB"), over(resident, limit), text(limit));
            println!();
        }
        missed
    }
}

impl Contestant {
    fn at(&self, address: &str) -> Invocation {
        let arguments = self.arguments.iter().map(|it| it.replace(ADDRESS, address)).collect();
        Invocation { program: self.program.clone(), arguments }
    }
}
