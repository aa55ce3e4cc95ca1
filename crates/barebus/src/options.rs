//! The options of a connection.

use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms, Pacing};
use barebus_session::{Config, ServerKind, Serving};
use barebus_wire::address::{Address, Addresses};
use nix::unistd::geteuid;

use crate::connection::Connection;
use crate::endpoint;
use crate::error::{Attempt, AttemptError, OpenError};
use crate::places;
use crate::sys;
use crate::transport::Transport;

/// The options of a connection. Where it leads is said when it is opened.
///
/// ```no_run
/// use std::time::Duration;
///
/// use barebus::Options;
///
/// let options = Options::bus().call_timeout(Some(Duration::from_secs(5)));
/// let bus = options.open_system()?;
/// # Ok::<(), barebus::OpenError>(())
/// ```
///
/// The defaults: EXTERNAL with our user ID, authentication in one write, file descriptors negotiated, 5 s for connecting and 5 s for the
/// handshake, 25 s for a call, queues of 16 MiB each, replies believed only from the callee, 64 followed names, no calls served.
#[derive(Clone, Debug)]
pub struct Options {
    config: Config,
    pub(crate) call_timeout: Option<Duration>,
}

impl Options {
    /// The options of a connection to a message bus.
    pub fn bus() -> Self {
        Self::new(ServerKind::Bus)
    }

    /// The options of a direct connection: no `Hello`, no names.
    pub fn direct() -> Self {
        Self::new(ServerKind::Direct)
    }

    fn new(server: ServerKind) -> Self {
        let ours = Mechanism::External(Identity::Uid(geteuid().as_raw()));
        let mechanisms = Mechanisms {
            first: ours,
            // A server in another user namespace, or a very old one, may accept only this.
            fallbacks: [Some(Mechanism::External(Identity::Empty)), None, None],
        };
        let mut config = Config::new(server, mechanisms);
        config.machine_id = machine_id;
        Self { config, call_timeout: Some(Duration::from_secs(25)) }
    }

