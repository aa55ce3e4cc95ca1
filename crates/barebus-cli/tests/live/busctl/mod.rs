//! The program beside `busctl`: the same bytes and the same success, but for what `docs/busctl.md` lists.

mod differences;
pub(crate) mod newer;
mod objects;
mod reach;
mod remote;
mod signals;
mod systemd;
mod values;

use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::service;
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, text};

/// A bus with the service of the tests.
fn bus() -> &'static SessionBus {
    static BUS: OnceLock<SessionBus> = OnceLock::new();
    BUS.get_or_init(|| {
        let bus = SessionBus::start("busctl");
        drop(service::start(&bus.address));
        bus
    })
}

/// Standard output, and whether a command succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ran {
    out: String,
    is_done: bool,
    err: String,
}

fn ran(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    Ran { out: text(stdout), is_done: status.success(), err: text(stderr) }
}

fn busctl(arguments: &[&str]) -> Ran {
    run_of(&mut Command::new("busctl"), arguments)
}

/// Runs a busctl on the bus of the tests.
fn run_of(program: &mut Command, arguments: &[&str]) -> Ran {
    ran(program.args(["--address", &bus().address]).args(arguments))
}

fn barebus(arguments: &[&str]) -> Ran {
    ran(Command::new(BAREBUS).args(["--address", &bus().address]).args(arguments))
}

/// The arguments of an invocation.
type Words = Vec<String>;

fn words(words: &[&str]) -> Words {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Every invocation that is compared.
fn invocations() -> Vec<Vec<Words>> {
    [
        values::calls(),
        values::properties(),
        values::signals(),
        values::wrong(),
        values::spellings(),
        objects::introspections(),
        objects::trees(),
        objects::lists(),
    ]
    .concat()
}

/// Runs groups of invocations with both programs, on all processors. What a group changes is only that group's. `part` is what is
/// compared of an output.
fn same(
    groups: &[Vec<Words>],
    theirs: impl Fn(&[&str]) -> Ran + Sync,
    part: impl Fn(&[&str], &str) -> String + Sync,
) -> usize {
    let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut differences = Vec::new();
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            for words in group {
                let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
                let (theirs, ours) = (theirs(&arguments), barebus(&arguments));
                let part = |out: &str| part(&arguments, out);
                differences.extend(difference_of(&arguments, &theirs, &ours, part));
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        differences
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let differences: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let count = count.into_inner();
    println!("{count} invocations compared");
    assert!(differences.is_empty(), "{}\n{} differ", differences.join("\n"), differences.len());
    count
}

/// Compares what is printed, as far as `part` keeps it.
fn difference(arguments: &[&str], part: impl Fn(&str) -> String) -> Option<String> {
    difference_of(arguments, &busctl(arguments), &barebus(arguments), part)
}

fn difference_of(
    arguments: &[&str],
    theirs: &Ran,
    ours: &Ran,
    part: impl Fn(&str) -> String,
) -> Option<String> {
    let (theirs_out, ours_out) = (part(&theirs.out), part(&ours.out));
    let is_same = (theirs.is_done, &theirs_out) == (ours.is_done, &ours_out);
    (!is_same).then(|| {
        let line = theirs_out.lines().zip(ours_out.lines()).find(|(theirs, ours)| theirs != ours);
        format!("{arguments:?}: {line:?}\n  {theirs:?}\n  {ours:?}")
    })
}

#[test]
fn the_shared_verbs_print_busctls_bytes() {
    let count = same(&invocations(), busctl, |_, out| out.to_owned());
    assert!(count >= 1500, "only {count} invocations were compared");
}
