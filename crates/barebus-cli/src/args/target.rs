//! Which server to connect to, and how.

use std::time::Duration;

use barebus::Connection;
use barebus_systemd::setting;
use clap::{ArgAction, Args, ValueEnum};

use super::value::boolean;
use crate::exit::Failure;

/// Server to connect to, and how.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Target {
    /// The system bus (the default)
    #[arg(long, global = true, overrides_with = "user")]
    system: bool,
    /// The session bus, or the bus of the user that --machine names
    #[arg(long, global = true)]
    user: bool,
    /// The bus at this address
    #[arg(long, global = true, value_name = "ADDRESS")]
    address: Option<String>,
    /// A peer at this address, without a bus; for example unix:path=/run/systemd/private
    #[arg(long, global = true, value_name = "ADDRESS")]
    peer: Option<String>,
    /// The bus of another machine, over ssh: [USER@]HOST[:PORT][/CONTAINER]
    #[arg(long, short = 'H', global = true, value_name = "HOST")]
    host: Option<String>,
    /// The bus of a local container, or of a user: CONTAINER, USER@, USER@CONTAINER
    #[arg(long, short = 'M', global = true, value_name = "CONTAINER")]
    machine: Option<String>,
    /// The bus of a capsule
    #[arg(long, short = 'C', global = true, value_name = "NAME")]
    capsule: Option<String>,
    /// Time limit for each reply, and for the end of a job, for example 300ms or infinity [default: 25s for a reply, none for a job]
    #[arg(long, global = true, value_name = "TIME", value_parser = limit)]
    timeout: Option<Limit>,
    /// How to authenticate
    #[arg(long, global = true, value_enum, value_name = "WAY", default_value_t)]
    pub(crate) handshake: Handshake,
    /// Waits until the bus's socket is bound
    #[arg(long, global = true, value_name = "BOOL", action = ArgAction::Set, value_parser = boolean, default_value = "no")]
    pub(crate) watch_bind: bool,
}

/// How to authenticate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Handshake {
    /// All lines in one write; if the server does not accept that, line by line on a second connection
    #[default]
    Pipelined,
    /// Line by line: each line is sent after the answer to the one before
    Step,
}

/// A server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    System,
    User,
    /// The bus at an address.
    Address(&'a str),
    /// A peer at an address.
    Peer(&'a str),
    Host(&'a str),
    Machine {
        name: &'a str,
        /// The bus of a user there, not the system's.
        user: bool,
    },
    Capsule(&'a str),
}

impl Target {
    /// The server.
    ///
    /// # Errors
    /// Several servers are given.
    pub(crate) fn place(&self) -> Result<Place<'_>, Failure> {
        let places = [
            self.address.as_deref().map(Place::Address),
            self.peer.as_deref().map(Place::Peer),
            self.host.as_deref().map(Place::Host),
            self.machine.as_deref().map(|name| Place::Machine { name, user: self.user }),
            self.capsule.as_deref().map(Place::Capsule),
        ];
        let mut places = places.into_iter().flatten();
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Failure::usage(
                "cannot use several of --address, --peer, --host, --machine and --capsule: give one",
            )),
            (Some(Place::Host(_)), None) if self.user => Err(Failure::usage(
                "cannot use --user with --host: only a system bus is reached over ssh",
            )),
            (Some(place), None) => Ok(place),
            (None, _) if self.user => Ok(Place::User),
            (None, _) => Ok(Place::System),
        }
    }

    /// Whether there is a peer instead of a bus: messages have no destination.
    pub(crate) const fn is_peer(&self) -> bool {
        self.peer.is_some()
    }

    /// Whether files and programs of this machine are not those of the server's machine.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.host.is_some() || self.machine.is_some()
    }

    /// Whether `/proc` is about the processes that the server at the other end of `connection` counts.
    pub(crate) fn has_our_processes(&self, connection: &Connection) -> bool {
        !self.is_elsewhere() && connection.address().starts_with("unix:")
    }

    /// Time limit for each reply; `None`: no limit.
    pub(crate) const fn reply_timeout(&self) -> Option<Duration> {
        match self.timeout {
            None | Some(Limit::Default) => Some(REPLY_TIMEOUT),
            Some(Limit::After(limit)) => Some(limit),
            Some(Limit::Never) => None,
        }
    }

    /// Time limit of what has none unless the user gives one.
    pub(crate) const fn time_limit(&self) -> Option<Duration> {
        match self.timeout {
            Some(Limit::After(limit)) => Some(limit),
            None | Some(Limit::Default | Limit::Never) => None,
        }
    }
}

const REPLY_TIMEOUT: Duration = Duration::from_secs(25);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Default,
    After(Duration),
    Never,
}

/// As `busctl --timeout`: 0 and the empty text are the default.
fn limit(text: &str) -> Result<Limit, String> {
    if text.trim().is_empty() {
        return Ok(Limit::Default);
    }
    match setting::time_span(text) {
        Some(Duration::ZERO) => Ok(Limit::Default),
        Some(Duration::MAX) => Ok(Limit::Never),
        Some(limit) => Ok(Limit::After(limit)),
        None => Err("not a time span; write it as 5s, 300ms or 'infinity'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_time_spans() {
        for (text, expected) in [
            ("", Limit::Default),
            ("0", Limit::Default),
            ("infinity", Limit::Never),
            ("300ms", Limit::After(Duration::from_millis(300))),
            ("1min", Limit::After(Duration::from_secs(60))),
            ("1min 2s", Limit::After(Duration::from_secs(62))),
            ("0.25", Limit::After(Duration::from_millis(250))),
        ] {
            assert_eq!(limit(text), Ok(expected), "{text}");
        }
        for text in ["x", "-1", "1parsec", "5 infinity"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
