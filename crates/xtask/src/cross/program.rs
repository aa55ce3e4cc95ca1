//! The program for another machine talks to a systemd of this one.

use std::ffi::OsStr;
use std::fmt::Debug;
use std::process::Command;

use barebus_box::SystemdBox;

use super::target::Target;
use crate::packages;
use crate::run::Failure;

/// The unit that the program starts.
const UNIT: (&str, &str) = ("cross.service", "[Service]\nExecStart=/bin/sleep infinity\n");

const MANAGER: [&str; 3] =
    ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"];

/// Words after the Manager's place, each for a verb that the program shares with busctl.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("call", &["GetUnitFileState", "s", "dbus.service"]),
    ("call", &["ListUnitsByNames", "as", "2", "dbus.service", UNIT.0]),
    ("call", &["GetUnitFileState", "s", "missing.service"]),
    ("get-property", &["Version", "Architecture", "Environment", "Progress", "LogLevel"]),
];

/// How the program reaches systemd.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Through the bus, from outside of the box.
    Bus,
    /// Through the private socket, inside the box.
    Private,
}

/// Compares what the program prints with what busctl prints.
///
/// # Errors
/// No box boots; or the program prints something else.
pub(super) fn check(target: Target) -> Result<(), Failure> {
    packages::need(&["busctl", "systemctl", "dbus-daemon", "nsenter"])?;
    let the_box = SystemdBox::builder().unit(UNIT.0, UNIT.1).boot()?;
    for way in [Way::Bus, Way::Private] {
        let ask = |words: &[&str]| output(program(target, &the_box, way).args(words));
        for (verb, words) in QUESTIONS {
            let words = [&[*verb], &MANAGER[..], *words].concat();
            let expected = output(the_box.command("busctl").args(&words))?;
            agree(target, way, &words, ask(&words)?, expected)?;
        }
        // The end of its job is a signal.
        let words = ["unit", "restart", UNIT.0];
        agree(target, way, &words, ask(&words)?.is_some(), true)?;
        let active = output(the_box.command("systemctl").args(["is-active", UNIT.0]))?;
        agree(target, way, &words, active, Some("active\n".into()))?;
        // systemd sends its state in a file.
        let words = [&["call"], &MANAGER[..], &["DumpByFileDescriptor"]].concat();
        let dump = ask(&words)?.is_some_and(|text| text.starts_with("h "));
        agree(target, way, &words, dump, true)?;
    }
    Ok(())
}

fn program(target: Target, the_box: &SystemdBox, way: Way) -> Command {
    let path = target.program();
    let start = |name: &OsStr| match way {
        Way::Bus => the_box.outside_command(name),
        Way::Private => the_box.command(name),
    };
    let mut command = match target.runner() {
        Some(qemu) => {
            let mut command = start(qemu.as_ref());
            command.arg(path);
            command
        }
        None => start(path.as_os_str()),
    };
    if let Way::Private = way {
        command.args(["--peer", the_box.private_address()]);
    }
    command
}

/// Standard output; `None` if the command fails.
fn output(command: &mut Command) -> Result<Option<String>, Failure> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(output.status.success().then_some(text))
}

/// Prints what was asked if the answer is right.
fn agree<T: PartialEq + Debug>(
    target: Target,
    way: Way,
    words: &[&str],
    found: T,
    expected: T,
) -> Result<(), Failure> {
    let words = words.join(" ");
    if found == expected {
        println!("{target}, {way:?}: {words}: right");
        return Ok(());
    }
    Err(Failure(format!("{target}, {way:?}: {words}: {found:?} instead of {expected:?}")))
}
