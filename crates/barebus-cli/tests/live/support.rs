//! The boxes that the tests share, and the program in them.

use std::ffi::OsStr;
use std::process::{Command, Output};
use std::sync::OnceLock;

use barebus_box::{Bus, SystemdBox};

/// The program.
pub(crate) const BAREBUS: &str = env!("CARGO_BIN_EXE_barebus");

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

    /// The box with this way into it.
    pub(crate) fn the_box(self) -> &'static SystemdBox {
        static DAEMON: OnceLock<SystemdBox> = OnceLock::new();
        static BROKER: OnceLock<SystemdBox> = OnceLock::new();
        match self {
            Self::Daemon | Self::Private => DAEMON.get_or_init(|| boot(Bus::Daemon)),
            Self::Broker => BROKER.get_or_init(|| boot(Bus::Broker)),
        }
    }

    /// The program, speaking to the box's systemd.
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

    /// Another program, inside, where it has the box's systemd and bus for the machine's.
    pub(crate) fn inside(self, program: &str) -> Command {
        self.the_box().command(program)
    }

    /// The name of a unit that one test has for itself on this way.
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
        .unit("sleeps@.service", sleeps)
        .unit("fails@.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
        .unit("enabled.service", format!("{sleeps}{install}Alias=another-name.service\n"))
        .unit("disabled.service", format!("{sleeps}{install}"))
        .unit("masked.service", format!("{sleeps}{install}"));
    let the_box = builder.boot().unwrap_or_else(|error| panic!("{error}"));
    println!("{bus:?}: booted in {:.0?}", the_box.boot_time());
    // The unit's file must go before a link to nothing can take its place.
    let script = "systemctl enable enabled.service && rm /etc/systemd/system/masked.service \
                  && systemctl mask masked.service";
    stdout(the_box.command("sh").args(["-c", script]));
    the_box
}

/// Standard output of a command that succeeds and has nothing to complain about.
pub(crate) fn stdout(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (text, complaints) = (text(stdout), text(stderr));
    assert!(status.success(), "{command:?}: {status}: {text}{complaints}");
    text
}

/// What a command prints that fails with this exit code, says why in one line that has all of `words` in it, and prints nothing else.
#[track_caller]
pub(crate) fn refused(command: &mut Command, code: i32, words: &[&str]) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (printed, complaint) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{printed}{complaint}");
    assert_eq!(printed, "");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.starts_with("barebus: ") && complaint.ends_with('\n'), "{complaint}");
    for word in words {
        assert!(complaint.contains(word), "'{word}' is not in: {complaint}");
    }
    complaint
}

/// What `ours` gives, and `theirs`, of the same state of the box: of one that did not change meanwhile, as other tests may change it.
#[track_caller]
pub(crate) fn at_once<T: PartialEq>(ours: impl Fn() -> T, theirs: impl Fn() -> T) -> (T, T) {
    for _ in 0..20 {
        let (before, ours, after) = (theirs(), ours(), theirs());
        if before == after {
            return (ours, after);
        }
    }
    panic!("the box does not come to rest");
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// A folder that vanishes with this.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("barebus-test-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A path inside as text.
    pub(crate) fn join(&self, name: impl AsRef<OsStr>) -> String {
        self.0.join(name.as_ref()).into_os_string().into_string().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
