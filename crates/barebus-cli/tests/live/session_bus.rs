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
        let folder = Folder::new(name);
        let address = format!("unix:path={}", folder.join("bus"));
        let mut daemon = Command::new("dbus-daemon");
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
