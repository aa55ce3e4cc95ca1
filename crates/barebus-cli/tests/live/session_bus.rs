//! A bus for one test.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{Bus, BusName, Connection, NameFlags, RequestName};
use barebus_tests::peer::PATIENCE;

/// A dbus-daemon that allows all names and calls. It ends when this is dropped, or with the process if this is in a static.
pub(crate) struct SessionBus {
    daemon: Child,
    pub(crate) address: String,
    /// When it is dropped, the thread ends that has started the daemon.
    _keeper: Sender<()>,
}

impl SessionBus {
    pub(crate) fn start(name: &str) -> Self {
        Self::at(format!("unix:abstract=barebus-test-{name}-{}", std::process::id()))
    }

    /// A bus at this address.
    pub(crate) fn at(address: String) -> Self {
        let mut command = Command::new("setpriv");
        command.args([
            "--pdeathsig",
            "KILL",
            "dbus-daemon",
            "--session",
            "--nofork",
            "--nopidfile",
        ]);
        command.args(["--address", &address]).stderr(Stdio::null());
        // The daemon gets the signal when the thread ends that has started it: the one of the test may end too early.
        let (started, daemon) = mpsc::channel();
        let (keeper, end) = mpsc::channel();
        thread::spawn(move || {
            let _ = started.send(command.spawn());
            let _ = end.recv();
        });
        let daemon = daemon.recv().unwrap().expect("setpriv and dbus-daemon are installed");
        let end = Instant::now() + PATIENCE;
        while Connection::open(&address).is_err() {
            assert!(Instant::now() < end, "dbus-daemon does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Self { daemon, address, _keeper: keeper }
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
