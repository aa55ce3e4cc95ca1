//! Forged messages.

use barebus::{CallError, MatchRule, MessageType, NoReply};
use barebus_tests::peer::{BUS, OWNER, Peer, SERVICE, Sent, bus_name, message};
use barebus_wire::{ErrorName, Serial};
use std::time::Duration;

use crate::scene::{LONG, SHORT, hasty_calls, method, patient, play, works};

/// A peer that is neither the bus nor the service.
const STRANGER: &str = ":1.66";

/// Answers `Echo` with `forged` first, then with the true reply. The client must ignore `count` messages and get the true reply.
fn forging(count: u64, forged: impl FnOnce(&mut Peer, &Sent) -> Vec<u8> + Send + 'static) {
    let script = move |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let forged = forged(peer, &call);
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[forged, reply].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        // NameAcquired is ignored too, because there is no subscription to it.
        works(connection);
        assert_eq!(connection.session_state().ignored(), 1 + count);
        assert_eq!(connection.session_state().dropped(), 0);
    });
}

#[test]
fn only_the_callee_and_the_bus_answer_a_call() {
    forging(4, |peer, call| {
        let senders = [STRANGER, SERVICE, "org.example.Other", ":1.4"];
        senders.map(|sender| peer.reply(call, Some(sender), &("forged",))).concat()
    });
}

#[test]
fn a_strangers_error_ends_no_call() {
    forging(1, |peer, call| {
        peer.error(call, Some(STRANGER), "org.freedesktop.DBus.Error.AccessDenied", "forged")
    });
}

#[test]
fn a_hundred_thousand_guessed_serials_hit_nothing() {
    forging(100_000, |peer, call| {
        let mut bytes = Vec::new();
        for serial in 1..=50_000_u32 {
            for sender in [STRANGER, SERVICE] {
                let mut header = peer.reply_header(call, Some(sender), 0);
                header.reply_serial = Serial::new(serial);
                bytes.extend(message(&header, &("forged",)));
            }
        }
        bytes
    });
}

#[test]
fn the_callee_answers_only_what_it_was_asked() {
    forging(200, |peer, call| {
        let mut bytes = Vec::new();
        for serial in 1000..1200_u32 {
            let mut header = peer.reply_header(call, Some(OWNER), 0);
            header.reply_serial = Serial::new(serial);
            bytes.extend(message(&header, &("forged",)));
        }
        bytes
    });
}

#[test]
fn a_signal_with_a_reply_serial_is_no_reply() {
    forging(1, |peer, call| {
        let mut header = peer.signal_header(Some(OWNER), "org.example.Interface", "Trap");
        header.reply_serial = Some(call.serial());
        message(&header, &("forged",))
    });
}

#[test]
fn a_call_with_a_reply_serial_is_no_reply() {
    forging(0, |peer, call| {
        let mut header = peer.call_header(Some(OWNER), "org.freedesktop.DBus.Peer", "Ping");
        header.reply_serial = Some(call.serial());
        message(&header, &())
    });
}

#[test]
fn a_message_of_an_unknown_type_is_no_reply() {
    forging(1, |peer, call| {
        let mut header = peer.reply_header(call, Some(OWNER), 0);
        header.message_type = MessageType::Unknown(5);
        message(&header, &("forged",))
    });
}

#[test]
fn a_reply_to_somebody_else_is_none_to_us() {
    forging(1, |peer, call| {
        let mut header = peer.reply_header(call, Some(OWNER), 0);
        header.destination = Some(bus_name(":1.8"));
        message(&header, &("forged",))
    });
}

#[test]
fn the_second_reply_to_a_call_is_ignored() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let first = peer.echo(&call, Some(OWNER));
        let second = peer.reply(&call, Some(OWNER), &("again",));
        let error = peer.error(&call, Some(BUS), "org.example.Error.No", "again");
        peer.write(&[first, second, error].concat());
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        works(connection);
        works(connection);
        assert_eq!(connection.session_state().ignored(), 1 + 2);
    });
}

#[test]
fn a_reply_that_comes_too_late_is_ignored() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let late = peer.called("Hold").unwrap();
        let call = peer.called("Echo").unwrap();
        let reply = peer.reply(&late, Some(OWNER), &("too late",));
        let echo = peer.echo(&call, Some(OWNER));
        peer.write(&[reply, echo].concat());
        peer.drain();
    };
    play(&hasty_calls(), script, |connection| {
        let held = connection.call(&method("Hold"), &());
        assert!(matches!(held, Err(CallError::NoReply(NoReply::TimedOut))), "{held:?}");
        connection.set_call_timeout(Some(LONG));
        works(connection);
        assert_eq!(connection.session_state().ignored(), 1 + 1);
    });
}

/// A change of the service's owner, from the bus.
fn owner_changed(peer: &mut Peer, sender: &str, old: &str, new: &str) -> Vec<u8> {
    peer.signal(Some(sender), BUS, "NameOwnerChanged", &(SERVICE, old, new))
}

