//! An attacker on a real bus, which delivers its messages: none is believed.

use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use barebus::wire::{Message, MessageBuf, Serial, frame_len};
use barebus::{
    BusName, Connection, Event, Header, InterfaceName, MatchRuleBuf, MemberName, MessageType,
    MethodCall, ObjectPath, Options,
};
use barebus_tests::calls::of_bus;

use crate::boxes::{PATIENCE, SessionBus};

const FORGED: u32 = 50_000;
/// The serial of the attacker's last call.
const LAST: Serial = Serial::new(u32::MAX).unwrap();

/// A client that sends arbitrary messages.
struct Attacker(UnixStream);

impl Attacker {
    fn connect(bus: &SessionBus) -> Self {
        let name = bus.address.split_once("abstract=").unwrap().1.split(',').next().unwrap();
        let address = SocketAddr::from_abstract_name(name).unwrap();
        let mut stream = UnixStream::connect_addr(&address).unwrap();
        stream.write_all(b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n").unwrap();
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        assert!(line.starts_with(b"OK "));
        let mut buf = MessageBuf::new();
        buf.push(&of_bus("Hello").header(Serial::FIRST), &()).unwrap();
        stream.write_all(buf.as_slice()).unwrap();
        let mut start = [0; 16];
        stream.read_exact(&mut start).unwrap();
        let mut rest = vec![0; frame_len(&start).unwrap().unwrap() - 16];
        stream.read_exact(&mut rest).unwrap();
        Self(stream)
    }

    /// Sends forged replies with every serial that the victim may have used, and as many forged signals.
    fn attack(mut self, victim: BusName<'_>) {
        // The bus answers with errors, which the attacker must read to stay connected.
        let ears = self.0.try_clone().unwrap();
        let listening = thread::spawn(|| hear_answer(ears));
        let mut serial = Serial::FIRST;
        let mut buf = MessageBuf::new();
        for round in 0..FORGED {
            serial = serial.next();
            let kind = if round % 2 == 0 { MessageType::MethodReturn } else { MessageType::Error };
            let mut reply = Header::new(kind, serial);
            reply.reply_serial = Serial::new(round % 16 + 1);
            reply.error_name = Some(barebus::ErrorName::from_static("org.example.Forged"));
            reply.destination = Some(victim);
            buf.push(&reply, &(666_i32,)).unwrap();
            serial = serial.next();
            let mut signal = Header::signal(
                serial,
                ObjectPath::from_static("/org/freedesktop/systemd1"),
                InterfaceName::from_static("org.freedesktop.systemd1.Manager"),
                MemberName::from_static("JobRemoved"),
            );
            signal.destination = Some(victim);
            buf.push(&signal, &(1_u32, ObjectPath::ROOT, "x.service", "done")).unwrap();
            if buf.len() > 1 << 16 {
                self.0.write_all(buf.as_slice()).unwrap();
                buf.clear();
            }
        }
        // The bus answers in order, so with this answer it has processed everything.
        buf.push(&of_bus("GetId").header(LAST), &()).unwrap();
        self.0.write_all(buf.as_slice()).unwrap();
        listening.join().unwrap();
    }
}

/// Reads until the call with the serial [`LAST`] is answered.
fn hear_answer(mut ears: UnixStream) {
    let mut heard = Vec::new();
    let mut buf = [0; 65536];
    loop {
        let len = ears.read(&mut buf).unwrap();
        assert_ne!(len, 0, "the bus has cut the attacker off");
        heard.extend_from_slice(&buf[..len]);
        while let Some(len) = frame_len(&heard).unwrap().filter(|&len| len <= heard.len()) {
            let message = Message::parse(&heard[..len]).unwrap();
            if message.header().reply_serial == Some(LAST) {
                return;
            }
            heard.drain(..len);
        }
    }
}

#[test]
fn of_a_hundred_thousand_forged_replies_and_signals_none_is_believed() {
    let bus = SessionBus::start();
    let mut server = Options::bus().serve_calls().open(&bus.address).unwrap();
    server.establish().unwrap();
    let to = server.unique_name().unwrap().to_owned();
    let (asked, is_asked) = mpsc::channel();
    let (attacked, is_attacked) = mpsc::channel::<()>();
    let serving = thread::spawn(move || {
        let event = server.next_event(Some(PATIENCE)).unwrap();
        let Some(Event::MethodCall { reply_to, .. }) = event else { panic!("{event:?}") };
        asked.send(()).unwrap();
        is_attacked.recv().unwrap();
        server.reply(&reply_to, &(42_i32,)).unwrap();
    });

    let mut victim = Connection::open(&bus.address).unwrap();
    // A name without an owner, so no sender is right.
    let rule = MatchRuleBuf::signals().sender(BusName::from_static("org.freedesktop.systemd1"));
    let subscription = victim.subscribe(&rule.rule().unwrap()).unwrap();
    let ours = victim.unique_name().unwrap().to_owned();
    let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Answer"))
        .interface(InterfaceName::from_static("org.example.Oracle"))
        .destination(BusName::parse(&to).unwrap());
    let pending = victim.start_call(&call, &(), Vec::new()).unwrap();
    victim.flush().unwrap();
    is_asked.recv_timeout(PATIENCE).unwrap();
    let attacker = Attacker::connect(&bus);
    let attacking = thread::spawn(move || {
        attacker.attack(BusName::parse(&ours).unwrap());
        attacked.send(()).unwrap();
    });
    let reply = victim.wait(pending).unwrap();
    assert_eq!(reply.body::<(i32,)>().unwrap(), (42,));
    attacking.join().unwrap();
    serving.join().unwrap();
    assert!(victim.next_signal(subscription, Some(Duration::ZERO)).unwrap().is_none());
    // They have arrived.
    assert!(
        victim.session_state().ignored() >= 2 * u64::from(FORGED),
        "{}",
        victim.session_state().ignored()
    );
    assert_eq!(victim.session_state().dropped(), 0);
}
