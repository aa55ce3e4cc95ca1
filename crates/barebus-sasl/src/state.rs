//! What each side waits for, and what a conversation results in.

use core::fmt;

use crate::guid::Guid;

/// States of the client. Spec: Authentication state diagrams, client states.
///
/// ```
/// use barebus_sasl::{Client, Mechanism, Options, Pacing, State};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::Anonymous.into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// });
/// assert_eq!(client.state(), State::WaitingForOk);
/// client.receive(b"OK a70c1178e836ccc6d4251f226b04381d\r\n")?;
/// assert_eq!(client.state(), State::Done);
/// # Ok::<(), barebus_sasl::SaslError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// `AUTH` was sent without an initial response. The client waits for the server's challenge.
    WaitingForData,
    /// The mechanism's last response was sent. The client waits for `OK`.
    WaitingForOk,
    /// `CANCEL` was sent. The client waits for `REJECTED`.
    WaitingForReject,
    /// `NEGOTIATE_UNIX_FD` was sent. The client waits for `AGREE_UNIX_FD` or `ERROR`.
    WaitingForAgreeUnixFd,
    /// Every answer has arrived. All bytes that follow are message data.
    Done,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForData => "WaitingForData",
            Self::WaitingForOk => "WaitingForOK",
            Self::WaitingForReject => "WaitingForReject",
            Self::WaitingForAgreeUnixFd => "WaitingForAgreeUnixFD",
            Self::Done => "Done",
        })
    }
}

/// States of the server. Spec: Authentication state diagrams, server states.
///
/// ```
/// use barebus_sasl::{Guid, Server, ServerOptions, ServerState};
///
/// let server = Server::new(ServerOptions {
///     guid: Guid([7; 16]),
///     external: true,
///     anonymous: false,
///     peer_uid: None,
///     allow_unix_fd: false,
/// });
/// assert_eq!(server.state(), ServerState::WaitingForAuth);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerState {
    /// The server waits for `AUTH`, and for the NUL byte before the first one.
    WaitingForAuth,
    /// A challenge was sent. The server waits for the client's `DATA`.
    WaitingForData,
    /// `OK` was sent. The server waits for `BEGIN`.
    WaitingForBegin,
    /// The client is authenticated. All bytes that follow are message data.
    Done,
}

impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForAuth => "WaitingForAuth",
            Self::WaitingForData => "WaitingForData",
            Self::WaitingForBegin => "WaitingForBegin",
            Self::Done => "Done",
        })
    }
}

/// The side that waited, and its state.
///
/// ```
/// use barebus_sasl::{Client, Mechanism, Options, Pacing, SaslErrorKind, State, Waiting};
///
/// let client = Client::new(Options {
///     mechanisms: Mechanism::Anonymous.into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// });
/// // The server closed the connection while the client waited for OK.
/// let waiting = Waiting::Client(State::WaitingForOk);
/// assert_eq!(client.eof().kind, SaslErrorKind::Eof(waiting));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// The client waited for the server.
    Client(State),
    /// The server waited for the client.
    Server(ServerState),
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(state) => state.fmt(f),
            Self::Server(state) => state.fmt(f),
        }
    }
}

/// Result of a successful conversation.
///
/// ```
/// use barebus_sasl::{Client, Mechanism, Options, Pacing};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::Anonymous.into(),
///     negotiate_unix_fd: true,
///     pacing: Pacing::Pipelined,
/// });
/// client.receive(b"OK a70c1178e836ccc6d4251f226b04381d\r\nERROR\r\n")?;
/// let outcome = client.outcome().unwrap();
/// assert_eq!(outcome.guid.to_string(), "a70c1178e836ccc6d4251f226b04381d");
/// // The server refused to pass file descriptors.
/// assert!(!outcome.unix_fd);
/// # Ok::<(), barebus_sasl::SaslError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The server's GUID. Compare it with the `guid=` of the address, if there is one.
    pub guid: Guid,
    /// Whether file descriptors may be passed.
    pub unix_fd: bool,
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn an_error_of_the_server_names_its_state() {
        for (state, name) in [
            (ServerState::WaitingForAuth, "WaitingForAuth"),
            (ServerState::WaitingForData, "WaitingForData"),
            (ServerState::WaitingForBegin, "WaitingForBegin"),
            (ServerState::Done, "Done"),
        ] {
            assert_eq!(Waiting::Server(state).to_string(), name);
        }
    }
}