#[test]
fn a_former_owner_answers_what_it_was_asked_and_nothing_later() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        // With its second call the name is followed.
        let call = peer.called("Echo").unwrap();
        let change = owner_changed(peer, BUS, OWNER, STRANGER);
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[change, reply].concat());
        // From now on the new owner answers.
        let call = peer.called("Echo").unwrap();
        let old = peer.reply(&call, Some(OWNER), &("forged",));
        let new = peer.echo(&call, Some(STRANGER));
        peer.write(&[old, new].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        works(connection);
        works(connection);
        works(connection);
        assert_eq!(connection.session_state().ignored(), 1 + 1);
    });
}

#[test]
fn an_owner_that_releases_its_name_may_still_answer() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let change = owner_changed(peer, BUS, OWNER, "");
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[change, reply].concat());
        peer.drain();
    };
    play(&patient(), script, works);
}

#[test]
fn a_forged_change_of_owner_changes_nothing() {
    // The bus delivers unicast signals without a match rule.
    forging(1, |peer, _| owner_changed(peer, STRANGER, OWNER, STRANGER));
    forging(2, |peer, call| {
        let change = owner_changed(peer, STRANGER, OWNER, STRANGER);
        [change, peer.reply(call, Some(STRANGER), &("forged",))].concat()
    });
}

#[test]
fn changes_of_other_names_and_malformed_ones_end_no_call() {
    forging(4, |peer, _| {
        let other = ("org.example.Other", OWNER, STRANGER);
        [
            peer.signal(Some(BUS), BUS, "NameOwnerChanged", &other),
            peer.signal(Some(BUS), BUS, "NameOwnerChanged", &(SERVICE, OWNER)),
            peer.signal(Some(BUS), BUS, "NameOwnerChanged", &()),
            peer.signal(Some(BUS), "org.example.Bus", "NameOwnerChanged", &(SERVICE, OWNER, "")),
        ]
        .concat()
    });
}

#[test]
fn a_service_that_the_call_starts_answers_it() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = loop {
            let sent = peer.receive().unwrap();
            if sent.member() == "GetNameOwner" {
                let name = "org.freedesktop.DBus.Error.NameHasNoOwner";
                let none = peer.error(&sent, Some(BUS), name, "nobody");
                peer.write(&none);
            } else if sent.member() == "Echo" {
                break sent;
            } else {
                peer.answer_as_bus(&sent);
            }
        };
        let change = owner_changed(peer, BUS, "", OWNER);
        let forged = peer.reply(&call, Some(STRANGER), &("forged",));
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[forged, change, reply].concat());
        peer.drain();
    };
    play(&patient(), script, works);
}

#[test]
fn the_buss_error_is_believed_for_anybody() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let name = "org.freedesktop.DBus.Error.ServiceUnknown";
        let error = peer.error(&call, Some(BUS), name, "no such service");
        peer.write(&error);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let error = connection.call(&method("Echo"), &("",)).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.ServiceUnknown"));
    });
}

#[test]
fn a_bus_that_does_not_say_who_owns_a_name_lets_nobody_answer() {
    play(&patient(), refusing("GetNameOwner"), |connection| {
        for _ in 0..3 {
            let result = connection.call(&method("Echo"), &("",));
            assert!(matches!(result, Err(CallError::NoReply(NoReply::OwnerUnknown))), "{result:?}");
        }
    });
    let options = patient().verify_senders(false);
    play(&options, refusing("GetNameOwner"), works);
}

#[test]
fn a_bus_that_does_not_tell_changes_of_owners_is_asked_with_each_call() {
    play(&patient(), refusing("AddMatch"), |connection| {
        (0..5).for_each(|_| works(connection));
    });
}

/// A bus and a service that echoes; calls of the bus's `member` are refused.
fn refusing(member: &'static str) -> impl FnOnce(&mut Peer) + Send + 'static {
    move |peer: &mut Peer| {
        assert!(peer.greet());
        while let Some(sent) = peer.receive() {
            if sent.member() == member {
                let name = "org.freedesktop.DBus.Error.AccessDenied";
                let refusal = peer.error(&sent, Some(BUS), name, "");
                peer.write(&refusal);
            } else if sent.member() == "Echo" {
                let reply = peer.echo(&sent, Some(OWNER));
                peer.write(&reply);
            } else {
                peer.answer_as_bus(&sent);
            }
        }
    }
}

#[test]
fn a_unique_name_is_answered_by_itself_alone() {
    for callee in [":1.42", ":1.1234567890123456789"] {
        let script = move |peer: &mut Peer| {
            assert!(peer.greet());
            let call = peer.called("Echo").unwrap();
            let longer = format!("{callee}0");
            let shorter = &callee[..callee.len() - 1];
            let forged =
                [&*longer, shorter].map(|sender| peer.reply(&call, Some(sender), &(7_u32,)));
            let reply = peer.echo(&call, Some(callee));
            peer.write(&[forged.concat(), reply].concat());
            peer.drain();
        };
        play(&patient(), script, |connection| {
            let call = method("Echo").destination(bus_name(callee));
            let reply = connection.call(&call, &("to you",)).unwrap();
            assert_eq!(reply.body::<(&str,)>().unwrap(), ("to you",));
        });
    }
}

/// A signal of the service, as `sender` sends it.
fn job_removed(peer: &mut Peer, sender: Option<&str>, result: &str) -> Vec<u8> {
    peer.signal(sender, "org.example.Manager", "JobRemoved", &(result,))
}

fn service_rule() -> MatchRule<'static> {
    MatchRule::parse("type='signal',sender='org.example.Service',member='JobRemoved'").unwrap()
}

