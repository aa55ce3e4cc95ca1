//! Compares the time of decoding with that of a decoder written by hand, and with copying the message.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin yardstick [-- [--tsv] WORKLOAD...]
//! ```
//!
//! It measures in two profiles: the benches' own (thin LTO, one codegen unit) and Cargo's default release profile, which a crate that
//! depends on barebus gets. It builds itself a second time for that. barebus, the decoder written by hand and the copy run in turns,
//! in several processes of each profile, in turns again. A figure is a median. Instructions are counted by valgrind. A target that is
//! missed makes the exit code 1, a failure to measure makes it 2.

mod rounds;
mod rows;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use barebus_benches::cpu::pin;
use barebus_benches::measure::{instructions_of, run_counted};
use barebus_benches::report::Report;
use rounds::Multiples;
use rows::{ROWS, Row};

/// How many processes of each profile measure.
const PROCESSES: usize = 5;
/// Most instructions in Cargo's default profile, as a multiple of those in the benches' profile.
const MOST_GROWTH: f64 = 1.05;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let report = Report::new(&mut arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match *arguments {
        ["--time", name] => find(name).and_then(time).map(|()| false),
        ["--count", name] => find(name).and_then(count).map(|()| false),
        ["--count-by-hand", name] => find(name).map(|row| {
            run_counted(row.by_hand());
            false
        }),
        ref names => table(names, report),
    };
    match done {
        Ok(missed) => ExitCode::from(u8::from(missed)),
        Err(error) => {
            eprintln!("yardstick: {error}");
            ExitCode::from(2)
        }
    }
}

fn find(name: &str) -> Result<&'static Row, String> {
    Row::find(name).ok_or_else(|| format!("cannot find the workload '{name}'"))
}

/// What runs under valgrind.
fn count(row: &Row) -> Result<(), String> {
    run_counted(row.barebus().ok_or("cannot find the workload")?);
    Ok(())
}

/// Prints what one process measures.
fn time(row: &Row) -> Result<(), String> {
    pin().map_err(|error| format!("cannot stay on one CPU: {error}"))?;
    println!("{}", rounds::measure(row)?);
    Ok(())
}

/// Prints a row for each name, or for all workloads. Returns whether a target is missed.
fn table(names: &[&str], report: Report) -> Result<bool, String> {
    let rows: Vec<&Row> = match names {
        [] => ROWS.iter().collect(),
        names => names.iter().map(|name| find(name)).collect::<Result<_, _>>()?,
    };
    let programs = [env::current_exe().map_err(|error| error.to_string())?, build_plain()?];
    report.line(format_args!("{:<26} {:>23}   {:>23}", "", "benches' profile", "Cargo's default"));
    let heads = format!("{:>9} {:>6} {:>6}", "instr.", "hand", "memcpy");
    report.line(format_args!(
        "{:<26} {heads}   {heads} {:>6} {:>7} {:>9}",
        "workload", "target", "growth", "by hand"
    ));
    let mut missed = false;
    for row in rows {
        missed |= print(row, &programs, report)?;
    }
    Ok(missed)
}

/// Measures and prints `row`. Returns whether a target is missed.
fn print(row: &Row, programs: &[PathBuf; 2], report: Report) -> Result<bool, String> {
    let mut found = [Vec::new(), Vec::new()];
    for _ in 0..PROCESSES {
        for (program, found) in programs.iter().zip(&mut found) {
            found.push(run(program, row)?);
        }
    }
    let [bench, plain] = found.map(|found| Multiples::median(&found));
    let [bench_program, plain_program] = programs;
    let bench_count = count_of(bench_program, "--count", row)?;
    let plain_count = count_of(plain_program, "--count", row)?;
    let hand_count = count_of(plain_program, "--count-by-hand", row)?;
    let growth = plain_count / bench_count;
    let missed = plain.hand > row.target || growth > MOST_GROWTH;
    let figures = [
        ("default profile: × by hand", plain.hand),
        ("target", row.target),
        ("× memcpy", plain.memcpy),
        ("benches' profile: × by hand", bench.hand),
        ("× memcpy in the benches' profile", bench.memcpy),
    ];
    for (column, value) in figures {
        report.figure(["decoding by hand", row.name, column], format_args!("{value:.2}"), "×");
    }
    report.figure(
        ["decoding by hand", row.name, "instructions, default / benches'"],
        format_args!("{growth:.3}"),
        "×",
    );
    report.line(format_args!(
        "{:<26} {bench_count:>9} {:>6.2} {:>6.1}   {plain_count:>9} {:>6.2} {:>6.1} {:>6.1} {growth:>7.3} {hand_count:>9}{}",
        row.name,
        bench.hand,
        bench.memcpy,
        plain.hand,
        plain.memcpy,
        row.target,
        if missed { "  MISSED" } else { "" }
    ));
    Ok(missed)
}

#[allow(clippy::cast_precision_loss, reason = "some hundred thousands")]
fn count_of(program: &Path, mode: &str, row: &Row) -> Result<f64, String> {
    Ok(instructions_of(program, &[mode, row.name])? as f64)
}

fn run(program: &Path, row: &Row) -> Result<Multiples, String> {
    let output = Command::new(program).args(["--time", row.name]).output();
    let output = output.map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.parse().map_err(|()| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Builds this program in Cargo's default release profile.
fn build_plain() -> Result<PathBuf, String> {
    let target = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"));
    let status = Command::new(env::var_os("CARGO").ok_or("must be started by cargo")?)
        .args(["build", "--quiet", "--profile", "plain", "-p", "barebus-benches"])
        .args(["--bin", "yardstick", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Flags that the user has set would change the profile.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    match status.success() {
        true => Ok(target.join("plain/yardstick")),
        false => Err("cannot build this program with the profile `plain`".into()),
    }
}
