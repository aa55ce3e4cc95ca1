//! What an invocation of the program `barebus` costs beside one of `busctl`, `gdbus` and `dbus-send`.
//!
//! ```text
//! cargo build --release -p barebus-cli
//! RUSTFLAGS="-C target-feature=+crt-static" cargo build --release -p barebus-cli --target x86_64-unknown-linux-gnu
//! cargo run --release -p barebus-benches --bin program [-- PROGRAM [STATIC]]
//! ```
//!
//! The programs run in turns, on one CPU, against the same systemd in a box; each time is the median of many runs. System calls are counted by
//! strace. The exit code is 1 when a target is missed, 2 when something cannot be measured. It needs root, strace, busctl, gdbus and dbus-send.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

mod invocation;
mod rows;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use barebus_benches::cpu::pin;
use barebus_box::SystemdBox;

fn main() -> ExitCode {
    let argument = |index, default: &str| env::args().nth(index).unwrap_or(default.to_owned());
    let shared = argument(1, "target/release/barebus");
    let fixed = argument(2, "target/x86_64-unknown-linux-gnu/release/barebus");
    for program in [&shared, &fixed] {
        if !Path::new(program).exists() {
            eprintln!(
                "cannot measure {program}: it is not there; build it as docs/benchmarks.md says"
            );
            return ExitCode::from(2);
        }
    }
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
    let programs = rows::Programs { shared: &shared, fixed: &fixed };
    let mut missed = 0;
    for row in rows::rows(&programs) {
        missed += row.measure(the_box.system_bus_address());
    }
    println!("{missed} targets missed");
    ExitCode::from(u8::from(missed > 0))
}
