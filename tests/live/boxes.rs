//! The boxes that the tests share: one for each bus.

use std::process::Output;
use std::sync::OnceLock;
use std::time::Duration;

use barebus::Connection;
use barebus_box::{Builder, Bus, SystemdBox};

/// Starts, and goes on.
pub(crate) const LONG: &str = "live-long.service";
/// Fails at once.
pub(crate) const FAILING: &str = "live-failing.service";
/// Needs the one that fails.
pub(crate) const DEPENDENT: &str = "live-dependent.service";
/// The name of a service that the bus starts: this very program, running [`STARTED_TEST`].
pub(crate) const STARTED: &str = "org.example.Started";
/// The test that is the service, when [`INSIDE`] is set.
pub(crate) const STARTED_TEST: &str = "bus::a_service_is_started_by_its_name";
/// Set in processes that run inside a box, started by a test of this program.
pub(crate) const INSIDE: &str = "BAREBUS_TEST_INSIDE";

/// Of any number of units that start as often as is liked.
pub(crate) const TEMPLATE: &str = "live-any@.service";

/// Longer than anything here takes on the busiest machine. Every wait ends with its event; this only ends a test that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// Set to a folder that holds another system: its systemd is tested by those tests that hold for every version.
pub(crate) const ROOT: &str = "BAREBUS_TEST_ROOT";

/// A box to be booted, of the system that [`ROOT`] says.
pub(crate) fn builder() -> Builder {
    let builder = SystemdBox::builder().timeout(PATIENCE);
    match std::env::var_os(ROOT) {
        Some(root) => builder.root(root),
        None => builder,
    }
}

/// The box with dbus-daemon.
pub(crate) fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

/// The box with dbus-broker.
pub(crate) fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

/// Both, one after the other.
pub(crate) fn both() -> [&'static SystemdBox; 2] {
    [daemon(), broker()]
}

/// A connection to a box's bus.
pub(crate) fn connect(the_box: &SystemdBox) -> Connection {
    Connection::open(the_box.system_bus_address()).unwrap()
}

/// What a command prints that runs inside.
pub(crate) fn printed(the_box: &SystemdBox, program: &str, arguments: &[&str]) -> String {
    let Output { stdout, stderr, .. } = the_box.command(program).args(arguments).output().unwrap();
    assert!(!stdout.is_empty(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn boot(bus: Bus) -> SystemdBox {
    let this = std::env::current_exe().unwrap();
    let started = format!(
        "[Service]\nType=dbus\nBusName={STARTED}\nEnvironment={INSIDE}=1\nExecStart={} --exact {STARTED_TEST}\n",
        this.display()
    );
    let booted = SystemdBox::builder()
        .bus(bus)
        .timeout(PATIENCE)
        .unit(LONG, "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n")
        .unit(FAILING, "[Service]\nType=oneshot\nExecStart=/bin/false\n")
        .unit(DEPENDENT, &*format!("[Unit]\nRequires={FAILING}\nAfter={FAILING}\n[Service]\nExecStart=/bin/sleep infinity\n"))
        .unit("live-started.service", started)
        .unit(TEMPLATE, "[Unit]\nStartLimitIntervalSec=0\n[Service]\nSlice=system.slice\nExecStart=/bin/sleep infinity\n")
        .boot();
    let booted = booted.unwrap_or_else(|error| panic!("the live tests cannot run: {error}"));
    let written = booted.command("sh").args(["-c", NAMES]).status().unwrap();
    assert!(written.success(), "the bus cannot be configured");
    booted
}

/// Lets root own names below `org.example`, one of which is a service's.
const NAMES: &str = "
cat > /etc/dbus-1/system.d/live.conf <<END
<busconfig><policy user='root'>
<allow own_prefix='org.example'/><allow send_destination='org.example.Started'/>
</policy></busconfig>
END
cat > /usr/share/dbus-1/system-services/org.example.Started.service <<END
[D-BUS Service]
Name=org.example.Started
Exec=/bin/false
User=root
SystemdService=live-started.service
END
busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
";

/// A session bus of our own, where peers may call one another: a dbus-daemon that ends with it.
pub(crate) struct SessionBus {
    daemon: std::process::Child,
    pub(crate) address: String,
}

impl SessionBus {
    pub(crate) fn start() -> Self {
        Self::configured(None)
    }

    /// With `policy` as its configuration, without the limits that a session bus is usually given.
    pub(crate) fn with_policy(policy: &str) -> Self {
        let configuration = format!(
            "<busconfig><type>session</type><listen>unix:abstract=unused</listen>\
             <policy context='default'>{policy}</policy></busconfig>"
        );
        Self::configured(Some(&configuration))
    }

    fn configured(configuration: Option<&str>) -> Self {
        use std::fs;
        use std::io::BufRead;
        use std::process::Stdio;

        use std::sync::atomic::{AtomicU32, Ordering};

        // Of an abstract name no file is left, and with the thread that started it goes the daemon.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = std::env::temp_dir().join(format!("barebus-live-{name}.conf"));
        fs::write(&file, configuration.unwrap_or_default()).unwrap();
        let mut daemon = std::process::Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "dbus-daemon"])
            .arg(match configuration {
                None => "--session".into(),
                Some(_) => format!("--config-file={}", file.display()),
            })
            .args(["--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:abstract=barebus-live-{name}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the live tests cannot run: dbus-daemon: {error}"));
        let mut address = String::new();
        let stdout = daemon.stdout.take().unwrap();
        std::io::BufReader::new(stdout).read_line(&mut address).unwrap();
        fs::remove_file(&file).unwrap();
        Self { daemon, address: address.trim().into() }
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
