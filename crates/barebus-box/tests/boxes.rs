//! Boxes from their user's point of view. The tests need root, systemd, dbus-daemon and dbus-broker, and fail without them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not take what tests have in common for tests"
)]

use core::time::Duration;
use std::fs;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use barebus_box::{BoxError, Builder, Bus, SystemdBox};

/// A builder with a time limit for busy machines.
fn builder() -> Builder {
    SystemdBox::builder().timeout(Duration::from_secs(600))
}

fn boot(bus: Bus) -> SystemdBox {
    let the_box = builder().bus(bus).boot().unwrap_or_else(|error| panic!("{error}"));
    println!("{bus:?}: booted in {:.0?}", the_box.boot_time());
    the_box
}

/// Standard output of a command that succeeds.
fn output(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{status}: {text}{}", String::from_utf8_lossy(&stderr));
    text.trim().to_owned()
}

/// Whether this is the process that [`again`] has started.
fn is_prepared() -> bool {
    std::env::var_os(PREPARED).is_some()
}

/// Runs this program again through `command`, with only the test of this name.
fn again(command: &mut Command, test: &str) {
    let text = output(command.args(["--exact", test]).env(PREPARED, "1"));
    assert!(text.contains("1 passed"), "{text}");
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn sh(the_box: &SystemdBox, script: &str) -> Command {
    let mut command = the_box.command("sh");
    command.args(["-c", script]);
    command
}

const PREPARED: &str = "BAREBUS_BOX_TEST_PREPARED";

const STATE: [&str; 5] = [
    "get-property",
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "SystemState",
];

#[test]
fn systemd_answers_on_dbus_daemon_and_on_dbus_broker() {
    for (bus, program) in [(Bus::Daemon, "dbus-daemon"), (Bus::Broker, "dbus-broker")] {
        let the_box = boot(bus);
        assert_eq!(output(the_box.outside_command("busctl").args(STATE)), "s \"running\"");
        assert_eq!(output(the_box.command("busctl").args(STATE)), "s \"running\"");
        let programs = output(&mut sh(&the_box, "cat /proc/[0-9]*/comm"));
        assert!(programs.lines().any(|line| line == program), "{programs}");
    }
}

#[test]
fn systemd_answers_on_its_private_socket_inside() {
    let the_box = boot(Bus::Daemon);
    let address = output(&mut sh(&the_box, "echo $BAREBUS_PRIVATE_ADDRESS"));
    assert_eq!(address, the_box.private_address());
    let socket = address.strip_prefix("unix:path=/").unwrap();
    assert!(the_box.root().join(socket).exists());
    // Root's systemctl speaks to that socket, not to the bus.
    output(the_box.command("systemctl").args(["stop", "dbus.service", "dbus.socket"]));
    assert_eq!(output(the_box.command("systemctl").arg("is-system-running")), "running");
}

#[test]
fn two_boxes_at_the_same_time_are_apart() {
    let unit = "[Service]\nExecStart=/bin/sleep infinity\n";
    let boots = ["one.service", "two.service"]
        .map(|name| thread::spawn(move || builder().unit(name, unit).boot().unwrap()));
    // The threads that booted them have ended; the boxes have not.
    let [one, two] = boots.map(|boot| boot.join().unwrap());
    assert_ne!(one.pid(), two.pid());
    output(one.command("systemctl").args(["start", "one.service"]));
    assert!(!two.command("systemctl").args(["start", "one.service"]).status().unwrap().success());
    let file = format!("/tmp/barebus-box-test-{}", one.pid());
    output(one.command("touch").arg(&file));
    assert!(one.command("test").args(["-e", &file]).status().unwrap().success());
    assert!(!two.command("test").args(["-e", &file]).status().unwrap().success());
    assert!(!Path::new(&file).exists());
    drop(two);
    let active = output(one.command("systemctl").args(["is-active", "one.service"]));
    assert_eq!(active, "active");
}

#[test]
fn a_unit_given_is_there_and_not_started() {
    let unit = "[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=basic.target\n";
    let the_box = builder().unit("given.service", unit).boot().unwrap();
    let state = ["show", "--value", "-p", "ActiveState,UnitFileState", "given.service"];
    let state = output(the_box.command("systemctl").args(state));
    assert_eq!(state.lines().collect::<Vec<_>>(), ["inactive", "disabled"]);
}

#[test]
fn programs_are_inside_under_their_own_paths() {
    let the_box = boot(Bus::Daemon);
    let this = this_program();
    assert!(output(the_box.command(&this).arg("--list")).contains("programs_are_inside"));
    let copy = std::env::temp_dir().join(format!("barebus-box-test-{}", the_box.pid()));
    fs::copy(&this, &copy).unwrap();
    // Files that appear on the host after the boot may be missing in the box. Earlier files are there.
    let later = boot(Bus::Daemon);
    let listed = later.command(&copy).arg("--list").output();
    fs::remove_file(&copy).unwrap();
    assert!(listed.unwrap().status.success());
}

#[test]
fn a_file_system_mounted_below_the_root_comes_along() {
    if !is_prepared() {
        // In its own namespaces, so that nothing is mounted on the host.
        let script = "mount -t tmpfs tmpfs /srv && mkdir /srv/a:b,c && mount -t tmpfs tmpfs /srv/a:b,c \
                      && echo below > /srv/a:b,c/file && exec \"$@\"";
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "sh", "-c", script, "sh"]).arg(this_program());
        return again(&mut unshare, "a_file_system_mounted_below_the_root_comes_along");
    }
    let the_box = boot(Bus::Daemon);
    let script = "cat /srv/a:b,c/file && echo changed > /srv/a:b,c/file";
    assert_eq!(output(&mut sh(&the_box, script)), "below");
    assert_eq!(fs::read_to_string("/srv/a:b,c/file").unwrap(), "below\n");
}

