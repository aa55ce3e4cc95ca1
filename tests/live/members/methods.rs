//! Every method is called, or it is said why not.

use std::collections::BTreeSet;

use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{GET_DEFAULT_TARGET, REEXECUTE, UNSUBSCRIBE};

use super::caller::{Caller, Name};
use super::table::INTERFACES;
use super::{broker, daemon, files, jobs, systemd, types, units};
use crate::places::everywhere;

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
    ((MANAGER, "StartAuxiliaryScope"), "takes processes of the service that calls it: see auxiliary.rs"),
];

#[test]
fn every_method_is_called_and_answers_as_it_is_defined() {
    const TEST: &str = "members::methods::every_method_is_called_and_answers_as_it_is_defined";
    everywhere(TEST, [daemon, broker], |_, place| {
        let mut caller = Caller::new(place);
        units::call(&mut caller);
        types::call(&mut caller);
        jobs::call(&mut caller);
        files::call(&mut caller);
        systemd::call(&mut caller);
        caller.act(UNSUBSCRIBE, OBJECT, ());
        // At last, because a connection to the private socket ends with it.
        caller.reexecute(REEXECUTE);
        caller.connection = place.connection();
        caller.same(GET_DEFAULT_TARGET, OBJECT, ());

        let all: BTreeSet<Name> = INTERFACES
            .iter()
            .flat_map(|it| it.methods.iter().map(|method| (it.name, method.name())))
            .collect();
        let not_called: BTreeSet<Name> = NOT_CALLED.iter().map(|(name, _)| *name).collect();
        assert_eq!(caller.called.intersection(&not_called).count(), 0);
        assert_eq!(&caller.called | &not_called, all, "neither called nor listed");
    });
}
