//! Where a connection leads: addresses as transports. Spec: Server Addresses, Transports.

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use barebus_sasl::Guid;
use barebus_wire::address::Address;
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, UnixAddr, connect, setsockopt, socket, socketpair,
    sockopt::SendTimeout,
};
use nix::sys::time::{TimeVal, TimeValLike};

use crate::error::AttemptError;
use crate::transport::{Transport, millis};

/// One server that an address names.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    kind: Kind,
    /// The server's id as the address promises it.
    pub(crate) guid: Option<Guid>,
    /// How long connecting may take.
    pub(crate) timeout: Duration,
}

#[derive(Clone, Debug)]
enum Kind {
    /// `unix:path=`.
    Path(OsString),
    /// `unix:abstract=`, without the leading NUL.
    Abstract(Vec<u8>),
    /// `unixexec:`: the program and its arguments, the zeroth among them.
    Exec { path: OsString, zeroth: Option<OsString>, arguments: Vec<OsString> },
    /// `tcp:` and, with the file that holds the nonce, `nonce-tcp:`.
    Tcp { host: String, port: u16, family: Option<Family>, nonce_file: Option<OsString> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Ipv4,
    Ipv6,
}

impl Endpoint {
    /// What `address` names, if it is something that a client can connect to.
    pub(crate) fn new(address: &Address<'_>, timeout: Duration) -> Result<Self, AttemptError> {
        let guid = match value(address, "guid") {
            None => None,
            Some(text) => Some(Guid::parse(&text).map_err(|_| AttemptError::Key {
                key: "guid",
                reason: "is not 32 hexadecimal digits",
            })?),
        };
        let kind = match address.transport() {
            "unix" => unix(address)?,
            "unixexec" => exec(address)?,
            "tcp" => tcp(address, false)?,
            "nonce-tcp" => tcp(address, true)?,
            "autolaunch" => {
                return Err(unsupported("starting a bus (autolaunch) is not supported"));
            }
            "launchd" => return Err(unsupported("launchd is not supported")),
            "systemd" => return Err(unsupported("systemd: is an address for servers only")),
            _ => return Err(unsupported("the transport is unknown")),
        };
        Ok(Self { kind, guid, timeout })
    }

    /// Whether file descriptors can be passed.
    pub(crate) const fn passes_fds(&self) -> bool {
        !matches!(self.kind, Kind::Tcp { .. })
    }

    /// Connects.
    pub(crate) fn connect(&self) -> Result<Transport, AttemptError> {
        let io = AttemptError::Io;
        match &self.kind {
            Kind::Path(path) => {
                let address = UnixAddr::new(path.as_os_str()).map_err(|error| {
                    let reason = match error {
                        Errno::ENAMETOOLONG => {
                            "is longer than the 107 bytes that a socket's path may have"
                        }
                        _ => "holds a NUL, which ends a path",
                    };
                    AttemptError::Key { key: "path", reason }
                })?;
                self.connect_unix(&address)
            }
            Kind::Abstract(name) => {
                let address = UnixAddr::new_abstract(name).map_err(|_| AttemptError::Key {
                    key: "abstract",
                    reason: "is longer than the 107 bytes that a socket's name may have",
                })?;
                self.connect_unix(&address)
            }
            Kind::Exec { path, zeroth, arguments } => {
                spawn(path, zeroth.as_ref(), arguments).map_err(io)
            }
            Kind::Tcp { host, port, family, nonce_file } => {
                let stream = self.connect_tcp(host, *port, *family).map_err(io)?;
                let transport = Transport::connected(stream.into()).map_err(io)?;
                if let Some(file) = nonce_file {
                    send_nonce(&transport, file).map_err(io)?;
                }
                Ok(transport)
            }
        }
    }

    fn connect_unix(&self, address: &UnixAddr) -> Result<Transport, AttemptError> {
        let begin = Instant::now();
        let connected = || -> nix::Result<OwnedFd> {
            let flags = SockFlag::SOCK_CLOEXEC;
            let fd = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
            // A server whose queue is full lets connect(2) wait: so long at most.
            let time = millis(self.timeout.saturating_sub(begin.elapsed())).max(1);
            setsockopt(&fd, SendTimeout, &TimeVal::milliseconds(time))?;
            connect(fd.as_raw_fd(), address)?;
            Ok(fd)
        };
        loop {
            match connected() {
                Ok(fd) => return Transport::connected(fd).map_err(AttemptError::Io),
                // Whoever is interrupted again and again waits no longer for that.
                Err(Errno::EINTR) if begin.elapsed() < self.timeout => {}
                Err(Errno::EINTR | Errno::EAGAIN) => {
                    return Err(AttemptError::Io(io::ErrorKind::TimedOut.into()));
                }
                Err(error) => return Err(AttemptError::Io(error.into())),
            }
        }
    }

