//! What other D-Bus libraries cost for the messages and calls that barebus is measured with, in the same run.
//!
//! ```text
//! cargo run --release --manifest-path benches/rivals/Cargo.toml [-- [--tsv] WORKLOAD...|daemon|broker]
//! ```
//!
//! Without names it measures all. What a row means, and what it needs, is told in `docs/benchmarks.md`. The exit code is 2 when
//! something cannot be measured, or when a library has written or read other values than barebus has.

mod c;
mod codec;
mod conversation;
mod libdbus;
mod rustbus;
mod sd_bus;
mod seen;
mod versions;
mod zbus;

use core::ffi::c_int;
use std::env;
use std::process::ExitCode;

use barebus_benches::cpu::pin;
use barebus_benches::peers::servers::serve_if_asked;
use barebus_benches::report::Report;

fn main() -> ExitCode {
    if let Some(served) = serve_if_asked() {
        return ExitCode::from(u8::from(served.is_err()));
    }
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    if let [count, name, library] = arguments.as_slice()
        && count == "--count"
    {
        return exit_code(codec::count(name, library));
    }
    keep_memory();
    let report = Report::new(&mut arguments);
    if let Err(error) = pin() {
        return exit_code(Err(format!("cannot stay on one CPU: {error}")));
    }
    exit_code(match arguments.as_slice() {
        [] => versions::print(report)
            .and_then(|()| codec::table(&[], report))
            .and_then(|()| conversation::table("daemon", report))
            .and_then(|()| conversation::table("broker", report)),
        [bus] if bus == "daemon" || bus == "broker" => conversation::table(bus, report),
        names => codec::table(names, report),
    })
}

fn exit_code(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Lets the allocator keep what is freed. Else most of what a library takes that marshals a megabyte into a new vector is the
/// system's finding of pages, and how many these are depends on what ran before.
fn keep_memory() {
    const M_TRIM_THRESHOLD: c_int = -1;
    const M_MMAP_THRESHOLD: c_int = -3;
    unsafe extern "C" {
        fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }
    // SAFETY: numbers are all that it takes, and no other thread runs yet.
    unsafe {
        assert_eq!(mallopt(M_MMAP_THRESHOLD, 32 << 20), 1);
        assert_eq!(mallopt(M_TRIM_THRESHOLD, 1 << 30), 1);
    }
}
