//! Methods of unit files.

use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::*;

use super::caller::Caller;

const RUNTIME: bool = true;
const FORCE: bool = true;

pub(super) fn call(caller: &mut Caller<'_>) {
    let name = &*caller.instance("any", "file");
    let files = [name];
    let is = |caller: &mut Caller<'_>, expected: &str| {
        let state = caller.same(GET_UNIT_FILE_STATE, OBJECT, (name,));
        assert_eq!(state, format!("s {expected:?}"));
        // It fails for most states.
        let output = caller.place.command("systemctl").args(["is-enabled", name]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), expected);
    };
    caller.act(ENABLE_UNIT_FILES, OBJECT, (files, !RUNTIME, FORCE));
    is(caller, "enabled");
    let links = caller.same(GET_UNIT_FILE_LINKS, OBJECT, (name, !RUNTIME));
    assert!(links.contains("multi-user.target.wants"), "{links}");
    caller.act(REENABLE_UNIT_FILES, OBJECT, (files, !RUNTIME, FORCE));
    caller.act(DISABLE_UNIT_FILES, OBJECT, (files, !RUNTIME));
    is(caller, "disabled");
    // 1: for this boot only.
    caller.act(ENABLE_UNIT_FILES_WITH_FLAGS, OBJECT, (files, 1_u64));
    is(caller, "enabled-runtime");
    caller.act(DISABLE_UNIT_FILES_WITH_FLAGS, OBJECT, (files, 1_u64));
    is(caller, "disabled");
    caller.act(DISABLE_UNIT_FILES_WITH_FLAGS_AND_INSTALL_INFO, OBJECT, (files, 0_u64));
    caller.act(MASK_UNIT_FILES, OBJECT, (files, !RUNTIME, FORCE));
    is(caller, "masked");
    caller.act(UNMASK_UNIT_FILES, OBJECT, (files, !RUNTIME));
    is(caller, "disabled");
    caller.act(PRESET_UNIT_FILES, OBJECT, (files, !RUNTIME, FORCE));
    caller.act(PRESET_UNIT_FILES_WITH_MODE, OBJECT, (files, "disable-only", !RUNTIME, FORCE));
    caller.act(DISABLE_UNIT_FILES, OBJECT, (files, !RUNTIME));

    let target = "graphical.target";
    caller.act(ADD_DEPENDENCY_UNIT_FILES, OBJECT, (files, target, "Wants", !RUNTIME, FORCE));
    caller.act(RELOAD, OBJECT, ());
    assert!(caller.shown(target, "Wants").contains(name));
    caller.act(DISABLE_UNIT_FILES, OBJECT, (files, !RUNTIME));

    let linked = caller.instance("any", "linked").replace("any@", "");
    let path = format!("/srv/{linked}");
    let script = format!("printf '[Service]\\nExecStart=/bin/true\\n' > {path}");
    caller.place.run("sh", &["-c", &script]);
    caller.act(LINK_UNIT_FILES, OBJECT, ([&*path], !RUNTIME, FORCE));
    assert_eq!(caller.same(GET_UNIT_FILE_STATE, OBJECT, (&*linked,)), "s \"linked\"");
    caller.act(REVERT_UNIT_FILES, OBJECT, ([&*linked],));
    let output = caller.place.command("systemctl").args(["is-enabled", &linked]).output().unwrap();
    assert!(!output.status.success(), "{output:?}");

    caller.same(LIST_UNIT_FILES, OBJECT, ());
    let none: &[&str] = &[];
    let listed = caller.same(LIST_UNIT_FILES_BY_PATTERNS, OBJECT, (none, &["members-*"][..]));
    assert!(listed.contains("members-any@.service"), "{listed}");
    for target in ["rescue.target", "multi-user.target"] {
        caller.act(SET_DEFAULT_TARGET, OBJECT, (target, FORCE));
        assert_eq!(caller.same(GET_DEFAULT_TARGET, OBJECT, ()), format!("s {target:?}"));
        assert_eq!(caller.place.printed("systemctl", &["get-default"]).trim(), target);
    }
    caller.act(PRESET_ALL_UNIT_FILES, OBJECT, ("enable-only", RUNTIME, !FORCE));
}
