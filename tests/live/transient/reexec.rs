//! systemd re-executes itself, or reloads, while a command runs.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use barebus_box::{Bus, SystemdBox};
use barebus_systemd::word::CollectMode;

use barebus_systemd::transient::TransientUnit;

use super::{boot, name, run_here, shell};
use crate::boxes::PATIENCE;
use crate::places::everywhere;

/// Boxes in which nobody else is disturbed.
fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

/// One test at a time: the other one's systemd must not execute itself again as well.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The command waits until its file is there. Meanwhile systemd is told by another connection to execute itself again. As it fails, its unit is
/// kept until it has been asked for, also on the private socket.
#[test]
fn the_end_of_a_command_is_told_all_the_same() {
    const TEST: &str = "transient::reexec::the_end_of_a_command_is_told_all_the_same";
    let _alone = alone();
    everywhere(TEST, [daemon, broker], |systemd, place| {
        systemd.set_absence(PATIENCE);
        for round in 0..3 {
            let file = format!("/run/go-on-{round}-{}", place.is_direct());
            let line = format!("while ! test -e {file}; do sleep 0.05; done; exit 4");
            let unit = shell(place, &format!("reexec{round}"), &line);
            let running = unit.name().to_string();
            std::thread::scope(|scope| {
                let other = scope.spawn(|| {
                    let other = place.systemd();
                    other.set_absence(PATIENCE);
                    while !other.status(&running).unwrap().active_state.is_active() {}
                    other.reload().unwrap();
                    other.reexecute().unwrap();
                    place.run("touch", &[&file]);
                });
                let end = run_here(systemd, unit).unwrap();
                other.join().unwrap();
                // It ended after systemd was back, which watched it.
                assert_eq!((end.is_lost, end.exit_code()), (false, 4), "{end}");
                systemd.reset_failed_unit(&running).unwrap();
            });
        }
    });
}

/// It ends when it likes: the end is the right one, or lost, and never another.
#[test]
fn an_end_in_the_middle_is_right_or_lost() {
    const TEST: &str = "transient::reexec::an_end_in_the_middle_is_right_or_lost";
    let _alone = alone();
    everywhere(TEST, [daemon, broker], |systemd, place| {
        systemd.set_absence(PATIENCE);
        // 252 reads what it has written of a transient unit with `\` before each `;`: no line of shell as an argument.
        place.run("sh", &["-c", "printf 'sleep 0.05\\nexit 4\\n' > /run/middle"]);
        for round in 0..5 {
            let mut unit =
                TransientUnit::new(&name(place, &format!("middle{round}.service"))).unwrap();
            unit.exec_start(["/bin/sh", "/run/middle"]).unwrap();
            unit.collect_mode(CollectMode::InactiveOrFailed).unwrap();
            std::thread::scope(|scope| {
                let other = scope.spawn(|| {
                    let other = place.systemd();
                    other.set_absence(PATIENCE);
                    other.reexecute().unwrap();
                });
                let end = run_here(systemd, unit);
                other.join().unwrap();
                match end {
                    Ok(end) => assert!(end.is_lost || end.exit_code() == 4, "{end}"),
                    // The call that starts it was not answered: nothing is known of it.
                    Err(error) => {
                        assert!(error.to_string().starts_with("StartTransientUnit of "), "{error}");
                    }
                }
            });
        }
    });
}
