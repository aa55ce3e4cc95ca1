//! After any end of a box the host is unchanged: its mounts, processes, cgroups, settings, `/tmp` and `/run`.
//!
//! Other programs change all of these. So each test runs on its own host, created with `unshare`: a PID namespace in which
//! it is PID 1 and adopts orphans; mounts that propagate, so that leaking mounts of a box are detected; and
//! an empty `/tmp`, `/run` and cgroup.
//!
//! This program plays three parts, see [`main`].
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test with a main of its own, which clippy does not take for one"
)]

mod hostile;
mod owner;
mod room;
mod snapshot;
mod sys;

use std::env;
use std::process::ExitCode;

/// A test. Its name says what it shows.
struct Scenario {
    name: &'static str,
    /// What the owner does, in [`owner::play`].
    part: &'static str,
    /// What happens to the owner, and the checks after it.
    play: fn(&mut room::Stage),
}

const SCENARIOS: [Scenario; 17] = [
    Scenario {
        name: "nothing_stays_when_a_box_is_dropped",
        part: "drop",
        play: room::ends_in_order,
    },
    Scenario { name: "nothing_stays_of_dbus_broker", part: "broker", play: room::ends_in_order },
    Scenario { name: "nothing_stays_of_two_boxes_at_once", part: "two", play: room::ends_in_order },
    Scenario {
        name: "nothing_stays_when_the_owning_thread_panics",
        part: "panic",
        play: room::ends_in_order,
    },
    Scenario { name: "nothing_stays_when_a_boot_fails", part: "fail", play: room::has_no_box },
    Scenario {
        name: "nothing_stays_when_the_owner_is_killed",
        part: "wait",
        play: room::is_killed,
    },
    Scenario {
        name: "nothing_stays_when_the_owner_is_interrupted",
        part: "wait",
        play: room::is_interrupted,
    },
    Scenario {
        name: "nothing_stays_when_an_owner_that_has_forked_is_killed",
        part: "fork",
        play: room::is_killed_with_a_fork,
    },
    Scenario {
        name: "nothing_stays_when_a_box_is_dropped_by_an_owner_that_has_forked",
        part: "fork and drop",
        play: room::is_gone,
    },
    Scenario {
        name: "nothing_stays_when_the_supervisor_is_killed",
        part: "drop",
        play: room::loses_its_supervisor,
    },
    Scenario {
        name: "nothing_stays_when_the_watcher_is_killed",
        part: "drop",
        play: room::loses_its_watcher,
    },
    Scenario {
        name: "the_next_box_removes_what_a_killed_supervisor_and_watcher_leave",
        part: "drop",
        play: room::loses_both,
    },
    Scenario {
        name: "a_signal_sent_to_the_owner_reaches_the_command",
        part: "run",
        play: room::is_terminated,
    },
    Scenario {
        name: "nothing_stays_when_a_box_is_shut_down_from_inside",
        part: "shut down",
        play: room::is_gone,
    },
    Scenario {
        name: "nothing_stays_of_dbus_broker_shut_down_from_inside",
        part: "shut down broker",
        play: room::is_gone,
    },
    Scenario {
        name: "nothing_stays_of_a_command_that_has_stopped",
        part: "stop",
        play: room::ends_in_order,
    },
    Scenario {
        name: "no_link_of_the_root_leads_to_the_host",
        part: "hostile roots",
        play: room::is_gone,
    },
];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("room"), Some(name)) => room::run(&name),
        (Some("owner"), Some(part)) => owner::play(&part),
        (filter, _) => run_all(filter.filter(|filter| !filter.starts_with('-'))),
    }
}

/// What `cargo test` starts.
fn run_all(filter: Option<&str>) -> ExitCode {
    let mut failed = 0;
    for scenario in SCENARIOS.iter().filter(|it| filter.is_none_or(|part| it.name.contains(part))) {
        let passed = room::enter(scenario.name);
        println!("test {} ... {}", scenario.name, if passed { "ok" } else { "FAILED" });
        failed += u32::from(!passed);
    }
    println!("{failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
