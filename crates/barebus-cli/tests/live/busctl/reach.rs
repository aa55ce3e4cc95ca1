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
fn links_of_a_container_do_not_lead_out_of_it() {
    // Its socket is a link to a path that only this machine has.
    let (code, out, err) = script(
        "mkdir -p /run/systemd/machines /run/elsewhere && ln -sf /run/dbus/system_bus_socket /run/elsewhere/bus\n\
         unshare -m sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/dbus &&\n\
         ln -s /run/elsewhere/bus /run/dbus/system_bus_socket && touch /tmp/links-are-made; exec sleep infinity' &\n\
         until [ -e /tmp/links-are-made ]; do sleep 0.01; done\n\
         echo LEADER=$! > /run/systemd/machines/links; $X -M links list; code=$?; kill $!; exit $code",
    );
    assert_eq!((code, &*out), (Some(3), ""), "{err}");
    assert!(err.contains("No such file"), "{err}");
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

/// Each with what it prints first, or what it is refused with.
#[test]
fn verbs_act_on_a_peer_or_say_what_a_peer_lacks() {
    let manager =
        "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
    let unit = "o \"/org/freedesktop/systemd1/unit/init_2escope\"";
    for (verb, code, printed) in [
        (format!("call {manager} GetUnit s init.scope"), 0, unit),
        (format!("call -t {manager} GetUnit name=init.scope"), 0, unit),
        (format!("--handshake=step call {manager} GetUnit s init.scope"), 0, unit),
        (format!("set-property {manager} LogLevel s notice"), 0, ""),
        (format!("get-property -o plain {manager} LogLevel"), 0, "notice"),
        (format!("set-property -t {manager} LogLevel info"), 0, ""),
        (format!("wait --property {manager} LogLevel=info"), 0, ""),
        ("introspect -o json x /org/freedesktop/systemd1/unit".into(), 0, "{\"service\":null,"),
        ("tree --list x".into(), 0, "/"),
        ("ping -n 3 x".into(), 0, "3 calls to x /, 1 in flight: 3 answered, 0 errors, 0 lost"),
        ("codegen --destination x --object /org/freedesktop/systemd1".into(), 0, "//"),
        ("-q monitor --signals x --timeout=1ms".into(), 0, ""),
        ("emit / a.b C s x".into(), 0, ""),
        ("status".into(), 0, "BusAddress=unix:path=/run/systemd/private"),
        ("unit active init.scope".into(), 0, "active"),
        ("--timeout=500ms wait x / a.b C".into(), 4, "barebus: waiting for a.b.C of /"),
        ("list".into(), 2, "barebus: cannot list names: a peer has none"),
        ("wait --name a.b".into(), 2, "barebus: cannot wait for a name of a peer"),
        ("monitor".into(), 2, "barebus: cannot monitor a peer"),
        ("capture >/dev/null".into(), 2, "barebus: cannot monitor a peer"),
        ("trace".into(), 2, "barebus: cannot monitor a peer"),
    ] {
        let (found, out, err) = script(&format!("$X --peer unix:path=/run/systemd/private {verb}"));
        let shown = if code == 0 { &out } else { &err };
        assert!(found == Some(code) && shown.starts_with(printed), "{verb}: {found:?} {out}{err}");
    }
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
