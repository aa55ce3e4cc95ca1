//! Counting instructions and timing, for every program that measures operations.

use core::hint::black_box;
use core::time::Duration;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use nix::time::ClockId;

use crate::Operation;
use crate::workload::PAYLOAD_LEN;

/// Instructions of one run of an operation: valgrind runs this program with `arguments`, upon which it must [`run_counted`].
///
/// # Errors
/// Why nothing was counted.
pub fn instructions(arguments: &[&str]) -> Result<u64, String> {
    instructions_of(&this_program()?, arguments)
}

/// As [`instructions`], when `program` runs.
///
/// # Errors
/// Why nothing was counted.
pub fn instructions_of(program: &Path, arguments: &[&str]) -> Result<u64, String> {
    Ok(collected_in(program, "*measured_run*", arguments)? / RUNS)
}

/// What runs under valgrind.
pub fn run_counted(mut operation: Operation) {
    // Buffers grow and the processor's features are looked up once.
    operation();
    for _ in 0..RUNS {
        measured_run(&mut operation);
    }
}

/// Instructions within the functions whose names match `functions`, when this program runs with `arguments` under valgrind.
///
/// # Errors
/// Why nothing was counted.
pub fn collected(functions: &str, arguments: &[&str]) -> Result<u64, String> {
    collected_in(&this_program()?, functions, arguments)
}

fn this_program() -> Result<PathBuf, String> {
    env::current_exe().map_err(|error| format!("cannot find this program's path: {error}"))
}

fn collected_in(program: &Path, functions: &str, arguments: &[&str]) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        // Counting is switched on where the function is entered and off where it is left.
        .arg(format!("--toggle-collect={functions}"))
        .arg(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    report
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
        .filter(|count| *count > 0 && output.status.success())
        .ok_or_else(|| format!("valgrind told no count: {report}"))
}

/// Times of the operations as multiples of the time that copying a payload takes; the shortest of many runs of each, in turns.
pub fn ratios_to_memcpy(operations: &mut [Operation]) -> Vec<f64> {
    let source = vec![1u8; PAYLOAD_LEN];
    let mut place = vec![0u8; PAYLOAD_LEN];
    let mut copy = || {
        place.copy_from_slice(black_box(&source));
        black_box(&place);
    };
    let mut took = vec![Duration::MAX; operations.len()];
    let mut copy_took = Duration::MAX;
    for _ in 0..TURNS {
        // Twice each: the first brings the buffers into the caches.
        for (operation, took) in operations.iter_mut().zip(&mut took) {
            operation();
            *took = time(operation).min(*took);
        }
        copy();
        copy_took = copy_took.min(time(&mut copy));
    }
    took.iter().map(|took| took.as_secs_f64() / copy_took.as_secs_f64()).collect()
}

/// Processor times of one run of each operation in seconds, for each of many rounds. In a round the operations run in turns, each in a batch that
/// takes about as long as those of the others, so that it is disturbed as often.
pub fn rounds(operations: &mut [Operation]) -> Vec<Vec<f64>> {
    let counts: Vec<u32> = operations.iter_mut().map(count).collect();
    let mut times = || {
        let each = operations.iter_mut().zip(&counts);
        each.map(|(run, count)| time_of(run, *count).as_secs_f64() / f64::from(*count)).collect()
    };
    (0..ROUNDS).map(|_| times()).collect()
}

/// Copies `source` to the same place again and again.
pub fn copy(source: &'static [u8]) -> Operation {
    let mut place = vec![0; source.len()];
    Box::new(move || {
        place.copy_from_slice(black_box(source));
        black_box(&place);
    })
}

/// The middle value; not a number if there is none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How often `run` runs in a batch.
fn count(run: &mut Operation) -> u32 {
    let mut count = 1;
    while time_of(run, count) < BATCH {
        count *= 2;
    }
    count
}

fn time_of(run: &mut Operation, count: u32) -> Duration {
    let begun = processor_time();
    (0..count).for_each(|_| run());
    processor_time() - begun
}

/// Processor time of this thread, so that what other programs take does not count.
fn processor_time() -> Duration {
    Duration::from(ClockId::CLOCK_THREAD_CPUTIME_ID.now().unwrap())
}

/// One run, as a function of its own that valgrind can tell by its name.
#[inline(never)]
fn measured_run(operation: &mut Operation) {
    operation();
    // What stands after the call keeps it a call, so that leaving is seen where it happens.
    black_box(operation);
}

fn time(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// How often an operation is run when its instructions are counted; all runs cost the same.
const RUNS: u64 = 4;

/// How often [`rounds`] times each operation.
const ROUNDS: usize = 101;

/// Least time of a batch in a round.
const BATCH: Duration = Duration::from_micros(200);

/// How often an operation and the copy are timed, in turns.
const TURNS: u32 = 3_000;
