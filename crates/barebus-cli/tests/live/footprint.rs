//! The system calls of the program, by strace.

use std::process::Output;

use crate::support::{BAREBUS, Folder, Way, text};

/// The system calls of `barebus unit state dbus.service`, a line each.
fn system_calls(way: Way, test: &str) -> Vec<String> {
    let (lines, output) = traced(way, test, &["unit", "state", "dbus.service"]);
    // What dbus-broker calls by that name too.
    let state = if way == Way::Broker { "alias\n" } else { "static\n" };
    assert_eq!(text(output.stdout), state);
    lines
}

/// The system calls of the program with these arguments, a line each, and what comes of it.
fn traced(way: Way, test: &str, arguments: &[&str]) -> (Vec<String>, Output) {
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
    let output = strace.args(arguments).output().unwrap();
    // A program inside writes its files inside.
    let trace = match way {
        Way::Private => the_box.root().join(trace.trim_start_matches('/')),
        _ => trace.into(),
    };
    (std::fs::read_to_string(trace).unwrap().lines().map(String::from).collect(), output)
}

const HOME: &str = "/home/of-nobody";

fn count(calls: &[String], name: &str) -> usize {
    let call = format!(" {name}(");
    calls.iter().filter(|line| line.contains(&call)).count()
}

/// The lines that open or look up files, except the program itself.
fn opening(calls: &[String]) -> impl Iterator<Item = &String> {
    calls.iter().skip(1).filter(|line| {
        ["open(", "openat(", "stat(", "newfstatat(", "statx(", "access(", "connect(", "execve("]
            .iter()
            .any(|call| line.contains(call))
    })
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
        for line in opening(&calls) {
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
        assert_eq!(count(&calls, "sendmsg") + count(&calls, "sendto"), writes, "{calls:#?}");
        for name in ["sendmmsg", "writev"] {
            assert_eq!(count(&calls, name), 0, "{calls:#?}");
        }
        // The answer.
        assert_eq!(count(&calls, "write"), 1, "{calls:#?}");
        assert_eq!(count(&calls, "socket"), 1, "{calls:#?}");
        assert_eq!(count(&calls, "connect"), 1, "{calls:#?}");
    }
}

#[test]
fn what_names_a_unit_never_names_a_file() {
    // What is no name of a unit is not even sent.
    for (name, code, is_sent) in [
        ("../../etc/shadow", 1, false),
        ("/etc/shadow", 1, false),
        ("shadow.service", 4, true),
        ("$(touch shadow)", 4, true),
    ] {
        let (calls, output) = traced(Way::Daemon, "names", &["unit", "state", "--", name]);
        assert_eq!(output.status.code(), Some(code));
        let mut sent = calls.iter().filter(|line| line.contains(" sendmsg("));
        assert_eq!(sent.any(|line| line.contains("shadow")), is_sent, "{name}: {calls:#?}");
        for line in opening(&calls) {
            assert!(!line.contains("shadow"), "{line}");
        }
    }
}

#[test]
fn a_received_descriptor_is_closed_once() {
    let dump = ["call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1"];
    let dump = [&dump[..], &["org.freedesktop.systemd1.Manager", "DumpByFileDescriptor"]].concat();
    for way in Way::ALL {
        let (calls, output) = traced(way, "descriptors", &dump);
        assert!(output.status.success(), "{}", text(output.stderr));
        let received = calls.iter().position(|line| line.contains("SCM_RIGHTS")).unwrap();
        let line = &calls[received];
        assert!(line.contains("MSG_CMSG_CLOEXEC"), "{line}");
        let fd = line.split("cmsg_data=[").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
        let close = format!(" close({fd})");
        let closed = calls[received..].iter().filter(|line| line.contains(&close)).count();
        // By a thread, or by the end of the program if that comes first.
        assert!(closed <= 1, "descriptor {fd}: {calls:#?}");
        assert!(!calls.iter().any(|line| line.contains("EBADF")), "{calls:#?}");
    }
}