    fn connect_tcp(&self, host: &str, port: u16, family: Option<Family>) -> io::Result<TcpStream> {
        // Numbers need no look-up: a name does, by the system's resolver.
        let places: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => (host, port).to_socket_addrs()?.collect(),
        };
        let mut error = io::Error::new(
            io::ErrorKind::NotFound,
            "the host has no address of the family asked for",
        );
        for place in places {
            let fits = match family {
                None => true,
                Some(Family::Ipv4) => place.is_ipv4(),
                Some(Family::Ipv6) => place.is_ipv6(),
            };
            if !fits {
                continue;
            }
            match TcpStream::connect_timeout(&place, self.timeout) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(failed) => error = failed,
            }
        }
        Err(error)
    }
}

fn unix(address: &Address<'_>) -> Result<Kind, AttemptError> {
    const FOR_SERVERS: &str = "is for servers: a client needs 'path' or 'abstract'";
    for key in ["dir", "tmpdir", "runtime"] {
        if address.get(key).is_some() {
            return Err(AttemptError::Key { key, reason: FOR_SERVERS });
        }
    }
    match (value(address, "path"), value(address, "abstract")) {
        (Some(path), None) if !path.is_empty() => Ok(Kind::Path(OsString::from_vec(path))),
        (None, Some(name)) if !name.is_empty() => Ok(Kind::Abstract(name)),
        (Some(_), Some(_)) => {
            Err(AttemptError::Key { key: "abstract", reason: "cannot stand beside 'path'" })
        }
        (None, Some(_)) => Err(AttemptError::Key { key: "abstract", reason: "is empty" }),
        (Some(_), None) => Err(AttemptError::Key { key: "path", reason: "is empty" }),
        (None, None) => Err(AttemptError::Key { key: "path", reason: "is missing" }),
    }
}

fn exec(address: &Address<'_>) -> Result<Kind, AttemptError> {
    let text = |key: &str| value(address, key).map(OsString::from_vec);
    let Some(path) = text("path") else {
        return Err(AttemptError::Key { key: "path", reason: "is missing" });
    };
    // A gap ends the list.
    let arguments = (1..).map_while(|index| text(&format!("argv{index}"))).collect();
    Ok(Kind::Exec { path, zeroth: text("argv0"), arguments })
}

fn tcp(address: &Address<'_>, with_nonce: bool) -> Result<Kind, AttemptError> {
    let text = |key| value(address, key).and_then(|bytes| String::from_utf8(bytes).ok());
    let missing = |key| AttemptError::Key { key, reason: "is missing" };
    let host = text("host").ok_or(missing("host"))?;
    let port = text("port").ok_or(missing("port"))?;
    let port = port
        .parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or(AttemptError::Key { key: "port", reason: "is no port number from 1 to 65535" })?;
    let family = match text("family").as_deref() {
        None => None,
        Some("ipv4") => Some(Family::Ipv4),
        Some("ipv6") => Some(Family::Ipv6),
        Some(_) => {
            return Err(AttemptError::Key { key: "family", reason: "is neither ipv4 nor ipv6" });
        }
    };
    let nonce_file = match (with_nonce, value(address, "noncefile")) {
        (true, None) => return Err(missing("noncefile")),
        (true, Some(file)) => Some(OsString::from_vec(file)),
        (false, _) => None,
    };
    Ok(Kind::Tcp { host, port, family, nonce_file })
}

/// The value of a key, unescaped.
fn value(address: &Address<'_>, key: &str) -> Option<Vec<u8>> {
    address.get(key).map(|value| value.bytes().collect())
}

const fn unsupported(reason: &'static str) -> AttemptError {
    AttemptError::Unsupported { reason }
}

/// Starts a program and talks to its standard input and output.
fn spawn(
    path: &OsString,
    zeroth: Option<&OsString>,
    arguments: &[OsString],
) -> io::Result<Transport> {
    use std::os::unix::process::CommandExt;

    let flags = SockFlag::SOCK_CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)?;
    let mut command = Command::new(path);
    command.args(arguments).stdin(Stdio::from(theirs.try_clone()?)).stdout(Stdio::from(theirs));
    if let Some(zeroth) = zeroth {
        command.arg0(zeroth);
    }
    let mut transport = Transport::connected(ours)?;
    transport.child = Some(command.spawn()?);
    Ok(transport)
}

/// The 16 bytes that prove that the client may read the server's files. Spec: Nonce-authenticated TCP Sockets.
fn send_nonce(transport: &Transport, file: &OsString) -> io::Result<()> {
    use std::io::Read;

    let mut nonce = Vec::new();
    std::fs::File::open(file)?.take(17).read_to_end(&mut nonce)?;
    if nonce.len() != 16 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the nonce file does not hold 16 bytes",
        ));
    }
    // A socket that has just connected takes 16 bytes.
    match transport.send([&nonce, &[]], &[])? {
        16 => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}
