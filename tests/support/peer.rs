//! A scripted server: the other end of a connection under test, byte by byte if necessary.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use barebus_sasl::{Server, ServerOptions, ServerState};
use barebus_wire::{
    BusName, EncodeBody, ErrorName, Header, InterfaceName, MemberName, Message, MessageBuf,
    MessageType, ObjectPath, Serial, frame_len,
};
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use nix::unistd::geteuid;

use crate::sasl::guid;

/// The name of the bus itself.
pub const BUS: &str = "org.freedesktop.DBus";
/// The unique name that the scripted bus gives to the client.
pub const CLIENT: &str = ":1.7";
/// A service on the scripted bus.
pub const SERVICE: &str = "org.example.Service";
/// Who owns [`SERVICE`].
pub const OWNER: &str = ":1.42";

/// Time limit of the watchdogs that end a test that hangs: far longer than any test takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// A scripted server's end of the stream.
#[derive(Debug)]
pub struct Peer {
    stream: UnixStream,
    /// Bytes received and not yet taken.
    received: Vec<u8>,
    fds: Vec<OwnedFd>,
    written: Arc<AtomicUsize>,
    serial: Serial,
    /// The authentication conversation, while it goes on.
    conversation: Option<Box<Server>>,
}

/// A message from the client.
#[derive(Clone, Debug)]
pub struct Sent(Vec<u8>);

impl Sent {
    /// The message.
    pub fn message(&self) -> Message<'_> {
        Message::parse(&self.0).expect("the client sends valid messages")
    }

    /// MEMBER, or nothing.
    pub fn member(&self) -> &str {
        self.message().header().member.map_or("", MemberName::as_str)
    }

    /// The message's serial.
    pub fn serial(&self) -> Serial {
        self.message().header().serial
    }
}

impl Peer {
    /// Over a stream that the client has connected to.
    pub fn new(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a read timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a write timeout");
        let (written, serial) = (Arc::default(), Serial::FIRST);
        let (received, fds, conversation) = (Vec::new(), Vec::new(), None);
        Self { stream, received, fds, written, serial, conversation }
    }