    /// The authentication mechanisms to try, in order. Spec: Authentication Mechanisms.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: Mechanisms) -> Self {
        self.config.mechanisms = mechanisms;
        self
    }

    /// Authenticates line by line: each line is written after the answer to the line before. Use it for servers and proxies that cannot
    /// handle authentication in one write, to save the first attempt: if that fails in any way, a second connection authenticates line by
    /// line anyway. A stream that is passed to [`over`](Self::over) cannot be connected again, so there it is needed.
    #[must_use]
    pub const fn step_by_step(mut self) -> Self {
        self.config.pacing = Pacing::StepByStep;
        self
    }

    /// Whether to negotiate passing file descriptors. Default: yes.
    #[must_use]
    pub const fn unix_fds(mut self, negotiate: bool) -> Self {
        self.config.unix_fds = negotiate;
        self
    }

    /// Time limit for connecting, and the same again for the handshake. The first attempt at authentication gets half of it, if a second one
    /// is possible. Default: 5 s.
    #[must_use]
    pub const fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.config.handshake_timeout = timeout;
        self
    }

    /// How long a call waits for its reply; `None`: no limit. A wait without a limit does not wake up until something arrives.
    /// Default: 25 s.
    #[must_use]
    pub const fn call_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Whether a reply is believed only from the callee and from the bus (the default). The callee of a well-known name is every connection
    /// that owned the name since the call was sent.
    ///
    /// `false`: replies are believed by their serial alone, and signals of a well-known name from anybody, so every process on the bus can
    /// forge them. Use it only for buses whose policy denies `GetNameOwner`, where calls otherwise fail with
    /// [`NoReply::OwnerUnknown`](crate::NoReply::OwnerUnknown).
    #[must_use]
    pub const fn verify_senders(mut self, verify: bool) -> Self {
        self.config.verify_senders = verify;
        self
    }

    /// How many well-known names are followed at a time, each with a match rule at the bus. The least recently used one is let go. Names
    /// with an outstanding call or a subscription do not count. Default: 64.
    #[must_use]
    pub const fn followed_names(mut self, limit: usize) -> Self {
        self.config.followed_names = limit;
        self
    }

    /// Reports calls of our methods as [`Event::MethodCall`](crate::Event::MethodCall) instead of answering `UnknownMethod`.
    #[must_use]
    pub const fn serve_calls(mut self) -> Self {
        self.config.serving = Serving::EVENTS;
        self
    }

    /// How many bytes may wait to be written, and how many bytes of received messages may wait to be taken. Default: 16 MiB each.
    #[must_use]
    pub const fn queue_limits(mut self, send: usize, receive: usize) -> Self {
        self.config.send_limit = send;
        self.config.receive_limit = receive;
        self
    }

    /// Opens the system bus, see [`Connection::system`].
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    pub fn open_system(&self) -> Result<Connection, OpenError> {
        match environment("DBUS_SYSTEM_BUS_ADDRESS") {
            Some(address) => self.open(&address),
            None => self.open("unix:path=/run/dbus/system_bus_socket"),
        }
    }

    /// Opens the session bus, see [`Connection::session`].
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    pub fn open_session(&self) -> Result<Connection, OpenError> {
        if let Some(address) = environment("DBUS_SESSION_BUS_ADDRESS") {
            return self.open(&address);
        }
        self.open_in_runtime_dir("bus", "DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR")
    }

    /// Opens the private socket of the user's systemd.
    pub(crate) fn open_user_private(&self) -> Result<Connection, OpenError> {
        self.open_in_runtime_dir("systemd/private", "XDG_RUNTIME_DIR")
    }

    fn open_in_runtime_dir(
        &self,
        socket: &str,
        variable: &'static str,
    ) -> Result<Connection, OpenError> {
        let Some(directory) = environment("XDG_RUNTIME_DIR") else {
            let own = places::own_socket(socket).ok_or(OpenError::NotSet { variable })?;
            return self.open(&own);
        };
        let path = format!("{directory}/{socket}");
        self.open(&format!("unix:path={}", barebus_wire::address::escape(path.as_bytes())))
    }

    /// Opens `address`: its servers are tried in order. Spec: Server Addresses.
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    pub fn open(&self, address: &str) -> Result<Connection, OpenError> {
        let addresses = match Addresses::parse(address) {
            Ok(addresses) => addresses,
            Err(error) => return Err(OpenError::Address { address: address.into(), error }),
        };
        let mut attempts = Vec::new();
        for one in addresses {
            let error = match self.attempt(&one) {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            attempts.push(Attempt { address: one.as_str().into(), error });
        }
        if attempts.is_empty() {
            return Err(OpenError::NoAddress);
        }
        Err(OpenError::Unreachable(attempts))
    }

    #[inline(never)]
    fn attempt(&self, address: &Address<'_>) -> Result<Connection, AttemptError> {
        let mut config = self.config.clone();
        config.guid = endpoint::guid(address)?;
        let timeout = config.handshake_timeout;
        let transport = endpoint::reach(address, timeout)?;
        config.unix_fds &= transport.passes_fds;
        let address = address.as_str();
        Ok(Connection::over(transport, Some(timeout), address, config, self.call_timeout)?)
    }

    /// Uses a stream socket that is already connected: a `UnixStream`, a `TcpStream`, an inherited descriptor.
    ///
    /// # Errors
    /// [`OpenError::Prepare`].
    pub fn over(&self, stream: impl Into<OwnedFd>) -> Result<Connection, OpenError> {
        let transport = Transport::given(stream.into());
        let config = self.config.clone();
        Connection::over(transport, None, "the given stream", config, self.call_timeout)
            .map_err(|error| OpenError::Prepare(error.into()))
    }
}

/// A variable of the environment. `None` in a program that has more rights than its user, who set the variable.
fn environment(variable: &str) -> Option<String> {
    if sys::is_privileged() {
        return None;
    }
    std::env::var_os(variable)?.into_string().ok().filter(|value| !value.is_empty())
}

/// The machine ID, for `Peer.GetMachineId`.
fn machine_id() -> Option<[u8; 32]> {
    [c"/etc/machine-id", c"/var/lib/dbus/machine-id"].into_iter().find_map(|file| {
        let mut id = [0; 32];
        let file = sys::open_to_read(file).ok()?;
        let len = endpoint::read_beginning(&file, &mut id).ok()?.len();
        (len == 32 && id.iter().all(u8::is_ascii_hexdigit)).then_some(id)
    })
}
