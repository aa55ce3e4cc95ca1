//! The parameters of a session.

use core::time::Duration;

use barebus_sasl::{Guid, Mechanisms, Pacing};
use barebus_wire::Serial;

use crate::incoming_calls::Serving;

/// What is at the other end.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session};
///
/// // A direct connection has no bus, so nothing is called `Hello`.
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let session: Session<()> = Session::new(config);
/// assert!(!session.is_established());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// A message bus: it expects `Hello` first, writes SENDER into every message that it passes on, and knows the owners of names.
    Bus,
    /// A server without a bus: no `Hello`, no names. Messages are sent only after the last line of the server's answer has arrived, because
    /// sd-bus servers do not process message bytes that arrive together with `BEGIN` until more bytes arrive.
    Direct,
}

/// The parameters of a session.
///
/// ```
/// use core::time::Duration;
///
/// use barebus_sasl::{Identity, Mechanism};
/// use barebus_session::{Config, ServerKind, Session};
///
/// let mut config = Config::new(ServerKind::Bus, Mechanism::External(Identity::Uid(0)).into());
/// config.handshake_timeout = Duration::from_secs(1);
/// config.unix_fds = false;
/// let session: Session<()> = Session::new(config);
/// assert!(session.next_deadline() <= Some(Duration::from_secs(1)));
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// What is at the other end.
    pub server: ServerKind,
    /// The mechanisms to try, in order; a pipelined attempt tries only the first.
    pub mechanisms: Mechanisms,
    /// Whether authentication is written in one go, or line by line.
    pub pacing: Pacing,
    /// Whether the transport can be connected once more. If so, a pipelined attempt that fails can be followed by one line by line, see
    /// [`Session::retry_handshake`](crate::Session::retry_handshake).
    pub can_reconnect: bool,
    /// Whether to negotiate passing file descriptors.
    pub unix_fds: bool,
    /// The server's GUID, if the address names one. The connection ends if the server has another.
    pub guid: Option<Guid>,
    /// Time limit of authentication and `Hello`. A pipelined attempt gets half of it, if another one can follow.
    pub handshake_timeout: Duration,
    /// The serial of the first message.
    pub first_serial: Serial,
    /// How many bytes may wait to be written. Once the limit is reached, further messages are refused.
    pub send_limit: usize,
    /// How many bytes of received messages may wait to be taken. Further messages are dropped and counted.
    pub receive_limit: usize,
    /// How many well-known names are remembered at a time. A followed name has a match rule at the bus. The least recently used name is let
    /// go. Names with an outstanding call or a subscription do not count: they are never let go.
    pub followed_names: usize,
    /// Whether a reply is believed only from the callee and from the bus. `false`: replies are believed by their serial alone, and signals of
    /// a well-known name from anybody. For buses whose policy denies `GetNameOwner`.
    pub verify_senders: bool,
    /// Whether calls of our methods are reported or refused.
    pub serving: Serving,
    /// Returns the machine ID, 32 hexadecimal digits, for `Peer.GetMachineId`.
    pub machine_id: fn() -> Option<[u8; 32]>,
}

impl Config {
    /// The defaults: pipelined, with file descriptors, 5 s for the handshake, 16 MiB of queue each way, 64 followed names, verified
    /// senders, no calls served.
    pub const fn new(server: ServerKind, mechanisms: Mechanisms) -> Self {
        Self {
            server,
            mechanisms,
            pacing: Pacing::Pipelined,
            can_reconnect: true,
            unix_fds: true,
            guid: None,
            handshake_timeout: Duration::from_secs(5),
            first_serial: Serial::FIRST,
            send_limit: 16 << 20,
            receive_limit: 16 << 20,
            followed_names: 64,
            verify_senders: true,
            serving: Serving::NOTHING,
            machine_id: || None,
        }
    }
}
