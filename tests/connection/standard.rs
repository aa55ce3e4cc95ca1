//! The standard interfaces as a client uses them. Spec: Standard Interfaces.

use std::collections::BTreeMap;

use barebus::wire::{EncodeBody, OwnedValue};
use barebus::{
    Array, AsVariant, BodyError, CallError, Connection, Dict, ManagedObjects, ObjectPath, Proxy,
    Variant,
};
use barebus_tests::peer::{OWNER, Peer, SERVICE, Sent, message};

use crate::scene::{LONG, patient, play};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const OBJECT_MANAGER: &str = "org.freedesktop.DBus.ObjectManager";
const OURS: &str = "org.example.Interface";

fn proxy(connection: &mut Connection) -> Proxy<'_, 'static> {
    Proxy::new(connection, SERVICE, "/org/example", OURS).unwrap()
}

/// Checks the call of `interface`'s `member` with `look`, and answers it with `body`.
fn answered<R>(
    (interface, member): (&'static str, &'static str),
    look: impl FnOnce(&Sent) + Send + 'static,
    body: impl EncodeBody + Send + 'static,
    ask: impl FnOnce(&mut Proxy<'_, 'static>) -> R,
) -> R {
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called(member).unwrap();
        let header = *call.message().header();
        assert_eq!(header.interface.unwrap(), interface);
        assert_eq!(header.path.unwrap(), "/org/example");
        assert_eq!(header.destination.unwrap(), SERVICE);
        look(&call);
        let reply = peer.reply(&call, Some(OWNER), &body);
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| ask(&mut proxy(connection)))
}

#[test]
fn a_property_is_read_as_what_it_is() {
    let look = |call: &Sent| {
        assert_eq!(call.message().body::<(&str, &str)>().unwrap(), (OURS, "Size"));
    };
    let size =
        answered((PROPERTIES, "Get"), look, (AsVariant(7_u64),), |proxy| proxy.get::<u64>("Size"));
    assert_eq!(size.unwrap(), 7);
    let size =
        answered((PROPERTIES, "Get"), look, (AsVariant("7"),), |proxy| proxy.get::<u64>("Size"));
    let error = size.unwrap_err();
    let text = "cannot read org.example.Interface.Size of /org/example: the signature is 's', expected 't'";
    assert_eq!(error.to_string(), text);
    // A value that is not in a variant.
    let size = answered((PROPERTIES, "Get"), look, (7_u64,), |proxy| proxy.get::<u64>("Size"));
    let error = size.unwrap_err();
    assert!(matches!(error, CallError::Body { error: BodyError::Signature { .. }, .. }), "{error}");
}

#[test]
fn a_property_is_set_in_a_variant() {
    let look = |call: &Sent| {
        let message = call.message();
        let (interface, property, value) = message.body::<(&str, &str, Variant<'_>)>().unwrap();
        assert_eq!((interface, property, value.get::<bool>().unwrap()), (OURS, "Loud", true));
    };
    answered((PROPERTIES, "Set"), look, (), |proxy| proxy.set("Loud", true)).unwrap();
}

#[test]
fn all_properties_are_read_at_once() {
    let look = |call: &Sent| assert_eq!(call.message().body::<(&str,)>().unwrap(), (OURS,));
    let all =
        BTreeMap::from([("Loud", OwnedValue::Boolean(true)), ("Size", OwnedValue::Uint64(7))]);
    answered((PROPERTIES, "GetAll"), look, (all,), |proxy| {
        let reply = proxy.get_all().unwrap();
        let (all,): (Dict<'_, &str, Variant<'_>>,) = reply.body().unwrap();
        assert_eq!(all.clone().count(), 2);
        assert_eq!(all.find(&"Size").unwrap().unwrap().get::<u64>().unwrap(), 7);
    });
}

/// The empty interface name is no valid one, so a [`Proxy`] cannot have it. The specification allows it in these calls.
#[test]
fn the_empty_interface_is_asked_for_as_any_method_is() {
    let look = |call: &Sent| assert_eq!(call.message().body::<(&str,)>().unwrap(), ("",));
    let all = BTreeMap::from([("Size", OwnedValue::Uint64(7))]);
    answered((PROPERTIES, "GetAll"), look, (all,), |proxy| {
        let mut properties = proxy.of(PROPERTIES).unwrap();
        let reply = properties.call("GetAll", &("",)).unwrap();
        assert_eq!(reply.body::<(Dict<'_, &str, Variant<'_>>,)>().unwrap().0.count(), 1);
    });
}

#[test]
fn changes_of_properties_are_told_with_and_without_their_values() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let rule = loop {
            let asked = peer.called("AddMatch").unwrap();
            peer.answer_as_bus(&asked);
            let message = asked.message();
            let (rule,) = message.body::<(&str,)>().unwrap();
            if rule.contains("PropertiesChanged") {
                break rule.to_owned();
            }
        };
        for part in [SERVICE, "/org/example", PROPERTIES, &format!("arg0='{OURS}'")] {
            assert!(rule.contains(part), "{rule}");
        }
        let changed = BTreeMap::from([("Size", OwnedValue::Uint64(8))]);
        let gone = ["Loud", "Long"];
        for interface in ["org.example.Other", "", OURS] {
            let mut header = peer.signal_header(Some(OWNER), PROPERTIES, "PropertiesChanged");
            header.path = Some(ObjectPath::from_static("/org/example"));
            let bytes = message(&header, &(interface, &changed, &gone[..]));
            peer.write(&bytes);
        }
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let mut watched = proxy(connection).watch_properties().unwrap();
        let signal = watched.next(connection, Some(LONG)).unwrap().unwrap();
        let told = signal.properties_changed().unwrap();
        assert_eq!(told.interface, OURS, "others are not asked for");
        assert_eq!(told.changed.find(&"Size").unwrap().unwrap().get::<u64>().unwrap(), 8);
        let gone: Result<Vec<&str>, _> = told.invalidated.collect();
        assert_eq!(gone.unwrap(), ["Loud", "Long"]);
    });
}

