//! systemd on another machine.

use std::fmt::Write as _;
use std::time::Duration;

use barebus::wire::address::escape;
use barebus::{Connection, Identity, Mechanism, Mechanisms, Options};

use super::error::AccessError;
use crate::error::Error;

/// The way to the systemd of another machine: ssh, and `systemd-stdio-bridge` there.
///
/// ssh finds keys and known hosts as it does on the command line. It does not ask for passwords, unless
/// [allowed](Self::allow_password_prompts).
///
/// ```no_run
/// use barebus_systemd::{Remote, Systemd};
///
/// let remote = Remote::new("root@example.org:2222")?.ssh_arguments(["-i", "/root/.ssh/deploy"]);
/// let systemd = Systemd::over(remote.open()?);
/// println!("{}", systemd.unit_file_state("sshd.service")?);
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Remote {
    /// `user@host`, or `host`.
    destination: String,
    port: Option<u16>,
    container: Option<String>,
    program: String,
    arguments: Vec<String>,
    may_prompt: bool,
    is_direct: bool,
    timeout: Duration,
}

/// How long to wait until ssh has connected and systemd has answered, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Remote {
    /// A machine: `"host"`, `"user@host"`, `"user@host:port"`, or a container there: `"host/container"`. An IPv6 address that is
    /// followed by a port stands in brackets.
    ///
    /// # Errors
    /// [`AccessError::Target`].
    pub fn new(target: &str) -> Result<Self, Error> {
        let refused = |reason| {
            let cause = AccessError::Target { text: target.to_owned(), reason };
            Error::new("connecting to systemd", None, cause)
        };
        let (machine, container) = match target.split_once('/') {
            Some((machine, container)) => (machine, Some(container)),
            None => (target, None),
        };
        // A shell there reads it.
        let is_plain = |name: &str| {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !name.is_empty() && !name.starts_with('-') && name.chars().all(is_allowed)
        };
        if container.is_some_and(|name| !is_plain(name)) {
            return Err(refused("the container has no name that a container can have"));
        }
        let (destination, port) = split(machine).map_err(refused)?;
        Ok(Self {
            destination,
            port,
            container: container.map(str::to_owned),
            program: "ssh".to_owned(),
            arguments: Vec::new(),
            may_prompt: false,
            is_direct: false,
            timeout: TIMEOUT,
        })
    }

    /// Passes more arguments to ssh, before the name of the machine: `["-i", "key"]`.
    #[must_use]
    pub fn ssh_arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Starts another program instead of the `ssh` in `$PATH`, with the same arguments.
    #[must_use]
    pub fn program(mut self, program: impl Into<String>) -> Self {
        self.program = program.into();
        self
    }

    /// Lets ssh ask for passwords on the terminal of this process.
    #[must_use]
    pub const fn allow_password_prompts(mut self) -> Self {
        self.may_prompt = true;
        self
    }

    /// Talks to systemd itself instead of the bus, over its private socket, which only root may use. It works without a bus on that machine.
    #[must_use]
    pub const fn private_socket(mut self) -> Self {
        self.is_direct = true;
        self
    }

    /// Time limit for connecting and for the handshake. Default: 30 s.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The D-Bus address that starts ssh. Spec: Server Addresses, unixexec.
    pub fn address(&self) -> String {
        let mut arguments = vec!["-xT".to_owned()];
        if !self.may_prompt {
            arguments.extend(["-o".to_owned(), "BatchMode=yes".to_owned()]);
        }
        if let Some(port) = self.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        arguments.extend_from_slice(&self.arguments);
        // What follows is no option, whatever it looks like.
        arguments.extend(["--".to_owned(), self.destination.clone()]);
        arguments.push("systemd-stdio-bridge".to_owned());
        if let Some(container) = &self.container {
            arguments.push(format!("--machine={container}"));
        }
        if self.is_direct {
            arguments.push("-punix:path=/run/systemd/private".to_owned());
        }
        let mut address = format!("unixexec:path={}", escape(self.program.as_bytes()));
        for (index, argument) in arguments.iter().enumerate() {
            // Writing to a String does not fail.
            let _ = write!(address, ",argv{}={}", index + 1, escape(argument.as_bytes()));
        }
        address
    }

    /// Starts ssh. What it says, such as that there is no such host or that the key is refused, is part of the error of the first operation.
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) if it cannot be started.
    pub fn open(&self) -> Result<Connection, Error> {
        let options = if self.is_direct { Options::direct() } else { Options::bus() };
        // User IDs are others there. The bridge takes part in the handshake, and can pass no file descriptors over the network.
        let mechanisms = Mechanisms {
            first: Mechanism::External(Identity::Empty),
            fallbacks: [Some(Mechanism::Anonymous), None, None],
        };
        // Line by line: otherwise a failure would start ssh once more.
        let options = options.mechanisms(mechanisms).step_by_step().unix_fds(false);
        let options = options.handshake_timeout(self.timeout);
        let opened = options.open(&self.address());
        opened.map_err(|error| Error::new("connecting to", &*self.destination, error))
    }
}

