//! A systemd that is played and is away, or refuses to be asked: what whoever waits for a job or watches units is told.

use std::time::{Duration, Instant};

use barebus_systemd::watch::{Event, WatchedUnit};
use barebus_systemd::{Mode, Systemd};
use barebus_tests::peer::{BUS, OWNER};

use crate::played::{Played, path, play};
use crate::scene::LONG;

/// Answers `ListUnits` with one unit in that state.
fn list(systemd: &mut Played<'_>, unit: &str, state: &str) {
    let sent = systemd.called("ListUnits");
    let none = path(0);
    let (object, job) = (none.as_ref(), none.as_ref());
    let row = (unit, "A unit", "loaded", state, "running", "", object, 0_u32, "", job);
    systemd.reply(&sent, &([row],));
}

/// The bus or systemd refuses the next call, which must be of `member`.
fn refuse(systemd: &mut Played<'_>, sender: &str, member: &str, error: &str) {
    let sent = systemd.called(member);
    let name = format!("org.freedesktop.DBus.Error.{error}");
    let refusal = systemd.peer.error(&sent, Some(sender), &name, "no");
    systemd.peer.write(&refusal);
}

/// Says of each call that systemd is not there, until the client hangs up.
fn absent(systemd: &mut Played<'_>) {
    while let Some(sent) = systemd.next() {
        let name = "org.freedesktop.DBus.Error.NameHasNoOwner";
        let refusal = systemd.peer.error(&sent, Some(BUS), name, "no");
        systemd.peer.write(&refusal);
    }
}

/// How long systemd may be away.
const ABSENCE: Duration = Duration::from_millis(250);

/// What the first event tells.
fn snapshot(systemd: &Systemd) -> Vec<WatchedUnit> {
    match systemd.watch_all().next_within(LONG).unwrap() {
        Some(Event::Snapshot(units)) => units,
        other => panic!("{other:?}"),
    }
}

#[test]
fn units_are_listed_again_while_systemd_is_away() {
    const AWAY: [&str; 4] = ["NameHasNoOwner", "ServiceUnknown", "NoReply", "LimitsExceeded"];
    let script = |systemd: &mut Played<'_>| {
        for error in AWAY {
            refuse(systemd, BUS, "ListUnits", error);
        }
        list(systemd, "a.target", "active");
    };
    let calls = play(script, |systemd| {
        let begin = Instant::now();
        let units = snapshot(systemd);
        assert_eq!((units.len(), &*units[0].name), (1, "a.target"));
        // A tenth of a second before each attempt.
        assert!(begin.elapsed() >= Duration::from_millis(400), "{:?}", begin.elapsed());
    });
    let lists = calls.iter().filter(|call| *call == "ListUnits");
    assert_eq!(lists.count(), AWAY.len() + 1, "{calls:?}");
}

#[test]
fn a_watch_whose_list_is_refused_ends_with_the_refusal() {
    let script = |systemd: &mut Played<'_>| refuse(systemd, OWNER, "ListUnits", "AccessDenied");
    let calls = play(script, |systemd| {
        let mut watch = systemd.watch_all();
        let error = watch.next_within(LONG).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.AccessDenied"));
        assert!(watch.next_within(LONG).unwrap().is_none());
        assert!(watch.next().is_none());
    });
    assert_eq!(calls.iter().filter(|call| *call == "ListUnits").count(), 1, "{calls:?}");
}

#[test]
fn a_watch_gives_a_systemd_up_that_stays_away() {
    play(absent, |systemd| {
        systemd.set_absence(ABSENCE);
        let begin = Instant::now();
        let error = systemd.watch_all().next_within(LONG).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.NameHasNoOwner"));
        assert!(begin.elapsed() >= ABSENCE, "{:?}", begin.elapsed());
    });
}

/// systemd may refuse properties to a user, or the unit is gone when it is asked for them.
#[test]
fn details_that_are_refused_stay_unknown() {
    let script = |systemd: &mut Played<'_>| {
        list(systemd, "a.service", "active");
        for _ in 0..2 {
            refuse(systemd, OWNER, "Get", "AccessDenied");
        }
    };
    play(script, |systemd| {
        let units = snapshot(systemd);
        assert_eq!((units.len(), &*units[0].name), (1, "a.service"));
        let state = &units[0].state;
        assert!(state.active.is_active(), "{state:?}");
        assert_eq!((state.main_pid, state.result.as_ref()), (None, None), "{state:?}");
    });
}

#[test]
fn systemd_is_asked_again_for_jobs_that_it_could_not_list() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!(systemd.queue(), 1);
        // Whoever may not list jobs is still told their ends, and asks as rarely as before.
        refuse(systemd, BUS, "ListJobs", "AccessDenied");
        refuse(systemd, BUS, "ListJobs", "NameHasNoOwner");
        systemd.list(&[]);
        systemd.tell_state("active");
    };
    let calls = play(script, |systemd| {
        let job = systemd.start_unit("1.service", Mode::Replace).unwrap();
        assert_eq!((job.id(), job.result()), (Some(1), None));
        let begin = Instant::now();
        let end = systemd.wait(&job).unwrap();
        assert_eq!((&*end.to_string(), end.result()), ("lost (active)", None));
        // Twice 2 s without a word, and a tenth of a second after systemd was away.
        assert!(begin.elapsed() >= Duration::from_millis(4100), "{:?}", begin.elapsed());
        // It is known that it has ended, not how.
        assert_eq!(job.result(), None);
    });
    assert_eq!(calls.iter().filter(|call| *call == "ListJobs").count(), 3);
}

#[test]
fn a_wait_gives_a_systemd_up_that_stays_away() {
    let script = |systemd: &mut Played<'_>| {
        assert_eq!(systemd.queue(), 1);
        absent(systemd);
    };
    play(script, |systemd| {
        systemd.set_absence(ABSENCE);
        let job = systemd.start_unit("1.service", Mode::Replace).unwrap();
        let begin = Instant::now();
        let error = systemd.wait(&job).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.NameHasNoOwner"));
        assert!(begin.elapsed() >= ABSENCE, "{:?}", begin.elapsed());
    });
}
