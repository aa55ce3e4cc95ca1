//! Credentials of the process at the other end of a socket: the owner of the bus.

use std::os::fd::AsFd;

use nix::sys::socket::{getsockopt, sockopt};

/// Whoever listens, or made the socket that somebody else accepts connections on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) pid: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Peer {
    /// `None` if the kernel does not tell.
    pub(crate) fn of(socket: &impl AsFd) -> Option<Self> {
        let found = getsockopt(&socket.as_fd(), sockopt::PeerCredentials).ok()?;
        let pid = u32::try_from(found.pid()).ok().filter(|pid| *pid > 0)?;
        Some(Self { pid, uid: found.uid(), gid: found.gid() })
    }
}
