//! Generated messages, sent to both buses: one connection a message. Whatever arrives, the bus answers or hangs up, and stays as it is.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use barebus::wire::{DecodeErrorKind as Kind, Message, Serial, frame_len};
use barebus::{BusName, InterfaceName, MemberName, MethodCall, ObjectPath};
use barebus_box::SystemdBox;
use barebus_gen::{Generated, Generator, Shape, is_large, rules};
use barebus_tests::peer::message;

use crate::boxes::{PATIENCE, broker, daemon, printed};

/// Messages of each rule, and valid ones for each rule.
const COUNT: u64 = 20;

/// How much the bus may grow while it reads them, in KiB. Each connection is closed before the next one.
const GROWTH: u64 = 4096;

/// Rules after which a bus waits for more bytes than ever come: the end of the message is not where it says.
const WAITING: &[Kind] = &[
    Kind::Incomplete,
    Kind::SurplusBytes,
    Kind::HeaderFieldsTooLong,
    Kind::BodyTooLong,
    Kind::MessageTooLong,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It answered the call after the message.
    Replied,
    HungUp,
}

#[test]
fn dbus_daemon_answers_or_hangs_up_and_stays_as_it_is() {
    survives(daemon(), "dbus-daemon");
}

#[test]
fn dbus_broker_answers_or_hangs_up_and_stays_as_it_is() {
    survives(broker(), "dbus-broker");
}

/// Sends all messages.
fn survives(the_box: &SystemdBox, program: &str) {
    let generator = Generator::new(1, Shape::default());
    let mut replied = BTreeMap::<_, u64>::new();
    // What it allocates once is not counted.
    assert_eq!(send(the_box, &generator.valid(0).unwrap()), Answer::Replied);
    let before = state(the_box, program);
    for rule in rules().filter(|rule| !is_large(*rule)) {
        for number in 0..COUNT {
            let broken = generator.broken(number, rule).unwrap();
            if send(the_box, &broken) == Answer::Replied {
                *replied.entry(rule.name()).or_default() += 1;
            }
        }
        for number in 0..COUNT {
            let valid = generator.valid(number * 100 + rule.name().len() as u64).unwrap();
            assert_eq!(send(the_box, &valid), Answer::Replied, "{:02x?}", valid.bytes);
        }
    }
    let after = state(the_box, program);
    println!("{program}: of {COUNT} each, accepted: {replied:?}; {before:?}, then {after:?}");
    // docs/fuzzing.md says which names libdbus allows.
    let is_known = |rule: &&str| matches!(*rule, "BadDestination" | "BadSender");
    assert!(replied.keys().all(is_known), "{replied:?}");
    assert_eq!(before.pid, after.pid, "{program} was started anew");
    assert!(after.memory <= before.memory + GROWTH, "{before:?}, then {after:?}");
}

/// Sends one message on a connection of its own, and after it a call that the bus answers.
fn send(the_box: &SystemdBox, generated: &Generated) -> Answer {
    let address = the_box.system_bus_address();
    let path = address.split_once("path=").expect("a path").1;
    let mut stream = UnixStream::connect(path.split([',', ';']).next().unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let uid = hex::encode(nix::unistd::getuid().to_string());
    let hello = call("Hello", Serial::FIRST);
    let opening = [format!("\0AUTH EXTERNAL {uid}\r\nBEGIN\r\n").as_bytes(), &hello].concat();
    stream.write_all(&opening).unwrap();
    let mut received = Vec::new();
    let told = read_until(&mut stream, &mut received, Serial::FIRST);
    assert_eq!(told, Answer::Replied, "the bus refuses Hello");

    let probe = Serial::new(0x7fff_fffe).unwrap();
    let waits = generated.error.is_some_and(|error| WAITING.contains(&error.kind));
    let sent = match waits {
        true => stream.write_all(&generated.bytes),
        false => stream.write_all(&[&*generated.bytes, &call("GetId", probe)].concat()),
    };
    // It may hang up as soon as it has read the byte that is wrong.
    if let Err(error) = sent {
        assert!(
            matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset),
            "{error}"
        );
        return Answer::HungUp;
    }
    if waits {
        let _ = stream.shutdown(Shutdown::Write);
    }
    read_until(&mut stream, &mut received, probe)
}

/// A call of the bus.
fn call(member: &'static str, serial: Serial) -> Vec<u8> {
    const BUS: BusName<'static> = BusName::from_static("org.freedesktop.DBus");
    const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
    const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
    let call = MethodCall::checked(PATH, MemberName::from_static(member));
    message(&call.interface(INTERFACE).destination(BUS).header(serial), &())
}

/// Reads until the reply to `serial`, or the end. `received` is what no message was made of yet; before the first reply it holds lines.
fn read_until(stream: &mut UnixStream, received: &mut Vec<u8>, serial: Serial) -> Answer {
    let mut buffer = [0; 4096];
    loop {
        let line = received.starts_with(b"OK ").then_some(&*received);
        let end = line.and_then(|line| line.windows(2).position(|pair| pair == b"\r\n"));
        if let Some(end) = end {
            received.drain(..end + 2);
        }
        while let Ok(Some(len)) = frame_len(received) {
            if received.len() < len {
                break;
            }
            let bytes: Vec<u8> = received.drain(..len).collect();
            let reply = Message::parse(&bytes).expect("the bus sends valid messages");
            if reply.header().reply_serial == Some(serial) {
                return Answer::Replied;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Answer::HungUp,
            Ok(count) => received.extend(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Answer::HungUp,
            Err(error) => panic!("the bus neither answers nor hangs up: {error}"),
        }
    }
}

#[derive(Debug)]
struct State {
    pid: String,
    /// Resident memory in KiB.
    memory: u64,
}

/// The process of the bus, and its memory.
fn state(the_box: &SystemdBox, program: &str) -> State {
    let script = format!(
        "for p in /proc/[0-9]*; do if [ \"$(cat $p/comm 2>/dev/null)\" = {program} ]; then \
         echo ${{p#/proc/}} $(grep VmRSS $p/status); fi; done"
    );
    let text = printed(the_box, "sh", &["-c", &script]);
    // The first one is the system bus, which was started before any other.
    let words: Vec<_> = text.lines().next().unwrap_or_default().split_whitespace().collect();
    let [pid, _, memory, _] = words[..] else { panic!("{text}") };
    State { pid: pid.to_owned(), memory: memory.parse().unwrap() }
}
