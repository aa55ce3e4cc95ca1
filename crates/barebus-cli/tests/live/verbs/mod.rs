//! The verbs of `barebus unit`, compared with systemctl and systemd-run of the same box.

mod acting;
mod codes;
mod files;
mod listing;
mod newer;
mod places;
mod running;
mod showing;
mod watching;

use std::process::{Command, Output};
use std::sync::OnceLock;

use barebus_box::SystemdBox;
use barebus_tests::peer::PATIENCE;

use crate::support::{BAREBUS, text};

/// Settings whose texts systemctl prints in ways of their own.
const RICH: &str = include_str!("rich.service");

/// A box whose units these tests start, stop, enable and mask. Each test has units of its own.
fn shared() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot("/"))
}

fn boot(root: &str) -> SystemdBox {
    // They are started as often as the tests like.
    let often = "[Unit]\nStartLimitIntervalSec=0\n";
    let sleeps = format!("{often}[Service]\nExecStart=/bin/sleep infinity\n");
    let install = "[Install]\nWantedBy=multi-user.target\n";
    let builder = SystemdBox::builder()
        .root(root)
        .timeout(PATIENCE)
        .unit("sleeps@.service", &*sleeps)
        .unit("reloads@.service", format!("{sleeps}ExecReload=/bin/true\n"))
        .unit("fails@.service", format!("{often}[Service]\nType=oneshot\nExecStart=/bin/false\n"))
        .unit("slow@.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n")
        .unit("installs@.service", format!("{sleeps}{install}"))
        .unit("installs.service", format!("{sleeps}{install}"))
        .unit("plain.service", &*sleeps)
        .unit("refuses.service", format!("{sleeps}[Unit]\nRefuseManualStart=yes\n"))
        .unit("remains.service", format!("{sleeps}[Unit]\nRefuseManualStop=yes\n"))
        .unit("broken.service", "[Service]\nExecStart=relative\n")
        .unit("rich.service", RICH)
        .unit("ended.service", "[Service]\nExecStartPre=-/bin/false\nExecStart=/bin/sh -c 'kill -TERM $$$$'\nSuccessExitStatus=7\n")
        .unit("rich.timer", "[Timer]\nOnCalendar=*-*-* 03:00:00\nOnCalendar=2001-01-01\nOnBootSec=99d\nRandomizedDelaySec=5min\n")
        .unit("rich.path", "[Path]\nPathExists=/nothing/here\nDirectoryNotEmpty=/nothing/too\n")
        .unit("rich.socket", "[Socket]\nListenStream=/run/rich.sock\nListenFIFO=/run/rich.fifo\nSocketMode=0640\n");
    let the_box =
        builder.boot().unwrap_or_else(|error| panic!("the tests of verbs cannot run: {error}"));
    // Where the root is another one, the program is not there.
    let program = the_box.root().join("usr/bin/barebus-under-test");
    let copied = Command::new("cp").arg(BAREBUS).arg(&program).status().unwrap();
    assert!(copied.success(), "{}", program.display());
    the_box
}

/// The program in the box, as root: it goes by systemd's private socket.
fn ours(the_box: &SystemdBox, arguments: &[&str]) -> Output {
    let mut command = the_box.command("barebus-under-test");
    command.arg("unit").args(arguments).output().unwrap()
}

/// The program in the box, over the bus.
fn over_bus(the_box: &SystemdBox, arguments: &[&str]) -> Output {
    let mut command = the_box.command("barebus-under-test");
    command.args(["--address", "unix:path=/run/dbus/system_bus_socket", "unit"]);
    command.args(arguments).output().unwrap()
}

/// systemctl in the box.
fn theirs(the_box: &SystemdBox, arguments: &[&str]) -> Output {
    let mut command = the_box.command("systemctl");
    command.arg("--no-pager").args(arguments).output().unwrap()
}

/// Standard output of the program, which succeeds.
#[track_caller]
fn done(the_box: &SystemdBox, arguments: &[&str]) -> String {
    succeeded(arguments, ours(the_box, arguments))
}

/// Standard output of systemctl, which succeeds.
#[track_caller]
fn systemctl(the_box: &SystemdBox, arguments: &[&str]) -> String {
    succeeded(arguments, theirs(the_box, arguments))
}

#[track_caller]
fn succeeded(arguments: &[&str], output: Output) -> String {
    let (printed, complaint) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{arguments:?}: {}: {printed}{complaint}", output.status);
    printed
}

/// The version of the box's systemd.
fn version(the_box: &SystemdBox) -> u32 {
    let version = systemctl(the_box, &["--version"]);
    let number = version.split_whitespace().nth(1).and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("{version}"))
}

/// A property as systemctl shows it.
fn property(the_box: &SystemdBox, unit: &str, name: &str) -> String {
    systemctl(the_box, &["show", "--value", "-p", name, unit]).trim_end().to_owned()
}
