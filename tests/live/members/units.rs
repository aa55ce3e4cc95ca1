//! Methods of units: those of the manager, which take a name, and those of the unit's object.

use barebus::OwnedObjectPath;
use barebus::definition::Object;
use barebus::wire::{AsVariant, FdIndex, OwnedValue};
use barebus_systemd::interface::manager::{OBJECT, method as manager};
use barebus_systemd::interface::unit::{method as unit, property};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::caller::{Caller, read_as};

const MODE: &str = "replace";
/// The private socket refuses references, because nobody there has a name.
const NO_REFERENCE: [&str; 2] =
    ["org.freedesktop.DBus.Error.InvalidArgs", "org.freedesktop.systemd1.NotReferenced"];

/// What the `Enqueue` methods answer with.
type Enqueued = (
    u32,
    OwnedObjectPath,
    String,
    OwnedObjectPath,
    String,
    Vec<(u32, OwnedObjectPath, String, OwnedObjectPath, String)>,
);

pub(super) fn call(caller: &mut Caller<'_>) {
    by_name(caller);
    by_object(caller);
    find(caller);
    transient(caller);
}

fn by_name(caller: &mut Caller<'_>) {
    let name = &*caller.instance("any", "name");
    caller.job(manager::START_UNIT, OBJECT, (name, MODE));
    caller.job(manager::START_UNIT_WITH_FLAGS, OBJECT, (name, MODE, 0_u64));
    caller.job(manager::RELOAD_UNIT, OBJECT, (name, MODE));
    caller.job(manager::RELOAD_OR_RESTART_UNIT, OBJECT, (name, MODE));
    caller.job(manager::RELOAD_OR_TRY_RESTART_UNIT, OBJECT, (name, MODE));
    let pid = caller.shown(name, "MainPID");
    caller.job(manager::RESTART_UNIT, OBJECT, (name, MODE));
    caller.job(manager::TRY_RESTART_UNIT, OBJECT, (name, MODE));
    assert_ne!(caller.shown(name, "MainPID"), pid);
    let arguments = ((name, "restart", MODE), vec![]);
    let enqueued: Enqueued =
        caller.ask(manager::ENQUEUE_UNIT_JOB, OBJECT, arguments, read_as).unwrap();
    assert_eq!((&*enqueued.2, &*enqueued.4), (name, "restart"));
    assert_eq!(caller.end_of(&enqueued.1), "done");

    caller.act(manager::FREEZE_UNIT, OBJECT, (name,));
    assert_eq!(caller.shown(name, "FreezerState"), "frozen");
    caller.act(manager::THAW_UNIT, OBJECT, (name,));
    assert_eq!(caller.shown(name, "FreezerState"), "running");
    let properties = [("TasksMax", AsVariant(123_u64))];
    caller.act(manager::SET_UNIT_PROPERTIES, OBJECT, (name, true, properties));
    assert_eq!(caller.shown(name, "TasksMax"), "123");
    if caller.place.is_direct() {
        caller.refused(manager::REF_UNIT, OBJECT, (name,), &NO_REFERENCE);
        caller.refused(manager::UNREF_UNIT, OBJECT, (name,), &NO_REFERENCE);
    } else {
        caller.act(manager::REF_UNIT, OBJECT, (name,));
        caller.act(manager::UNREF_UNIT, OBJECT, (name,));
    }

    caller.same(manager::GET_UNIT_PROCESSES, OBJECT, (name,));
    let pid = caller.process();
    caller.act(manager::ATTACH_PROCESSES_TO_UNIT, OBJECT, (name, "/", [pid]));
    let processes = caller.same(manager::GET_UNIT_PROCESSES, OBJECT, (name,));
    assert!(processes.contains(&format!(" {pid} ")), "{processes}");

    if caller.act(manager::QUEUE_SIGNAL_UNIT, OBJECT, (name, "main", 40, 5)) {
        assert_eq!(failed_by(caller, name), "40");
        caller.job(manager::START_UNIT, OBJECT, (name, MODE));
    }
    caller.act(manager::KILL_UNIT, OBJECT, (name, "all", 9));
    assert_eq!(failed_by(caller, name), "9");
    caller.act(manager::RESET_FAILED_UNIT, OBJECT, (name,));
    assert_eq!(caller.shown(name, "ActiveState"), "inactive");
    caller.job(manager::START_UNIT, OBJECT, (name, MODE));
    caller.job(manager::STOP_UNIT, OBJECT, (name, MODE));
    let directory = format!("/var/lib/{}", caller.shown(name, "StateDirectory"));
    caller.place.run("test", &["-d", &directory]);
    caller.act(manager::CLEAN_UNIT, OBJECT, (name, ["state"]));
    cleaned(caller, name, &directory);
}

