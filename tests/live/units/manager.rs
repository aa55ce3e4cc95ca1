//! systemd itself.

use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::Mode;

use super::{boot, in_all_places, start_long};
use crate::places::everywhere;

#[test]
fn the_environment_is_set_and_told() {
    in_all_places("units::manager::the_environment_is_set_and_told", |systemd, place| {
        let name = if place.is_direct() { "INSIDE_A" } else { "OUTSIDE_A" };
        let value = |name: &str| {
            let variables = systemd.environment().unwrap();
            variables.into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
        };
        systemd.set_environment(&[(name, "x=y z"), ("UNITS_B", "")]).unwrap();
        assert_eq!(value(name).as_deref(), Some("x=y z"));
        let shown = place.printed("systemctl", &["show-environment"]);
        assert!(shown.contains(&format!("{name}=")), "{shown}");
        systemd.unset_environment(&[name]).unwrap();
        assert_eq!(value(name), None);
        let error = systemd.set_environment(&[("not a name", "x")]).unwrap_err();
        assert!(error.to_string().starts_with("SetEnvironment of not a name: "), "{error}");
    });
}

/// Boxes in which nobody else is disturbed.
fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

#[test]
fn systemd_executes_itself_again_and_the_next_call_is_answered() {
    const TEST: &str =
        "units::manager::systemd_executes_itself_again_and_the_next_call_is_answered";
    everywhere(TEST, [daemon, broker], |systemd, place| {
        let unit = start_long(place, "again");
        for _ in 0..3 {
            systemd.reload().unwrap();
            systemd.reexecute().unwrap();
            assert!(!systemd.version().unwrap().is_empty());
            assert!(!systemd.list_units().unwrap().is_empty());
        }
        // Somebody else has it done, while we wait for no reply: nothing is lost.
        let other = place.systemd();
        let again = || {
            other.reexecute().unwrap();
            // The next one answers, so the one before has hung up on everybody.
            assert!((0..100).any(|_| other.version().is_ok()));
        };
        for _ in 0..2 {
            again();
            assert!(!systemd.version().unwrap().is_empty());
            again();
            let job = systemd.restart_unit(&unit, Mode::Replace).unwrap();
            assert!(systemd.wait(&job).unwrap().is_success());
        }
    });
}
