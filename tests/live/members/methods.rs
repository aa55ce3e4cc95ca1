//! Every method is called, or it is said why not.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{REEXECUTE, UNSUBSCRIBE};

use super::caller::{Caller, Name};
use super::table::INTERFACES;
use super::{boot, files, jobs, systemd, types, units};
use crate::boxes::PATIENCE;
use crate::places::everywhere_inside;

const MANAGER: &str = "org.freedesktop.systemd1.Manager";

/// Methods that are not called here, with the reason.
const NOT_CALLED: &[(Name, &str)] = &[
    ((MANAGER, "Exit"), "ends the box"),
    ((MANAGER, "Reboot"), "ends the box"),
    ((MANAGER, "SoftReboot"), "ends all processes of the box"),
    ((MANAGER, "PowerOff"), "ends the box"),
    ((MANAGER, "Halt"), "ends the box"),
    ((MANAGER, "KExec"), "ends the box"),
    ((MANAGER, "SwitchRoot"), "ends the box"),
    (
        (MANAGER, "StartAuxiliaryScope"),
        "takes processes of the service that calls it: see auxiliary.rs",
    ),
];

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
fn every_method_is_called_and_answers_as_it_is_defined() {
    const TEST: &str = "members::methods::every_method_is_called_and_answers_as_it_is_defined";
    everywhere_inside(TEST, [daemon, broker], |place| {
        let mut caller = Caller::new(place);
        units::call(&mut caller);
        types::call(&mut caller);
        jobs::call(&mut caller);
        files::call(&mut caller);
        systemd::call(&mut caller);
        caller.act(UNSUBSCRIBE, OBJECT, ());
        // At last, because a connection to the private socket ends with it. What is asked meanwhile may be left unanswered.
        let other = place.systemd();
        other.set_absence(PATIENCE);
        let before = other.version().unwrap();
        caller.reexecute(REEXECUTE);
        let after = (0..100).find_map(|_| other.version().ok());
        assert_eq!(after, Some(before));

        let all: BTreeSet<Name> = INTERFACES
            .iter()
            .flat_map(|it| it.methods.iter().map(|method| (it.name, method.name())))
            .collect();
        let not_called: BTreeSet<Name> = NOT_CALLED.iter().map(|(name, _)| *name).collect();
        assert_eq!(caller.called.intersection(&not_called).count(), 0);
        assert_eq!(&caller.called | &not_called, all, "neither called nor listed");
    });
}