pub(super) fn remote(target: &str) -> Result<Connection, Error> {
    Remote::new(target)?.open()
}

/// Takes a target apart: what ssh connects to, and the port.
fn split(target: &str) -> Result<(String, Option<u16>), &'static str> {
    let (user, place) = match target.rsplit_once('@') {
        Some(("", _)) => return Err("there is no user before the '@'"),
        Some((user, place)) => (Some(user), place),
        None => (None, target),
    };
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, rest)) => {
                (host, Some(rest.strip_prefix(':').ok_or("a ':' must follow the ']'")?))
            }
            None => return Err("the ']' is missing"),
        },
        // More than one colon: an IPv6 address.
        None => match place.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (place, None),
        },
    };
    if host.is_empty() {
        return Err("there is no host");
    }
    if target.starts_with('-') || target.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("it has blanks, or begins with a '-'");
    }
    let port = port.map(|port| match port.parse() {
        Ok(port @ 1..) => Ok(port),
        _ => Err("the port is not a number between 1 and 65535"),
    });
    let destination = match user {
        Some(user) => format!("{user}@{host}"),
        None => host.to_owned(),
    };
    Ok((destination, port.transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_taken_apart() {
        let is = |destination: &str, port| Ok((destination.to_owned(), port));
        assert_eq!(split("host"), is("host", None));
        assert_eq!(split("root@host:22"), is("root@host", Some(22)));
        assert_eq!(split("a@b@host"), is("a@b@host", None));
        assert_eq!(split("::1"), is("::1", None));
        assert_eq!(split("root@[::1]:2222"), is("root@::1", Some(2222)));
        assert_eq!(split("[::1]"), is("::1", None));
        let wrong = [
            "",
            "@host",
            "root@",
            ":22",
            "host:",
            "host:0",
            "host:65536",
            "host:ssh",
            "[::1",
            "[::1]22",
            "a b",
            "-oProxyCommand=x",
            "host\n",
        ];
        for target in wrong {
            assert!(split(target).is_err(), "{target:?}");
        }
        let error = Remote::new("host:ssh").unwrap_err().to_string();
        let expected = "connecting to systemd: cannot use \"host:ssh\" as the name of a machine: the port is not a number between 1 and \
                        65535; write user@host:port";
        assert_eq!(error, expected);
        assert_eq!(crate::Systemd::remote("host:ssh").unwrap_err().to_string(), expected);
    }

    #[test]
    fn nothing_of_the_target_is_an_option() {
        let remote = Remote::new("root@host:22").unwrap().ssh_arguments(["-i", "a key"]);
        let expected = "unixexec:path=ssh,argv1=-xT,argv2=-o,argv3=BatchMode%3dyes,argv4=-p,argv5=22,argv6=-i,argv7=a%20key,\
                        argv8=--,argv9=root%40host,argv10=systemd-stdio-bridge";
        assert_eq!(remote.address(), expected);
        let there = Remote::new("root@host:22/web-1").unwrap().address();
        assert!(there.ends_with("argv8=systemd-stdio-bridge,argv9=--machine%3dweb-1"), "{there}");
        assert!(Remote::new("host/a;b").is_err() && Remote::new("host/").is_err());
        let address = remote.allow_password_prompts().private_socket().address();
        assert!(!address.contains("BatchMode"), "{address}");
        assert!(address.ends_with("argv9=-punix%3apath%3d/run/systemd/private"), "{address}");
    }
}
