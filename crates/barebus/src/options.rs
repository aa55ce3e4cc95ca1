//! How a connection is to be: where it leads is told when it is opened.

use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms, Pacing};
use barebus_session::{Config, ServerKind, Serving};
use barebus_wire::address::{Address, Addresses};
use nix::unistd::geteuid;

use crate::connection::Connection;
use crate::endpoint;
use crate::error::{Attempt, AttemptError, OpenError};
use crate::sys;
use crate::transport::Transport;

/// How a connection is to be.
///
/// Without change: EXTERNAL with our user's number, file descriptors negotiated, 5 s for connecting and for the handshake, 25 s
/// for a call, queues of 16 MiB.
#[derive(Clone, Debug)]
pub struct Options {
    config: Config,
    pub(crate) call_timeout: Option<Duration>,
}

impl Options {
    /// For a message bus.
    pub fn bus() -> Self {
        Self::new(ServerKind::Bus)
    }

    /// For a direct connection: no `Hello`, no names.
    pub fn direct() -> Self {
        Self::new(ServerKind::Direct)
    }

    fn new(server: ServerKind) -> Self {
        let ours = Mechanism::External(Identity::Uid(geteuid().as_raw()));
        let mechanisms = Mechanisms {
            first: ours,
            // What a server in another user namespace, or a very old one, may take instead.
            fallbacks: [Some(Mechanism::External(Identity::Empty)), None, None],
        };
        let mut config = Config::new(server, mechanisms);
        config.machine_id = machine_id;
        Self { config, call_timeout: Some(Duration::from_secs(25)) }
    }

    /// With these mechanisms.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: Mechanisms) -> Self {
        self.config.mechanisms = mechanisms;
        self
    }

    /// Authenticates line by line: each line is written after the answer to the line before. Use it for servers that cannot handle
    /// pipelined authentication. If pipelined authentication is refused, a second connection authenticates line by line anyway.
    #[must_use]
    pub const fn step_by_step(mut self) -> Self {
        self.config.pacing = Pacing::StepByStep;
        self
    }

    /// With or without passing of file descriptors.
    #[must_use]
    pub const fn unix_fds(mut self, negotiate: bool) -> Self {
        self.config.unix_fds = negotiate;
        self
    }

    /// How long connecting, and then the handshake, may take.
    #[must_use]
    pub const fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.config.handshake_timeout = timeout;
        self
    }

    /// How long a call waits for its reply; `None`: without a limit. A wait without a limit is a single system call.
    #[must_use]
    pub const fn call_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Whether a reply is believed only if its sender owns the name that was called (the default). `false`: replies are believed by their
    /// serial alone, and signals of a well-known name from anybody. For buses whose policy denies `GetNameOwner`.
    #[must_use]
    pub const fn verify_senders(mut self, verify: bool) -> Self {
        self.config.verify_senders = verify;
        self
    }

    /// Most well-known names that are followed at a time, each with a match rule at the bus; default: 64. Names with an outstanding call
    /// or a subscription do not count.
    #[must_use]
    pub const fn followed_names(mut self, limit: usize) -> Self {
        self.config.followed_names = limit;
        self
    }

    /// Hands calls of our methods to the user as events, instead of answering `UnknownMethod`.
    #[must_use]
    pub const fn serve_calls(mut self) -> Self {
        self.config.serving = Serving::EVENTS;
        self
    }

    /// Most bytes that wait for being written, and of received messages that wait for being taken.
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
        let directory = environment("XDG_RUNTIME_DIR").ok_or(OpenError::NotSet { variable })?;
        let path = format!("{directory}/{socket}");
        self.open(&format!("unix:path={}", barebus_wire::address::escape(path.as_bytes())))
    }

    /// Opens `address`: its servers are tried in order.
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

    /// Takes a stream socket that is connected already: a `UnixStream`, a `TcpStream`, an inherited descriptor.
    ///
    /// # Errors
    /// `OpenError::Prepare`.
    pub fn over(&self, stream: impl Into<OwnedFd>) -> Result<Connection, OpenError> {
        let transport = Transport::given(stream.into());
        let config = self.config.clone();
        Connection::over(transport, None, "the given stream", config, self.call_timeout)
            .map_err(|error| OpenError::Prepare(error.into()))
    }
}

/// A variable of the environment, unless the program has more rights than whoever set it.
fn environment(variable: &str) -> Option<String> {
    if sys::is_privileged() {
        return None;
    }
    std::env::var_os(variable)?.into_string().ok().filter(|value| !value.is_empty())
}

/// The machine's id, as `Peer.GetMachineId` tells it.
fn machine_id() -> Option<[u8; 32]> {
    [c"/etc/machine-id", c"/var/lib/dbus/machine-id"].into_iter().find_map(|file| {
        let mut id = [0; 32];
        let file = sys::open_to_read(file).ok()?;
        let len = endpoint::read_beginning(&file, &mut id).ok()?.len();
        (len == 32 && id.iter().all(u8::is_ascii_hexdigit)).then_some(id)
    })
}
