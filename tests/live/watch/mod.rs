//! Watches of units.

mod events;
mod idle;
pub(super) mod replay;
mod walk;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::word::{ActiveState, LoadState, SubState};
use barebus_systemd::{Error, Systemd};

use crate::boxes::{INSIDE, connect};
use crate::places::program_in;
use replay::Row;

/// Boxes of their own: here systemd is reloaded and executes itself again.
fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

/// One test at a time: systemd is reloaded, and messages are counted.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Units of all sorts.
const SORTS: [&str; 5] = [
    "[Service]\nExecStart=/bin/sleep infinity\n",
    "[Service]\nType=oneshot\nExecStart=/bin/false\n",
    "[Service]\nType=oneshot\nExecStart=/bin/true\n",
    "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
    "[Service]\nExecStart=/bin/sh -c 'exec sleep infinity'\nExecStop=/bin/true\n[Unit]\nCollectMode=inactive-or-failed\n",
];

/// The number of units of the walk.
const UNITS: usize = 20;

fn name(index: usize) -> String {
    format!("walk-{index}.service")
}

fn is_walking(name: &str) -> bool {
    name.starts_with("walk-")
}

fn boot(bus: Bus) -> SystemdBox {
    let mut builder = crate::boxes::builder().bus(bus);
    for index in 0..UNITS {
        let limit = "[Unit]\nStartLimitIntervalSec=0\n";
        builder = builder.unit(name(index), format!("{}{limit}", SORTS[index % SORTS.len()]));
    }
    for index in 0..4 {
        builder = builder.unit(format!("steady-{index}.service"), SORTS[0]);
    }
    builder.boot().unwrap_or_else(|error| panic!("the live tests cannot run: {error}"))
}

/// Runs the test of that name inside the box; `true` when this is that process.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let status = daemon()
        .command(program_in(daemon()))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test}, inside the box: {status}");
    false
}

fn over_bus(the_box: &SystemdBox) -> Systemd {
    Systemd::over(connect(the_box))
}

/// What `ListUnits` says of the units whose names pass `filter`.
fn listed(systemd: &mut Systemd, filter: impl Fn(&str) -> bool) -> Vec<Row> {
    use barebus_systemd::interface::manager::{OBJECT, method::LIST_UNITS};

    let reply = systemd.connection().request(LIST_UNITS.call(OBJECT, ())).unwrap();
    let (units,) = LIST_UNITS.answer(&reply).unwrap();
    let mut rows: Vec<Row> = units
        .map(|unit| {
            let (name, _, load, active, sub, ..) = unit.unwrap();
            let (load, active, sub) =
                (LoadState::from(load), ActiveState::from(active), SubState::from(sub));
            (name.to_owned(), load, active, sub)
        })
        .filter(|(name, ..)| filter(name))
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

/// systemd has sent all that it had to send when it answers: it sends signals before it looks for the next call.
fn settle(systemd: &Systemd) -> Result<(), Error> {
    for _ in 0..3 {
        systemd.version()?;
    }
    Ok(())
}
