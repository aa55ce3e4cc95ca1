//! Methods of the types of units.

use barebus::definition::{List, Method, Str};
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    BIND_MOUNT_UNIT, DUMP_UNIT_FILE_DESCRIPTOR_STORE, MOUNT_IMAGE_UNIT, START_UNIT, STOP_UNIT,
};
use barebus_systemd::interface::service::method::{
    ATTACH_PROCESSES, BIND_MOUNT, DUMP_FILE_DESCRIPTOR_STORE, GET_PROCESSES, MOUNT_IMAGE,
};
use barebus_systemd::interface::{mount, slice, socket, swap};

use super::caller::Caller;

pub(super) fn call(caller: &mut Caller<'_>) {
    of_service(caller);
    of_store(caller);
    for unit in ["members-rich.socket", "members-rich.slice", "run-members.mount"] {
        caller.job(START_UNIT, OBJECT, (unit, "replace"));
    }
    {
        use socket::method::{ATTACH_PROCESSES, GET_PROCESSES};
        of_group(caller, "members-rich.socket", GET_PROCESSES, ATTACH_PROCESSES);
    }
    {
        use slice::method::{ATTACH_PROCESSES, GET_PROCESSES};
        of_group(caller, "members-rich.slice", GET_PROCESSES, ATTACH_PROCESSES);
    }
    {
        use mount::method::{ATTACH_PROCESSES, GET_PROCESSES};
        of_group(caller, "run-members.mount", GET_PROCESSES, ATTACH_PROCESSES);
    }
    {
        use swap::method::{ATTACH_PROCESSES, GET_PROCESSES};
        of_group(caller, "members-none.swap", GET_PROCESSES, ATTACH_PROCESSES);
    }
}

/// What `GetProcesses` answers with.
type Processes = (List<(Str, u32, Str)>,);

/// A unit that takes no processes: only services and scopes can be delegated.
fn of_group(
    caller: &mut Caller<'_>,
    name: &str,
    get: Method<(), Processes>,
    attach: Method<(Str, List<u32>), ()>,
) {
    let path = caller.unit(name);
    caller.same(get, OBJECT.at(path.borrow()), ());
    let arguments = ("/", [caller.process()]);
    let errors = ["org.freedesktop.DBus.Error.InvalidArgs"];
    caller.refused(attach, OBJECT.at(path.borrow()), arguments, &errors);
}

fn of_service(caller: &mut Caller<'_>) {
    let name = &*caller.instance("private", "type");
    let path = caller.unit(name);
    let object = OBJECT.at(path.borrow());
    // In a container systemd leaves mounts private, and then can mount nothing into services.
    caller.place.run("mount", &["--make-rshared", "/"]);
    caller.job(START_UNIT, OBJECT, (name, "replace"));
    let pid = caller.shown(name, "MainPID");
    let is_there = |caller: &Caller<'_>, folder: &str| {
        caller.place.run("nsenter", &["-t", &pid, "-m", "test", "-e", &format!("{folder}/passwd")]);
    };
    caller.act(BIND_MOUNT_UNIT, OBJECT, (name, "/etc", "/srv/by-name", true, true));
    is_there(caller, "/srv/by-name");
    caller.act(BIND_MOUNT, object, ("/etc", "/srv/by-object", true, true));
    is_there(caller, "/srv/by-object");
    // There are no loop devices in a box, so that no image can be mounted.
    let arguments = ("/nowhere.raw", "/srv/image", true, true, [("root", "ro")]);
    let errors = ["org.freedesktop.DBus.Error.FileNotFound", "org.freedesktop.DBus.Error.Failed"];
    let (source, destination, read_only, make, options) = arguments;
    caller.refused(MOUNT_IMAGE, object, arguments, &errors);
    let arguments = (name, source, destination, read_only, make, options);
    caller.refused(MOUNT_IMAGE_UNIT, OBJECT, arguments, &errors);

    caller.same(GET_PROCESSES, object, ());
    let pid = caller.process();
    caller.act(ATTACH_PROCESSES, object, ("/", [pid]));
    let processes = caller.same(GET_PROCESSES, object, ());
    assert!(processes.contains(&format!(" {pid} ")), "{processes}");
    caller.job(STOP_UNIT, OBJECT, (name, "replace"));
}

/// A service that has given a descriptor to systemd.
fn of_store(caller: &mut Caller<'_>) {
    let name = &*caller.instance("store", "type");
    caller.job(START_UNIT, OBJECT, (name, "replace"));
    let path = caller.unit(name);
    let stored = caller.same(DUMP_FILE_DESCRIPTOR_STORE, OBJECT.at(path.borrow()), ());
    assert_eq!(caller.same(DUMP_UNIT_FILE_DESCRIPTOR_STORE, OBJECT, (name,)), stored);
    // Before 254 neither the methods nor the program that stores it are there.
    assert!(stored.is_empty() || stored.contains("\"members\""), "{stored}");
    caller.job(STOP_UNIT, OBJECT, (name, "replace"));
}
