//! Transient units: made, run, and told how they ended.

mod descriptors;
mod make;
mod reexec;
mod run;
mod tokio;

use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::transient::{RunEnd, TransientUnit};
use barebus_systemd::{Error, Systemd};

use crate::boxes::builder;
use crate::places::{Place, everywhere};

fn boot(bus: Bus) -> SystemdBox {
    let booted = builder().bus(bus).boot();
    booted.unwrap_or_else(|error| panic!("the tests of transient units cannot run: {error}"))
}

fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

fn in_all_places(test: &str, check: impl Fn(&Systemd, &Place)) {
    everywhere(test, [daemon, broker], check);
}

/// A name that the tests of the other place in the same box do not have.
fn name(place: &Place, name: &str) -> String {
    if place.is_direct() { format!("inside-{name}") } else { name.to_owned() }
}

/// A service that runs a line of shell.
fn shell(place: &Place, stem: &str, line: &str) -> TransientUnit {
    let mut unit = TransientUnit::new(&name(place, &format!("{stem}.service"))).unwrap();
    unit.exec_start(["/bin/sh", "-c", line]).unwrap();
    unit
}

/// Runs a unit over the very connection, as in an event loop. `Systemd::run` opens another one on the private socket.
fn run_here(systemd: &Systemd, unit: TransientUnit) -> Result<RunEnd, Error> {
    systemd.all([systemd.later().run(unit)]).remove(0)
}
