//! `StartAuxiliaryScope`, which only a service can call: it moves processes of the caller's own unit. Since 256.

use std::fs;
use std::process::Command;

use barebus::OwnedObjectPath;
use barebus::wire::{FdIndex, OwnedValue};
use barebus_systemd::interface::manager::OBJECT;
#[allow(deprecated, reason = "257 has it, though deprecated")]
use barebus_systemd::interface::manager::method::START_AUXILIARY_SCOPE;
use barebus_systemd::interface::manager::method::STOP_UNIT;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::caller::{Caller, read_as};
use super::{broker, daemon};
use crate::boxes::INSIDE;
use crate::places::{Place, program_in};

#[test]
fn a_service_moves_a_process_of_its_own_to_an_auxiliary_scope() {
    const TEST: &str =
        "members::auxiliary::a_service_moves_a_process_of_its_own_to_an_auxiliary_scope";
    if std::env::var_os(INSIDE).is_some() {
        return [Place::InsideOnBus, Place::Inside].iter().for_each(move_a_process);
    }
    for the_box in [daemon(), broker()] {
        let mut service = the_box.command("systemd-run");
        service.args(["--wait", "--quiet", "--pipe"]).arg(format!("--setenv={INSIDE}=1"));
        service.arg(program_in(the_box)).args(["--exact", TEST, "--nocapture"]);
        let status = service.status().unwrap();
        assert!(status.success(), "{TEST}, as a service: {status}");
    }
}

fn move_a_process(place: &Place) {
    let mut caller = Caller::new(place);
    let name = if place.is_direct() { "members-aux-inside.scope" } else { "members-aux.scope" };
    let mut process = Command::new("sleep").arg("infinity").spawn().unwrap();
    let group = |pid: u32| fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let pid = Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    let properties = Vec::<(&str, OwnedValue)>::new();
    let arguments = ((name, [FdIndex(0)], 0_u64, properties), vec![pidfd]);
    #[allow(deprecated, reason = "257 has it, though deprecated")]
    let answer = caller.ask(START_AUXILIARY_SCOPE, OBJECT, arguments, read_as);
    if let Some((job,)) = answer as Option<(OwnedObjectPath,)> {
        assert_eq!(caller.end_of(&job), "done");
        assert!(group(process.id()).trim_end().ends_with(name), "{}", group(process.id()));
        caller.job(STOP_UNIT, OBJECT, (name, "replace"));
    } else {
        process.kill().unwrap();
    }
    process.wait().unwrap();
}
