//! What a session is told before it begins.

use core::time::Duration;

use barebus_sasl::{Guid, Mechanisms, Pacing};
use barebus_wire::Serial;

use crate::duties::Serving;

/// What is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A message bus: begins with `Hello`, writes every SENDER, knows who owns which name.
    Bus,
    /// Somebody directly: no `Hello`, no names. Messages are sent only after authentication's last reply has come, because
    /// sd-bus servers leave message bytes lying that arrive together with `BEGIN`.
    Direct,
}

/// What a session is told before it begins.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is at the other end.
    pub peer: Peer,
    /// The mechanisms to be tried, in order; a pipelined attempt tries the first only.
    pub mechanisms: Mechanisms,
    /// Whether authentication is written in one go, or line by line.
    pub pacing: Pacing,
    /// Whether to ask for file descriptors to be passed.
    pub unix_fds: bool,
    /// The server's GUID as the address promises it.
    pub guid: Option<Guid>,
    /// How long authentication and `Hello` may take.
    pub handshake_timeout: Duration,
    /// The first message's serial.
    pub first_serial: Serial,
    /// Most bytes that may wait for being written before a message is refused.
    pub send_limit: usize,
    /// Most bytes of received messages that may wait for being taken; what comes on top is dropped and counted.
    pub receive_limit: usize,
    /// What becomes of calls of our methods.
    pub serving: Serving,
    /// The machine's id in 32 hexadecimal digits, for `Peer.GetMachineId`.
    pub machine_id: fn() -> Option<[u8; 32]>,
}

impl Config {
    /// The usual: pipelined, with file descriptors, 5 s for the handshake, 16 MiB of queue each way, no calls served.
    pub const fn new(peer: Peer, mechanisms: Mechanisms) -> Self {
        Self {
            peer,
            mechanisms,
            pacing: Pacing::Pipelined,
            unix_fds: true,
            guid: None,
            handshake_timeout: Duration::from_secs(5),
            first_serial: Serial::FIRST,
            send_limit: 16 << 20,
            receive_limit: 16 << 20,
            serving: Serving::NOTHING,
            machine_id: || None,
        }
    }
}
