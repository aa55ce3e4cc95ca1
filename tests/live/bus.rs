//! The interface of the bus, on both buses, compared with busctl.

use std::collections::BTreeMap;

use barebus::{
    Bus, BusName, CallError, Connection, Event, InterfaceName, MatchRuleBuf, MemberName,
    MessageType, MethodCall, NameFlags, ObjectPath, ReleaseName, RequestName, SendError,
    StartService, SubscriptionId,
};
use barebus_box::SystemdBox;

use crate::boxes::{INSIDE, PATIENCE, STARTED, SessionBus, both, connect, printed};

const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");
const NOBODY: BusName<'static> = BusName::from_static("org.freedesktop.Nobody");
const BUS: BusName<'static> = BusName::from_static("org.freedesktop.DBus");

fn unique_name(connection: &mut Connection) -> String {
    connection.establish().unwrap();
    connection.unique_name().unwrap().to_owned()
}

/// The output of busctl for a call of the bus.
fn asked(the_box: &SystemdBox, call: &[&str]) -> String {
    let object = ["call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"];
    printed(the_box, "busctl", &[&object, call].concat())
}

/// A subscription to a signal of the bus itself.
fn told(connection: &mut Connection, member: &'static str) -> SubscriptionId {
    let rule = MatchRuleBuf::signals().sender(BUS).member(MemberName::from_static(member));
    connection.subscribe(&rule.rule().unwrap()).unwrap()
}

/// The name that the next signal of the subscription has as its only argument.
fn told_name(connection: &mut Connection, subscription: SubscriptionId) -> String {
    let signal = connection.next_signal(subscription, Some(PATIENCE)).unwrap().unwrap();
    let (name,) = signal.body::<(&str,)>().unwrap();
    name.to_owned()
}

fn error_name<T: std::fmt::Debug>(result: Result<T, CallError>) -> String {
    let error = result.unwrap_err();
    error.remote_name().unwrap_or_else(|| panic!("{error}")).trim_start_matches(PREFIX).to_owned()
}

const PREFIX: &str = "org.freedesktop.DBus.Error.";

#[test]
fn a_name_is_requested_queued_for_taken_over_and_released() {
    use RequestName::{AlreadyOwner, Exists, InQueue, PrimaryOwner};

    for the_box in both() {
        let name = BusName::from_static("org.example.Wanted");
        let [mut ours, mut theirs] = [(); 2].map(|()| connect(the_box));
        let [our_name, their_name] = [unique_name(&mut ours), unique_name(&mut theirs)];
        let [acquired, lost] = ["NameAcquired", "NameLost"].map(|member| told(&mut ours, member));
        let changed = told(&mut theirs, "NameOwnerChanged");

        let (mut us, mut them) = (Bus::new(&mut ours), Bus::new(&mut theirs));
        assert!(!us.name_has_owner(name).unwrap());
        assert_eq!(error_name(us.list_queued_owners(name)), "NameHasNoOwner");
        assert_eq!(us.release_name(name).unwrap(), ReleaseName::NonExistent);
        let request = |by: &mut Bus<'_>, flags| by.request_name(name, flags).unwrap();
        assert_eq!(request(&mut us, NameFlags::NONE), PrimaryOwner);
        assert_eq!(request(&mut us, NameFlags::ALLOW_REPLACEMENT), AlreadyOwner);
        assert_eq!(us.get_name_owner(name).unwrap(), our_name);
        assert_eq!(them.release_name(name).unwrap(), ReleaseName::NotOwner);
        assert_eq!(request(&mut them, NameFlags::DO_NOT_QUEUE), Exists);
        assert_eq!(request(&mut them, NameFlags::NONE), InQueue);
        let queue = [our_name.clone(), their_name.clone()];
        assert_eq!(us.list_queued_owners(name).unwrap(), queue);
        let both = NameFlags::REPLACE_EXISTING.with(NameFlags::DO_NOT_QUEUE);
        assert_eq!(request(&mut them, both), PrimaryOwner);
        assert_eq!(us.get_name_owner(name).unwrap(), their_name);
        assert_eq!(them.release_name(name).unwrap(), ReleaseName::Released);
        // The previous owner waits in the queue.
        assert_eq!(us.get_name_owner(name).unwrap(), our_name);
        assert_eq!(us.release_name(name).unwrap(), ReleaseName::Released);
        assert!(us.list_queued_owners(name).is_err());

        for subscription in [acquired, lost, acquired, lost] {
            let mut told = told_name(&mut ours, subscription);
            // That the unique name was acquired may arrive later than the answer to Hello.
            if told == our_name {
                told = told_name(&mut ours, subscription);
            }
            assert_eq!(told, name.as_str());
        }
        let mut owners = vec![String::new()];
        while owners.len() < 5 {
            let signal = theirs.next_signal(changed, Some(PATIENCE)).unwrap().unwrap();
            let (of, old, new) = signal.body::<(&str, &str, &str)>().unwrap();
            if of == name.as_str() {
                assert_eq!(old, owners.last().unwrap());
                owners.push(new.to_owned());
            }
        }
        assert_eq!(owners[1..], [&*our_name, &*their_name, &*our_name, ""]);
    }
}

