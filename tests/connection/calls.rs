//! Peers that call us.

use barebus::{CallError, ErrorName, Event, Flags, MessageType};
use barebus_tests::peer::{CLIENT, OWNER, Peer, Sent, bus_name, message};

use crate::scene::{LONG, method, patient, play, works};

const PEER: &str = "org.freedesktop.DBus.Peer";

/// Calls the client while it waits for a reply, and returns what it sent before the next `Echo` was answered.
fn calling(calls: impl FnOnce(&mut Peer) -> Vec<u8> + Send + 'static) -> Vec<Sent> {
    let (tell, told) = std::sync::mpsc::channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let echo = peer.called("Echo").unwrap();
        let calls = calls(peer);
        let reply = peer.echo(&echo, Some(OWNER));
        peer.write(&[calls, reply].concat());
        let echo = loop {
            let sent = peer.receive().unwrap();
            match sent.member() {
                "Echo" => break sent,
                "AddMatch" | "GetNameOwner" => peer.answer_as_bus(&sent),
                _ => tell.send(sent).unwrap(),
            }
        };
        let reply = peer.echo(&echo, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        works(connection);
        works(connection);
    });
    told.iter().collect()
}

fn error_name(sent: &Sent) -> Option<&str> {
    sent.message().header().error_name.map(ErrorName::as_str)
}

#[test]
fn ping_and_the_machine_id_are_answered_while_a_reply_is_awaited() {
    let answers = calling(|peer| {
        [peer.call(Some(OWNER), PEER, "Ping"), peer.call(Some(OWNER), PEER, "GetMachineId")]
            .concat()
    });
    let [ping, id] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(ping.message().header().message_type, MessageType::MethodReturn);
    assert_eq!(ping.message().header().destination, Some(bus_name(OWNER)));
    assert!(ping.message().body::<()>().is_ok());
    match std::fs::read_to_string("/etc/machine-id") {
        Ok(text) if text.trim().len() == 32 => {
            assert_eq!(id.message().body::<(&str,)>().unwrap(), (text.trim(),));
        }
        _ => assert_eq!(id.message().header().message_type, MessageType::Error),
    }
}

#[test]
fn unknown_methods_are_answered_with_an_error() {
    let answers = calling(|peer| {
        let mut bare = peer.call_header(Some(OWNER), PEER, "Ping");
        bare.interface = None;
        [
            peer.call(Some(OWNER), "org.example.Interface", "Nonsense"),
            peer.call(Some(OWNER), PEER, "Nonsense"),
            message(&bare, &()),
        ]
        .concat()
    });
    assert_eq!(answers.len(), 3);
    for answer in &answers {
        assert_eq!(error_name(answer), Some("org.freedesktop.DBus.Error.UnknownMethod"));
    }
}

#[test]
fn what_wants_no_answer_or_is_for_others_gets_none() {
    let answers = calling(|peer| {
        let mut calls = Vec::new();
        for (interface, member) in
            [(PEER, "Ping"), (PEER, "GetMachineId"), ("org.example.Interface", "Nonsense")]
        {
            let mut quiet = peer.call_header(Some(OWNER), interface, member);
            quiet.flags = Flags::NO_REPLY_EXPECTED;
            calls.extend(message(&quiet, &()));
            let mut for_another = peer.call_header(Some(OWNER), interface, member);
            for_another.destination = Some(bus_name(":1.70"));
            calls.extend(message(&for_another, &()));
            calls.extend(peer.call(None, interface, member));
        }
        let mut ours = peer.call_header(Some(OWNER), PEER, "Ping");
        ours.destination = Some(bus_name(CLIENT));
        calls.extend(message(&ours, &()));
        calls
    });
    assert_eq!(answers.len(), 1, "only the last is for us and wants an answer");
}

/// Makes `calls`, of which one expects a reply, and returns that reply.
fn served(
    quiet: bool,
    answer: impl FnOnce(&mut barebus::Connection, barebus::ReplyTo),
) -> Vec<Sent> {
    let (tell, told) = std::sync::mpsc::channel();
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let mut header = peer.call_header(Some(OWNER), "org.example.Interface", "Question");
        if quiet {
            header.flags = Flags::NO_REPLY_EXPECTED;
        }
        peer.write(&message(&header, &("what",)));
        // The second one arrives after everything that the client sent because of the first.
        let mut echoes = 0;
        while echoes < 2 {
            let sent = peer.receive().unwrap();
            if sent.member() == "Echo" {
                let reply = peer.echo(&sent, Some(OWNER));
                peer.write(&reply);
                echoes += 1;
                continue;
            }
            if sent.message().header().reply_serial == Some(header.serial) {
                tell.send(sent).unwrap();
            } else {
                peer.answer_as_bus(&sent);
            }
        }
        peer.drain();
    };
    play(&patient().serve_calls(), script, |connection| {
        let Some(Event::MethodCall { call, reply_to }) = connection.next_event(Some(LONG)).unwrap()
        else {
            panic!("no call came");
        };
        assert_eq!(call.message.body::<(&str,)>().unwrap(), ("what",));
        assert_eq!(reply_to.is_expected(), !quiet);
        answer(connection, reply_to);
        works(connection);
        works(connection);
    });
    told.iter().collect()
}

#[test]
fn calls_are_served_when_the_user_wants_to() {
    let answers =
        served(false, |connection, reply_to| connection.reply(&reply_to, &("that",)).unwrap());
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].message().body::<(&str,)>().unwrap(), ("that",));
}

#[test]
fn calls_are_refused_when_the_user_wants_to() {
    const NAME: &str = "org.example.Error.No";
    let answers = served(false, |connection, reply_to| {
        let error = connection.reply_error(&reply_to, "no name", "not today").unwrap_err();
        let why = "cannot use \"no name\" as error name: a character is not allowed at byte 2";
        assert_eq!(error.to_string(), why);
        connection.reply_error(&reply_to, NAME, "not today").unwrap();
    });
    assert_eq!(answers.len(), 1);
    assert_eq!(error_name(&answers[0]), Some(NAME));
}

#[test]
fn a_call_that_the_user_drops_is_answered_with_an_error() {
    let answers = served(false, |_, reply_to| drop(reply_to));
    assert_eq!(answers.len(), 1);
    assert_eq!(error_name(&answers[0]), Some("org.freedesktop.DBus.Error.NoReply"));
}

#[test]
fn a_call_that_wants_no_answer_gets_none_even_from_the_user() {
    assert_eq!(served(true, |connection, to| connection.reply(&to, &("that",)).unwrap()).len(), 0);
    assert_eq!(served(true, |_, reply_to| drop(reply_to)).len(), 0);
}

#[test]
fn replies_to_replies_are_never_sent() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let echo = peer.called("Echo").unwrap();
        let reply = peer.echo(&echo, Some(OWNER));
        // Again, as an error, and without such a call: none of them may be answered.
        let error = peer.error(&echo, Some(OWNER), "org.example.Error.Late", "");
        peer.write(&[reply.clone(), reply, error].concat());
        let next = peer.called("Refuse").unwrap();
        let error = peer.error(&next, Some(OWNER), "org.example.Error.No", "not today");
        peer.write(&error);
        assert!(peer.receive().is_none());
    };
    play(&patient(), script, |connection| {
        works(connection);
        let Err(CallError::Remote { name, message }) = connection.call(&method("Refuse"), &())
        else {
            panic!("no refusal");
        };
        assert_eq!((&*name, &*message), ("org.example.Error.No", "not today"));
    });
}
