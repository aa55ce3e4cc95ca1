//! Configures a box.

use core::time::Duration;
use std::path::PathBuf;

use crate::{BoxError, SystemdBox, boot};

/// Which message bus the box runs.
///
/// ```no_run
/// use barebus_box::{Bus, SystemdBox};
///
/// let the_box = SystemdBox::builder().bus(Bus::Broker).boot()?;
/// println!("dbus-broker at {}", the_box.system_bus_address());
/// # Ok::<(), barebus_box::BoxError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bus {
    /// dbus-daemon, the reference implementation.
    #[default]
    Daemon,
    /// dbus-broker.
    Broker,
}

/// A box to be booted.
///
/// ```no_run
/// use barebus_box::SystemdBox;
/// use std::time::Duration;
///
/// let the_box = SystemdBox::builder()
///     .unit("hello.service", "[Service]\nExecStart=/bin/sleep infinity\n")
///     .timeout(Duration::from_secs(60))
///     .boot()?;
/// # Ok::<(), barebus_box::BoxError>(())
/// ```
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
    /// Sets the message bus. Default: dbus-daemon.
    #[must_use]
    pub fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// Boots this root instead of the host's: a directory with a whole system, for example from debootstrap.
    ///
    /// The directory is not written to. Its links are resolved inside the root, never to the host's files. Its `dev`, `proc`, `run` and `sys`
    /// must not be links.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Adds a unit file to `/etc/systemd/system`. The unit is not started.
    #[must_use]
    pub fn unit(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.units.push((name.into(), text.into()));
        self
    }

    /// Uses the host's network. Default: a network namespace with only a loopback device.
    #[must_use]
    pub fn host_network(mut self) -> Self {
        self.host_network = true;
        self
    }

    /// Sets the time limit of the boot. Default: 30 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Boots the box. Returns when systemd has finished booting and owns its name on the bus.
    ///
    /// # Errors
    /// `NotRoot`, `NotPrivileged`: run the program as root. `Missing`: install the package. `Root`, `UnitName`: an invalid setting.
    /// `Prepare`, `Setup`: the kernel refused an operation. `Died`, `Bus`, `TimedOut`: systemd did not boot; its log says why.
    pub fn boot(self) -> Result<SystemdBox, BoxError> {
        boot::boot(&self)
    }
}

const BOOT_TIMEOUT: Duration = Duration::from_secs(30);
