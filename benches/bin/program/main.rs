//! What an invocation of the program `barebus` costs beside one of `busctl`, `gdbus` and `dbus-send`.
//!
//! ```text
//! cargo build --release -p barebus-cli
//! RUSTFLAGS="-C target-feature=+crt-static" cargo build --release -p barebus-cli --target x86_64-unknown-linux-gnu
//! cargo run --release -p barebus-benches --bin program [-- PROGRAM [STATIC]]
//! ```
//!
//! The programs are copied first: they are measured as they are installed. They run in turns, on one CPU, against the same systemd in a box;
//! each time is the median of many runs. System calls are counted by
//! strace. The exit code is 1 when a target is missed, 2 when something cannot be measured. It needs root, strace, busctl, gdbus and dbus-send.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

mod installed;
mod invocation;
mod rows;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use barebus_benches::cpu::pin;
use barebus_box::SystemdBox;

use crate::installed::{Installed, Linkage};

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
    let installed = match Programs::install(Path::new(&shared), Path::new(&fixed)) {
        Ok(installed) => installed,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
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
    let mut missed = 0;
    for row in rows::rows(&installed) {
        missed += row.measure(the_box.system_bus_address());
    }
    println!("{missed} targets missed");
    ExitCode::from(u8::from(missed > 0))
}

/// The programs besides those of the machine.
struct Programs {
    /// barebus with shared libraries.
    shared: Installed,
    /// barebus, static.
    fixed: Installed,
    /// A program that prints a line.
    line: Installed,
    fixed_line: Installed,
}

impl Programs {
    fn install(shared: &Path, fixed: &Path) -> Result<Self, String> {
        let beside = |program: &Path| program.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self {
            shared: Installed::copy(shared)?,
            fixed: Installed::copy(fixed)?,
            line: Installed::line(&beside(shared), Linkage::Shared)?,
            fixed_line: Installed::line(&beside(fixed), Linkage::Static)?,
        })
    }
}
