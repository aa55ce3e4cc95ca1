//! One call in steady state.

use std::hint::black_box;
use std::process::ExitCode;

use barebus::Connection;
use barebus_benches::measure::collected;
use barebus_benches::peers::call::Call;

use crate::Figure;
use crate::allocations::allocations_so_far;
use crate::trace;

/// Makes so many calls; what runs under valgrind and strace.
pub(crate) const CALLS: &str = "--calls";

pub(crate) fn figures(address: &str) -> Result<Vec<Figure>, String> {
    Ok(vec![
        Figure::new("instructions of a call", instructions(address)?, 3_000),
        Figure::new("allocations of a call", allocations(address), 0),
        Figure::new("system calls of a call", system_calls(address)?, 2),
    ])
}

pub(crate) fn make(address: &str, count: u32) -> ExitCode {
    let mut bus = warm(address);
    for _ in 0..count {
        measured_call(&mut bus);
    }
    ExitCode::SUCCESS
}

/// A connection that has made a few calls already.
fn warm(address: &str) -> Connection {
    let mut bus = Connection::open(address).unwrap();
    for _ in 0..10 {
        measured_call(&mut bus);
    }
    bus
}

/// One call, as a function of its own that valgrind can tell by its name.
#[inline(never)]
fn measured_call(bus: &mut Connection) {
    const CALL: Call = Call::OF_SYSTEMD;
    let reply = bus.call(black_box(&CALL.method), &(black_box(CALL.argument),)).unwrap();
    let (state,): (&str,) = reply.body().unwrap();
    black_box(state);
}

fn instructions(address: &str) -> Result<u32, String> {
    // Those of many calls less those of fewer: what the first ones cost more falls out.
    let count = (instructions_of(address, 1_100)? - instructions_of(address, 100)?) / 1_000;
    u32::try_from(count).map_err(|error| error.to_string())
}

fn instructions_of(address: &str, count: u32) -> Result<u64, String> {
    collected("*measured_call*", &[CALLS, address, &count.to_string()])
}

fn allocations(address: &str) -> u32 {
    let mut bus = warm(address);
    let before = allocations_so_far();
    for _ in 0..1_000 {
        measured_call(&mut bus);
    }
    u32::try_from((allocations_so_far() - before).div_ceil(1_000)).unwrap_or(u32::MAX)
}

fn system_calls(address: &str) -> Result<f64, String> {
    let count = |calls: u32| trace::run("all", &[CALLS, address, &calls.to_string()]);
    let (many, few) = (count(1_100)?.len(), count(100)?.len());
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    Ok((many - few) as f64 / 1_000.0)
}
