//! Two clients of one bus: what a client must answer, and what it may serve.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use barebus::{
    BusName, Connection, Event, FdIndex, InterfaceName, MemberName, MethodCall, ObjectPath, Options,
};

use crate::boxes::{PATIENCE, SessionBus};

const MATH: InterfaceName<'static> = InterfaceName::from_static("org.example.Math");

fn method<'a>(to: &'a str, interface: InterfaceName<'a>, member: &'a str) -> MethodCall<'a> {
    MethodCall::checked(ObjectPath::ROOT, MemberName::parse(member).unwrap())
        .interface(interface)
        .destination(BusName::parse(to).unwrap())
}

#[test]
fn our_own_methods_are_answered_as_a_client_must() {
    let bus = SessionBus::start();
    let mut server = Connection::open(&bus.address).unwrap();
    server.establish().unwrap();
    let ours = server.unique_name().unwrap().to_owned();
    let serving = thread::spawn(move || {
        // It answers while it waits for any event.
        while let Ok(None) = server.next_event(Some(Duration::from_millis(100))) {
            if server.session_state().ignored() > 0 {
                break;
            }
        }
    });
    let mut client = Connection::open(&bus.address).unwrap();
    let peer = InterfaceName::from_static("org.freedesktop.DBus.Peer");
    client.call(&method(&ours, peer, "Ping"), &()).unwrap();
    let machine_id = client.call(&method(&ours, peer, "GetMachineId"), &());
    match std::fs::read_to_string("/etc/machine-id") {
        Ok(id) => assert_eq!(machine_id.unwrap().body::<(&str,)>().unwrap(), (id.trim(),)),
        Err(_) => assert!(machine_id.is_err()),
    }
    for (interface, member) in [(peer, "Nope"), (MATH, "Ping")] {
        let error = client.call(&method(&ours, interface, member), &()).unwrap_err();
        assert_eq!(
            error.remote_name(),
            Some("org.freedesktop.DBus.Error.UnknownMethod"),
            "{error}"
        );
    }
    drop(client);
    drop(bus);
    serving.join().unwrap();
}

#[test]
fn served_calls_are_answered_by_the_user_or_by_an_error() {
    let bus = SessionBus::start();
    let mut server = Options::bus().serve_calls().open(&bus.address).unwrap();
    server.establish().unwrap();
    let ours = server.unique_name().unwrap().to_owned();
    let serving = thread::spawn(move || {
        // Until the bus is gone.
        while let Ok(event) = server.next_event(Some(PATIENCE)) {
            let Some(Event::MethodCall { call, reply_to }) = event else { panic!("{event:?}") };
            let (number,): (i32,) = call.message.body().unwrap();
            if number >= 0 {
                server.reply(&reply_to, &(number * 2,)).unwrap();
            }
            // Calls with a negative number are dropped without an answer.
        }
    });
    let mut client = Connection::open(&bus.address).unwrap();
    let double = method(&ours, MATH, "Double");
    let (doubled,) = client.call(&double, &(21_i32,)).unwrap().body::<(i32,)>().unwrap();
    assert_eq!(doubled, 42);
    let error = client.call(&double, &(-1_i32,)).unwrap_err();
    assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.NoReply"), "{error}");
    drop(client);
    drop(bus);
    serving.join().unwrap();
}

#[test]
fn file_descriptors_arrive_as_they_were_sent() {
    let bus = SessionBus::start();
    let mut server = Options::bus().serve_calls().open(&bus.address).unwrap();
    server.establish().unwrap();
    let ours = server.unique_name().unwrap().to_owned();
    let mut client = Connection::open(&bus.address).unwrap();
    let (read, write) = nix::unistd::pipe().unwrap();
    let call = method(&ours, MATH, "Take");
    let fds: Vec<OwnedFd> = vec![read, write];
    let id = client.start_call(&call, &(FdIndex(1), FdIndex(0)), fds).unwrap();
    client.flush().unwrap();
    let event = server.next_event(Some(PATIENCE)).unwrap();
    let Some(Event::MethodCall { call, reply_to }) = event else { panic!("{event:?}") };
    let (FdIndex(1), FdIndex(0)) = call.message.body::<(FdIndex, FdIndex)>().unwrap() else {
        panic!("the indices are others");
    };
    let fds: Vec<OwnedFd> = call.fds.into_iter().map(OwnedFd::from).collect();
    let [read, write] = <[OwnedFd; 2]>::try_from(fds).unwrap();
    std::io::Write::write_all(&mut std::fs::File::from(write), b"through").unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::fs::File::from(read), &mut text).unwrap();
    assert_eq!(text, "through");
    server.reply(&reply_to, &()).unwrap();
    client.wait(id).unwrap();
}
