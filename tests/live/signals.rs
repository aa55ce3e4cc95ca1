//! Signals, calls in flight, and the bus itself.

use barebus::{
    BusName, CallError, InterfaceName, MatchRule, MatchRuleBuf, MemberName, MethodCall, ObjectPath,
    Options, Proxy,
};
use barebus_systemd::{Mode, Systemd};
use barebus_tests::calls::of_bus;

use crate::boxes::{LONG, PATIENCE, both, connect};

const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");

#[test]
fn every_subscription_is_given_the_signals_it_asks_for() {
    for the_box in both() {
        let mut systemd = Systemd::over(connect(the_box));
        let bus = systemd.connection();
        let rule =
            MatchRuleBuf::signals().sender(SYSTEMD).member(MemberName::from_static("JobRemoved"));
        let first = bus.subscribe(&rule.rule().unwrap()).unwrap();
        let second = bus.subscribe(&rule.rule().unwrap()).unwrap();
        let job = systemd.restart_unit(LONG, Mode::Replace).unwrap();
        assert!(systemd.wait(&job).unwrap().is_success());
        let bus = systemd.connection();
        for subscription in [first, second] {
            let signal = bus.next_signal(subscription, Some(PATIENCE)).unwrap().unwrap();
            let (_, _, unit, _): (u32, ObjectPath<'_>, &str, &str) = signal.body().unwrap();
            assert!(unit.starts_with("live-"), "{unit}");
        }
        bus.unsubscribe(first).unwrap();
        bus.unsubscribe(second).unwrap();
        // Nothing is kept for ended subscriptions.
        assert!(bus.poll_event().unwrap().is_none());
    }
}

#[test]
fn a_refused_subscription_is_the_buss_answer_and_costs_nothing_else() {
    for the_box in both() {
        let mut bus = connect(the_box);
        // A rule that the bus refuses.
        let rule = MatchRule::parse("type='signal',eavesdrop='true',arg0='x'").unwrap();
        match bus.subscribe(&rule) {
            Ok(_) | Err(CallError::Remote { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        let reply = bus.call(&of_bus("GetId"), &()).unwrap();
        assert!(reply.body::<(&str,)>().is_ok_and(|(id,)| id.len() == 32));
    }
}

#[test]
fn a_thousand_calls_in_flight_are_answered_each() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let calls: Vec<_> =
            (0..1000).map(|_| (of_bus("NameHasOwner"), ("org.freedesktop.systemd1",))).collect();
        let mut answered = 0;
        bus.call_all(&calls, |index, reply| {
            assert_eq!(index, answered);
            answered += 1;
            let (has_owner,): (bool,) = reply?.body()?;
            assert!(has_owner);
            Ok(())
        })
        .unwrap();
        assert_eq!((answered, bus.session_state().outstanding()), (1000, 0));
    }
}

#[test]
fn replies_are_taken_in_any_order() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let first = bus.start_call(&of_bus("GetId"), &(), Vec::new()).unwrap();
        let second = bus.start_call(&of_bus("ListNames"), &(), Vec::new()).unwrap();
        let names = bus.wait(second).unwrap();
        assert!(
            names
                .body::<(Vec<String>,)>()
                .is_ok_and(|(names,)| names.iter().any(|name| *name == SYSTEMD.as_str()))
        );
        assert!(bus.wait(first).is_ok());
    }
}

#[test]
fn a_name_that_nobody_owns_is_the_buss_error() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ping"))
            .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"))
            .destination(BusName::from_static("org.example.Nobody"));
        let error = bus.call(&call, &()).unwrap_err();
        assert_eq!(
            error.remote_name(),
            Some("org.freedesktop.DBus.Error.ServiceUnknown"),
            "{error}"
        );
    }
}

#[test]
fn changed_properties_are_told_with_their_new_values() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let path = "/org/freedesktop/systemd1/unit/live_2dlong_2eservice";
        let path = ObjectPath::parse(path).unwrap();
        let unit = InterfaceName::from_static("org.freedesktop.systemd1.Unit");
        let mut watched =
            Proxy::new(&mut bus, SYSTEMD, path, unit).unwrap().watch_properties().unwrap();
        let mut systemd = Systemd::over(bus);
        systemd.subscribe().unwrap();
        let job = systemd.restart_unit(LONG, Mode::Replace).unwrap();
        assert!(systemd.wait(&job).unwrap().is_success());
        let bus = systemd.connection();
        let mut states = Vec::new();
        while !states.contains(&"active".to_owned()) {
            let signal = watched.next(bus, Some(PATIENCE)).unwrap().unwrap();
            let changes = signal.properties_changed().unwrap();
            assert_eq!(changes.interface, unit.as_str());
            if let Some(state) = changes.changed.find(&"ActiveState").unwrap() {
                states.push(state.get::<String>().unwrap());
            }
        }
    }
}

/// As `ssh HOST systemd-stdio-bridge` does, without ssh.
#[test]
fn the_bus_is_reached_through_a_program_that_passes_messages_on() {
    for the_box in both() {
        let bus = format!("--bus-path={}", the_box.system_bus_address());
        let bus = barebus::wire::address::escape(bus.as_bytes());
        let address = format!("unixexec:path=systemd-stdio-bridge,argv1={bus}");
        for options in [Options::bus(), Options::bus().step_by_step()] {
            let mut bus = options.open(&address).unwrap();
            bus.establish().unwrap();
            let version = Systemd::over(bus).version().unwrap();
            assert_eq!(version, Systemd::over(connect(the_box)).version().unwrap());
        }
    }
}
