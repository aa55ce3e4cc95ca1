//! systemd's definitions on a real systemd: blocking, and in an event loop.

use std::os::fd::AsFd;

use barebus::{Connection, OwnedObjectPath};
use barebus_systemd::interface::{manager, service, unit};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::boxes::{TEMPLATE, both, connect, printed};

/// The object of a unit.
fn object(bus: &mut Connection, name: &str) -> OwnedObjectPath {
    let reply = bus.request(manager::method::LOAD_UNIT.call(manager::OBJECT, (name,))).unwrap();
    let (path,) = manager::method::LOAD_UNIT.answer_as(&reply).unwrap();
    path
}

#[test]
fn methods_answer_as_they_are_defined() {
    use manager::OBJECT;
    use manager::method::{GET_UNIT, GET_UNIT_FILE_STATE, LIST_UNITS, LIST_UNITS_BY_NAMES};

    for the_box in both() {
        let mut bus = connect(the_box);
        let reply = bus.request(GET_UNIT_FILE_STATE.call(OBJECT, ("dbus.service",))).unwrap();
        let (state,) = GET_UNIT_FILE_STATE.answer(&reply).unwrap();
        assert_eq!(state, printed(the_box, "systemctl", &["is-enabled", "dbus.service"]).trim());

        let reply = bus.request(LIST_UNITS.call(OBJECT, ())).unwrap();
        let (units,) = LIST_UNITS.answer(&reply).unwrap();
        let names: Vec<&str> = units.map(|unit| unit.unwrap().0).collect();
        assert!(names.contains(&"dbus.socket") && names.contains(&"init.scope"), "{names:?}");

        type Listed = (
            String,
            String,
            String,
            String,
            String,
            String,
            OwnedObjectPath,
            u32,
            String,
            OwnedObjectPath,
        );
        // An owned list as an argument, and the answer as types of one's own.
        let wanted = vec![String::from("dbus.service"), String::from("dbus.socket")];
        let reply = bus.request(LIST_UNITS_BY_NAMES.call(OBJECT, (wanted,))).unwrap();
        let (units,): (Vec<Listed>,) = LIST_UNITS_BY_NAMES.answer_as(&reply).unwrap();
        assert_eq!(units.len(), 2);

        let error = bus.request(GET_UNIT.call(OBJECT, ("nowhere.service",))).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.systemd1.NoSuchUnit"));
    }
}

#[test]
fn properties_are_read_and_set() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let shown = |unit: &str, property: &str| {
            let arguments = ["show", "--value", "-p", property, unit];
            printed(the_box, "systemctl", &arguments).trim().to_owned()
        };
        let path = object(&mut bus, "systemd-journald.service");
        let journald = manager::OBJECT.at(path.borrow());
        let reply = bus.request(unit::property::ID.get(journald)).unwrap();
        assert_eq!(unit::property::ID.value(&reply).unwrap(), "systemd-journald.service");
        let reply = bus.request(service::property::MAIN_PID.get(journald)).unwrap();
        let pid = service::property::MAIN_PID.value(&reply).unwrap();
        assert_eq!(pid.to_string(), shown("systemd-journald.service", "MainPID"));
        let reply = bus.request(service::property::EXEC_START.get(journald)).unwrap();
        let mut commands = service::property::EXEC_START.value(&reply).unwrap();
        let (program, arguments, ..) = commands.next().unwrap().unwrap();
        assert_eq!(arguments.map(Result::unwrap).next(), Some(program));

        let level = manager::property::LOG_LEVEL;
        let reply = bus.request(level.get(manager::OBJECT)).unwrap();
        let before: String = level.value_as(&reply).unwrap();
        bus.request(level.set(manager::OBJECT, "err")).unwrap();
        let reply = bus.request(level.get(manager::OBJECT)).unwrap();
        assert_eq!(level.value(&reply).unwrap(), "err");
        bus.request(level.set(manager::OBJECT, before)).unwrap();
    }
}

#[test]
fn signals_are_subscribed_to_and_read() {
    use manager::OBJECT;
    use manager::method::{START_UNIT, STOP_UNIT, SUBSCRIBE};
    use manager::signal::JOB_REMOVED;

    for (index, the_box) in both().into_iter().enumerate() {
        let name = TEMPLATE.replace('@', &format!("@definitions{index}"));
        let mut bus = connect(the_box);
        let rule = JOB_REMOVED.rule(OBJECT);
        let jobs = bus.subscribe(&rule.rule().unwrap()).unwrap();
        bus.request(SUBSCRIBE.call(OBJECT, ())).unwrap();
        let reply = bus.request(START_UNIT.call(OBJECT, (&*name, "replace"))).unwrap();
        let (started,): (OwnedObjectPath,) = START_UNIT.answer_as(&reply).unwrap();
        loop {
            let signal = bus.next_signal(jobs, None).unwrap().unwrap();
            assert!(JOB_REMOVED.matches(signal.message()));
            let (_, path, unit, result) = JOB_REMOVED.read(&signal).unwrap();
            if path == started.borrow() {
                assert_eq!((unit, result), (&*name, "done"));
                break;
            }
        }
        bus.request(STOP_UNIT.call(OBJECT, (name, "replace"))).unwrap();
    }
}

#[test]
fn one_definition_serves_an_event_loop() {
    use manager::OBJECT;
    use manager::property::VERSION;

    for the_box in both() {
        let mut bus = connect(the_box);
        let call = bus.start_request(VERSION.get(OBJECT)).unwrap();
        let version = loop {
            if let Some(reply) = bus.poll_reply(call).unwrap() {
                break VERSION.value(&reply).unwrap().to_owned();
            }
            let events = match bus.wants_write() {
                true => PollFlags::POLLIN | PollFlags::POLLOUT,
                false => PollFlags::POLLIN,
            };
            poll(&mut [PollFd::new(bus.as_fd(), events)], PollTimeout::NONE).unwrap();
            bus.process().unwrap();
        };
        assert!(printed(the_box, "systemctl", &["--version"]).contains(&version), "{version}");
    }
}
