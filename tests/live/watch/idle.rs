//! Watchers that have nothing to tell say nothing.

use std::collections::BTreeSet;

use barebus::{Event, MessageType};
use barebus_systemd::interface::manager::{OBJECT, method::START_UNIT};
use barebus_systemd::watch::{Event as Told, Watch};
use barebus_systemd::{Systemd, UnitName};

use super::{alone, broker, daemon, over_bus, settle};
use crate::boxes::{PATIENCE, connect};

/// Reads until there is nothing more to read.
fn drain(systemd: &Systemd, watch: &mut Watch<'_>) -> Vec<Told> {
    settle(systemd).unwrap();
    std::iter::from_fn(|| watch.poll().unwrap()).collect()
}

/// Two watchers, one of all units and one of units that are not loaded, which hear of units that come and go.
#[test]
fn two_idle_watchers_cause_no_message() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        let mut monitor = connect(the_box);
        let [first, second, other] = [(); 3].map(|()| over_bus(the_box));
        let mut all = first.watch_all();
        let mut some =
            second.watch(["nowhere.service", "walk-0.service", "idle-x.service"]).unwrap();
        let mut other = other;
        drain(&first, &mut all);
        drain(&second, &mut some);
        // They hear of units that systemd loads because somebody asks about them, and forgets at once.
        for unit in ["nowhere.service", "idle-x.service", "walk-0.service"] {
            let path = UnitName::parse(unit).unwrap().object_path();
            let state = barebus_systemd::interface::unit::property::ACTIVE_STATE;
            other.connection().ask(state.get(OBJECT.at(path.borrow()))).unwrap();
            let _ = other.connection().ask(START_UNIT.call(OBJECT, (unit, "no such mode")));
        }
        // So they settle: what they ask now they ask because of one another.
        for _ in 0..5 {
            drain(&first, &mut all);
            drain(&second, &mut some);
        }
        monitor.become_monitor(&[]).unwrap();
        let calls = 30;
        for _ in 0..calls {
            other.version().unwrap();
            first.process().unwrap();
            second.process().unwrap();
            assert_eq!(all.poll().unwrap(), None);
            assert_eq!(some.poll().unwrap(), None);
        }
        // What they sent would have been seen before the answers to calls that were made after.
        let ours = other.connection().unique_name().unwrap().to_owned();
        let (mut answers, mut others) = (0, BTreeSet::new());
        while answers < calls {
            let event = monitor.next_event(Some(PATIENCE)).unwrap().expect("an answer");
            let Event::Monitored(message) = event else { continue };
            let header = message.message.header();
            let is =
                |name: Option<barebus::BusName<'_>>| name.is_some_and(|name| name.as_str() == ours);
            if header.message_type == MessageType::MethodReturn && is(header.destination) {
                answers += 1;
            } else if !is(header.sender) && !is(header.destination) {
                others.insert(format!("{header:?}"));
            }
        }
        // The monitor loses its name when it becomes one.
        others.retain(|header| !header.contains("org.freedesktop.DBus\""));
        assert_eq!(others, BTreeSet::new());
        drop((all, some));
    }
}
