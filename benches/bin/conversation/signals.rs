//! Signals that wait, many at once.

use std::hint::black_box;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use barebus::{Connection, MatchRuleBuf, MethodCall};
use barebus_benches::peers::call::{Call, SYSTEMD};
use barebus_benches::peers::canned;
use barebus_wire::{BusName, MemberName};

use crate::{Figure, trace};

/// Takes the signals; what runs under strace.
pub(crate) const SIGNALS: &str = "--signals";

pub(crate) fn figures(address: &str) -> Result<Vec<Figure>, String> {
    let lines = trace::run("recvmsg,clock_nanosleep", &[SIGNALS, address])?;
    // While it sleeps the signals come.
    let asleep = lines.iter().position(|line| line.contains("nanosleep"));
    let reads = lines.len() - 1 - asleep.ok_or("strace saw it not sleep")?;
    let bytes = u32::try_from(canned::signals().len()).map_err(|error| error.to_string())?;
    Ok(vec![Figure::new(
        format!("reads of {} signals that wait, {bytes} bytes", canned::SIGNALS),
        u32::try_from(reads).unwrap_or(u32::MAX),
        bytes.div_ceil(64 * 1024),
    )])
}

pub(crate) fn take(address: &str) -> ExitCode {
    let mut bus = Connection::open(address).unwrap();
    let rule = MatchRuleBuf::signals().sender(BusName::from_static(SYSTEMD));
    let subscription = bus.subscribe(&rule.rule().unwrap()).unwrap();
    let call = MethodCall { member: MemberName::from_static("Signals"), ..Call::OF_SYSTEMD.method };
    bus.send(&call, &()).unwrap();
    // Long enough for all of them to wait.
    thread::sleep(Duration::from_millis(300));
    for _ in 0..canned::SIGNALS {
        let signal = bus.next_signal(subscription, Some(Duration::from_secs(5))).unwrap().unwrap();
        black_box(signal.header());
    }
    ExitCode::SUCCESS
}
