//! The bus is restarted while somebody waits: everything says so at once, and a new connection works.

use std::sync::mpsc::channel;
use std::time::Instant;

use barebus_box::Bus;
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::watch::Event;
use barebus_systemd::{Error, Mode};

use super::{boot, connect};
use crate::boxes::PATIENCE;

#[track_caller]
fn says_so(error: &Error) {
    assert!(error.is_disconnected(), "{error}");
    let text = error.to_string();
    assert!(text.contains("unix:path=") && text.contains("closed"), "{text}");
}

#[test]
fn whoever_waits_learns_that_the_bus_has_ended() {
    for (bus, service) in [(Bus::Daemon, "dbus.service"), (Bus::Broker, "dbus-broker.service")] {
        let the_box = boot(bus);
        let shell = |script: &str| {
            let output = the_box.command("sh").args(["-c", script]).output().unwrap();
            assert!(output.status.success(), "{script}: {output:?}");
        };
        std::thread::scope(|scope| {
            let (ready, is_ready) = channel();
            let (the_box, watches) = (&the_box, ready.clone());
            let waiting = scope.spawn(move || {
                let systemd = connect(the_box);
                let job = systemd.start_unit("job-held@restart.service", Mode::Replace).unwrap();
                ready.send(()).unwrap();
                systemd.wait(&job).unwrap_err()
            });
            let watching = scope.spawn(move || {
                let systemd = connect(the_box);
                let mut watch = systemd.watch_all();
                assert!(matches!(watch.next(), Some(Ok(Event::Snapshot(_)))));
                watches.send(()).unwrap();
                let error = watch.find_map(Result::err).expect("an error at the end");
                assert!(watch.next().is_none());
                error
            });
            let running = scope.spawn(move || {
                let mut unit = TransientUnit::new("of-restart.service").unwrap();
                let script = "touch /run/of-restart; exec sleep infinity";
                unit.exec_start(["/bin/sh", "-c", script]).unwrap();
                connect(the_box).run(unit).unwrap_err()
            });
            is_ready.recv_timeout(PATIENCE).unwrap();
            is_ready.recv_timeout(PATIENCE).unwrap();
            shell("until [ -e /run/of-restart ]; do sleep 0.01; done");
            shell(&format!("systemctl restart {service}"));
            for error in [waiting, watching, running].map(|thread| thread.join().unwrap()) {
                says_so(&error);
            }
        });
        // systemd connects to the new bus when it likes.
        let begin = Instant::now();
        let systemd = loop {
            let systemd = connect(&the_box);
            match systemd.version() {
                Ok(_) => break systemd,
                Err(error) => assert!(begin.elapsed() < PATIENCE, "{error}"),
            }
        };
        let report = systemd.start_and_report("job-done.service", Mode::Replace).unwrap();
        assert!(report.end.is_success(), "{:?}", report.end);
        // What was run goes on: systemd has lost nothing.
        assert!(systemd.status("of-restart.service").unwrap().active_state.is_active());
    }
}
