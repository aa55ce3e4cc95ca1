//! The boxes that the tests share, and the program in them.

use std::process::Command;
use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};
use barebus_tests::peer::PATIENCE;

pub(crate) use crate::common::{BAREBUS, Folder, refused, stdout, text};

/// How systemd is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From outside, through dbus-daemon.
    Daemon,
    /// From outside, through dbus-broker.
    Broker,
    /// From inside, through systemd's private socket.
    Private,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Daemon, Self::Broker, Self::Private];

    /// The box for this way.
    pub(crate) fn the_box(self) -> &'static SystemdBox {
        static DAEMON: OnceLock<SystemdBox> = OnceLock::new();
        static BROKER: OnceLock<SystemdBox> = OnceLock::new();
        match self {
            Self::Daemon | Self::Private => DAEMON.get_or_init(|| boot(Bus::Daemon)),
            Self::Broker => BROKER.get_or_init(|| boot(Bus::Broker)),
        }
    }

    /// The program, connected to the box's systemd.
    pub(crate) fn barebus(self) -> Command {
        let the_box = self.the_box();
        match self {
            Self::Daemon | Self::Broker => the_box.outside_command(BAREBUS),
            Self::Private => {
                let mut command = the_box.command(BAREBUS);
                command.args(["--peer", the_box.private_address()]);
                command
            }
        }
    }

    /// Another program, inside the box.
    pub(crate) fn inside(self, program: &str) -> Command {
        self.the_box().command(program)
    }

    /// The name of a unit that only one test uses for this way.
    pub(crate) fn own(self, unit: &str) -> String {
        let instance = match self {
            Self::Daemon => "daemon",
            Self::Broker => "broker",
            Self::Private => "private",
        };
        format!("{unit}@{instance}.service")
    }
}

fn boot(bus: Bus) -> SystemdBox {
    let install = "[Install]\nWantedBy=multi-user.target\n";
    let sleeps = "[Service]\nExecStart=/bin/sleep infinity\n";
    let builder = SystemdBox::builder()
        .bus(bus)
        .timeout(PATIENCE)
        .unit("sleeps@.service", sleeps)
        .unit("fails@.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
        .unit("enabled.service", format!("{sleeps}{install}Alias=another-name.service\n"))
        .unit("disabled.service", format!("{sleeps}{install}"))
        .unit("masked.service", format!("{sleeps}{install}"));
    let the_box = builder.boot().unwrap_or_else(|error| panic!("{error}"));
    println!("{bus:?}: booted in {:.0?}", the_box.boot_time());
    // The unit's file must be removed before it can be masked.
    let script = "systemctl enable enabled.service && rm /etc/systemd/system/masked.service \
                  && systemctl mask masked.service";
    stdout(the_box.command("sh").args(["-c", script]));
    the_box
}

/// Returns the results of `ours` and `theirs` for the same state of the box, which other tests may change. They are repeated until they are equal, because
/// what changes and changes back in between is not seen.
#[track_caller]
pub(crate) fn at_once<T: PartialEq>(ours: impl Fn() -> T, theirs: impl Fn() -> T) -> (T, T) {
    let mut last = None;
    for _ in 0..20 {
        let (before, ours, after) = (theirs(), ours(), theirs());
        if before == after {
            let are_equal = ours == after;
            last = Some((ours, after));
            if are_equal {
                break;
            }
        }
    }
    last.expect("the box does not come to rest")
}

/// Copies the program to a place where other users can run it. Another process does it: a child of another test could hold our copy open for
/// writing until its exec, and then the copy could not be executed.
pub(crate) fn copy_program(to: &str) {
    let status = Command::new("cp").args([BAREBUS, to]).status().unwrap();
    assert!(status.success(), "{to}: {status}");
}
