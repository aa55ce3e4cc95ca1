//! What systemd, polkit and the bus refuse.

use std::collections::BTreeMap;

use barebus::wire::Flags;
use barebus::{Event, MessageType};
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    FREEZE_UNIT, GET_DEFAULT_TARGET, MASK_UNIT_FILES, RELOAD, SET_ENVIRONMENT,
};
use barebus_systemd::{Error, Mode, Refusal, Systemd};

use super::{AS_USER, run_inside, the_box};
use crate::boxes::{INSIDE, PATIENCE, connect};

/// The flags of the calls of systemd by whoever calls `last`, by member. Others use the bus, too.
fn flags_of_calls(monitor: &mut barebus::Connection, last: &str) -> BTreeMap<String, bool> {
    let mut flags = BTreeMap::<String, BTreeMap<String, bool>>::new();
    loop {
        let event = monitor.next_event(Some(PATIENCE)).unwrap().expect("a message");
        let Event::Monitored(message) = event else { continue };
        let header = message.message.header();
        if header.message_type == MessageType::MethodCall {
            let Some(sender) = header.sender else { continue };
            let of_sender = flags.entry(sender.as_str().to_owned()).or_default();
            let member = header.member.unwrap().as_str();
            let is_interactive = header.flags.contains(Flags::ALLOW_INTERACTIVE_AUTHORIZATION);
            if header.destination.is_some_and(|name| name.as_str() == "org.freedesktop.systemd1") {
                of_sender.insert(member.to_owned(), is_interactive);
            }
            if member == last {
                return std::mem::take(of_sender);
            }
        }
    }
}

#[test]
fn a_refusal_says_who_refused_and_the_flag_is_on_that_call_alone() {
    let mut monitor = connect(the_box());
    monitor.become_monitor(&[]).unwrap();
    run_inside(&AS_USER, "access::refusals::refusals_of_a_user");
    let flags = flags_of_calls(&mut monitor, "GetDefaultTarget");
    let flagged: Vec<&str> =
        flags.iter().filter(|(_, is_set)| **is_set).map(|(name, _)| &**name).collect();
    assert_eq!(flagged, ["StopUnit"], "{flags:?}");
    for member in ["StartUnit", "Reload", "MaskUnitFiles", "SetEnvironment", "Subscribe", "Get"] {
        assert_eq!(flags.get(member), Some(&false), "{member}: {flags:?}");
    }
}

/// Run by the test before.
#[test]
fn refusals_of_a_user() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let systemd = Systemd::system().unwrap();
    let action = |error: &Error| match error.refusal() {
        Some(Refusal::Polkit { action, may_ask: true }) => action.unwrap(),
        other => panic!("{other:?}: {error}"),
    };
    let error = systemd.start_unit("far.service", Mode::Replace).unwrap_err();
    assert_eq!(action(&error), "org.freedesktop.systemd1.manage-units");
    assert!(
        error
            .to_string()
            .contains("manage-units without a password; allow interactive authorization"),
        "{error}"
    );
    systemd.allow_interactive_authorization(true);
    // The box has no agent that could ask the user.
    let error = systemd.stop_unit("far.service", Mode::Replace).unwrap_err();
    let refused =
        Refusal::Polkit { action: Some("org.freedesktop.systemd1.manage-units"), may_ask: true };
    assert_eq!(error.refusal(), Some(refused), "{error}");
    let _ = systemd.version().unwrap();
    systemd.allow_interactive_authorization(false);
    by_definition(systemd, action);
}

fn by_definition(mut systemd: Systemd, action: impl Fn(&Error) -> &'static str) {
    let failed = |operation: &str, cause| Error { operation: operation.into(), cause };
    let cause = systemd.connection().request(RELOAD.call(OBJECT, ())).unwrap_err();
    assert_eq!(action(&failed("Reload", cause.into())), "org.freedesktop.systemd1.reload-daemon");
    let mask = MASK_UNIT_FILES.call(OBJECT, (&["far.service"][..], true, true));
    let cause = systemd.connection().request(mask).unwrap_err();
    let found = action(&failed("MaskUnitFiles", cause.into()));
    assert_eq!(found, "org.freedesktop.systemd1.manage-unit-files");
    let version: u32 = systemd.version().unwrap()[..3].parse().unwrap();
    let set = SET_ENVIRONMENT.call(OBJECT, (&["A=b"][..],));
    let cause = systemd.connection().request(set).unwrap_err();
    let error = failed("SetEnvironment", cause.into());
    // Later versions leave that to polkit.
    match version < 257 {
        true => assert_eq!(error.refusal(), Some(Refusal::BusPolicy), "{error}"),
        false => assert_eq!(action(&error), "org.freedesktop.systemd1.set-environment"),
    }
    let cause = systemd.connection().request(FREEZE_UNIT.call(OBJECT, ("far.service",)));
    let error = failed("FreezeUnit", cause.unwrap_err().into());
    assert_eq!(error.refusal(), Some(Refusal::BusPolicy), "{error}");
    systemd.subscribe().unwrap();
    systemd.unsubscribe().unwrap();
    systemd.version().unwrap();
    // The last one.
    systemd.connection().request(GET_DEFAULT_TARGET.call(OBJECT, ())).unwrap();
}
