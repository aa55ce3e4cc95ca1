//! What single watches report.

use std::time::Duration;

use barebus::{Connection, Options};
use barebus_box::SystemdBox;
use barebus_systemd::interface::manager::OBJECT;
use barebus_systemd::interface::manager::method::REEXECUTE;
use barebus_systemd::watch::{Event, UnitState, Watch};
use barebus_systemd::word::{LoadState, SubState, UnitResult};
use barebus_systemd::{ActiveState, JobResult, Mode, Systemd};

use super::replay::Replay;
use super::{alone, broker, daemon, is_inside, listed, over_bus, settle};
use crate::boxes::{PATIENCE, printed};

/// The events until one passes.
fn until(watch: &mut Watch<'_>, is_last: impl Fn(&Event) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let event = watch.next_within(PATIENCE).unwrap().expect("an event");
        events.push(event);
        if events.last().is_some_and(&is_last) {
            return events;
        }
    }
}

fn is_steady(name: &str) -> bool {
    name.starts_with("steady-")
}

fn is_gone(event: &Event) -> bool {
    matches!(event, Event::Gone { .. })
}

/// The states that a unit went through.
fn states(events: &[Event]) -> Vec<&UnitState> {
    fn state(event: &Event) -> Option<&UnitState> {
        match event {
            Event::Loaded { state, .. } => Some(state),
            Event::Changed { new, .. } => Some(new),
            _ => None,
        }
    }

    events.iter().filter_map(state).collect()
}

fn job_results(events: &[Event]) -> Vec<JobResult> {
    let result = |event: &Event| match event {
        Event::JobRemoved { result, .. } => result.clone(),
        _ => None,
    };
    events.iter().filter_map(result).collect()
}

fn run(the_box: &SystemdBox, script: &str) {
    let status = the_box.command("sh").args(["-c", script]).status().unwrap();
    assert!(status.success(), "{script}");
}

#[test]
fn a_unit_that_is_not_loaded_is_inactive_and_seen_when_it_comes() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        run(
            the_box,
            "printf '[Service]\nExecStart=/bin/sleep infinity\n' > /run/systemd/system/comes.service",
        );
        let systemd = over_bus(the_box);
        let mut watch = systemd.watch(["comes.service"]).unwrap();
        let Some(Event::Snapshot(units)) = watch.next_within(PATIENCE).unwrap() else { panic!() };
        let [unit] = &units[..] else { panic!("{units:?}") };
        assert_eq!((&*unit.name, unit.is_loaded), ("comes.service", false));
        assert_eq!(
            (&unit.state.active, &unit.state.sub),
            (&ActiveState::Inactive, &SubState::Dead)
        );

        let job = systemd.start_unit("comes.service", Mode::Replace).unwrap();
        systemd.wait(&job).unwrap();
        let is_running = |event: &Event| matches!(event, Event::Changed { new, .. } if new.sub == SubState::Running);
        let events = until(&mut watch, is_running);
        assert!(matches!(events[0], Event::Loaded { .. }), "{events:?}");
        let pid = states(&events).last().unwrap().main_pid.unwrap();
        run(the_box, &format!("test $(systemctl show --value -p MainPID comes.service) = {pid}"));

        run(the_box, "systemctl kill -s KILL comes.service");
        let has_failed = |event: &Event| matches!(event, Event::Changed { new, .. } if new.active == ActiveState::Failed);
        let events = until(&mut watch, has_failed);
        let last = states(&events).last().copied().unwrap().clone();
        assert_eq!((last.result, last.main_pid), (Some(UnitResult::Signal), None));

        run(the_box, "systemctl reset-failed comes.service");
        until(&mut watch, is_gone);
    }
}

#[test]
fn states_results_and_jobs_of_a_unit_that_fails_are_told_in_order() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        run(
            the_box,
            "printf '[Service]\nType=oneshot\nExecStart=/bin/false\n[Unit]\nCollectMode=inactive-or-failed\n' > /run/systemd/system/fails.service",
        );
        let systemd = over_bus(the_box);
        let mut watch = systemd.watch(["fails.service"]).unwrap();
        let job = systemd.start_unit("fails.service", Mode::Replace).unwrap();
        systemd.wait(&job).unwrap();
        let events = until(&mut watch, is_gone);
        assert!(matches!(events[0], Event::Snapshot(_)), "{events:?}");
        let mut seen: Vec<_> =
            states(&events).into_iter().map(|state| state.active.clone()).collect();
        seen.dedup();
        let order = [ActiveState::Inactive, ActiveState::Activating, ActiveState::Failed];
        assert!(seen.ends_with(&order[1..]) && order.ends_with(&seen), "{seen:?}");
        let last = states(&events).last().copied().unwrap().clone();
        assert_eq!(last.result, Some(UnitResult::ExitCode));
        assert_eq!(job_results(&events), [JobResult::Failed]);
    }
}

