//! The server. It acts when the client waits, reads everything that has arrived, answers it, and never blocks.

use std::cell::RefCell;
use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use barebus::{FdIndex, MessageType};
use barebus_tests::peer::{BUS, CLIENT, OWNER, Peer, Sent, message};
use nix::sys::socket::{setsockopt, sockopt::SndBuf};

/// The interface of the service's methods and signals.
pub(crate) const INTERFACE: &str = "org.example.Interface";

/// A bus with one service, or the service directly.
pub(crate) struct Server {
    listener: Option<UnixListener>,
    pub(crate) address: String,
    /// Whether the peer is the service itself.
    is_direct: bool,
    /// Number of connections that are refused first, so that the client authenticates line by line.
    turns_away: usize,
    /// Number of accepted connections.
    taken: usize,
    /// The latest connection.
    peer: Option<Peer>,
    /// Whether its authentication is complete.
    is_in: bool,
    last_serial: u32,
    /// Received descriptors whose message is not yet answered.
    pub(crate) fds: Vec<OwnedFd>,
    /// The answers to the calls that it made itself.
    pub(crate) answers: Vec<MessageType>,
}

/// Shared with the client's side.
pub(crate) type Shared = Rc<RefCell<Server>>;

impl Server {
    /// A bus that listens at its own address, and refuses this many connections first.
    pub(crate) fn listening(turns_away: usize) -> Shared {
        static SERVERS: AtomicUsize = AtomicUsize::new(0);

        let number = SERVERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("barebus-faults-{}-{number}", std::process::id());
        let place = SocketAddr::from_abstract_name(&name).unwrap();
        let listener = UnixListener::bind_addr(&place).unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut server = Self::new(false);
        server.listener = Some(listener);
        server.address = format!("unix:abstract={name}");
        server.turns_away = turns_away;
        Rc::new(RefCell::new(server))
    }

    /// The service itself, at the other end of a stream.
    pub(crate) fn direct() -> (Shared, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut server = Self::new(true);
        server.address = "the given stream".into();
        server.take(ours);
        (Rc::new(RefCell::new(server)), theirs)
    }

    fn new(is_direct: bool) -> Self {
        Self {
            listener: None,
            address: String::new(),
            is_direct,
            turns_away: 0,
            taken: 0,
            peer: None,
            is_in: false,
            last_serial: 0,
            fds: Vec::new(),
            answers: Vec::new(),
        }
    }

    fn take(&mut self, stream: UnixStream) {
        stream.set_nonblocking(true).unwrap();
        // The kernel limits the buffer; there is room for the longest reply.
        setsockopt(&stream, SndBuf, &(4 << 20)).unwrap();
        self.peer = Some(Peer::new(stream));
        self.taken += 1;
        self.is_in = false;
        self.last_serial = 0;
        self.fds.clear();
    }

    /// Does everything that does not block.
    pub(crate) fn act(&mut self) {
        while let Some(Ok((stream, _))) = self.listener.as_ref().map(UnixListener::accept) {
            self.take(stream);
        }
        let Some(mut peer) = self.peer.take() else { return };
        if self.taken <= self.turns_away {
            if peer.read() != 0 {
                peer.write(b"REJECTED EXTERNAL\r\n");
            }
        } else {
            self.is_in = self.is_in || peer.authenticate();
        }
        if self.is_in {
            while let Some(sent) = peer.receive() {
                let serial = sent.serial().get();
                assert!(serial > self.last_serial, "message {serial} has come a second time");
                self.last_serial = serial;
                self.answer(&mut peer, &sent);
            }
        }
        self.peer = Some(peer);
    }

    /// Closes the latest connection.
    pub(crate) fn hang_up(&mut self) {
        self.peer = None;
    }

    fn answer(&mut self, peer: &mut Peer, sent: &Sent) {
        let message_type = sent.message().header().message_type;
        if message_type != MessageType::MethodCall {
            return self.answers.push(message_type);
        }
        self.fds.append(&mut peer.take_fds());
        // Descriptors of later messages may have arrived already.
        let fds: Vec<_> = self.fds.drain(..sent.message().header().unix_fds as usize).collect();
        let sender = (!self.is_direct).then_some(OWNER);
        match sent.member() {
            "Hello" => {
                let reply = peer.reply(sent, Some(BUS), &(CLIENT,));
                let acquired = peer.signal(Some(BUS), BUS, "NameAcquired", &(CLIENT,));
                peer.write(&[reply, acquired].concat());
            }
            "RemoveMatch" => {}
            "GetNameOwner" | "AddMatch" => peer.answer_as_bus(sent),
            "Echo" => {
                let reply = peer.echo(sent, sender);
                peer.write(&reply);
            }
            "Mirror" => {
                let mut header = peer.reply_header(sent, sender, 0);
                header.unix_fds = fds.len().try_into().unwrap();
                let reply = message(&header, &(FdIndex(0), FdIndex(1)));
                give(peer, &reply, &fds);
            }
            "Emit" => {
                let reply = peer.reply(sent, sender, &());
                peer.write(&reply);
                let question = peer.call(sender, "org.freedesktop.DBus.Peer", "GetMachineId");
                peer.write(&question);
                let mut header = peer.signal_header(sender, INTERFACE, "Emitted");
                header.unix_fds = 1;
                let signal = message(&header, &(FdIndex(0),));
                give(peer, &signal, &[File::open("/dev/null").unwrap().into()]);
            }
            "Give" => {
                let (len,) = sent.message().body::<(u32,)>().unwrap();
                let reply = peer.reply(sent, sender, &(&vec![7_u8; len as usize][..],));
                peer.write(&reply);
            }
            "Take" => {
                let (bytes,) = sent.message().body::<(&[u8],)>().unwrap();
                let reply = peer.reply(sent, sender, &(u32::try_from(bytes.len()).unwrap(),));
                peer.write(&reply);
            }
            other => panic!("the client calls {other:?}"),
        }
    }
}

fn give(peer: &mut Peer, bytes: &[u8], fds: &[OwnedFd]) {
    let numbers: Vec<_> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    peer.write_with(bytes, &numbers);
}
