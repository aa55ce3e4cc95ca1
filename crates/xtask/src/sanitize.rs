//! `cargo xtask sanitize`: examples under valgrind's memcheck against a systemd in a box, and tests under AddressSanitizer.

use std::process::Command;

use barebus_box::SystemdBox;

use crate::packages;
use crate::run::{Failure, cargo, line, run, top, triple, unstable_cargo};
use crate::step::{Step, run_all};

/// Tests that are run in one go under AddressSanitizer.
struct Tests {
    name: &'static str,
    packages: &'static [&'static str],
    /// Test programs; none: the unit tests.
    programs: &'static [&'static str],
    /// Arguments of the test harness: which tests to run; none: all.
    harness: &'static [&'static str],
    /// LeakSanitizer stops all threads with ptrace(2). It cannot do so in a process that is traced or has more rights than its user, and
    /// a forked child holds what its parent's other threads would free.
    finds_leaks: bool,
}

const TESTS: [Tests; 6] = [
    Tests {
        name: "unit tests",
        packages: &["barebus-wire", "barebus-sasl", "barebus-session", "barebus", "barebus-tokio"],
        programs: &[],
        harness: &[],
        finds_leaks: true,
    },
    Tests {
        name: "tests without a bus",
        packages: &["barebus-tests"],
        programs: &["wire", "handshake", "session", "connection", "tokio", "transports"],
        harness: &[],
        finds_leaks: true,
    },
    Tests {
        name: "closing",
        packages: &["barebus"],
        programs: &["closing"],
        harness: &[],
        finds_leaks: true,
    },
    Tests {
        name: "fork",
        packages: &["barebus"],
        programs: &["fork"],
        harness: &[],
        finds_leaks: false,
    },
    Tests {
        name: "system calls that fail",
        packages: &["barebus-tests"],
        programs: &["faults"],
        // A setuid program ignores the options of sanitizers, so there LeakSanitizer would start, and fail.
        harness: &["--skip", "privileged::the_environment"],
        finds_leaks: false,
    },
    Tests {
        name: "tests on a systemd",
        packages: &["barebus-tests"],
        programs: &["live"],
        harness: &["bus::", "private::", "signals::", "peers::", "forgery::"],
        finds_leaks: false,
    },
];

/// Examples that end by themselves: package, name, arguments.
const EXAMPLES: [(&str, &str, &[&str]); 6] = [
    ("barebus", "is_enabled", &["dbus.service"]),
    ("barebus", "unit_state", &[]),
    ("barebus-systemd", "unit_file_state", &[]),
    ("barebus-systemd", "start_and_wait", &["dbus.service"]),
    ("barebus-systemd", "run", &["/bin/true"]),
    ("barebus-systemd", "many_at_once", &["dbus.service", "dbus.socket"]),
];

/// Runs everything, also after something has failed.
///
/// # Errors
/// A program is missing, a test failed, or a sanitizer found something.
pub(crate) fn sanitize() -> Result<(), Failure> {
    packages::need(&[
        "cc",
        "valgrind",
        "strace",
        "systemctl",
        "dbus-daemon",
        "dbus-broker",
        "nsenter",
    ])?;
    let mut steps = vec![Step::check("examples under memcheck", memcheck)];
    for tests in &TESTS {
        steps.push(Step::tests(tests.name, with_address_sanitizer(tests)?));
    }
    run_all(steps)
}

fn with_address_sanitizer(tests: &Tests) -> Result<Command, Failure> {
    let mut command = unstable_cargo();
    // With --target the flags are not those of build scripts and procedural macros, which the compiler loads.
    command.args(["test", "--no-fail-fast", "--target", &triple()?]);
    command.args(tests.packages.iter().flat_map(|name| ["-p", name]));
    if tests.programs.is_empty() {
        command.arg("--lib");
    }
    command.args(tests.programs.iter().flat_map(|name| ["--test", name]));
    command.arg("--").args(tests.harness);
    command.env("RUSTFLAGS", "-Zsanitizer=address");
    // A folder of its own, so that neither build discards the other.
    command.env("CARGO_TARGET_DIR", top().join("target/sanitize"));
    command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    command
        .env("ASAN_OPTIONS", if tests.finds_leaks { "detect_leaks=1" } else { "detect_leaks=0" });
    Ok(command)
}

/// Runs the examples inside of a box: over the bus, and as root over the private socket.
fn memcheck() -> Result<(), Failure> {
    for (package, example, _) in EXAMPLES {
        run(cargo().args(["build", "-q", "--all-features", "-p", package, "--example", example]))?;
    }
    let the_box = SystemdBox::builder().boot()?;
    for (_, example, arguments) in EXAMPLES {
        let mut command = the_box.command("valgrind");
        command.args(["--quiet", "--error-exitcode=9"]);
        command.args(["--leak-check=full", "--show-leak-kinds=definite,indirect"]);
        command.args(["--errors-for-leak-kinds=definite,indirect"]);
        command.arg(top().join("target/debug/examples").join(example)).args(arguments);
        println!("xtask: {}", line(&command));
        run(&mut command)?;
    }
    Ok(())
}
