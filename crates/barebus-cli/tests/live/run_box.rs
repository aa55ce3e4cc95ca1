//! `barebus box`.

use std::fs;
use std::process::Command;

use crate::support::{BAREBUS, Folder, copy_program, refused, stdout};

#[test]
fn a_command_runs_in_a_box_with_a_systemd_of_its_own() {
    for options in [&[] as &[&str], &["--broker"]] {
        let script =
            "cat /proc/1/comm && systemctl is-system-running && \"$0\" unit state dbus.socket";
        let mut command = Command::new(BAREBUS);
        command.arg("box").args(options).args(["--", "sh", "-c", script, BAREBUS]);
        assert_eq!(stdout(&mut command), "systemd\nrunning\nstatic\n");
    }
}

#[test]
fn the_commands_exit_code_is_the_programs() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)] {
        let mut command = Command::new(BAREBUS);
        let status = command.args(["box", "--", "sh", "-c", script]).status().unwrap();
        assert_eq!(status.code(), Some(code), "{script}");
    }
}

/// Mounts, processes, files and cgroups before and after, on a host of its own: new mount and PID namespaces, and a new cgroup.
const LEAVES_NOTHING: &str = r#"
set -eu
# Held open, for the tree may stand in /tmp.
exec 9< "$1"
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mkdir /dev/shm/cgroups
mount -t cgroup2 cgroup2 /dev/shm/cgroups
former=/dev/shm/cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)
own=$former/barebus-cli-test-$(date +%s%N)
mkdir "$own"
echo $$ > "$own/cgroup.procs"
look() {
    cat /proc/self/mountinfo
    for process in /proc/[0-9]*; do cat "$process/comm" 2>/dev/null || true; done
    find /tmp /run /etc/left -mindepth 1 2>/dev/null || true
    find "$own" -type d
}
look > /dev/shm/before
inside=$(/proc/self/fd/9 box -- sh -c 'touch /tmp/left /run/left /etc/left; sleep 1000 & readlink /proc/self/ns/pid; ls /etc/left')
look > /dev/shm/after
echo $$ > "$former/cgroup.procs"
rmdir "$own"
diff /dev/shm/before /dev/shm/after >&2
test ! -e /etc/left
echo "$inside"
"#;

#[test]
fn nothing_stays_when_the_command_has_ended() {
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    let inside = stdout(unshare.args(["sh", "-c", LEAVES_NOTHING, "sh", BAREBUS]));
    let [namespace, file] = inside.lines().collect::<Vec<_>>()[..] else { panic!("{inside}") };
    let ours = fs::read_link("/proc/self/ns/pid").unwrap();
    assert_ne!(namespace, ours.to_string_lossy());
    assert_eq!(file, "/etc/left");
}

#[test]
fn without_root_it_says_what_it_needs() {
    let folder = Folder::new("rootless");
    let program = folder.join("barebus");
    copy_program(&program);
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program]);
    let words = ["needs root (CAP_SYS_ADMIN)", "this is user 65534", "sudo"];
    refused(command.args(["box", "--", "true"]), 1, &words);
}

#[test]
fn a_command_that_is_not_there_is_told() {
    let words = ["cannot run no-such-program in the box", "No such file"];
    refused(Command::new(BAREBUS).args(["box", "--", "no-such-program"]), 1, &words);
}

#[test]
fn a_root_without_systemd_is_told() {
    let words = ["systemd is not installed in /proc"];
    refused(Command::new(BAREBUS).args(["box", "--root", "/proc", "--", "true"]), 1, &words);
}
