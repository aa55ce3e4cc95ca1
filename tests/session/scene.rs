//! A session and its scripted peer.

use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{CallId, Config, Event, NoReply, ServerKind, Session, Want};
use barebus_wire::{
    BusName, EncodeBody, Endian, ErrorName, Flags, Header, InterfaceName, MemberName, Message,
    MessageBuf, MessageType, MethodCall, ObjectPath, Serial, frame_len,
};

/// The bus's own name.
pub(crate) const BUS: &str = "org.freedesktop.DBus";
/// Our name on the bus.
pub(crate) const US: &str = ":1.5";
/// The answers to our lines.
pub(crate) const LINES: &[u8] = b"OK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n";
pub(crate) const NOW: Duration = Duration::from_secs(100);

/// A service on the bus.
pub(crate) const SERVICE: &str = "org.example.Service";
/// The answer for a name without an owner.
pub(crate) const NO_OWNER: &str = "org.freedesktop.DBus.Error.NameHasNoOwner";
/// The answer if a policy forbids the call.
pub(crate) const DENIED: &str = "org.freedesktop.DBus.Error.AccessDenied";

/// A call of the bus itself, whose owner is known.
pub(crate) fn call() -> MethodCall<'static> {
    MethodCall::checked(
        ObjectPath::from_static("/org/freedesktop/DBus"),
        MemberName::from_static("M"),
    )
    .destination(BusName::from_static(BUS))
}

/// A session after its handshake, and the serials of the peer.
pub(crate) struct Scene<F = ()> {
    pub(crate) session: Session<F>,
    last_serial: u32,
}

/// The usual configuration, for root.
pub(crate) fn config(peer: ServerKind) -> Config {
    Config::new(peer, Mechanisms::only(Mechanism::External(Identity::Uid(0))))
}

/// A call of the method `M` of `destination`.
pub(crate) fn call_of(destination: &str) -> MethodCall<'_> {
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"))
        .destination(BusName::parse(destination).unwrap())
}

/// MEMBER of a message that was written.
pub(crate) fn member(message: &[u8]) -> String {
    Message::parse(message)
        .unwrap()
        .header()
        .member
        .map_or_else(String::new, |name| name.to_string())
}

/// The only argument of a written message, a text.
pub(crate) fn argument(message: &[u8]) -> String {
    Message::parse(message).unwrap().body::<(&str,)>().unwrap().0.to_owned()
}

impl Scene {
    /// A connection to a bus that has answered `Hello`.
    pub(crate) fn bus() -> Self {
        Self::bus_of(config(ServerKind::Bus))
    }

    /// A direct connection.
    pub(crate) fn direct() -> Self {
        Self::of(config(ServerKind::Direct))
    }

    pub(crate) fn of(config: Config) -> Self {
        let mut scene = Self::before_authentication(config);
        scene.fill(LINES);
        scene
    }
}

impl<F> Scene<F> {
    /// A connection to a bus that has answered `Hello`.
    pub(crate) fn bus_of(config: Config) -> Self {
        let mut scene = Self::before_authentication(config);
        scene.fill(LINES);
        let hello = scene.written().remove(0);
        scene.answer(&hello, BUS, &(US,));
        scene.process();
        assert!(scene.session.is_established());
        scene
    }

    /// A connection whose lines were written, and whose answer is waited for since [`NOW`].
    pub(crate) fn before_authentication(config: Config) -> Self {
        let mut scene = Self::before_waiting(config);
        assert!(scene.session.poll_event(Want::Nothing, NOW).unwrap().is_none());
        scene
    }

    /// A connection whose lines were written.
    pub(crate) fn before_waiting(config: Config) -> Self {
        let mut scene = Self { session: Session::new(config), last_serial: 0 };
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

    /// The messages written since the last call of this method.
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
        self.fill(&bytes(header, body));
    }

    /// A message that arrives in one read, with file descriptors.
    pub(crate) fn give_with(&mut self, header: &Header<'_>, body: &dyn EncodeBody, fds: Vec<F>) {
        let bytes = bytes(header, body);
        self.session.input_buffer()[..bytes.len()].copy_from_slice(&bytes);
        self.session.handle_input(bytes.len(), fds, false);
    }

    /// Processes received bytes without taking events.
    pub(crate) fn process(&mut self) {
        assert!(self.session.poll_event(Want::Nothing, NOW).unwrap().is_none());
    }

    /// Calls the service until `deadline`.
    pub(crate) fn call_until(&mut self, destination: &str, deadline: Option<Duration>) -> CallId {
        self.session.call(&call_of(destination), &(), Vec::new(), deadline).unwrap()
    }

    /// Calls a service. Returns the call, and the messages written for it, of which the call is the last.
    pub(crate) fn call(&mut self, destination: &str) -> (CallId, Vec<Vec<u8>>) {
        let id = self.call_until(destination, None);
        (id, self.written())
    }

    /// The end of a call, if it has ended: the first argument of the reply, or why there is none.
    pub(crate) fn end(&mut self, call: CallId) -> Option<Result<u32, NoReply>> {
        let end = self.session.poll_reply(call, NOW).unwrap()?;
        Some(end.map(|reply| reply.message.body::<(u32,)>().unwrap().0))
    }

    /// The next event of any kind.
    pub(crate) fn next(&mut self) -> Option<Event<'_, F>> {
        self.session.poll_event(Want::Anything, NOW).unwrap()
    }

    /// The bus refuses a call.
    pub(crate) fn refuse(&mut self, call: &[u8], name: &str) {
        let error = self.error(call, BUS, name);
        self.give(&error, &("no",));
    }

    /// The header of a signal `NameOwnerChanged` of the bus.
    pub(crate) fn owner_changed(&mut self) -> Header<'static> {
        let mut change = self.signal(BUS, "NameOwnerChanged");
        change.interface = Some(InterfaceName::from_static(BUS));
        change.path = Some(ObjectPath::from_static("/org/freedesktop/DBus"));
        change
    }

    /// The bus reports a change of owner.
    pub(crate) fn pass_on(&mut self, name: &str, old: &str, new: &str) {
        let change = self.owner_changed();
        self.give(&change, &(name, old, new));
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

/// A message in bytes.
pub(crate) fn bytes(header: &Header<'_>, body: &dyn EncodeBody) -> Vec<u8> {
    let mut message = MessageBuf::new();
    message.push(header, body).unwrap();
    message.as_slice().to_vec()
}
