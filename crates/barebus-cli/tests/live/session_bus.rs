//! A bus for one test.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{BusName, Connection, InterfaceName, MemberName, MethodCall, ObjectPath};

use crate::support::Folder;

/// A dbus-daemon for one test, where everybody may own and call everything.
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
        let end = Instant::now() + Duration::from_secs(10);
        while Connection::open(&address).is_err() {
            assert!(Instant::now() < end, "dbus-daemon does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Self { daemon, address, _folder: folder }
    }

    /// Somebody who owns the name and says nothing.
    pub(crate) fn mute(&self, name: &str) -> Connection {
        let mut connection = Connection::open(&self.address).unwrap();
        let bus = BusName::from_static("org.freedesktop.DBus");
        let call = MethodCall::new(
            ObjectPath::from_static("/org/freedesktop/DBus"),
            MemberName::from_static("RequestName"),
        )
        .interface(InterfaceName::from_static("org.freedesktop.DBus"))
        .destination(bus);
        let reply = connection.call(&call, &(name, 0_u32)).unwrap();
        assert_eq!(reply.body::<(u32,)>().unwrap(), (1,));
        connection
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