#[test]
fn a_unit_is_watched_by_another_name_too() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        run(
            the_box,
            "printf '[Service]\nExecStart=/bin/sleep infinity\n' > /run/systemd/system/primary.service
             ln -sf primary.service /run/systemd/system/other.service
             systemctl daemon-reload",
        );
        let systemd = over_bus(the_box);
        let mut before = systemd.watch(["other.service"]).unwrap();
        let names = |event: Option<Event>| match event {
            Some(Event::Snapshot(units)) => {
                units.into_iter().map(|unit| (unit.name, unit.state.active)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let primary = "primary.service".to_owned();
        let found = names(before.next_within(PATIENCE).unwrap());
        assert_eq!(found, [(primary.clone(), ActiveState::Inactive)]);
        let job = systemd.start_unit("primary.service", Mode::Replace).unwrap();
        systemd.wait(&job).unwrap();
        let mut after = systemd.watch(["other.service"]).unwrap();
        let found = names(after.next_within(PATIENCE).unwrap());
        assert_eq!(found, [(primary, ActiveState::Active)]);
        let is_active = |event: &Event| matches!(event, Event::Changed { unit, new, .. } if unit == "primary.service" && new.active == ActiveState::Active);
        until(&mut before, is_active);
        let job = systemd.stop_unit("primary.service", Mode::Replace).unwrap();
        systemd.wait(&job).unwrap();
    }
}

/// The snapshot tells result and main process of a unit that runs or has failed.
#[test]
fn a_snapshot_tells_what_list_units_does_not() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        run(
            the_box,
            "printf '[Service]\nExecStart=/bin/sleep infinity\n' > /run/systemd/system/runs.service
             printf '[Service]\nType=oneshot\nExecStart=/bin/false\n' > /run/systemd/system/failed.service
             systemctl start runs.service; systemctl start failed.service; true",
        );
        let systemd = over_bus(the_box);
        for mut watch in
            [systemd.watch_all(), systemd.watch(["runs.service", "failed.service"]).unwrap()]
        {
            let Some(Event::Snapshot(units)) = watch.next_within(PATIENCE).unwrap() else {
                panic!()
            };
            let state = |name: &str| &units.iter().find(|unit| unit.name == name).unwrap().state;
            let runs = state("runs.service");
            assert_eq!(runs.load, Some(LoadState::Loaded));
            run(
                the_box,
                &format!(
                    "test $(systemctl show --value -p MainPID runs.service) = {}",
                    runs.main_pid.unwrap()
                ),
            );
            assert_eq!(state("failed.service").result, Some(UnitResult::ExitCode));
        }
        run(the_box, "systemctl stop runs.service; systemctl reset-failed failed.service");
    }
}

#[test]
fn an_overflow_is_told_and_followed_by_a_snapshot() {
    let _alone = alone();
    for the_box in [daemon(), broker()] {
        let options = Options::bus().queue_limits(1 << 20, 64 << 10);
        let mut slow = Systemd::over(options.open(the_box.system_bus_address()).unwrap());
        let busy = over_bus(the_box);
        {
            let mut watch = slow.watch_all();
            let mut replay = Replay::default();
            replay.read(watch.next_within(PATIENCE).unwrap().unwrap());
            for index in 0..12 {
                let unit = format!("steady-{}.service", index % 4);
                let job = busy.restart_unit(&unit, Mode::Replace).unwrap();
                busy.wait(&job).unwrap();
            }
            settle(&slow).unwrap();
            while replay.overflows == 0 {
                replay.read(watch.next_within(PATIENCE).unwrap().expect("an event"));
            }
            let mut other = over_bus(the_box);
            loop {
                settle(&slow).unwrap();
                while let Some(event) = watch.poll().unwrap() {
                    replay.read(event);
                }
                if replay.rows(is_steady) == listed(&mut other, is_steady) {
                    break;
                }
            }
        }
        assert!(slow.connection().session_state().dropped() > 0);
    }
}