#[test]
fn a_name_that_is_not_for_us_is_refused() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let mut bus = Bus::new(&mut connection);
        assert_eq!(error_name(bus.request_name(NOBODY, NameFlags::NONE)), "AccessDenied");
        // Reserved names.
        assert_eq!(error_name(bus.request_name(BUS, NameFlags::NONE)), "InvalidArgs");
        assert_eq!(error_name(bus.release_name(BUS)), "InvalidArgs");
    }
}

#[test]
fn the_bus_tells_who_is_on_it() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let ours = unique_name(&mut connection);
        let mut bus = Bus::new(&mut connection);
        let names = bus.list_names().unwrap();
        assert!(
            [SYSTEMD.as_str(), BUS.as_str(), &ours]
                .iter()
                .all(|name| names.contains(&(*name).into()))
        );
        assert!(bus.name_has_owner(SYSTEMD).unwrap());
        let owner = bus.get_name_owner(SYSTEMD).unwrap();
        assert_eq!(
            asked(the_box, &["GetNameOwner", "s", SYSTEMD.as_str()]),
            format!("s \"{owner}\"\n")
        );
        assert_eq!(error_name(bus.get_name_owner(NOBODY)), "NameHasNoOwner");
        let started = bus.list_activatable_names().unwrap();
        assert!(started.iter().any(|name| name == STARTED), "{started:?}");
        let id = bus.get_id().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert_eq!(asked(the_box, &["GetId"]), format!("s \"{id}\"\n"));
        assert!(bus.interfaces().unwrap().contains(&"org.freedesktop.DBus.Monitoring".into()));
    }
}

#[test]
fn the_bus_tells_whose_a_connection_is_and_never_of_nobody() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let ours = unique_name(&mut connection);
        let ours = BusName::parse(&ours).unwrap();
        let mut bus = Bus::new(&mut connection);
        assert_eq!(bus.get_connection_unix_user(SYSTEMD).unwrap(), 0);
        assert_eq!(bus.get_connection_unix_process_id(SYSTEMD).unwrap(), 1);
        let systemd = bus.get_connection_credentials(SYSTEMD).unwrap();
        assert_eq!((systemd.unix_user_id, systemd.process_id), (Some(0), Some(1)));
        assert!(systemd.unix_group_ids.unwrap().contains(&0));
        assert_eq!((systemd.windows_sid, systemd.linux_security_label), (None, None));
        let us = bus.get_connection_credentials(ours).unwrap();
        assert_eq!(us.unix_user_id, Some(0));
        // In another PID namespace the bus cannot see our process, and the buses report that differently.
        assert_ne!(us.process_id, Some(1));

        assert_eq!(error_name(bus.get_connection_unix_user(NOBODY)), "NameHasNoOwner");
        assert_eq!(error_name(bus.get_connection_unix_process_id(NOBODY)), "NameHasNoOwner");
        assert_eq!(error_name(bus.get_connection_credentials(NOBODY)), "NameHasNoOwner");
        let context = bus.get_connection_selinux_security_context(SYSTEMD);
        assert_eq!(error_name(context), "SELinuxSecurityContextUnknown");
        assert_eq!(error_name(bus.get_adt_audit_session_data(SYSTEMD)), "AdtAuditDataUnknown");
    }
}

/// If systemd runs this inside a box, it is the service.
#[test]
fn a_service_is_started_by_its_name() {
    let name = BusName::from_static(STARTED);
    if std::env::var_os(INSIDE).is_some() {
        let mut connection = Connection::system().unwrap();
        let owned = Bus::new(&mut connection).request_name(name, NameFlags::DO_NOT_QUEUE).unwrap();
        assert_eq!(owned, RequestName::PrimaryOwner);
        // Until systemd ends the connection. It answers Ping in the meantime.
        while connection.next_event(None).is_ok() {}
        return;
    }
    for the_box in both() {
        let mut connection = connect(the_box);
        let mut bus = Bus::new(&mut connection);
        assert!(!bus.name_has_owner(name).unwrap());
        assert_eq!(bus.start_service_by_name(name).unwrap(), StartService::Success);
        assert_eq!(bus.start_service_by_name(name).unwrap(), StartService::AlreadyRunning);
        let ping = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ping"))
            .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"))
            .destination(name);
        connection.call(&ping, &()).unwrap();
        let mut bus = Bus::new(&mut connection);
        assert_eq!(error_name(bus.start_service_by_name(NOBODY)), "ServiceUnknown");
    }
}

