//! Running a command, and how it ended.

use std::time::{Duration, Instant};

use barebus_systemd::transient::{RunEnd, TransientUnit};
use barebus_systemd::unit::ProcessEnd;
use barebus_systemd::word::{ActiveState, CollectMode, ServiceType, Signal, UnitResult};
use barebus_systemd::{Cause, Error, JobResult};

use barebus::Connection;

use super::{in_all_places, name, run_here, shell};
use crate::boxes::{INSIDE, PATIENCE};
use crate::places::{Place, program_in};

#[test]
fn a_command_that_succeeds_tells_its_time() {
    in_all_places("transient::run::a_command_that_succeeds_tells_its_time", |systemd, place| {
        // Twice by the same name: it is free when the command has ended.
        for _ in 0..2 {
            let mut unit = shell(place, "succeeds", "exit 0");
            unit.set("MemoryMax", "64M").unwrap();
            let end = run_here(systemd, unit).unwrap();
            assert!(end.is_success() && !end.is_lost, "{end}");
            assert_eq!(end.exit_code(), 0);
            assert_eq!(end.job.result(), Some(&JobResult::Done));
            assert_eq!(end.status.active_state, ActiveState::Inactive);
            assert_eq!(end.status.result, Some(UnitResult::Success));
            assert_eq!(end.status.main_process, Some(ProcessEnd::Exited(0)));
            assert!(end.status.run_time.is_some(), "{end}");
            // Without references it cannot be asked. In the box of a machine whose memory controller belongs to cgroup v1 the memory is
            // none everywhere.
            assert_eq!(end.status.resources.cpu.is_some(), !place.is_direct(), "{end}");
            assert!(end.to_string().starts_with("success: exit code 0 after "), "{end}");
        }
    });
}

#[test]
fn a_command_that_fails_tells_how() {
    in_all_places("transient::run::a_command_that_fails_tells_how", |systemd, place| {
        let cases = [
            ("code", "exit 3", UnitResult::ExitCode, ProcessEnd::Exited(3), 3),
            ("signal", "kill -KILL $$", UnitResult::Signal, ProcessEnd::Killed(Signal::KILL), 255),
        ];
        for (stem, line, result, end, code) in cases {
            let mut unit = shell(place, stem, line);
            unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
            let ended = run_here(systemd, unit).unwrap();
            assert!(!ended.is_success());
            assert_eq!(ended.status.result, Some(result), "{ended}");
            assert_eq!(ended.status.main_process, Some(end));
            assert_eq!(ended.exit_code(), code);
        }
        // systemd forgets it with its collect mode.
        let left = systemd.list_units_by_patterns(&[], &[&name(place, "code.service")]).unwrap();
        assert!(left.is_empty());
    });
}

#[test]
fn a_core_dump_is_told_apart() {
    in_all_places("transient::run::a_core_dump_is_told_apart", |systemd, place| {
        let mut unit = shell(place, "core", "kill -SEGV $$");
        unit.set("LimitCORE", "infinity").unwrap();
        unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
        let end = run_here(systemd, unit).unwrap();
        let signal = Signal::parse("SEGV").unwrap();
        assert_eq!(end.exit_code(), 255);
        // Whether there is a dump is for the kernel of the machine to say; systemd and we say the same.
        match end.status.main_process {
            Some(ProcessEnd::Dumped(with)) => {
                assert_eq!((with, end.status.result), (signal, Some(UnitResult::CoreDump)));
            }
            other => {
                assert_eq!(other, Some(ProcessEnd::Killed(signal)));
                assert_eq!(end.status.result, Some(UnitResult::Signal));
            }
        }
    });
}

#[test]
fn what_does_not_get_so_far_is_no_success() {
    in_all_places("transient::run::what_does_not_get_so_far_is_no_success", |systemd, place| {
        // There is no such program.
        let mut unit = shell(place, "none", "");
        unit.set("ExecStart", "").unwrap().exec_start(["/no/such/program"]).unwrap();
        unit.service_type(ServiceType::Exec).unwrap();
        unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
        let end = run_here(systemd, unit).unwrap();
        assert_eq!(end.job.result(), Some(&JobResult::Failed), "{end}");
        assert_eq!(end.exit_code(), 203, "{end}");

        // A unit that it needs fails.
        let mut needed = shell(place, "needed", "exit 1");
        needed.service_type(ServiceType::Oneshot).unwrap();
        let needed_name = needed.name().to_string();
        let mut unit = shell(place, "dependent", "exit 0");
        unit.set("Requires", &needed_name).unwrap().set("After", &needed_name).unwrap();
        unit.auxiliary(needed);
        let end = run_here(systemd, unit).unwrap();
        assert_eq!(end.job.result(), Some(&JobResult::Dependency), "{end}");
        assert!(!end.is_success());
        assert_eq!(end.exit_code(), 1);
        assert_eq!(end.to_string().split(',').next(), Some("not started: dependency"));
        systemd.reset_failed_unit(&needed_name).unwrap();

        // A condition does not hold.
        let mut unit = shell(place, "condition", "exit 0");
        unit.set("ConditionPathExists", "/no/such/path").unwrap();
        let end = run_here(systemd, unit).unwrap();
        assert_eq!(end.job.result(), Some(&JobResult::Done), "{end}");
        assert_eq!(end.status.conditions_held, Some(false));
        assert!(!end.is_success());
        assert_eq!(end.exit_code(), 0);
        let text = end.to_string();
        assert!(text.starts_with("not started: a condition does not hold"), "{text}");
    });
}

