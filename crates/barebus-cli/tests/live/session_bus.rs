//! A bus for one test.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{Bus, BusName, Connection, NameFlags, RequestName};
use barebus_tests::peer::PATIENCE;

use crate::support::Folder;

/// A dbus-daemon for one test that allows all names and calls.
pub(crate) struct SessionBus {
    daemon: Child,
    pub(crate) address: String,
    _folder: Folder,
}

impl SessionBus {
    pub(crate) fn start(name: &str) -> Self {
        Self::with(name, Command::new("dbus-daemon"))
    }

    /// A bus that is not dropped, as one in a static. It ends with this process: the thread that has started it lasts as long.
    pub(crate) fn of_process(name: &'static str) -> Self {
        let (send, receive) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut daemon = Command::new("setpriv");
            daemon.args(["--pdeathsig", "KILL", "dbus-daemon"]);
            let _ = send.send(Self::with(name, daemon));
            loop {
                thread::park();
            }
        });
        receive.recv().unwrap()
    }

    fn with(name: &str, mut daemon: Command) -> Self {
        let folder = Folder::new(name);
        let address = format!("unix:path={}", folder.join("bus"));
        daemon.args(["--session", "--nofork", "--nopidfile", "--address", &address]);
        let daemon = daemon.stderr(Stdio::null()).spawn().expect("dbus-daemon is installed");
        let end = Instant::now() + PATIENCE;
        while Connection::open(&address).is_err() {
            assert!(Instant::now() < end, "dbus-daemon does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Self { daemon, address, _folder: folder }
    }

    /// A connection that owns the name and never answers.
    pub(crate) fn mute(&self, name: &str) -> Connection {
        let mut connection = Connection::open(&self.address).unwrap();
        let name = BusName::parse(name).unwrap();
        let answer = Bus::new(&mut connection).request_name(name, NameFlags::NONE).unwrap();
        assert_eq!(answer, RequestName::PrimaryOwner);
        connection
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