#[test]
fn a_signal_counts_as_the_services_when_its_owner_sent_it() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let senders = [Some(STRANGER), Some(SERVICE), Some(BUS), None, Some(OWNER)];
        let signals = senders.map(|sender| job_removed(peer, sender, sender.unwrap_or("")));
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[signals.concat(), reply].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let id = connection.subscribe(&service_rule()).unwrap();
        works(connection);
        // Some buses use well-known names as senders.
        for sender in [SERVICE, OWNER] {
            let signal = connection.next_signal(id, Some(LONG)).unwrap().unwrap();
            assert_eq!(signal.body::<(&str,)>().unwrap(), (sender,));
        }
        assert!(connection.next_signal(id, Some(Duration::ZERO)).unwrap().is_none());
        assert_eq!(connection.session_state().ignored(), 1 + 3);
    });
}

#[test]
fn a_signal_that_waited_is_still_its_owners_when_the_owner_has_changed() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let old = job_removed(peer, Some(OWNER), "old");
        let early = job_removed(peer, Some(STRANGER), "too early");
        let change = owner_changed(peer, BUS, OWNER, STRANGER);
        let late = job_removed(peer, Some(OWNER), "too late");
        let new = job_removed(peer, Some(STRANGER), "new");
        let reply = peer.reply(&call, Some(BUS), &());
        peer.write(&[old, early, change, late, new, reply].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let id = connection.subscribe(&service_rule()).unwrap();
        let on_bus = connection.call(&method("Echo").destination(bus_name(BUS)), &("",));
        on_bus.unwrap();
        for expected in ["old", "new"] {
            let signal = connection.next_signal(id, Some(LONG)).unwrap().unwrap();
            assert_eq!(signal.body::<(&str,)>().unwrap(), (expected,));
        }
        assert!(connection.next_signal(id, Some(SHORT)).unwrap().is_none());
    });
}

#[test]
fn a_refused_subscription_is_an_error_and_gets_no_signals() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let asked = loop {
            let sent = peer.receive().unwrap();
            let is_ours =
                sent.message().body::<(&str,)>().is_ok_and(|(rule,)| rule.contains("Job"));
            if sent.member() == "AddMatch" && is_ours {
                break sent;
            }
            peer.answer_as_bus(&sent);
        };
        let signal = job_removed(peer, Some(OWNER), "early");
        let name = "org.freedesktop.DBus.Error.LimitsExceeded";
        let refusal = peer.error(&asked, Some(BUS), name, "too many");
        peer.write(&[signal, refusal].concat());
        let call = peer.called("Echo").unwrap();
        let signal = job_removed(peer, Some(OWNER), "late");
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[signal, reply].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let error = connection.subscribe(&service_rule()).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.DBus.Error.LimitsExceeded"));
        works(connection);
        assert!(connection.poll_event().unwrap().is_none(), "a signal that nobody waits for");
    });
}

#[test]
fn nobody_forges_the_end_of_a_connection() {
    // libdbus reports the end of a connection to its user by this signal. From a peer it is invalid.
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let interface = "org.freedesktop.DBus.Loca1";
        let mut signal = peer.signal(Some(OWNER), interface, "Disconnected", &());
        let at = signal.windows(26).position(|bytes| bytes == interface.as_bytes()).unwrap();
        signal[at + 25] = b'l';
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&[signal, reply].concat());
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let result = connection.call(&method("Echo"), &("",));
        assert!(
            matches!(&result, Err(CallError::Connection(error))
                if error.to_string().contains("org.freedesktop.DBus.Local")),
            "{result:?}"
        );
    });
}

#[test]
fn an_error_says_what_it_likes_and_is_only_that() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let call = peer.called("Echo").unwrap();
        let mut header = peer.reply_header(&call, Some(OWNER), 0);
        header.message_type = MessageType::Error;
        header.error_name = Some(ErrorName::from_static("org.example.Error.Odd"));
        peer.write(&message(&header, &(7_u32, "%s%n\u{1b}[2J")));
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let result = connection.call(&method("Echo"), &("",));
        let Err(CallError::Remote { name, message }) = result else { panic!("{result:?}") };
        assert_eq!((&*name, &*message), ("org.example.Error.Odd", ""));
    });
}
