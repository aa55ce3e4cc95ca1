//! Names and paths as text: valid ones are sent, invalid ones are named with their role and nothing is sent.

use barebus::definition::Object;
use barebus::{
    Bus, BusName, CallError, Connection, InterfaceName, InvalidName, MethodCall, NameRole,
    ObjectPath, Proxy,
};
use barebus_tests::peer::{OWNER, Peer, SERVICE};

use crate::scene::{method, patient, play, works};

const ECHO: MethodCall<'static> =
    MethodCall::from_static(SERVICE, "/", "org.example.Interface", "Echo");

fn echo(proxy: Result<Proxy<'_, '_>, InvalidName>) {
    let mut proxy = proxy.unwrap();
    let reply = proxy.call("Echo", &("text",)).unwrap();
    assert_eq!(reply.body::<(&str,)>().unwrap(), ("text",));
}

#[test]
fn names_are_given_as_text_and_as_checked_types() {
    assert_eq!(ECHO, method("Echo"));
    play(&patient(), Peer::serve_echo, |bus| {
        let interface = "org.example.Interface";
        echo(Proxy::new(bus, SERVICE, "/", interface));
        echo(Proxy::new(bus, &SERVICE.to_owned(), &"/".to_owned(), &interface.to_owned()));
        assert_eq!(MethodCall::new(SERVICE, "/", interface, "Echo").unwrap(), ECHO);
        let (name, path) = (BusName::parse(SERVICE).unwrap(), ObjectPath::ROOT);
        assert_eq!(MethodCall::new(name, path, interface, &"Echo".to_owned()).unwrap(), ECHO);
        let checked = InterfaceName::parse(interface).unwrap();
        echo(Proxy::new(bus, name, path, checked));
        echo(Proxy::new(bus, &name.to_owned(), &path.to_owned(), &checked.to_owned()));
        let mut proxy = Proxy::new(bus, SERVICE, "/", "org.example.Other").unwrap();
        echo(proxy.of(interface));
        // A call of the proxy's own interface, to be sent in another way.
        let call = Proxy::new(bus, SERVICE, "/", interface).unwrap().method("Echo").unwrap();
        assert_eq!(call, ECHO);
        let id = bus.start_call(&call, &("text",), Vec::new()).unwrap();
        assert_eq!(bus.wait(id).unwrap().body::<(&str,)>().unwrap(), ("text",));
        works(Bus::new(bus).connection());
        assert_eq!(Bus::new(bus).get_name_owner(SERVICE).unwrap(), OWNER);
    });
}

/// The error for the text `bad name` when `act` uses it.
fn refused<E: Into<CallError>>(act: impl FnOnce(&mut Connection) -> E) -> (NameRole, String) {
    play(&patient(), Peer::serve_echo, |bus| {
        let before = bus.session_state().outstanding();
        let error = act(bus).into();
        let CallError::Name(invalid) = &error else { panic!("{error}") };
        assert_eq!(invalid.text, "bad name");
        // Nothing was sent, and the connection continues.
        assert_eq!(bus.session_state().outstanding(), before);
        works(bus);
        (invalid.role, error.to_string())
    })
}

#[test]
fn invalid_text_is_named_with_its_role() {
    let interface = "org.example.Interface";
    let results = [
        refused(|bus| Proxy::new(bus, "bad name", "/", interface).unwrap_err()),
        refused(|bus| Proxy::new(bus, SERVICE, "bad name", interface).unwrap_err()),
        refused(|bus| Proxy::new(bus, SERVICE, "/", "bad name").unwrap_err()),
        refused(|bus| {
            let mut proxy = Proxy::new(bus, SERVICE, "/", interface).unwrap();
            proxy.call("bad name", &()).unwrap_err()
        }),
        refused(|bus| Bus::new(bus).name_has_owner("bad name").unwrap_err()),
        refused(|_| MethodCall::new("bad name", "/", interface, "Echo").unwrap_err()),
        refused(|_| MethodCall::new(SERVICE, "bad name", interface, "Echo").unwrap_err()),
        refused(|_| MethodCall::new(SERVICE, "/", "bad name", "Echo").unwrap_err()),
        refused(|_| MethodCall::new(SERVICE, "/", interface, "bad name").unwrap_err()),
        refused(|_| Object::new("bad name", "/").unwrap_err()),
        refused(|_| Object::new(SERVICE, "/").unwrap().at_path("bad name").unwrap_err()),
    ];
    let roles = [
        (NameRole::Destination, "destination"),
        (NameRole::Path, "path"),
        (NameRole::Interface, "interface"),
        (NameRole::Member, "member"),
        (NameRole::BusName, "bus name"),
        (NameRole::Destination, "destination"),
        (NameRole::Path, "path"),
        (NameRole::Interface, "interface"),
        (NameRole::Member, "member"),
        (NameRole::Destination, "destination"),
        (NameRole::Path, "path"),
    ];
    for ((found, text), (role, word)) in results.into_iter().zip(roles) {
        assert_eq!(found, role);
        assert!(text.starts_with(&format!("cannot use \"bad name\" as {word}: ")), "{text}");
    }
}