/// systemd executes itself again while a unit is watched; only what changed is told.
fn reexec(connect: impl Fn() -> Option<Systemd>) {
    let systemd = connect().unwrap();
    let mut watch = systemd.watch_all();
    let mut replay = Replay::default();
    let job = systemd.restart_unit("steady-0.service", Mode::Replace).unwrap();
    systemd.wait(&job).unwrap();
    let is_removed = |event: &Event| matches!(event, Event::JobRemoved { .. });
    until(&mut watch, is_removed).into_iter().for_each(|event| replay.read(event));
    // The load state is told last.
    while replay.units.get("steady-0.service").is_none_or(|unit| unit.load.is_none()) {
        replay.read(watch.next_within(PATIENCE).unwrap().expect("an event"));
    }
    let before = replay.units.get("steady-0.service").cloned();

    let mut actor = connect().unwrap();
    let _ = actor.connection().start_request(REEXECUTE.call(OBJECT, ())).unwrap();
    // It goes, and comes back.
    let _ = actor.connection().flush();
    while connect().is_none_or(|systemd| systemd.version().is_err()) {}
    let other = connect().unwrap();
    let job = other.restart_unit("steady-1.service", Mode::Replace).unwrap();
    other.wait(&job).unwrap();
    let is_started = |event: &Event| match event {
        Event::Loaded { unit, state } | Event::Changed { unit, new: state, .. } => {
            unit == "steady-1.service" && state.sub == SubState::Running
        }
        _ => false,
    };
    let events = until(&mut watch, is_started);
    let about = |event: &Event| event.unit() == Some("steady-0.service");
    assert_eq!(events.iter().filter(|event| about(event)).count(), 0, "{events:?}");
    events.into_iter().for_each(|event| replay.read(event));
    assert_eq!(replay.units.get("steady-0.service").cloned(), before);
    assert_eq!(replay.overflows, 0);
    for unit in ["steady-0.service", "steady-1.service"] {
        let job = other.stop_unit(unit, Mode::Replace).unwrap();
        other.wait(&job).unwrap();
    }
}

#[test]
fn a_watch_survives_that_systemd_executes_itself_again() {
    let _alone = alone();
    reexec(|| Some(over_bus(daemon())));
    reexec(|| Some(over_bus(broker())));
}

#[test]
fn without_a_bus_a_watch_survives_that_systemd_executes_itself_again() {
    let _alone = alone();
    if is_inside("watch::events::without_a_bus_a_watch_survives_that_systemd_executes_itself_again")
    {
        reexec(|| Connection::systemd_private().ok().map(Systemd::over));
    }
}

#[test]
fn the_watch_for_tokio_tells_the_same() {
    let _alone = alone();
    use std::future::poll_fn;
    use std::pin::Pin;

    use barebus_systemd::tokio;
    use futures_core::Stream;

    for the_box in [daemon(), broker()] {
        let runtime = ::tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Connection::open(the_box.system_bus_address()).unwrap();
            let (systemd, driver) = tokio::Systemd::over(connection);
            ::tokio::spawn(driver);
            let mut all = systemd.watch_all();
            let mut one = systemd.watch(["steady-2.service"]).unwrap();
            let job = systemd.restart_unit("steady-2.service", Mode::Replace).await.unwrap();
            systemd.wait(&job).await.unwrap();
            let show = ["show", "--value", "-p", "MainPID", "steady-2.service"];
            let pid = printed(the_box, "systemctl", &show).trim().parse().ok();
            for (watch, is_stream) in [(&mut all, false), (&mut one, true)] {
                let mut replay = Replay::default();
                let is_running = |replay: &Replay| {
                    replay.units.get("steady-2.service").is_some_and(|unit| unit.main_pid == pid)
                };
                while !is_running(&replay) {
                    let next = async {
                        match is_stream {
                            true => poll_fn(|cx| Pin::new(&mut *watch).poll_next(cx)).await,
                            false => watch.next().await,
                        }
                    };
                    let event = ::tokio::time::timeout(PATIENCE, next).await.unwrap();
                    replay.read(event.unwrap().unwrap());
                }
            }
            let job = systemd.stop_unit("steady-2.service", Mode::Replace).await.unwrap();
            systemd.wait(&job).await.unwrap();
        });
    }
}

#[test]
fn a_wait_with_a_time_limit_ends() {
    let _alone = alone();
    let systemd = over_bus(daemon());
    let mut watch = systemd.watch(["nowhere.service"]).unwrap();
    assert!(watch.next_within(PATIENCE).unwrap().is_some());
    assert_eq!(watch.next_within(Duration::from_millis(1)).unwrap(), None);
    assert!(systemd.watch(["nowhere"]).unwrap_err().to_string().contains("nowhere"));
}
