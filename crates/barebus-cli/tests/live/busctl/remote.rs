//! Buses of another machine: a real sshd in the box, which `ssh` and `systemd-stdio-bridge` pass.

use std::process::Output;
use std::sync::OnceLock;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{BAREBUS, Way, text};

/// The port of an sshd on the box's loopback address. ssh reads how to get in from root's own file, as of users.
fn sshd() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = format!(
            "set -e; d=/tmp/reach-ssh; mkdir -p $d /run/sshd /root/.ssh\n\
             for key in host user; do ssh-keygen -q -t ed25519 -N '' -f $d/$key; done; cp $d/user.pub $d/keys\n\
             printf 'Host 127.0.0.1\\nIdentityFile '$d'/user\\nIdentitiesOnly yes\\nStrictHostKeyChecking no\\nUserKnownHostsFile /dev/null\\nLogLevel ERROR\\n' > /root/.ssh/config\n\
             exec /usr/sbin/sshd -f /dev/null -h $d/host -p {port} -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=$d/keys \
             -o StrictModes=no -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o PidFile=none -E $d/log"
        );
        // It returns when the daemon listens; the daemon ends with the box.
        let started = Way::Daemon.inside("sh").args(["-c", &script]).output().unwrap();
        assert!(started.status.success(), "sshd: {}", text(started.stderr));
        port
    })
}

/// Runs a program with words in which `AT` is `root@127.0.0.1:PORT`.
fn run(program: &str, line: &str) -> (Option<i32>, String, String) {
    let at = format!("root@127.0.0.1:{}", sshd());
    let mut command = Way::Daemon.inside(program);
    command.args(line.split(' ').map(|word| word.replace("AT", &at)));
    let Output { status, stdout, stderr } = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    (status.code(), text(stdout), text(stderr))
}

const MANAGER: &str =
    "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";

#[test]
fn every_verb_works_on_another_machine() {
    for line in [
        "list --acquired --json=short".to_owned(),
        "status org.freedesktop.systemd1".to_owned(),
        "tree --list org.freedesktop.DBus".to_owned(),
        "introspect org.freedesktop.DBus /org/freedesktop/DBus".to_owned(),
        format!("call {MANAGER} GetUnit s -.slice"),
        format!("get-property {MANAGER} ConfirmSpawn LogTarget"),
        format!("call {MANAGER} NoSuchMethod"),
        "emit / org.example.Reach Far s text".to_owned(),
    ] {
        let line = format!("-H AT {line}");
        let shown = |program: &str| {
            let (code, out, err) = run(program, &line);
            (code == Some(0), without_process_of_bus(&out), err)
        };
        let (ours, theirs) = (shown(BAREBUS), shown("busctl"));
        assert_eq!((ours.0, &ours.1), (theirs.0, &theirs.1), "{line}: {ours:?} {theirs:?}");
    }
    for (line, printed) in [
        ("-H AT wait --name org.freedesktop.systemd1", ""),
        ("-H AT -q monitor -N1 -o json --member=NameOwnerChanged", "\"NameOwnerChanged\""),
        ("-H AT -q trace -N1", "org.freedesktop.DBus"),
        ("-H AT -o json ping -n 3 org.freedesktop.systemd1", "\"answered\":3,"),
        ("-H AT unit active init.scope", "active\n"),
    ] {
        let talk = Talk::start();
        let (code, out, err) = run(BAREBUS, line);
        assert!(code == Some(0) && out.contains(printed), "{line}: {out}{err}");
        drop(talk);
    }
}

/// Both programs take their own ssh for the process of the bus.
fn without_process_of_bus(list: &str) -> String {
    let Some((before, rest)) = list.split_once("\"org.freedesktop.DBus\",\"pid\":") else {
        return list.to_owned();
    };
    let (_, rest) = rest.split_once(',').unwrap();
    format!("{before}{rest}")
}

/// Connections that come and go on the box's bus, so that there is something to watch.
struct Talk(std::process::Child);

impl Talk {
    fn start() -> Self {
        let call = format!("{BAREBUS} call org.freedesktop.DBus / org.freedesktop.DBus GetId");
        let script = format!("while {call} >/dev/null; do :; done");
        Self(Way::Daemon.inside("sh").args(["-c", &script]).spawn().unwrap())
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // The box passes it on to the shell.
        let pid = Pid::from_raw(i32::try_from(self.0.id()).unwrap());
        let _ = kill(pid, Signal::SIGTERM);
        let _ = self.0.wait();
    }
}

#[test]
fn a_container_of_another_machine_is_reached() {
    // A container as systemd-machined knows it. Its leader is a process of the box itself, whose root has the box's bus.
    let written = Way::Daemon
        .inside("sh")
        .args(["-c", "mkdir -p /run/systemd/machines && printf 'CLASS=container\\nLEADER=%s\\n' $(pidof -s dbus-daemon) > /run/systemd/machines/far"])
        .status();
    assert!(written.unwrap().success());
    let line = format!("-H AT/far get-property {MANAGER} ConfirmSpawn");
    let (code, out, err) = run(BAREBUS, &line);
    assert_eq!((code, &*out), (Some(0), "b false\n"), "{err}");
    let (code, out, err) = run(BAREBUS, &line.replace("far", "nosuch"));
    assert_eq!((code, &*out), (Some(3), ""), "{err}");
    assert!(err.lines().count() == 1 && err.contains("ssh ended with exit code"), "{err}");
}

#[test]
fn what_ssh_and_the_bridge_say_is_told_whole() {
    // ssh knows nothing about the machine under this name.
    let unknown = format!("-H root@localhost:{} status", sshd());
    let (code, out, err) = run(BAREBUS, &unknown);
    assert_eq!((code, &*out), (Some(3), ""), "{err}");
    assert!(err.contains("Host key verification failed."), "{err}");
    let (code, _, err) = run(BAREBUS, "-H root@127.0.0.1:1 list");
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("ssh: connect to host 127.0.0.1 port 1: Connection refused"), "{err}");
}