#[test]
fn an_object_says_what_it_is() {
    let look = |call: &Sent| assert!(call.message().body::<()>().is_ok());
    let call = ("org.freedesktop.DBus.Introspectable", "Introspect");
    let xml = answered(call, look, ("<node/>",), |proxy| proxy.introspect());
    assert_eq!(xml.unwrap(), "<node/>");
}

type Interfaces = BTreeMap<&'static str, BTreeMap<&'static str, OwnedValue>>;

fn interfaces() -> Interfaces {
    BTreeMap::from([
        ("org.example.Bare", BTreeMap::new()),
        (OURS, BTreeMap::from([("Size", OwnedValue::Uint64(7))])),
    ])
}

#[test]
fn managed_objects_are_listed_with_interfaces_and_properties() {
    let look = |call: &Sent| assert!(call.message().body::<()>().is_ok());
    let objects = BTreeMap::from([
        (ObjectPath::from_static("/org/example/a"), interfaces()),
        (ObjectPath::from_static("/org/example/b"), BTreeMap::new()),
    ]);
    answered((OBJECT_MANAGER, "GetManagedObjects"), look, (objects,), |proxy| {
        let reply = proxy.managed_objects().unwrap();
        let (objects,): (ManagedObjects<'_>,) = reply.body().unwrap();
        let [a, b] = ["/org/example/a", "/org/example/b"]
            .map(|path| objects.find(&ObjectPath::parse(path).unwrap()).unwrap().unwrap());
        assert_eq!((a.clone().count(), b.count()), (2, 0));
        let ours = a.find(&OURS).unwrap().unwrap();
        assert_eq!(ours.find(&"Size").unwrap().unwrap().get::<u64>().unwrap(), 7);
    });
}

#[test]
fn objects_that_come_and_go_are_told() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let mut asked = peer.called("AddMatch").unwrap();
        peer.answer_as_bus(&asked);
        while !asked.message().body::<(&str,)>().unwrap().0.contains(OBJECT_MANAGER) {
            asked = peer.called("AddMatch").unwrap();
            peer.answer_as_bus(&asked);
        }
        let path = ObjectPath::from_static("/org/example/a");
        for member in ["InterfacesAdded", "InterfacesRemoved"] {
            let mut header = peer.signal_header(Some(OWNER), OBJECT_MANAGER, member);
            header.path = Some(ObjectPath::from_static("/org/example"));
            let bytes = match member {
                "InterfacesAdded" => message(&header, &(path, interfaces())),
                _ => message(&header, &(path, &[OURS][..])),
            };
            peer.write(&bytes);
        }
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let mut watched = proxy(connection).watch_objects().unwrap();
        let signal = watched.next(connection, Some(LONG)).unwrap().unwrap();
        let (path, interfaces): (ObjectPath<'_>, Dict<'_, &str, Dict<'_, &str, Variant<'_>>>) =
            signal.body().unwrap();
        assert_eq!((path.as_str(), interfaces.count()), ("/org/example/a", 2));
        drop(signal);
        let signal = watched.next(connection, Some(LONG)).unwrap().unwrap();
        let (path, gone): (ObjectPath<'_>, Array<'_, &str>) = signal.body().unwrap();
        let gone: Result<Vec<&str>, _> = gone.collect();
        assert_eq!((path.as_str(), gone.unwrap()), ("/org/example/a", vec![OURS]));
    });
}
