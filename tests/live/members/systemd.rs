//! Methods of systemd itself: lists, dumps, environment, users.

use std::fs::File;
use std::io::Read;

use barebus::Reply;
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::*;
use barebus_systemd::interface::manager::property::EXIT_CODE;

use super::caller::{Caller, read_as};

pub(super) fn call(caller: &mut Caller<'_>) {
    lists(caller);
    dumps(caller);
    environment(caller);
    dynamic_users(caller);
    caller.act(SET_SHOW_STATUS, OBJECT, ("no",));
    for code in [7_u8, 0] {
        caller.act(SET_EXIT_CODE, OBJECT, (code,));
        let reply = caller.connection.request(EXIT_CODE.get(OBJECT)).unwrap();
        assert_eq!(EXIT_CODE.value(&reply).unwrap(), code);
    }
    let failed = caller.instance("failing", "all");
    let _ = caller.place.command("systemctl").args(["start", "--quiet", &failed]).output().unwrap();
    assert_eq!(caller.shown(&failed, "ActiveState"), "failed");
    caller.act(RESET_FAILED, OBJECT, ());
    assert_eq!(caller.shown(&failed, "ActiveState"), "inactive");
    caller.act(RELOAD, OBJECT, ());
}

fn lists(caller: &mut Caller<'_>) {
    let none: &[&str] = &[];
    caller.same(LIST_UNITS, OBJECT, ());
    caller.same(LIST_UNITS_FILTERED, OBJECT, (&["active"][..],));
    let listed = caller.same(LIST_UNITS_BY_PATTERNS, OBJECT, (none, &["dbus*"][..]));
    assert!(listed.contains("dbus.socket"), "{listed}");
    let listed = caller.same(LIST_UNITS_BY_NAMES, OBJECT, (&["nowhere.service"][..],));
    assert!(listed.contains("not-found"), "{listed}");
}

fn dumps(caller: &mut Caller<'_>) {
    let text = |(text,): (String,)| text;
    let patterns = ["init.scope"];
    let whole = caller.ask(DUMP, OBJECT, ((), vec![]), read_as).map(text).unwrap();
    assert!(whole.contains("Unit init.scope:"), "{whole}");
    let one = caller.ask(DUMP_UNITS_MATCHING_PATTERNS, OBJECT, ((patterns,), vec![]), read_as);
    assert!(text(one.unwrap()).contains("Unit init.scope:"));
    let whole = caller.ask(DUMP_BY_FILE_DESCRIPTOR, OBJECT, ((), vec![]), content).unwrap();
    assert!(whole.contains("Unit init.scope:"), "{whole}");
    let method = DUMP_UNITS_MATCHING_PATTERNS_BY_FILE_DESCRIPTOR;
    let one = caller.ask(method, OBJECT, ((patterns,), vec![]), content).unwrap();
    assert!(one.contains("Unit init.scope:"), "{one}");
    assert!(!one.contains("Unit dbus.socket:"), "{one}");
}

/// What is in the file that came with a reply.
fn content(reply: Reply<'_>) -> String {
    let mut text = String::new();
    let file = reply.into_fds().pop().unwrap();
    File::from(file).read_to_string(&mut text).unwrap();
    text
}

fn environment(caller: &mut Caller<'_>) {
    let shown = |caller: &Caller<'_>| caller.place.printed("systemctl", &["show-environment"]);
    caller.act(SET_ENVIRONMENT, OBJECT, (["MEMBERS_A=1", "MEMBERS_B=2"],));
    assert!(shown(caller).contains("MEMBERS_A=1\nMEMBERS_B=2\n"));
    caller.act(UNSET_AND_SET_ENVIRONMENT, OBJECT, (["MEMBERS_A"], ["MEMBERS_B=3"]));
    assert!(shown(caller).contains("MEMBERS_B=3\n") && !shown(caller).contains("MEMBERS_A"));
    caller.act(UNSET_ENVIRONMENT, OBJECT, (["MEMBERS_B"],));
    assert!(!shown(caller).contains("MEMBERS_B"));
}

/// Of a service that has a user for as long as it runs.
fn dynamic_users(caller: &mut Caller<'_>) {
    let name = "members-dynamic.service";
    caller.job(START_UNIT, OBJECT, (name, "replace"));
    let users = caller.same(GET_DYNAMIC_USERS, OBJECT, ());
    assert!(users.contains("\"members-dynamic\""), "{users}");
    let answer = caller.same(LOOKUP_DYNAMIC_USER_BY_NAME, OBJECT, ("members-dynamic",));
    let uid: u32 = answer.strip_prefix("u ").unwrap().parse().unwrap();
    let answer = caller.same(LOOKUP_DYNAMIC_USER_BY_UID, OBJECT, (uid,));
    assert_eq!(answer, "s \"members-dynamic\"");
    caller.job(STOP_UNIT, OBJECT, (name, "replace"));
}
