//! The parameters of a session.

use core::time::Duration;

use barebus_sasl::{Guid, Mechanisms, Pacing};
use barebus_wire::Serial;

use crate::incoming_calls::Serving;

/// What is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// A message bus: begins with `Hello`, writes every SENDER, knows who owns which name.
    Bus,
    /// A server without a bus: no `Hello`, no names. Messages are sent only after authentication's last reply has come, because
    /// sd-bus servers do not process message bytes that arrive together with `BEGIN` until more bytes come.
    Direct,
}

/// The parameters of a session.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is at the other end.
    pub server: ServerKind,
    /// The mechanisms to try, in order; a pipelined attempt tries only the first.
    pub mechanisms: Mechanisms,
    /// Whether authentication is written in one go, or line by line.
    pub pacing: Pacing,
    /// Whether the transport can be connected once more: then a pipelined attempt that fails is followed by one line by line, see
    /// [`Session::retry_handshake`](crate::Session::retry_handshake).
    pub can_reconnect: bool,
    /// Whether to negotiate passing file descriptors.
    pub unix_fds: bool,
    /// The server's GUID as the address promises it.
    pub guid: Option<Guid>,
    /// Time limit of authentication and `Hello`. A pipelined attempt gets half of it where another one can follow.
    pub handshake_timeout: Duration,
    /// The first message's serial.
    pub first_serial: Serial,
    /// Most bytes that may wait to be written. Once reached, further messages are refused.
    pub send_limit: usize,
    /// Most bytes of received messages that may wait to be taken. Further ones are dropped and counted.
    pub receive_limit: usize,
    /// Most well-known names whose owner is remembered or followed at a time, each with a match rule at the bus. The least recently used
    /// one is let go. Names with an outstanding call or a subscription do not count: they are never let go.
    pub followed_names: usize,
    /// Whether a reply is believed only from an owner of the name that was called. `false`: replies are believed by their serial alone,
    /// signals of a well-known name from anybody. For buses whose policy denies `GetNameOwner`.
    pub verify_senders: bool,
    /// What happens to calls of our methods.
    pub serving: Serving,
    /// The machine's ID in 32 hexadecimal digits, for `Peer.GetMachineId`.
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
