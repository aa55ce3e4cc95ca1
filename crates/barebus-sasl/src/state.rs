//! What each side waits for, and what a conversation results in.

use core::fmt;

use crate::guid::Guid;

/// States of the client. Spec: Authentication state diagrams, client states.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The server's GUID. Compare it with the `guid=` of the address, if there is one.
    pub guid: Guid,
    /// Whether file descriptors may be passed.
    pub unix_fd: bool,
}
