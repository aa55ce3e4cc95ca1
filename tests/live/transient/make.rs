//! Units of all types that can be transient.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use barebus::Connection;
use barebus_systemd::transient::{ExecCommand, ExecKind, TransientUnit};
use barebus_systemd::word::{ActiveState, Restart, ServiceType, SubState};
use barebus_systemd::{JobResult, Systemd};

use super::{in_all_places, name, run_here, shell};
use crate::places::Place;

fn unit(place: &Place, text: &str) -> TransientUnit {
    TransientUnit::new(&name(place, text)).unwrap()
}

#[test]
fn a_service_gets_its_commands_and_settings() {
    in_all_places("transient::make::a_service_gets_its_commands_and_settings", |systemd, place| {
        let file = format!("/run/{}", name(place, "made"));
        let write = |text: &str| {
            ExecCommand::new("/bin/sh").args(["-c", &format!("echo \"{text}\" >> {file}")])
        };
        let mut service = unit(place, "made.service");
        let arguments = ["/bin/sh", "-c", "echo \"$VALUE $$ $1\" >> \"$0\"", &file, "a 'b' $c %n"];
        service
            .description("made by a test")
            .unwrap()
            .service_type(ServiceType::Oneshot)
            .unwrap()
            .restart(Restart::No)
            .unwrap()
            .environment("VALUE", "x 'y' $z")
            .unwrap()
            .exec(ExecKind::StartPre, write("before"))
            .unwrap()
            .exec(ExecKind::StartPre, ExecCommand::new("/bin/false").ignore_failure())
            .unwrap()
            .exec_start(arguments)
            .unwrap()
            .exec(ExecKind::StopPost, write("after").privileged())
            .unwrap();
        let end = run_here(systemd, service).unwrap();
        assert!(end.is_success(), "{end}");
        // Without references, only what changes is known in the end.
        let description = if place.is_direct() { "" } else { "made by a test" };
        assert_eq!(end.status.description, description);
        let written = place.printed("cat", &[&file]);
        let lines: Vec<_> = written.lines().collect();
        assert_eq!((lines[0], lines[2], lines.len()), ("before", "after", 3), "{written}");
        // Everything came as it was given; `$$` was the shell's own.
        let middle = lines[1];
        assert!(middle.starts_with("x 'y' $z ") && middle.ends_with(" a 'b' $c %n"), "{middle}");
        place.run("rm", &[&file]);
    });
}

/// A process in the box, and its number there.
fn process(place: &Place) -> (Child, u32) {
    let mut sleep = place.command("sh");
    sleep.args(["-c", "echo $$; exec sleep infinity"]).stdout(Stdio::piped());
    let mut process = sleep.spawn().unwrap();
    let mut pid = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut pid).unwrap();
    (process, pid.trim().parse().unwrap())
}

#[test]
fn a_scope_takes_processes_in_before_it_returns() {
    const TEST: &str = "transient::make::a_scope_takes_processes_in_before_it_returns";
    in_all_places(TEST, |systemd, place| {
        let (mut process, pid) = process(place);
        let mut scope = unit(place, "takes.scope");
        scope.pids(&[pid]).unwrap().set("Slice", "takes.slice").unwrap();
        let end = systemd.start_scope(scope).unwrap();
        assert_eq!(end.result(), Some(&JobResult::Done));
        let cgroup = place.printed("cat", &[&format!("/proc/{pid}/cgroup")]);
        let name = name(place, "takes.scope");
        assert!(cgroup.trim().ends_with(&format!("/takes.slice/{name}")), "{cgroup}");
        assert_eq!(systemd.unit_by_pid(pid).unwrap(), &*name);
        systemd.abandon_scope(&name).unwrap();
        assert_eq!(systemd.status(&name).unwrap().sub_state, SubState::Abandoned);
        process.kill().unwrap();
        process.wait().unwrap();
    });
}

/// systemd asks the bus for the process that calls, which it cannot see from inside of a box if it is outside.
#[test]
fn a_delegated_service_takes_processes_in_while_it_runs() {
    const TEST: &str = "transient::make::a_delegated_service_takes_processes_in_while_it_runs";
    in_all_places(TEST, |direct, place| {
        if !place.is_direct() {
            return;
        }
        for systemd in [direct, &Systemd::over(Connection::system().unwrap())] {
            let (mut process, pid) = process(place);
            let mut service = shell(place, "delegated", "exec sleep infinity");
            service.set("Delegate", "yes").unwrap().service_type(ServiceType::Exec).unwrap();
            let name = service.name().to_string();
            let job = systemd.start_transient_unit(service).unwrap();
            assert!(systemd.wait(&job).unwrap().is_success());
            systemd.attach_processes_to_unit(&name, "", &[pid]).unwrap();
            assert_eq!(systemd.unit_by_pid(pid).unwrap(), &*name);
            let processes = systemd.unit_processes(&name).unwrap();
            assert!(processes.iter().any(|process| process.pid == pid), "{processes:?}");
            place.run("systemctl", &["stop", &name]);
            process.wait().unwrap();
        }
    });
}

