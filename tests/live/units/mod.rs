//! Operations on units and unit files: what they do is what systemctl then shows.

mod acting;
mod files;
mod finding;
mod manager;
mod status;

use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::Systemd;

use crate::boxes::builder;
use crate::places::{Place, everywhere};

/// Starts, tells its status, and goes on.
const LONG: &str = "units-long@.service";
const LONG_TEXT: &str = "[Unit]\nDescription=A unit that goes on\n\
    [Service]\nType=notify\nNotifyAccess=all\nStateDirectory=%p-%i\n\
    ExecStart=/bin/sh -c 'systemd-notify --ready --status=\"all is well\"; exec sleep infinity'\n\
    [Install]\nWantedBy=multi-user.target\n";
/// Fails.
const FAILING: &str = "units-failing@.service";
const FAILING_TEXT: &str = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n";
/// Has a mount namespace of its own.
const SANDBOXED: &str = "units-sandboxed.service";
const SANDBOXED_TEXT: &str =
    "[Service]\nType=exec\nPrivateMounts=yes\nExecStart=/bin/sleep infinity\n";

fn boot(bus: Bus) -> SystemdBox {
    let booted = builder()
        .bus(bus)
        .unit(LONG, LONG_TEXT)
        .unit(FAILING, FAILING_TEXT)
        .unit(SANDBOXED, SANDBOXED_TEXT)
        .unit("units-plain.service", "[Service]\nExecStart=/bin/true\n")
        .boot();
    booted.unwrap_or_else(|error| panic!("the tests of units cannot run: {error}"))
}

/// Boxes of these tests' own: they change what is enabled, and reload.
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

/// Starts an instance of the unit that goes on; the private socket has other instances than the bus of the same box.
fn start_long(place: &Place, name: &str) -> String {
    let unit = instance(LONG, place, name);
    place.run("systemctl", &["start", &unit]);
    unit
}

fn instance(template: &str, place: &Place, name: &str) -> String {
    let suffix = if place.is_direct() { "_inside" } else { "" };
    template.replace('@', &format!("@{name}{suffix}"))
}