#[test]
fn a_oneshot_is_waited_for_too_and_restarts_are_waited_out() {
    const TEST: &str = "transient::run::a_oneshot_is_waited_for_too_and_restarts_are_waited_out";
    in_all_places(TEST, |systemd, place| {
        let mut unit = shell(place, "oneshot", "exit 5");
        unit.service_type(ServiceType::Oneshot).unwrap();
        unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
        let end = run_here(systemd, unit).unwrap();
        assert_eq!(end.exit_code(), 5);

        // Fails the first time.
        let file = format!("/run/{}", name(place, "tried"));
        let line = format!("test -e {file} || {{ touch {file}; exit 1; }}");
        let mut unit = shell(place, "restarts", &line);
        unit.set("Restart", "on-failure").unwrap().set("RestartSec", "1ms").unwrap();
        let end = run_here(systemd, unit).unwrap();
        assert!(end.is_success(), "{end}");
        place.run("rm", &[&file]);
    });
}

#[test]
fn a_unit_that_exists_is_in_the_way_and_its_state_is_told() {
    const TEST: &str = "transient::run::a_unit_that_exists_is_in_the_way_and_its_state_is_told";
    in_all_places(TEST, |systemd, place| {
        let unit = || shell(place, "exists", "exit 1");
        let name = unit().name().to_string();
        assert!(!run_here(systemd, unit()).unwrap().is_success());
        let error = run_here(systemd, unit()).unwrap_err();
        assert!(matches!(error.cause, Cause::UnitExists(ActiveState::Failed)), "{error}");
        assert_eq!(
            error.to_string(),
            format!(
                "StartTransientUnit of {name}: a unit of that name exists: it has failed; \
                 reset it, as `systemctl reset-failed` does"
            )
        );
        systemd.reset_failed_unit(&name).unwrap();

        let mut long = shell(place, "exists", "exec sleep infinity");
        long.service_type(ServiceType::Exec).unwrap();
        let job = systemd.start_transient_unit(long).unwrap();
        assert!(systemd.wait(&job).unwrap().is_success());
        let error = systemd.start_transient_unit(unit()).unwrap_err();
        assert!(matches!(error.cause, Cause::UnitExists(ActiveState::Active)), "{error}");
        place.run("systemctl", &["stop", &name]);
    });
}

/// The limit is doubled until systemd has started the unit within it.
#[test]
fn a_command_that_takes_longer_than_its_limit_goes_on() {
    in_all_places(
        "transient::run::a_command_that_takes_longer_than_its_limit_goes_on",
        |systemd, place| {
            type Run<'a> = &'a dyn Fn(TransientUnit, Duration) -> Result<RunEnd, Error>;

            let blocking: Run<'_> = &|unit, limit| systemd.run_within(unit, limit);
            let later: Run<'_> =
                &|unit, limit| systemd.all([systemd.later().run_within(unit, limit)]).remove(0);
            for (stem, run) in [("late", blocking), ("late-later", later)] {
                let mut limit = Duration::from_millis(100);
                loop {
                    let unit =
                        shell(place, &format!("{stem}{}", limit.as_millis()), "sleep infinity");
                    let (name, begin) = (unit.name().to_string(), Instant::now());
                    let error = run(unit, limit).unwrap_err();
                    assert!(begin.elapsed() >= limit && error.is_timeout(), "{error}");
                    let text = format!(
                        "the run of {name} has not ended within {} s; it goes on",
                        limit.as_secs_f64()
                    );
                    assert_eq!(error.to_string(), text);
                    if systemd.status(&name).unwrap().active_state.is_active() {
                        place.run("systemctl", &["stop", &name]);
                        break;
                    }
                    assert!(limit < PATIENCE, "it does not go on");
                    limit *= 2;
                }
                let mut unit = shell(place, stem, "exit 3");
                unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
                assert_eq!(run(unit, PATIENCE).unwrap().exit_code(), 3);
            }
        },
    );
}

/// Of twenty commands at once, each end is its own.
#[test]
fn commands_run_side_by_side() {
    in_all_places("transient::run::commands_run_side_by_side", |systemd, place| {
        let ends = systemd.all((0..20).map(|code| {
            let mut unit = shell(place, &format!("many{code}"), &format!("exit {code}"));
            unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
            let later = systemd.later();
            async move { later.run(unit).await.unwrap() }
        }));
        let codes: Vec<_> = ends.iter().map(|end| end.exit_code()).collect();
        assert_eq!(codes, (0..20).collect::<Vec<_>>());
    });
}

#[test]
fn on_the_private_socket_the_bus_tells_what_was_used() {
    const TEST: &str = "transient::run::on_the_private_socket_the_bus_tells_what_was_used";
    if std::env::var(INSIDE).is_ok_and(|how| how == "hidden") {
        // Without one it is done all the same.
        let systemd = barebus_systemd::Systemd::over(Connection::systemd_private().unwrap());
        let end = systemd.run(shell(&Place::Inside, "hidden", "exit 0")).unwrap();
        assert!(end.is_success() && end.status.resources.cpu.is_none(), "{end}");
        return;
    }
    in_all_places(TEST, |systemd, place| {
        let end = systemd.run(shell(place, "by-bus", "exit 0")).unwrap();
        assert!(end.is_success() && end.status.resources.cpu.is_some(), "{end}");
        let Place::Outside(the_box) = place else { return };
        let program = program_in(the_box);
        let script = format!("mount -t tmpfs tmpfs /run/dbus && exec \"$0\" --exact {TEST}");
        let mut hidden = place.command("unshare");
        hidden.args(["--mount", "sh", "-c", &script]).arg(program);
        let status = hidden.env(INSIDE, "hidden").status().unwrap();
        assert!(status.success(), "with the bus hidden: {status}");
    });
}
