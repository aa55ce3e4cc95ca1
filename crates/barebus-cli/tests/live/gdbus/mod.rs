//! The program in GVariant's form beside `gdbus`: the same bytes and the same success.

mod calls;
mod objects;
mod waits;

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
        let bus = SessionBus::start("gdbus");
        drop(service::start(&bus.address));
        bus
    })
}

/// Standard output, and whether a command succeeded.
type Ran = (String, bool);

/// How often gdbus is asked until its answer is ours. On a busy machine it was seen to fail once without any reason in its arguments.
const ATTEMPTS: usize = 3;

fn ran(command: &mut Command) -> Ran {
    // Otherwise the other program would translate, and escape what is not ASCII.
    let Output { status, stdout, stderr } = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    // Shown if the test fails.
    print!("{command:?}: {status}: {}", text(stderr));
    (text(stdout), status.success())
}

fn gdbus(verb: &str, arguments: &[&str]) -> Ran {
    let mut command = Command::new("gdbus");
    ran(command.args([verb, "--address", &bus().address]).args(arguments))
}

fn barebus(arguments: &[&str]) -> Ran {
    let mut command = Command::new(BAREBUS);
    ran(command.args(["--address", &bus().address]).args(arguments))
}

/// Compares invocations that should do the same. The number of comparisons must be at least what the tests of this folder promise.
#[derive(Default)]
struct Comparison {
    count: AtomicUsize,
}

impl Comparison {
    #[track_caller]
    fn same(&self, verb: &str, theirs: &[&str], ours: &[&str]) -> Ran {
        let ours_ran = barebus(ours);
        let mut theirs_ran = gdbus(verb, theirs);
        for _ in 1..ATTEMPTS {
            if theirs_ran != ours_ran {
                theirs_ran = gdbus(verb, theirs);
            }
        }
        assert_eq!(ours_ran, theirs_ran, "gdbus {verb} {theirs:?}, barebus {ours:?}");
        self.count.fetch_add(1, Ordering::Relaxed);
        ours_ran
    }

    #[track_caller]
    fn at_least(&self, count: usize) {
        let compared = self.count.load(Ordering::Relaxed);
        println!("{compared} invocations compared");
        assert!(compared >= count, "only {compared} invocations were compared");
    }
}