#[test]
fn another_root_can_be_booted() {
    if !is_prepared() {
        // The host's root under another path, in the directory that a box uses for its stage.
        let script = "mount -t tmpfs tmpfs /run && mkdir /run/root && mount --bind / /run/root \
                      && mount -t tmpfs tmpfs /run/root/srv && echo other > /run/root/srv/file && exec \"$@\"";
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "sh", "-c", script, "sh"]).arg(this_program());
        return again(&mut unshare, "another_root_can_be_booted");
    }
    let the_box = builder().root("/run/root").boot().unwrap();
    assert_eq!(output(the_box.command("systemctl").arg("is-system-running")), "running");
    assert_eq!(output(the_box.command("cat").arg("/srv/file")), "other");
}

#[test]
fn a_command_ends_as_the_program_inside_ends() {
    let the_box = boot(Bus::Daemon);
    assert_eq!(sh(&the_box, "exit 7").status().unwrap().code(), Some(7));
    assert_eq!(sh(&the_box, "kill -USR1 $$").status().unwrap().signal(), Some(10));
    assert!(the_box.command("no-such-program").status().is_err());
    assert_eq!(the_box.run(&mut sh(&the_box, "exit 8")).unwrap().code(), Some(8));
    let said = sh(&the_box, "cat; pwd").current_dir("/usr").stdin(Stdio::null()).output().unwrap();
    assert_eq!(said.stdout, b"/usr\n");
}