    /// Counts the bytes written, four for each descriptor.
    pub fn written(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.written)
    }

    /// The stream, for what only it can do.
    pub const fn stream(&self) -> &UnixStream {
        &self.stream
    }

    // Writing. It is not an error of the script if the client has closed the connection.

    /// Writes all of `bytes`. Returns `false` if the client has closed the connection.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        let done = self.stream.write_all(bytes).is_ok();
        if done {
            self.written.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        done
    }

    /// Writes `bytes` in chunks of `size`, with a pause before each.
    pub fn write_slowly(&mut self, bytes: &[u8], size: usize, rest: Duration) -> bool {
        bytes.chunks(size).all(|chunk| {
            std::thread::sleep(rest);
            self.write(chunk)
        })
    }

    /// Writes `bytes` in one go, with file descriptors.
    pub fn write_with(&mut self, bytes: &[u8], fds: &[RawFd]) -> bool {
        let control = [ControlMessage::ScmRights(fds)];
        let control = if fds.is_empty() { &[][..] } else { &control };
        let slices = [IoSlice::new(bytes)];
        let flags = MsgFlags::MSG_NOSIGNAL;
        match sendmsg::<()>(self.stream.as_raw_fd(), &slices, control, flags, None) {
            Ok(count) => {
                self.written.fetch_add(count + size_of_val(fds), Ordering::Relaxed);
                count == bytes.len() || self.write(&bytes[count..])
            }
            Err(_) => false,
        }
    }

    /// Sends nothing more; still reads.
    pub fn hang_up(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    // Reading.

    /// Reads once. Returns the number of bytes; 0 at the end, or after [`PATIENCE`].
    pub fn read(&mut self) -> usize {
        let mut room = vec![0; 64 * 1024];
        let mut control = nix::cmsg_space!([RawFd; 253]);
        let read = {
            let mut slices = [IoSliceMut::new(&mut room)];
            let flags = MsgFlags::MSG_CMSG_CLOEXEC;
            recvmsg::<()>(self.stream.as_raw_fd(), &mut slices, Some(&mut control), flags).map(
                |read| {
                    let fds: Vec<RawFd> = read
                        .cmsgs()
                        .into_iter()
                        .flatten()
                        .flat_map(|message| match message {
                            ControlMessageOwned::ScmRights(fds) => fds,
                            _ => Vec::new(),
                        })
                        .collect();
                    (read.bytes, fds)
                },
            )
        };
        let Ok((count, fds)) = read else { return 0 };
        #[allow(unsafe_code, reason = "descriptors become owned")]
        // SAFETY: the kernel installed each descriptor for this call, so it has no other owner.
        self.fds.extend(fds.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }));
        self.received.extend_from_slice(&room[..count]);
        count
    }

    /// Reads and discards everything until the client closes the connection.
    pub fn drain(&mut self) {
        let mut sink = [0; 4096];
        loop {
            match self.stream.read(&mut sink) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// The file descriptors received so far.
    pub fn take_fds(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.fds)
    }

    /// Authenticates the client as the specification says. Returns `false` if the client gives up. On a stream that does not block, `false` also
    /// means that more bytes are needed: call it again.
    pub fn authenticate(&mut self) -> bool {
        self.authenticate_with(true)
    }

    /// As [`authenticate`](Self::authenticate), with or without agreeing to pass file descriptors.
    pub fn authenticate_with(&mut self, allow_unix_fd: bool) -> bool {
        self.authenticate_as(server_options(allow_unix_fd))
    }

    /// As [`authenticate`](Self::authenticate), with these options.
    pub fn authenticate_as(&mut self, options: ServerOptions) -> bool {
        let mut server = self.conversation.take().unwrap_or_else(|| Box::new(Server::new(options)));
        loop {
            let taken = server.receive(&self.received);
            let said = server.output().to_vec();
            server.advance_output(said.len());
            if !said.is_empty() && !self.write(&said) {
                return false;
            }
            match taken {
                Ok(taken) => drop(self.received.drain(..taken)),
                Err(_) => return false,
            }
            if server.state() == ServerState::Done {
                return true;
            }
            if self.read() == 0 {
                self.conversation = Some(server);
                return false;
            }
        }
    }

    /// The client's next message. `None` if the client closes the connection, after [`PATIENCE`], or at once if reading does not block.
    pub fn receive(&mut self) -> Option<Sent> {
        loop {
            let len = frame_len(&self.received).expect("the client sends valid messages");
            if let Some(len) = len.filter(|len| *len <= self.received.len()) {
                return Some(Sent(self.received.drain(..len).collect()));
            }
            if self.read() == 0 {
                return None;
            }
        }
    }

    // Playing the bus.

    /// Authenticates and answers `Hello`, as a bus does.
    pub fn greet(&mut self) -> bool {
        self.greet_as(server_options(true))
    }

    /// As [`greet`](Self::greet), with these options.
    pub fn greet_as(&mut self, options: ServerOptions) -> bool {
        self.authenticate_as(options) && self.answer_hello()
    }

    /// Authenticates a client that writes line by line. Closes the connection if one read returns more than one line.
    pub fn authenticate_strictly(&mut self) -> bool {
        let mut server = Server::new(server_options(true));
        while server.state() != ServerState::Done {
            let has_read = self.read() != 0;
            let lines = self.received.windows(2).filter(|bytes| bytes == b"\r\n").count();
            if !has_read || lines > 1 {
                self.hang_up();
                return false;
            }
            match server.receive(&self.received) {
                Ok(taken) => drop(self.received.drain(..taken)),
                Err(_) => return false,
            }
            let said = server.output().to_vec();
            server.advance_output(said.len());
            self.write(&said);
        }
        true
    }

    /// Answers `Hello`, as a bus does.
    pub fn answer_hello(&mut self) -> bool {
        let Some(hello) = self.receive() else { return false };
        assert_eq!(hello.member(), "Hello", "the first message on a bus");
        let reply = self.reply(&hello, Some(BUS), &(CLIENT,));
        let acquired = self.signal(Some(BUS), BUS, "NameAcquired", &(CLIENT,));
        self.write(&[reply, acquired].concat())
    }

    /// Answers as the bus until the client calls `member`. `None` if the client closes the connection.
    pub fn called(&mut self, member: &str) -> Option<Sent> {
        loop {
            let sent = self.receive()?;
            if sent.member() == member {
                return Some(sent);
            }
            self.answer_as_bus(&sent);
        }
    }

    /// Answers as the bus until the client calls `member` with `text` as its argument.
    pub fn called_with(&mut self, member: &str, text: &str) -> Sent {
        loop {
            let sent = self.receive().expect("the client calls");
            if sent.member() == member && sent.message().body::<(&str,)>() == Ok((text,)) {
                return sent;
            }
            self.answer_as_bus(&sent);
        }
    }

    /// Answers calls of the bus about names and match rules. [`OWNER`] owns all names.
    pub fn answer_as_bus(&mut self, sent: &Sent) {
        let reply = match sent.member() {
            "GetNameOwner" => self.reply(sent, Some(BUS), &(OWNER,)),
            "AddMatch" => self.reply(sent, Some(BUS), &()),
            _ => return,
        };
        self.write(&reply);
    }

    /// Greets, and then answers every call of `Echo` with its argument, from [`OWNER`], until the client closes the connection. Other calls get no
    /// reply.
    pub fn serve_echo(&mut self) {
        if !self.greet() {
            return;
        }
        while let Some(call) = self.called("Echo") {
            let reply = self.echo(&call, Some(OWNER));
            self.write(&reply);
        }
    }

    /// The reply to a call of `Echo`: its string, or no arguments.
    pub fn echo(&mut self, call: &Sent, sender: Option<&str>) -> Vec<u8> {
        match call.message().body::<(&str,)>() {
            Ok(body) => self.reply(call, sender, &body),
            Err(_) => self.reply(call, sender, &()),
        }
    }

    // Messages.

    /// The next serial.
    pub fn serial(&mut self) -> Serial {
        let serial = self.serial;
        self.serial = serial.next();
        serial
    }

    /// A METHOD_RETURN to `call`.
    pub fn reply(
        &mut self,
        call: &Sent,
        sender: Option<&str>,
        body: &(impl EncodeBody + ?Sized),
    ) -> Vec<u8> {
        let header = self.reply_header(call, sender, 0);
        message(&header, body)
    }

    /// The header of a METHOD_RETURN to `call`, with `fds` announced.
    pub fn reply_header<'a>(
        &mut self,
        call: &Sent,
        sender: Option<&'a str>,
        fds: u32,
    ) -> Header<'a> {
        self.reply_header_to(call.serial(), sender, fds)
    }

    /// The header of a METHOD_RETURN to the call with `serial`, with `fds` announced.
    pub fn reply_header_to<'a>(
        &mut self,
        serial: Serial,
        sender: Option<&'a str>,
        fds: u32,
    ) -> Header<'a> {
        let mut header = Header::new(MessageType::MethodReturn, self.serial());
        header.reply_serial = Some(serial);
        header.sender = sender.map(bus_name);
        if header.sender.is_some() {
            header.destination = Some(bus_name(CLIENT));
        }
        header.unix_fds = fds;
        header
    }

    /// An ERROR to `call`.
    pub fn error(&mut self, call: &Sent, sender: Option<&str>, name: &str, text: &str) -> Vec<u8> {
        let mut header = self.reply_header(call, sender, 0);
        header.message_type = MessageType::Error;
        header.error_name = Some(ErrorName::parse(name).expect("an error's name"));
        message(&header, &(text,))
    }

    /// A SIGNAL of the object `/`.
    pub fn signal(
        &mut self,
        sender: Option<&str>,
        interface: &str,
        member: &str,
        body: &(impl EncodeBody + ?Sized),
    ) -> Vec<u8> {
        let header = self.signal_header(sender, interface, member);
        message(&header, body)
    }

    /// The header of a SIGNAL of the object `/`.
    pub fn signal_header<'a>(
        &mut self,
        sender: Option<&'a str>,
        interface: &'a str,
        member: &'a str,
    ) -> Header<'a> {
        let mut header = Header::signal(
            self.serial(),
            ObjectPath::from_static("/"),
            InterfaceName::parse(interface).expect("an interface"),
            MemberName::parse(member).expect("a member"),
        );
        header.sender = sender.map(bus_name);
        header
    }

    /// A METHOD_CALL of the object `/`.
    pub fn call(&mut self, sender: Option<&str>, interface: &str, member: &str) -> Vec<u8> {
        let header = self.call_header(sender, interface, member);
        message(&header, &())
    }

    /// The header of a METHOD_CALL of the object `/`.
    pub fn call_header<'a>(
        &mut self,
        sender: Option<&'a str>,
        interface: &'a str,
        member: &'a str,
    ) -> Header<'a> {
        let mut header = self.signal_header(sender, interface, member);
        header.message_type = MessageType::MethodCall;
        header.flags = barebus_wire::Flags::NONE;
        header
    }
}