/// 252 has no descriptors of processes: their numbers are sent, which are those of this PID namespace.
#[test]
fn a_scope_takes_a_process_in_by_its_descriptor() {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    const TEST: &str = "transient::make::a_scope_takes_a_process_in_by_its_descriptor";
    in_all_places(TEST, |systemd, place| {
        if !place.is_direct() {
            return;
        }
        let mut process = place.command("sleep").arg("infinity").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
        let mut scope = unit(place, "pidfd.scope");
        scope.pidfd(pidfd_open(pid, PidfdFlags::empty()).unwrap());
        assert!(systemd.start_scope(scope).unwrap().is_success());
        assert_eq!(systemd.unit_by_pid(process.id()).unwrap(), "inside-pidfd.scope");
        process.kill().unwrap();
        process.wait().unwrap();
    });
}

#[test]
fn a_timer_starts_the_service_that_was_made_with_it() {
    const TEST: &str = "transient::make::a_timer_starts_the_service_that_was_made_with_it";
    in_all_places(TEST, |systemd, place| {
        let mut timer = unit(place, "ticks.timer");
        timer.set("OnActiveSec", "1ms").unwrap().set("RemainAfterElapse", "yes").unwrap();
        timer.set("AccuracySec", "1ms").unwrap();
        let mut service = shell(place, "ticks", "exec sleep infinity");
        service.service_type(ServiceType::Exec).unwrap();
        timer.auxiliary(service);
        let job = systemd.start_transient_unit(timer).unwrap();
        assert!(systemd.wait(&job).unwrap().is_success());
        let service = name(place, "ticks.service");
        while systemd.status(&service).unwrap().active_state != ActiveState::Active {}
        let timer = systemd.status(&name(place, "ticks.timer")).unwrap();
        assert_eq!(timer.triggers, [&*service]);
        place.run("systemctl", &["stop", &timer.name, &service]);
    });
}

#[test]
fn slices_sockets_paths_and_mounts_are_made() {
    in_all_places("transient::make::slices_sockets_paths_and_mounts_are_made", |systemd, place| {
        let mut slice = unit(place, "made.slice");
        slice.set("CPUQuota", "50%").unwrap();
        let mut socket = unit(place, "made.socket");
        let address = format!("/run/{}", name(place, "made.sock"));
        socket.set("ListenStream", &address).unwrap();
        socket.auxiliary(shell(place, "made", "exit 0"));
        let mut path = unit(place, "watches.path");
        path.set("PathExists", "/run/never").unwrap();
        path.auxiliary(shell(place, "watches", "exit 0"));
        let directory = format!("/{}", name(place, "mounted").replace('-', "/"));
        place.run("mkdir", &["-p", &directory]);
        let mut mount = unit(place, "mounted.mount");
        mount.set("What", "tmpfs").unwrap().set("Type", "tmpfs").unwrap();
        mount.set("Where", &directory).unwrap();
        for unit in [slice, socket, path, mount] {
            let name = unit.name().to_string();
            let job = systemd.start_transient_unit(unit).unwrap();
            assert_eq!(systemd.wait(&job).unwrap().result(), Some(&JobResult::Done), "{name}");
            assert_eq!(systemd.status(&name).unwrap().active_state, ActiveState::Active, "{name}");
            place.run("systemctl", &["stop", &name]);
        }
    });
}

#[test]
fn what_systemd_refuses_is_told() {
    in_all_places("transient::make::what_systemd_refuses_is_told", |systemd, place| {
        let mut service = shell(place, "refused", "exit 0");
        service.property("NoSuchSetting", true).unwrap();
        let error = systemd.start_transient_unit(service).unwrap_err();
        let refused = "StartTransientUnit of ";
        assert!(error.to_string().starts_with(refused), "{error}");
        assert!(error.to_string().contains("NoSuchSetting"), "{error}");
        // A scope without processes.
        assert!(systemd.start_scope(unit(place, "empty.scope")).is_err());
    });
}