fn by_object(caller: &mut Caller<'_>) {
    let name = &*caller.instance("any", "object");
    let path = caller.unit(name);
    let object = OBJECT.at(path.borrow());
    caller.job(unit::START, object, (MODE,));
    caller.job(unit::RELOAD, object, (MODE,));
    caller.job(unit::RELOAD_OR_RESTART, object, (MODE,));
    caller.job(unit::RELOAD_OR_TRY_RESTART, object, (MODE,));
    let pid = caller.shown(name, "MainPID");
    caller.job(unit::RESTART, object, (MODE,));
    caller.job(unit::TRY_RESTART, object, (MODE,));
    assert_ne!(caller.shown(name, "MainPID"), pid);
    let arguments = (("try-restart", MODE), vec![]);
    let enqueued: Enqueued = caller.ask(unit::ENQUEUE_JOB, object, arguments, read_as).unwrap();
    assert_eq!((&*enqueued.2, &enqueued.3), (name, &path));
    assert_eq!(caller.end_of(&enqueued.1), "done");

    caller.act(unit::FREEZE, object, ());
    assert_eq!(caller.shown(name, "FreezerState"), "frozen");
    caller.act(unit::THAW, object, ());
    assert_eq!(caller.shown(name, "FreezerState"), "running");
    let properties = [("CPUWeight", AsVariant(77_u64))];
    caller.act(unit::SET_PROPERTIES, object, (true, properties));
    assert_eq!(caller.shown(name, "CPUWeight"), "77");
    if caller.place.is_direct() {
        caller.refused(unit::REF, object, (), &NO_REFERENCE);
        caller.refused(unit::UNREF, object, (), &NO_REFERENCE);
    } else {
        caller.act(unit::REF, object, ());
        caller.act(unit::UNREF, object, ());
    }

    if caller.act(unit::QUEUE_SIGNAL, object, ("main", 41, 5)) {
        assert_eq!(failed_by(caller, name), "41");
        caller.job(unit::START, object, (MODE,));
    }
    caller.act(unit::KILL, object, ("main", 9));
    assert_eq!(failed_by(caller, name), "9");
    caller.act(unit::RESET_FAILED, object, ());
    assert_eq!(caller.shown(name, "ActiveState"), "inactive");
    caller.job(unit::START, object, (MODE,));
    caller.job(unit::STOP, object, (MODE,));
    let directory = format!("/var/lib/{}", caller.shown(name, "StateDirectory"));
    caller.act(unit::CLEAN, object, (["state"],));
    cleaned(caller, name, &directory);
}

/// The signal that ended the unit's main process.
fn failed_by(caller: &Caller<'_>, name: &str) -> String {
    // A stop of what is failing is done when the unit is down.
    caller.place.run("systemctl", &["stop", name]);
    assert_eq!(caller.shown(name, "ActiveState"), "failed");
    caller.shown(name, "ExecMainStatus")
}

/// A process of its own cleans the unit.
fn cleaned(caller: &Caller<'_>, name: &str, directory: &str) {
    while caller.shown(name, "ActiveState") == "maintenance" {}
    caller.place.run("test", &["!", "-e", directory]);
}

fn find(caller: &mut Caller<'_>) {
    let name = &*caller.instance("any", "found");
    caller.same(manager::LOAD_UNIT, OBJECT, (name,));
    caller.job(manager::START_UNIT, OBJECT, (name, MODE));
    caller.same(manager::GET_UNIT, OBJECT, (name,));
    let pid: u32 = caller.shown(name, "MainPID").parse().unwrap();
    caller.same(manager::GET_UNIT_BY_PID, OBJECT, (pid,));
    let group = caller.shown(name, "ControlGroup");
    caller.same(manager::GET_UNIT_BY_CONTROL_GROUP, OBJECT, (&*group,));
    let path = caller.unit(name);
    let reply = caller.connection.request(property::INVOCATION_ID.get(OBJECT.at(path.borrow())));
    let invocation: Vec<u8> = property::INVOCATION_ID.value_as(&reply.unwrap()).unwrap();
    let answer = caller.same(manager::GET_UNIT_BY_INVOCATION_ID, OBJECT, (&*invocation,));
    // A path of its own, in which a digit at the beginning is escaped.
    let hex: String = invocation.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(answer.ends_with(&format!("{}\"", &hex[1..])), "{answer}");
    let process = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let pidfd = pidfd_open(process, PidfdFlags::empty()).unwrap();
    let arguments = ((FdIndex(0),), vec![pidfd]);
    let found: Option<(OwnedObjectPath, String, Vec<u8>)> =
        caller.ask(manager::GET_UNIT_BY_PIDFD, OBJECT, arguments, read_as);
    assert!(found.is_none_or(|found| found.1 == name));
    caller.job(manager::STOP_UNIT, OBJECT, (name, MODE));
}

fn transient(caller: &mut Caller<'_>) {
    type Auxiliary = Vec<(&'static str, Vec<(&'static str, OwnedValue)>)>;
    let name =
        &*caller.instance("any", "transient").replace('@', "-").replace(".service", ".scope");
    let properties = [
        ("PIDs", OwnedValue::from(vec![caller.process()])),
        ("Description", OwnedValue::from("made by a test")),
        ("Delegate", OwnedValue::from(true)),
    ];
    let arguments = (name, "fail", &properties[..], Auxiliary::new());
    caller.job(manager::START_TRANSIENT_UNIT, OBJECT, arguments);
    assert_eq!(caller.shown(name, "Description"), "made by a test");
    let path = caller.unit(name);
    of_scope(caller, OBJECT.at(path.borrow()));
    caller.act(manager::ABANDON_SCOPE, OBJECT, (name,));
    assert_eq!(caller.shown(name, "SubState"), "abandoned");
    caller.job(manager::STOP_UNIT, OBJECT, (name, MODE));
}

fn of_scope(caller: &mut Caller<'_>, object: Object<'_>) {
    use barebus_systemd::interface::scope::method::{ABANDON, ATTACH_PROCESSES, GET_PROCESSES};

    caller.same(GET_PROCESSES, object, ());
    let pid = caller.process();
    caller.act(ATTACH_PROCESSES, object, ("/", [pid]));
    let processes = caller.same(GET_PROCESSES, object, ());
    assert!(processes.contains(&format!(" {pid} ")), "{processes}");
    caller.act(ABANDON, object, ());
}
