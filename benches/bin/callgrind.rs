//! Counts what the workloads cost, and holds it against their targets.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin callgrind [-- [--tsv] WORKLOAD...]
//! ```
//!
//! Instructions are valgrind's count of this program running one workload; ratios to copying the same payload are the
//! shortest of many runs of either, in turns; allocations are the global allocator's count. Without names it measures
//! every workload. A target that is missed, or an allocation, makes the exit code 1; a valgrind that cannot be run, 2.

mod allocations;

use core::fmt;
use std::env;
use std::process::ExitCode;

use allocations::allocations_so_far;
use barebus_benches::measure::{instructions, ratios_to_memcpy, run_counted};
use barebus_benches::report::Report;
use barebus_benches::{Target, Workload};

fn main() -> ExitCode {
    let mut names: Vec<String> = env::args().skip(1).collect();
    let report = Report::new(&mut names);
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
    table(&workloads, report)
}

/// Measures `workloads` and prints a row for each.
fn table(workloads: &[&Workload], report: Report) -> ExitCode {
    report.line(format_args!(
        "{:<26} {:>16} {:>16}  {:>6}  ",
        "workload", "measured", "target", "allocs"
    ));
    let mut missed = false;
    for workload in workloads {
        match measure(workload) {
            Ok(row) => {
                let place = |column| ["codec", workload.name, column];
                report.figure(place("measured"), &row.measured, "");
                report.figure(place("target"), &row.target, "");
                report.figure(place("allocations"), row.allocations, "");
                report.line(format_args!("{:<26} {row}", workload.name));
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
            let ratios = ratios_to_memcpy(&mut [(workload.prepare)()]);
            let ratio = ratios.first().ok_or("nothing was timed")?;
            (format!("{ratio:.3} x memcpy"), format!("{most:.2} x memcpy"), *ratio <= most)
        }
        Target::Instructions(most) => {
            let count = count_of(workload.name)?;
            (count.to_string(), most.to_string(), count <= most)
        }
        Target::Linear(base, factor) => {
            let (count, base_count) = (count_of(workload.name)?, count_of(base)?);
            let ratio = count as f64 / base_count as f64;
            let holds = (ratio / factor as f64 - 1.0).abs() <= 0.02;
            (format!("{count}, {ratio:.2} x"), format!("{factor} x +-2 %"), holds)
        }
        Target::Measured => (count_of(workload.name)?.to_string(), "-".into(), true),
    };
    Ok(Row { measured, target, allocations, holds: holds && allocations == 0 })
}

/// Instructions of one run of the workload `name`: this program runs again, with `--count`, under valgrind.
fn count_of(name: &str) -> Result<u64, String> {
    instructions(&["--count", name])
}

/// What runs under valgrind.
fn count(name: &str) -> ExitCode {
    let Some(workload) = Workload::find(name) else {
        return ExitCode::from(2);
    };
    run_counted((workload.prepare)());
    ExitCode::SUCCESS
}

/// Allocations of one run, once the buffers have grown.
fn allocations(workload: &Workload) -> u64 {
    let mut operation = (workload.prepare)();
    operation();
    let before = allocations_so_far();
    operation();
    allocations_so_far() - before
}