/// A message in bytes.
pub fn message(header: &Header<'_>, body: &(impl EncodeBody + ?Sized)) -> Vec<u8> {
    let mut buf = MessageBuf::new();
    buf.push(header, body).expect("a valid message");
    buf.as_slice().to_vec()
}

/// Parses a valid bus name.
pub fn bus_name(name: &str) -> BusName<'_> {
    BusName::parse(name).expect("a bus name")
}

/// Options of a server that accepts the user of this process.
pub fn server_options(allow_unix_fd: bool) -> ServerOptions {
    ServerOptions {
        guid: guid(),
        external: true,
        anonymous: false,
        peer_uid: Some(geteuid().as_raw()),
        allow_unix_fd,
    }
}

/// Two ends of a stream.
///
/// # Errors
/// As socketpair(2).
pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
    UnixStream::pair()
}

/// Number of open files of this process.
pub fn open_files() -> usize {
    // Listing the directory opens one more.
    std::fs::read_dir("/proc/self/fd").expect("/proc").count() - 1
}

/// Waits until no more files are open than `before`. The threads of the server, and of the client for received descriptors, close theirs later.
pub fn are_closed(before: usize) -> bool {
    let end = Instant::now() + PATIENCE;
    while open_files() > before && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    open_files() <= before
}
