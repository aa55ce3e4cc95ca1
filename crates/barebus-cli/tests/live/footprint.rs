//! What the program asks of the system, as strace sees it.

use crate::support::{BAREBUS, Folder, Way, stdout};

/// The system calls of `barebus unit state dbus.service`, a line each.
fn system_calls(way: Way, test: &str) -> Vec<String> {
    let folder = Folder::new(&format!("strace-{test}-{way:?}"));
    let trace = folder.join("trace");
    let the_box = way.the_box();
    let mut strace = match way {
        Way::Private => the_box.command("strace"),
        _ => the_box.outside_command("strace"),
    };
    strace.env("HOME", HOME).args(["-f", "-v", "-s", "4096", "-o", &trace, BAREBUS]);
    if way == Way::Private {
        strace.args(["--peer", the_box.private_address()]);
    }
    // What dbus-broker calls by that name too.
    let state = if way == Way::Broker { "alias\n" } else { "static\n" };
    assert_eq!(stdout(strace.args(["unit", "state", "dbus.service"])), state);
    // A program inside writes its files inside.
    let trace = match way {
        Way::Private => the_box.root().join(trace.trim_start_matches('/')),
        _ => trace.into(),
    };
    std::fs::read_to_string(trace).unwrap().lines().map(String::from).collect()
}

const HOME: &str = "/home/of-nobody";

fn count(calls: &[String], name: &str) -> usize {
    let call = format!(" {name}(");
    calls.iter().filter(|line| line.contains(&call)).count()
}

#[test]
fn asking_for_a_state_starts_nothing_and_reads_no_database_and_no_home() {
    for way in Way::ALL {
        let calls = system_calls(way, "opens");
        // Its own start is the first.
        assert_eq!(count(&calls, "execve") + count(&calls, "execveat"), 1, "{calls:#?}");
        for name in ["clone", "clone3", "fork", "vfork"] {
            assert_eq!(count(&calls, name), 0, "{calls:#?}");
        }
        let opened = calls.iter().skip(1).filter(|line| {
            ["open(", "openat(", "stat(", "newfstatat(", "statx(", "access(", "connect("]
                .iter()
                .any(|call| line.contains(call))
        });
        for line in opened {
            for word in ["nsswitch", "libnss", "passwd", "group", "nscd", "/var/lib/sss", HOME] {
                assert!(!line.contains(word), "{line}");
            }
        }
    }
}

#[test]
fn asking_for_a_state_is_one_write_on_a_bus_and_two_on_a_direct_connection() {
    for (way, writes) in [(Way::Daemon, 1), (Way::Broker, 1), (Way::Private, 2)] {
        let calls = system_calls(way, "writes");
        assert_eq!(count(&calls, "sendmsg"), writes, "{calls:#?}");
        for name in ["sendto", "sendmmsg", "writev"] {
            assert_eq!(count(&calls, name), 0, "{calls:#?}");
        }
        // The answer.
        assert_eq!(count(&calls, "write"), 1, "{calls:#?}");
        assert_eq!(count(&calls, "socket"), 1, "{calls:#?}");
        assert_eq!(count(&calls, "connect"), 1, "{calls:#?}");
    }
}
