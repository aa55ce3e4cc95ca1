//! Buses of users, containers and capsules, in a box: the program becomes users and uses paths below `/run`.

use std::process::Output;

use crate::support::{BAREBUS, Way, text};

/// Runs a script in the box, with the program as `$X`, and the method that tells the user of the bus as `$GET`.
fn script(script: &str) -> (Option<i32>, String, String) {
    let head = "unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR\n\
                GET='call org.freedesktop.DBus / org.freedesktop.DBus GetConnectionUnixUser s org.freedesktop.DBus'\n";
    let mut command = Way::Daemon.inside("sh");
    let command = command.args(["-c", &format!("{head}{script}")]).env("X", BAREBUS);
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A bus of the user games, for the test that names its folder.
fn bus(folder: &str, socket: &str) -> String {
    format!(
        "mkdir -p {folder} && chown 5:5 {folder} && chmod 700 {folder}\n\
         setpriv --reuid=5 --regid=5 --clear-groups dbus-daemon --session --nopidfile --fork --address=unix:path={folder}/{socket} >&2\n"
    )
}

#[test]
fn the_bus_of_a_user_is_reached_from_root_and_by_the_user() {
    let start = bus("/run/user/5", "bus");
    let (code, out, err) = script(&format!(
        "cp \"$X\" /tmp/barebus-reach && chmod 755 /tmp/barebus-reach\n{start}\
         $X -M games@ $GET && $X --user -M 5@.host $GET &&\n\
         setpriv --reuid=5 --regid=5 --clear-groups /tmp/barebus-reach --user $GET &&\n\
         setpriv --reuid=5 --regid=5 --clear-groups /tmp/barebus-reach -M root@ $GET"
    ));
    assert_eq!((code, &*out), (Some(3), "u 5\nu 5\nu 5\n"), "{err}");
    assert!(err.contains("cannot act as 'root' (user 0)"), "{err}");
}

#[test]
fn the_bus_of_a_capsule_is_reached_as_its_user() {
    let start = bus("/run/capsules/reach", "bus");
    let (code, out, err) = script(&format!("{start}$X -C reach $GET && $X -C nosuch $GET"));
    assert_eq!((code, &*out), (Some(3), "u 5\n"), "{err}");
    assert!(err.contains("cannot find the capsule 'nosuch'"), "{err}");
}

#[test]
fn root_is_told_how_to_reach_the_bus_of_a_user() {
    let (code, _, err) = script("$X --user $GET");
    assert_eq!(code, Some(3));
    assert!(err.contains("-M USER@"), "{err}");
}

#[test]
fn a_container_is_found_by_its_leader() {
    // The leader is a process of the box itself: its root has the box's bus.
    let (code, out, err) = script(
        "mkdir -p /run/systemd/machines && echo 'LEADER=1' > /run/systemd/machines/reach\n\
         $X -M reach list --acquired && $X -M ../x list",
    );
    assert_eq!(code, Some(3), "{err}");
    // Its processes have other numbers here, so nothing is read about them.
    let systemd = out.lines().find(|line| line.starts_with("org.freedesktop.systemd1 "));
    let words: Vec<&str> = systemd.unwrap_or_default().split_whitespace().collect();
    assert_eq!(words.get(1..3), Some(&["1", "n/a"][..]), "{out}");
    assert!(err.contains("cannot find the container '../x'"), "{err}");
}

#[test]
fn a_socket_is_waited_for() {
    let (code, out, err) = script(
        "$X --watch-bind=yes --address unix:path=/tmp/reach/later/bus $GET & \n\
         $X --watch-bind=yes --timeout=100ms --address unix:path=/tmp/reach/never/bus $GET\n\
         test $? = 3 || exit 9\n\
         mkdir -p /tmp/reach/later && dbus-daemon --session --nopidfile --fork --address=unix:path=/tmp/reach/later/bus >&2\n\
         wait $!",
    );
    assert_eq!((code, &*out), (Some(0), "u 0\n"), "{err}");
}

#[test]
fn every_verb_with_a_meaning_there_works_on_a_peer() {
    let peer = "$X --peer unix:path=/run/systemd/private";
    let (code, out, err) = script(&format!(
        "set -e; {peer} get-property x /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager ConfirmSpawn\n\
         {peer} introspect x /org/freedesktop/systemd1/unit | head -1\n\
         {peer} tree --list | head -1; {peer} tree --handshake=step --list x | head -1\n\
         {peer} emit / org.example.A B; {peer} status | head -1\n\
         {peer} list"
    ));
    let expected = "b false\nNAME                                TYPE      SIGNATURE RESULT/VALUE FLAGS\n/\n/\n\
                    BusAddress=unix:path=/run/systemd/private\n";
    assert_eq!((code, &*out), (Some(2), expected), "{err}");
    assert!(err.contains("a peer has none"), "{err}");
}
