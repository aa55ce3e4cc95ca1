//! What kind of box is wanted.

use core::time::Duration;
use std::path::PathBuf;

use crate::{BoxError, SystemdBox, boot};

/// Which message bus the box runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bus {
    /// dbus-daemon, the reference implementation.
    #[default]
    Daemon,
    /// dbus-broker.
    Broker,
}

/// A box to be booted.
#[derive(Clone, Debug)]
pub struct Builder {
    pub(crate) bus: Bus,
    pub(crate) root: PathBuf,
    pub(crate) units: Vec<(String, String)>,
    pub(crate) host_network: bool,
    pub(crate) timeout: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            bus: Bus::default(),
            root: PathBuf::from("/"),
            units: Vec::new(),
            host_network: false,
            timeout: BOOT_TIMEOUT,
        }
    }
}

impl Builder {
    /// With this message bus; dbus-daemon unless told.
    #[must_use]
    pub fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// Boots this root instead of the host's: a folder that holds a whole system, as debootstrap makes it.
    ///
    /// The folder is not written to. Its links are followed as they lead inside the box, never to the host's files. Its `dev`, `proc`,
    /// `run` and `sys` must not be links.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// With a unit file of this name and text, in `/etc/systemd/system`. It is there to be started, not started.
    #[must_use]
    pub fn unit(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.units.push((name.into(), text.into()));
        self
    }

    /// On the host's network; unless told, the box has one of its own, with nothing but a loopback device.
    #[must_use]
    pub fn host_network(mut self) -> Self {
        self.host_network = true;
        self
    }

    /// Gives up booting after this time; 30 s unless told.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Boots the box; returns when systemd has finished booting and owns its name on the bus.
    ///
    /// # Errors
    /// `NotRoot`, `NotPrivileged`: run it as root. `Missing`: install the package. `Root`, `UnitName`: the box asked for cannot be.
    /// `Prepare`, `Setup`: the kernel refused. `Died`, `Bus`, `TimedOut`: systemd did not come up; its log says why.
    pub fn boot(self) -> Result<SystemdBox, BoxError> {
        boot::boot(&self)
    }
}

const BOOT_TIMEOUT: Duration = Duration::from_secs(30);
