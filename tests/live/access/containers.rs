//! Containers of this machine.

use barebus::definition::{Bytes, Method, Object, Path, Str};
use barebus::{Connection, InterfaceName};
use barebus_box::SystemdBox;
use barebus_systemd::{Mode, Systemd};

use super::{run_inside, the_box};
use crate::boxes::{INSIDE, PATIENCE};

#[test]
fn a_container_is_reached_by_a_process_of_it() {
    let pid = the_box().pid();
    let systemd = Systemd::root_of(pid).unwrap();
    let at = Systemd::at(the_box().system_bus_address()).unwrap();
    assert_eq!(systemd.version().unwrap(), at.version().unwrap());
    assert_eq!(systemd.unit_file_state("far.service").unwrap().as_str(), "static");
    // A process that has no such thing in its root.
    let error = Systemd::root_of(u32::MAX).unwrap_err().to_string();
    assert!(error.contains("PID namespace"), "{error}");
}

/// A box in the box is the machine.
#[test]
fn a_machine_is_looked_up_by_its_name() {
    if std::env::var_os(INSIDE).is_none() {
        // Only what belongs to a unit can be a machine.
        let inside = format!("--setenv={INSIDE}=1");
        let service =
            ["systemd-run", "--wait", "--quiet", "--pipe", "--property=Delegate=yes", &inside];
        const TEST: &str = "access::containers::a_machine_is_looked_up_by_its_name";
        return run_inside(&service, TEST);
    }
    assert!(Systemd::machine(".host").unwrap().version().is_ok());
    let error = Systemd::machine("nowhere").unwrap_err().to_string();
    assert!(error.contains("cannot find the container 'nowhere': No such file"), "{error}");

    let unit = ("nested.service", "[Service]\nExecStart=/bin/sleep infinity\n");
    let machine = SystemdBox::builder().timeout(PATIENCE).unit(unit.0, unit.1).boot();
    let machine = machine.unwrap_or_else(|error| panic!("no box in the box: {error}"));
    let mut bus = Connection::system().unwrap();
    let no_id: &[u8] = &[];
    let arguments = ("nested", no_id, "test", "container", machine.pid(), "");
    bus.request(REGISTER_MACHINE.call(MACHINED, arguments)).unwrap();
    let systemd = Systemd::machine("nested").unwrap();
    let job = systemd.start_unit("nested.service", Mode::Replace).unwrap();
    assert!(systemd.wait(&job).unwrap().is_success());
    assert!(systemd.unit_by_pid(machine.pid()).is_err(), "it is another systemd");
    let error = Systemd::system().unwrap().status("nested.service");
    assert!(error.is_err() || error.unwrap().main_pid.is_none());
    bus.request(TERMINATE_MACHINE.call(MACHINED, ("nested",))).unwrap();
}

const MACHINED: Object<'static> =
    Object::from_static("org.freedesktop.machine1", "/org/freedesktop/machine1");
const MANAGER: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.machine1.Manager");
#[allow(clippy::type_complexity, reason = "it is the method's signature")]
const REGISTER_MACHINE: Method<(Str, Bytes, Str, Str, u32, Str), (Path,)> =
    Method::new(MANAGER, "RegisterMachine");
const TERMINATE_MACHINE: Method<(Str,), ()> = Method::new(MANAGER, "TerminateMachine");
