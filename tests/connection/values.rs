//! Values of any type, sent and received by a user of the connection.

use std::collections::BTreeMap;
use std::time::Duration;

use barebus::{AsVariant, Connection, Dict, Entries, OwnedValue, Proxy, Variant};
use barebus_tests::peer::{OWNER, Peer, SERVICE, Sent};

use crate::scene::{patient, play};

const INTERFACE: &str = "org.example.Interface";

/// Answers `Configure` with what it was given, and tells of it before.
fn configure(peer: &mut Peer) {
    assert!(peer.greet());
    let answer = |peer: &mut Peer, call: &Sent| {
        let (settings,): (BTreeMap<&str, OwnedValue>,) = call.message().body().unwrap();
        let told = peer.signal(Some(OWNER), INTERFACE, "Configured", &("Mtu", AsVariant(1500_u32)));
        let reply = peer.reply(call, Some(OWNER), &(settings,));
        peer.write(&[told, reply].concat());
    };
    while let Some(call) = peer.called("Configure") {
        answer(peer, &call);
    }
}

fn proxy(bus: &mut Connection) -> Proxy<'_, 'static> {
    Proxy::new(bus, SERVICE, "/", INTERFACE).unwrap()
}

#[test]
fn settings_are_sent_and_read_by_their_keys() {
    play(&patient(), configure, |bus| {
        let mut proxy = proxy(bus);
        let settings = Entries::variants([("Mtu", 1500_u32.into()), ("Name", "eth0".into())]);
        let reply = proxy.call("Configure", &(settings,)).unwrap();
        let (dict,): (Dict<'_, &str, Variant<'_>>,) = reply.body().unwrap();
        assert_eq!(dict.get("Mtu").unwrap(), Some(1500_u32));
        assert_eq!(dict.get_or("Name", "lo").unwrap(), "eth0");
        assert!(dict.get_or("Carrier", true).unwrap());
        let error = barebus::Error::from(dict.get::<u32>("Name").unwrap_err());
        let text = r#"cannot read the entry "Name": it holds 's', expected 'u'"#;
        assert_eq!(format!("{error:?}"), text);

        let settings = BTreeMap::from([("Mtu", OwnedValue::from(1500_u32))]);
        let (dict,): (BTreeMap<String, OwnedValue>,) =
            proxy.call_as("Configure", &(settings,)).unwrap();
        assert_eq!(u32::try_from(&dict["Mtu"]), Ok(1500));
    });
}

#[test]
fn replies_and_signals_are_shown_with_their_values() {
    play(&patient(), configure, |bus| {
        let mut signals = proxy(bus).signals("Configured").unwrap();
        let settings = Entries::variants([("Mtu", 1500_u32.into())]);
        let reply = format!("{:?}", proxy(bus).call("Configure", &(settings,)).unwrap());
        let body = "body: ({'Mtu': <uint32 1500>},) } }";
        assert!(reply.starts_with("Reply { message: Message { message_type: MethodReturn"));
        assert!(reply.ends_with(body), "{reply}");
        let signal = signals.next(bus, Some(Duration::ZERO)).unwrap().unwrap();
        let shown = format!("{signal:?}");
        assert!(shown.starts_with("Signal { message: Message { message_type: Signal"));
        assert!(shown.ends_with("body: ('Mtu', <uint32 1500>) } }"), "{shown}");
    });
}