#[test]
fn killing_a_command_kills_the_program_inside() {
    let the_box = boot(Bus::Daemon);
    let mut sleep = the_box.command("sleep");
    let mut child = sleep.arg("infinity").stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(output(the_box.command("pgrep").args(["-c", "-x", "sleep"])), "1");
    let mut stdout = child.stdout.take().unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    // Only the program inside has the other end of the pipe. The kernel kills it when the process outside ends.
    assert_eq!(stdout.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn a_command_ends_with_the_box() {
    let the_box = boot(Bus::Daemon);
    let mut child = the_box.command("sleep").arg("1000").spawn().unwrap();
    let mut late = the_box.command("true");
    drop(the_box);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert!(late.status().is_err());
}

#[test]
fn a_box_that_powers_itself_off_is_not_running() {
    let the_box = boot(Bus::Daemon);
    assert!(the_box.is_running());
    let _ = the_box.command("systemctl").args(["poweroff", "--force"]).output().unwrap();
    while the_box.is_running() {
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_kernel_is_out_of_reach() {
    let the_box = boot(Bus::Daemon);
    for script in [
        "echo 1 > /proc/sys/vm/swappiness",
        "date --set=2000-01-01",
        "echo > /sys/kernel/mm/transparent_hugepage/enabled",
    ] {
        assert!(!sh(&the_box, script).output().unwrap().status.success(), "{script}");
    }
    let devices = output(&mut sh(&the_box, "tail -n +3 /proc/net/dev | cut -d: -f1"));
    assert_eq!(devices.trim(), "lo");
}

#[test]
fn the_network_is_the_hosts_when_asked_for() {
    let the_box = builder().host_network().boot().unwrap();
    let inside = fs::read_link(the_box.root().join("proc/1/ns/net"));
    assert_eq!(inside.unwrap(), fs::read_link("/proc/self/ns/net").unwrap());
    let seen = output(the_box.command("readlink").arg("/proc/self/ns/net"));
    assert_eq!(Path::new(&seen), fs::read_link("/proc/self/ns/net").unwrap());
}

#[test]
fn who_is_not_root_is_told_how_to_be() {
    if !is_prepared() {
        let mut command = Command::new(this_program());
        return again(command.uid(65534).gid(65534), "who_is_not_root_is_told_how_to_be");
    }
    let error = SystemdBox::boot().unwrap_err();
    assert!(matches!(error, BoxError::NotRoot { uid: 65534 }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("needs root (CAP_SYS_ADMIN)") && text.contains("sudo"), "{text}");
}

#[test]
fn root_without_its_capability_is_told_which() {
    if !is_prepared() {
        let mut setpriv = Command::new("setpriv");
        setpriv.args(["--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]).arg(this_program());
        return again(&mut setpriv, "root_without_its_capability_is_told_which");
    }
    let error = SystemdBox::boot().unwrap_err();
    assert!(matches!(error, BoxError::NotPrivileged), "{error:?}");
    assert!(error.to_string().contains("CAP_SYS_ADMIN"), "{error}");
}

#[test]
fn a_root_without_systemd_is_refused_with_the_package() {
    let error = builder().root("/proc").boot().unwrap_err();
    assert!(matches!(error, BoxError::Missing { package: "systemd", .. }), "{error:?}");
    assert!(error.to_string().contains("systemd is not installed in /proc"), "{error}");
    let error = builder().root("/no/such/root").boot().unwrap_err();
    assert!(matches!(error, BoxError::Root { .. }), "{error:?}");
    assert!(error.to_string().ends_with("No such file or directory (os error 2)"), "{error}");
}

#[test]
fn a_root_without_a_bus_is_refused_with_the_package() {
    let root = std::env::temp_dir().join(format!("barebus-box-root-{}", std::process::id()));
    let units = root.join("usr/lib/systemd/system");
    fs::create_dir_all(&units).unwrap();
    fs::create_dir_all(root.join("usr/bin")).unwrap();
    let mut refusals = Vec::new();
    for added in ["usr/lib/systemd/systemd", "usr/lib/systemd/system/dbus.socket"] {
        fs::write(root.join(added), "").unwrap();
        for bus in [Bus::Daemon, Bus::Broker] {
            let refused = builder().root(&root).bus(bus).boot();
            let Err(BoxError::Missing { package, .. }) = refused else { panic!("{refused:?}") };
            refusals.push(package);
        }
    }
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(refusals, ["dbus", "dbus", "dbus-daemon", "dbus-broker"]);
}

#[test]
fn a_box_can_be_used_from_any_thread() {
    const fn shared<T: Send + Sync>() {}
    const { shared::<SystemdBox>() };
    let the_box = boot(Bus::Broker);
    let state = thread::scope(|scope| {
        let asks = || output(the_box.command("systemctl").arg("is-system-running"));
        [scope.spawn(asks), scope.spawn(asks)].map(|thread| thread.join().unwrap())
    });
    assert_eq!(state, ["running", "running"]);
}

#[test]
fn a_unit_name_that_leads_out_of_the_folder_is_refused() {
    let error = builder().unit("../x.service", "").boot().unwrap_err();
    assert!(matches!(error, BoxError::UnitName(_)), "{error:?}");
}

#[test]
fn a_boot_that_fails_shows_what_systemd_printed() {
    let unit = "[Service]\nExecStart=/no/such/program\n";
    let error = builder().unit("dbus.service", unit).boot().unwrap_err();
    assert!(matches!(error, BoxError::Bus { .. }), "{error:?}");
    assert!(error.to_string().contains("/no/such/program"), "{error}");
}

#[test]
fn a_boot_that_takes_too_long_is_given_up() {
    let unit = "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n";
    let builder = builder().unit("dbus.service", unit);
    let error = builder.timeout(Duration::from_secs(1)).boot().unwrap_err();
    assert!(matches!(error, BoxError::TimedOut { .. }), "{error:?}");
}
