//! dbus-daemon with policies that forbid queries about names, and services that start and stop.

use std::thread;

use barebus::{
    Bus, BusName, CallError, Connection, Event, InterfaceName, MemberName, MethodCall, NameFlags,
    NoReply, ObjectPath, Options, ReleaseName, RequestName,
};

use crate::boxes::{PATIENCE, SessionBus};

/// Allows everything.
const OPEN: &str = "<allow send_destination='*'/><allow receive_sender='*'/><allow own='*'/>";
const SERVICE: BusName<'static> = BusName::from_static("org.example.Service");

fn ping(name: &str) -> MethodCall<'_> {
    MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ping"))
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"))
        .destination(BusName::parse(name).unwrap())
}

fn patient() -> Options {
    Options::bus().handshake_timeout(PATIENCE).call_timeout(Some(PATIENCE))
}

/// A connection that owns `names` and answers until the bus is gone.
fn serving(bus: &SessionBus, names: &[String]) -> thread::JoinHandle<()> {
    let mut server = patient().open(&bus.address).unwrap();
    for name in names {
        let name = BusName::parse(name).unwrap();
        let owned = Bus::new(&mut server).request_name(name, NameFlags::NONE).unwrap();
        assert_eq!(owned, RequestName::PrimaryOwner);
    }
    thread::spawn(move || while server.next_event(Some(PATIENCE)).is_ok() {})
}

/// The bus takes 512 match rules of a connection, and as many names.
#[test]
fn six_hundred_names_in_turn_need_no_more_rules_than_a_bus_takes() {
    let bus = SessionBus::with_policy(OPEN);
    let names: Vec<String> = (0..600).map(|number| format!("org.example.Item-{number}")).collect();
    let servers = names.chunks(300).map(|names| serving(&bus, names)).collect::<Vec<_>>();
    let mut client = patient().open(&bus.address).unwrap();
    for name in &names {
        // Called twice, so the name is followed.
        for _ in 0..2 {
            client.call(&ping(name), &()).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        // It has no owner, and no call can start it.
        let absent = format!("{name}.Absent");
        let error = client.call(&ping(&absent), &()).unwrap_err();
        assert_eq!(
            error.remote_name(),
            Some("org.freedesktop.DBus.Error.ServiceUnknown"),
            "{error}"
        );
    }
    drop(client);
    drop(bus);
    servers.into_iter().for_each(|server| server.join().unwrap());
}

#[test]
fn a_bus_whose_policy_hides_owners_is_named_and_can_be_used_unverified() {
    let denied = "<deny send_destination='org.freedesktop.DBus' \
                  send_interface='org.freedesktop.DBus' send_member='GetNameOwner'/>";
    let bus = SessionBus::with_policy(&[OPEN, denied].concat());
    let server = serving(&bus, &[SERVICE.to_string()]);
    let mut client = patient().open(&bus.address).unwrap();
    for _ in 0..3 {
        let error = client.call(&ping(SERVICE.as_str()), &()).unwrap_err();
        assert!(matches!(error, CallError::NoReply(NoReply::OwnerUnknown)), "{error:?}");
        assert!(error.to_string().contains("GetNameOwner"), "{error}");
    }
    let mut client = patient().verify_senders(false).open(&bus.address).unwrap();
    for _ in 0..3 {
        client.call(&ping(SERVICE.as_str()), &()).unwrap();
    }
    drop(client);
    drop(bus);
    server.join().unwrap();
}

/// Like systemd's services that exit when idle: the reply arrives when the name has no owner or another one.
#[test]
fn a_service_that_releases_its_name_still_answers() {
    let bus = SessionBus::start();
    for calls in 1..=3 {
        let mut server = patient().serve_calls().open(&bus.address).unwrap();
        let mut next = patient().open(&bus.address).unwrap();
        let request =
            |by: &mut Connection| Bus::new(by).request_name(SERVICE, NameFlags::NONE).unwrap();
        assert_eq!(request(&mut server), RequestName::PrimaryOwner);
        let queues = calls == 2;
        if queues {
            assert_eq!(request(&mut next), RequestName::InQueue);
        }
        let serving = thread::spawn(move || {
            for call in 1..=calls {
                let event = server.next_event(Some(PATIENCE)).unwrap();
                let Some(Event::MethodCall { reply_to, .. }) = event else { panic!("{event:?}") };
                if call == calls {
                    let released = Bus::new(&mut server).release_name(SERVICE).unwrap();
                    assert_eq!(released, ReleaseName::Released);
                }
                server.reply(&reply_to, &(call,)).unwrap();
                server.flush().unwrap();
            }
            server
        });
        let mut client = patient().open(&bus.address).unwrap();
        let ask = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ask"))
            .interface(InterfaceName::from_static("org.example.Interface"))
            .destination(SERVICE);
        for call in 1..=calls {
            let reply = client.call(&ask, &()).unwrap_or_else(|error| panic!("{call}: {error}"));
            assert_eq!(reply.body::<(i32,)>().unwrap(), (call,));
        }
        drop(serving.join().unwrap());
    }
}
