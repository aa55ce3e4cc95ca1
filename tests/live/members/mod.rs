//! Every method and every property of systemd's interfaces, by its definition, on a real systemd.

mod auxiliary;
mod caller;
mod definition;
mod files;
mod jobs;
mod methods;
mod properties;
mod shown;
mod systemd;
#[allow(deprecated, reason = "systemd has deprecated some of its members")]
mod table;
mod types;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use std::sync::OnceLock;

use barebus::definition::Object;
use barebus::{Connection, OwnedObjectPath, Proxy};
use barebus_box::{Bus, SystemdBox};
use barebus_codegen::introspection::{MemberKind, read};
use barebus_systemd::interface::manager;
use barebus_systemd::interface::manager::method::LOAD_UNIT;

use crate::boxes::builder;

/// The units of these boxes. There are no devices in a box, no swap, and no automount points: those are of units without a file.
const UNITS: &[(&str, &str)] = &[
    ("rich.service", include_str!("../../../crates/barebus-cli/tests/live/verbs/rich.service")),
    ("members-any@.service", include_str!("any.service")),
    (
        "members-held@.service",
        "[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/bin/sleep infinity\n",
    ),
    // Waits for the other one of its name.
    (
        "members-after@.service",
        "[Unit]\nAfter=members-held@%i.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    ("members-failing@.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n"),
    (
        "members-private@.service",
        "[Service]\nType=exec\nPrivateMounts=yes\nDelegate=yes\nExecStart=/bin/sleep infinity\n",
    ),
    (
        "members-dynamic.service",
        "[Service]\nType=exec\nDynamicUser=yes\nExecStart=/bin/sleep infinity\n",
    ),
    // Stores a descriptor, where the version can.
    (
        "members-store@.service",
        "[Service]\nType=notify\nNotifyAccess=all\nFileDescriptorStoreMax=1\n\
        ExecStart=/bin/sh -c 'systemd-notify --fd=0 --fdname=members </etc/passwd; systemd-notify --ready; exec sleep infinity'\n",
    ),
    (
        "members-rich.socket",
        "[Socket]\nListenStream=/run/members.socket\nListenDatagram=127.0.0.1:0\nFileDescriptorName=one\nSymlinks=/run/members.link\nService=members-any@socket.service\n",
    ),
    (
        "members-rich.timer",
        "[Timer]\nOnCalendar=*-*-* 03:00\nOnBootSec=1h\nOnUnitActiveSec=2h\nUnit=members-any@timer.service\n",
    ),
    (
        "members-rich.path",
        "[Path]\nPathExists=/run/members-nowhere\nPathModified=/run/members-nothing\nUnit=members-any@path.service\n",
    ),
    ("members-rich.slice", "[Slice]\nCPUWeight=50\nTasksMax=1000\nIPAddressAllow=10.0.0.0/8\n"),
    (
        "members-rich.target",
        "[Unit]\nDescription=Everything is here\nDocumentation=man:true(1) man:false(1)\nWants=members-any@target.service\n",
    ),
    ("run-members.mount", "[Mount]\nWhat=tmpfs\nWhere=/run/members\nType=tmpfs\nOptions=size=1M\n"),
];

fn boot(bus: Bus) -> SystemdBox {
    let mut builder = builder().bus(bus);
    for (name, text) in UNITS {
        builder = builder.unit(*name, *text);
    }
    builder.boot().unwrap_or_else(|error| panic!("the tests of members cannot run: {error}"))
}

/// Boxes of these tests' own.
fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

/// The object of a unit. systemd loads any valid name, whether or not there is such a unit.
fn object(connection: &mut Connection, unit: &str) -> OwnedObjectPath {
    let reply = connection.request(LOAD_UNIT.call(manager::OBJECT, (unit,))).unwrap();
    let (path,) = LOAD_UNIT.answer_as(&reply).unwrap();
    path
}

/// The members of a kind that an object has now, by interface.
fn members(
    connection: &mut Connection,
    object: Object<'_>,
    kind: MemberKind,
) -> BTreeMap<String, BTreeSet<String>> {
    let (name, path) = (manager::OBJECT.destination.unwrap(), object.path);
    const INTROSPECTABLE: &str = "org.freedesktop.DBus.Introspectable";
    let xml = Proxy::new(connection, name, path, INTROSPECTABLE).unwrap().introspect().unwrap();
    let interfaces = read(&xml).unwrap().node.interfaces.into_iter();
    interfaces
        .filter(|interface| !interface.name.starts_with("org.freedesktop.DBus."))
        .map(|interface| {
            let names = interface.members_of(kind).map(|member| member.name.clone());
            (interface.name.clone(), names.collect())
        })
        .collect()
}