#[test]
fn the_environment_of_services_is_changed_where_the_bus_lets_us() {
    let variables = BTreeMap::from([("BAREBUS_TEST", "1"), ("EMPTY", "")]);
    let session = SessionBus::start();
    let mut connection = Connection::open(&session.address).unwrap();
    Bus::new(&mut connection).update_activation_environment(&variables).unwrap();
    for the_box in both() {
        let mut connection = connect(the_box);
        let refused = Bus::new(&mut connection).update_activation_environment(&variables);
        assert_eq!(error_name(refused), "AccessDenied");
    }
}

#[test]
fn a_change_of_the_services_is_told_where_the_bus_can() {
    let mut can = 0;
    for the_box in both() {
        let mut connection = connect(the_box);
        let features = Bus::new(&mut connection).features().unwrap();
        if !features.contains(&"ActivatableServicesChanged".into()) {
            continue;
        }
        let changed = told(&mut connection, "ActivatableServicesChanged");
        let script = "sed s/Started/Another/ /usr/share/dbus-1/system-services/org.example.Started.service \
             > /usr/share/dbus-1/system-services/org.example.Another.service";
        assert!(the_box.command("sh").args(["-c", script]).status().unwrap().success());
        Bus::new(&mut connection)
            .proxy()
            .call(MemberName::from_static("ReloadConfig"), &())
            .unwrap();
        let signal = connection.next_signal(changed, Some(PATIENCE)).unwrap().unwrap();
        assert!(signal.body::<()>().is_ok());
        let names = Bus::new(&mut connection).list_activatable_names().unwrap();
        assert!(names.contains(&"org.example.Another".into()), "{names:?}");
        can += 1;
    }
    assert!(can >= 1, "dbus-daemon can");
}

#[test]
fn statistics_are_asked_for_as_any_method_is() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let call = MethodCall::checked(
            ObjectPath::from_static("/org/freedesktop/DBus"),
            MemberName::from_static("GetStats"),
        )
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Debug.Stats"))
        .destination(BUS);
        let reply = connection.call(&call, &()).unwrap();
        assert_eq!(reply.header().signature, "a{sv}");
        reply.message().validate().unwrap();
    }
}

#[test]
fn a_monitor_sees_what_others_say_and_loses_its_names() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let ours = unique_name(&mut connection);
        connection.become_monitor(&[]).unwrap();
        asked(the_box, &["NameHasOwner", "s", "org.example.Watched"]);
        let (mut lost, mut seen) = (false, false);
        while !lost || !seen {
            let event = connection.next_event(Some(PATIENCE)).unwrap();
            let Some(Event::Monitored(received)) = event else { panic!("{event:?}") };
            let message = received.message;
            let member = message.header().member.map_or("", MemberName::as_str);
            let first = message.first_argument::<&str>().unwrap_or_default();
            lost |= member == "NameLost" && first == ours;
            seen |= message.header().message_type == MessageType::MethodCall
                && first == "org.example.Watched";
        }
        let call = Bus::new(&mut connection).get_id();
        assert!(matches!(call, Err(CallError::Send(SendError::Monitor))), "{call:?}");
        // It is still connected, because it has sent nothing.
        asked(the_box, &["GetId"]);
        assert!(connection.next_event(Some(PATIENCE)).unwrap().is_some());
    }
}

#[test]
fn a_monitor_may_ask_for_some_messages_only() {
    for the_box in both() {
        let mut connection = connect(the_box);
        let rule = barebus::MatchRule::parse("type='method_call',member='GetNameOwner'").unwrap();
        connection.become_monitor(&[rule]).unwrap();
        asked(the_box, &["GetId"]);
        asked(the_box, &["GetNameOwner", "s", SYSTEMD.as_str()]);
        for expected in ["NameLost", "GetNameOwner"] {
            let event = connection.next_event(Some(PATIENCE)).unwrap();
            let Some(Event::Monitored(received)) = event else { panic!("{event:?}") };
            assert_eq!(received.message.header().member.unwrap(), expected);
        }
    }
}
