//! Methods of jobs.

use barebus::OwnedObjectPath;
use barebus::wire::AsVariant;
use barebus_systemd::interface::job::{self, property::ID};
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::{
    CANCEL_JOB, CLEAR_JOBS, ENQUEUE_MARKED_JOBS, GET_JOB, GET_JOB_AFTER, GET_JOB_BEFORE, LIST_JOBS,
    SET_UNIT_PROPERTIES, START_UNIT, START_UNIT_REPLACE, STOP_UNIT,
};

use super::caller::{Caller, read_as};

const MODE: &str = "replace";

pub(super) fn call(caller: &mut Caller<'_>) {
    // A job that runs, and one that waits for it.
    let held = &*caller.instance("held", "job");
    let waiting = &*caller.instance("after", "job");
    let first = started(caller, held);
    let second = started(caller, waiting);
    let id = |caller: &mut Caller<'_>, job: &OwnedObjectPath| -> u32 {
        let reply = caller.connection.request(ID.get(OBJECT.at(job.borrow()))).unwrap();
        ID.value(&reply).unwrap()
    };
    let (first_id, second_id) = (id(caller, &first), id(caller, &second));
    caller.same(LIST_JOBS, OBJECT, ());
    assert_eq!(caller.same(GET_JOB, OBJECT, (first_id,)), format!("o \"{first}\""));
    let after = caller.same(GET_JOB_AFTER, OBJECT, (first_id,));
    let before = caller.same(GET_JOB_BEFORE, OBJECT, (second_id,));
    assert!(after.contains(waiting), "{after}");
    assert!(before.contains(held), "{before}");
    let (on_first, on_second) = (OBJECT.at(first.borrow()), OBJECT.at(second.borrow()));
    assert_eq!(caller.same(job::method::GET_AFTER, on_first, ()), after);
    assert_eq!(caller.same(job::method::GET_BEFORE, on_second, ()), before);
    caller.act(job::method::CANCEL, on_second, ());
    assert_eq!(caller.end_of(&second), "canceled");

    // Another unit's start in place of this job's dependencies: it needs that job.
    let other = &*caller.instance("any", "instead");
    caller.job(START_UNIT_REPLACE, OBJECT, (held, other, MODE));
    caller.act(CANCEL_JOB, OBJECT, (first_id,));
    assert_eq!(caller.end_of(&first), "canceled");

    // A unit that is marked is restarted.
    let properties = [("Markers", AsVariant(["needs-restart"]))];
    caller.act(SET_UNIT_PROPERTIES, OBJECT, (other, true, properties));
    let jobs: (Vec<OwnedObjectPath>,) =
        caller.ask(ENQUEUE_MARKED_JOBS, OBJECT, ((), vec![]), read_as).unwrap();
    let [job] = &*jobs.0 else { panic!("{jobs:?}") };
    assert_eq!(caller.end_of(job), "done");
    caller.job(STOP_UNIT, OBJECT, (other, MODE));

    caller.job(STOP_UNIT, OBJECT, (held, MODE));
    let job = started(caller, held);
    caller.act(CLEAR_JOBS, OBJECT, ());
    assert_eq!(caller.end_of(&job), "canceled");
    caller.job(STOP_UNIT, OBJECT, (held, MODE));
}

/// The job that starts a unit.
fn started(caller: &mut Caller<'_>, name: &str) -> OwnedObjectPath {
    let (job,): (OwnedObjectPath,) =
        caller.ask(START_UNIT, OBJECT, ((name, MODE), vec![]), read_as).unwrap();
    job
}
