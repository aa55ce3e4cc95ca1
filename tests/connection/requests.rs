//! Requests of definitions, on a bus and on a direct connection.

use barebus::definition::{Emits, Fd, InterfaceName, Method, Object, Property, Str};
use barebus::{
    AsVariant, CallError, Connection, Emission, FdIndex, Flags, MemberName, MessageType,
    ObjectPath, Options, SendError,
};
use barebus_tests::peer::{OWNER, Peer, SERVICE, Sent};

use crate::scene::{LONG, method, patient, play, works};

const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Interface");
const ECHO: Method<(Str,), (Str,)> = Method::new(INTERFACE, "Echo");
const NAME: Property<Str> = Property::new(INTERFACE, "Name", Emits::Const);

fn object() -> Object<'static> {
    Object::from_static(SERVICE, "/org/example")
}

/// Checks the destination of `Echo` and of `Get`, and answers both.
fn serve(peer: &mut Peer, destination: Option<&str>) {
    let sender = destination.map(|_| OWNER);
    let to = |sent: &Sent| sent.message().header().destination.map(|name| name.to_string());
    let echo = peer.called("Echo").unwrap();
    assert_eq!(to(&echo).as_deref(), destination);
    let (text,): (&str,) = echo.message().body().unwrap();
    let reply = peer.reply(&echo, sender, &(text,));
    peer.write(&reply);
    let get = peer.called("Get").unwrap();
    assert_eq!(to(&get).as_deref(), destination);
    let asked: (&str, &str) = get.message().body().unwrap();
    assert_eq!(asked, ("org.example.Interface", "Name"));
    let reply = peer.reply(&get, sender, &(AsVariant("a name"),));
    peer.write(&reply);
    peer.drain();
}

fn ask(connection: &mut Connection) {
    let reply = connection.request(ECHO.call(object(), (String::from("words"),))).unwrap();
    assert_eq!(ECHO.answer(&reply).unwrap(), ("words",));
    let call = connection.start_request(NAME.get(object())).unwrap();
    let reply = connection.wait(call).unwrap();
    assert_eq!(NAME.value(&reply).unwrap(), "a name");
}

#[test]
fn a_request_goes_to_its_object_on_a_bus() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        serve(peer, Some(SERVICE));
    };
    play(&patient(), script, ask);
}

#[test]
fn a_request_has_no_destination_on_a_direct_connection() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        serve(peer, None);
    };
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    play(&options, script, ask);
}

#[test]
fn a_request_can_carry_file_descriptors() {
    const SEND: Method<(Fd,), ()> = Method::new(INTERFACE, "Send");
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        let sent = peer.called("Send").unwrap();
        assert_eq!(sent.message().header().unix_fds, 1);
        assert_eq!(peer.take_fds().len(), 1);
        let reply = peer.reply(&sent, None, &());
        peer.write(&reply);
        peer.drain();
    };
    let options = Options::direct().handshake_timeout(LONG).call_timeout(Some(LONG));
    play(&options, script, |connection| {
        let fd = std::fs::File::open("/dev/null").unwrap().into();
        let request = SEND.call(object(), (FdIndex(0),));
        let call = connection.start_request_with_fds(request, vec![fd]).unwrap();
        SEND.answer(&connection.wait(call).unwrap()).unwrap();
    });
}

#[test]
fn a_signal_of_ours_is_sent_at_once_or_with_the_next_message() {
    let told = Emission::new(ObjectPath::ROOT, INTERFACE, MemberName::from_static("Told"));
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        for number in 1..=2_u32 {
            let sent = peer.receive().unwrap();
            let header = *sent.message().header();
            assert_eq!(header.message_type, MessageType::Signal);
            assert_eq!((header.interface, sent.member()), (Some(INTERFACE), "Told"));
            assert_eq!(sent.message().body(), Ok((number,)));
        }
        let echo = peer.called("Echo").unwrap();
        let reply = peer.echo(&echo, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |bus| {
        bus.emit(&told, &(1_u32,)).unwrap();
        bus.start_emit(&told, &(2_u32,), Vec::new()).unwrap();
        works(bus);
    });
}

#[test]
fn of_several_calls_one_that_cannot_be_sent_ends_them_all() {
    let calls = [Flags::NONE, Flags::NO_REPLY_EXPECTED].map(|flags| {
        let call = method("Echo").flags(flags);
        (call, ("text",))
    });
    play(&patient(), Peer::serve_echo, |bus| {
        let failed = bus.call_all(&calls, |_, _| panic!("nothing was sent"));
        assert!(matches!(failed, Err(CallError::Send(SendError::NoReplyExpected))), "{failed:?}");
        works(bus);
        assert_eq!(bus.session_state().ignored(), 2, "NameAcquired, and the reply to the first");
        let [first, _] = &calls;
        let mut replies = Vec::new();
        let ended = bus.call_all(&[*first, *first, *first], |index, reply| {
            replies.push((index, reply?.body::<(&str,)>()?.0.to_owned()));
            if index == 1 { Err(CallError::NotSubscribed) } else { Ok(()) }
        });
        // Whoever takes the replies may end the rest.
        assert!(matches!(ended, Err(CallError::NotSubscribed)), "{ended:?}");
        assert_eq!(replies, [(0, "text".to_owned()), (1, "text".to_owned())]);
        works(bus);
    });
}
