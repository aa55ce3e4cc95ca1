//! Counts what the workloads cost, and holds it against their targets.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin callgrind [-- WORKLOAD...]
//! ```
//!
//! Instructions are valgrind's count of this program running one workload; ratios to copying the same payload are the
//! shortest of many runs of either, in turns; allocations are the global allocator's count. Without names it measures
//! every workload. A target that is missed, or an allocation, makes the exit code 1; a valgrind that cannot be run, 2.

mod allocations;

use core::fmt;
use core::hint::black_box;
use core::time::Duration;
use std::env;
use std::process::{Command, ExitCode};
use std::time::Instant;

use allocations::allocations_so_far;
use barebus_benches::workload::PAYLOAD_LEN;
use barebus_benches::{Operation, Target, Workload};

/// How often a workload is run when its instructions are counted; all runs cost the same.
const RUNS: u64 = 4;

/// How often a workload and the copy are timed, in turns.
const TURNS: u32 = 3_000;

fn main() -> ExitCode {
    let names: Vec<String> = env::args().skip(1).collect();
    if let ["--count", name] = *names.iter().map(String::as_str).collect::<Vec<_>>() {
        return count(name);
    }
    let mut workloads = Vec::new();
    for name in &names {
        match Workload::find(name) {
            Some(workload) => workloads.push(workload),
            None => {
                eprintln!("there is no workload '{name}'");
                return ExitCode::from(2);
            }
        }
    }
    if names.is_empty() {
        workloads.extend(Workload::all());
    }
    table(&workloads)
}

/// Measures `workloads` and prints a row for each.
fn table(workloads: &[&Workload]) -> ExitCode {
    println!("{:<26} {:>16} {:>16}  {:>6}  ", "workload", "measured", "target", "allocs");
    let mut missed = false;
    for workload in workloads {
        match measure(workload) {
            Ok(row) => {
                println!("{:<26} {row}", workload.name);
                missed |= !row.holds;
            }
            Err(error) => {
                eprintln!("{}: {error}", workload.name);
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::from(u8::from(missed))
}

struct Row {
    measured: String,
    target: String,
    allocations: u64,
    holds: bool,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds { "" } else { "MISSED" };
        let Self { measured, target, allocations, .. } = self;
        write!(f, "{measured:>16} {target:>16}  {allocations:>6}  {verdict}")
    }
}

fn measure(workload: &Workload) -> Result<Row, String> {
    let allocations = allocations(workload);
    let (measured, target, holds) = match workload.target {
        Target::Memcpy(most) => {
            let ratio = ratio_to_memcpy(workload);
            (format!("{ratio:.3} x memcpy"), format!("{most:.2} x memcpy"), ratio <= most)
        }
        Target::Instructions(most) => {
            let count = instructions(workload.name)?;
            (count.to_string(), most.to_string(), count <= most)
        }
        Target::Linear(base, factor) => {
            let (count, base_count) = (instructions(workload.name)?, instructions(base)?);
            let ratio = count as f64 / base_count as f64;
            let holds = (ratio / factor as f64 - 1.0).abs() <= 0.02;
            (format!("{count}, {ratio:.2} x"), format!("{factor} x +-2 %"), holds)
        }
        Target::Measured => (instructions(workload.name)?.to_string(), "-".into(), true),
    };
    Ok(Row { measured, target, allocations, holds: holds && allocations == 0 })
}

/// Instructions of one run of the workload `name`: valgrind runs this program with `--count`.
fn instructions(name: &str) -> Result<u64, String> {
    let program = env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        // Counting is switched on where the function is entered and off where it is left.
        .arg("--toggle-collect=*measured_run*")
        .arg(program)
        .args(["--count", name])
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse::<u64>().ok());
    match collected {
        Some(count) if output.status.success() && count > 0 => Ok(count / RUNS),
        _ => Err(format!("valgrind told no count: {report}")),
    }
}

/// What runs under valgrind.
fn count(name: &str) -> ExitCode {
    let Some(workload) = Workload::find(name) else {
        return ExitCode::from(2);
    };
    let mut operation = (workload.prepare)();
    // Buffers grow and the processor's features are looked up once.
    operation();
    for _ in 0..RUNS {
        measured_run(&mut operation);
    }
    ExitCode::SUCCESS
}

/// One run, as a function of its own that valgrind can tell by its name.
#[inline(never)]
fn measured_run(operation: &mut Operation) {
    operation();
    // What stands behind the call keeps it a call, so that leaving is seen where it happens.
    black_box(operation);
}

/// Allocations of one run, once the buffers have grown.
fn allocations(workload: &Workload) -> u64 {
    let mut operation = (workload.prepare)();
    operation();
    let before = allocations_so_far();
    operation();
    allocations_so_far() - before
}

/// Time of the workload as a multiple of the time that copying its payload takes; the shortest of many runs of either.
fn ratio_to_memcpy(workload: &Workload) -> f64 {
    let mut operation = (workload.prepare)();
    let source = vec![1u8; PAYLOAD_LEN];
    let mut place = vec![0u8; PAYLOAD_LEN];
    let mut copy = || {
        place.copy_from_slice(black_box(&source));
        black_box(&place);
    };
    let (mut operation_took, mut copy_took) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        // Twice each: the first brings the buffers into the caches.
        operation();
        operation_took = operation_took.min(time(&mut operation));
        copy();
        copy_took = copy_took.min(time(&mut copy));
    }
    operation_took.as_secs_f64() / copy_took.as_secs_f64()
}

fn time(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
