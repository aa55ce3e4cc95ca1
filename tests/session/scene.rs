//! A session, and the other side of its conversation.

use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{Config, ServerKind, Session};
use barebus_wire::{
    BusName, EncodeBody, Endian, ErrorName, Flags, Header, InterfaceName, MemberName, Message,
    MessageBuf, MessageType, ObjectPath, Serial, frame_len,
};

/// The bus's own name.
pub(crate) const BUS: &str = "org.freedesktop.DBus";
/// Our name on the bus.
pub(crate) const US: &str = ":1.5";
/// What the other side says to our lines.
pub(crate) const LINES: &[u8] = b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n";
pub(crate) const NOW: Duration = Duration::from_secs(100);

/// A session whose handshake is over, and the serials of the other side.
pub(crate) struct Scene {
    pub(crate) session: Session<()>,
    last_serial: u32,
}

/// The usual, for root.
pub(crate) fn config(peer: ServerKind) -> Config {
    Config::new(peer, Mechanisms::only(Mechanism::External(Identity::Uid(0))))
}

impl Scene {
    /// A connection to a bus that has answered `Hello`.
    pub(crate) fn bus() -> Self {
        let mut scene = Self::of(config(ServerKind::Bus));
        let hello = scene.written().remove(0);
        scene.answer(&hello, BUS, &(US,));
        assert!(scene.session.poll_event(barebus_session::Want::Nothing, NOW).unwrap().is_none());
        assert!(scene.session.is_established());
        scene
    }

    /// A connection to somebody directly.
    pub(crate) fn direct() -> Self {
        Self::of(config(ServerKind::Direct))
    }

    pub(crate) fn of(config: Config) -> Self {
        let mut scene = Self::before_authentication(config);
        scene.fill(LINES);
        scene
    }

    /// A connection whose lines were written.
    pub(crate) fn before_authentication(config: Config) -> Self {
        let mut scene = Self { session: Session::new(config, NOW), last_serial: 0 };
        let lines = scene.session.poll_transmit().bytes[0].len();
        assert!(scene.session.poll_transmit().bytes[0].starts_with(b"\0AUTH EXTERNAL 30\r\n"));
        scene.session.transmitted(lines);
        scene
    }

    /// Bytes that arrive.
    pub(crate) fn fill(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.session.input_buffer();
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            self.session.handle_input(count, Vec::new(), false);
            bytes = &bytes[count..];
        }
    }

    /// The messages that were written since this was last asked.
    pub(crate) fn written(&mut self) -> Vec<Vec<u8>> {
        let bytes = self.session.poll_transmit().bytes.concat();
        self.session.transmitted(bytes.len());
        let mut rest = &bytes[..];
        let mut messages = Vec::new();
        while !rest.is_empty() {
            let (message, behind) = rest.split_at(frame_len(rest).unwrap().unwrap());
            Message::parse(message).unwrap().validate().unwrap();
            messages.push(message.to_vec());
            rest = behind;
        }
        messages
    }

    /// A serial of the other side.
    pub(crate) fn serial(&mut self) -> Serial {
        self.last_serial += 1;
        Serial::new(self.last_serial).unwrap()
    }

    /// A message that arrives.
    pub(crate) fn give(&mut self, header: &Header<'_>, body: &dyn EncodeBody) {
        let mut message = MessageBuf::new();
        message.push(header, body).unwrap();
        self.fill(message.as_slice());
    }

    /// The METHOD_RETURN to a message that was written.
    pub(crate) fn answer(&mut self, call: &[u8], sender: &str, body: &dyn EncodeBody) {
        let header = self.reply(call, sender);
        self.give(&header, body);
    }

    /// The header of a METHOD_RETURN to a message that was written.
    pub(crate) fn reply<'n>(&mut self, call: &[u8], sender: &'n str) -> Header<'n> {
        let mut header = Header::new(MessageType::MethodReturn, self.serial());
        header.flags = Flags::NO_REPLY_EXPECTED;
        header.reply_serial = Some(Message::parse(call).unwrap().header().serial);
        header.sender = Some(BusName::parse(sender).unwrap());
        header.destination = Some(BusName::parse(US).unwrap());
        header
    }

    /// The header of an ERROR to a message that was written.
    pub(crate) fn error<'n>(&mut self, call: &[u8], sender: &'n str, name: &'n str) -> Header<'n> {
        let mut header = self.reply(call, sender);
        header.message_type = MessageType::Error;
        header.error_name = Some(ErrorName::parse(name).unwrap());
        header
    }

    /// The header of a signal.
    pub(crate) fn signal(&mut self, sender: &'static str, member: &'static str) -> Header<'static> {
        let mut header = Header::signal(
            self.serial(),
            ObjectPath::from_static("/a"),
            InterfaceName::from_static("com.example.I"),
            MemberName::from_static(member),
        );
        header.sender = Some(BusName::from_static(sender));
        header.endian = Endian::NATIVE;
        header
    }
}
