//! Requests of definitions, on a bus and on a direct connection.

use barebus::definition::{Emits, Fd, InterfaceName, Method, Object, Property, Str};
use barebus::{AsVariant, Connection, FdIndex, Options};
use barebus_tests::peer::{OWNER, Peer, SERVICE, Sent};

use crate::scene::{LONG, patient, play};

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
